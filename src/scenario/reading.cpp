#include "scenario/reading.h"

#include <algorithm>

#include "scenario/guests.h"
#include <date/date.h>
#include <fmt/format.h>

#include "base/text.h"
#include "core/address_syntax.h"
#include "core/connector.h"

namespace countersign::scenario {

Placed placed(const YamlNode* node) {
  return node == nullptr ? Placed{} : Placed{node->text, node->at};
}

namespace {

// Somebody of the directory by the id, or what was written for it, reported; nullopt: it may be a guest.
std::optional<PersonId> read_of_directory(const Reading& reading, const YamlNode& node) {
  const Directory& directory = *reading.snapshot.directory;
  const PersonId id(node.text);
  if (is_guest(id)) {
    reading.diagnostics.error(Code::unknown_person, node.at, "a guest is written by the mail address alone",
                              written(id));
    return PersonId(written(id));
  }
  if (reading.joined.contains(node.text) || directory.find(id) != nullptr) return id;
  if (const Person* person = directory.find_by_mail(node.text)) {
    reading.diagnostics.error(Code::unknown_person, node.at,
                              fmt::format("'{}' is a person of the directory, written by the id", node.text),
                              person->id.value);
    return person->id;
  }
  if (!mail_address_fault(node.text)) return std::nullopt;
  std::vector<std::string> known(reading.joined.begin(), reading.joined.end());
  for (const Person& person : directory.people()) known.push_back(person.id.value);
  report_unknown_name(reading.diagnostics, Code::unknown_person, node.at,
                      fmt::format("unknown person '{}'", node.text), node.text, known);
  return id;
}

// Whose address differs by a typing mistake on one side of the @; "" where nobody's does.
std::string nearly_at(const Directory& directory, std::string_view address) {
  const std::size_t at = address.find('@');
  const std::string_view name = address.substr(0, at);
  const std::string_view domain = address.substr(at + 1);
  std::vector<std::string> names, domains;
  for (const Person& person : directory.people()) {
    const std::string mail = lower_ascii(person.mail);
    if (mail.ends_with("@" + std::string(domain))) names.push_back(mail.substr(0, mail.find('@')));
    if (mail.starts_with(std::string(name) + "@")) domains.push_back(mail.substr(mail.find('@') + 1));
  }
  std::string meant;
  if (const auto near_name = nearest(name, names)) {
    meant = fmt::format("{}@{}", *near_name, domain);
  } else if (const auto near_domain = nearest(domain, domains)) {
    meant = fmt::format("{}@{}", name, *near_domain);
  }
  const Person* person = meant.empty() ? nullptr : directory.find_by_mail(meant);
  return person == nullptr ? std::string() : person->id.value;
}

}  // namespace

PersonId read_person(const Reading& reading, const YamlNode& node) {
  if (auto known = read_of_directory(reading, node)) return std::move(*known);
  const std::string address = lower_ascii(node.text);
  reading.diagnostics.error(
      Code::unknown_person, node.at,
      fmt::format("nobody in the directory has the address '{}', and no guest can stand here", node.text),
      nearly_at(*reading.snapshot.directory, address));
  return PersonId(address);
}

PersonId read_person_or_guest(const Reading& reading, const YamlNode& node) {
  if (auto known = read_of_directory(reading, node)) return std::move(*known);
  std::string address = lower_ascii(node.text);
  const std::string meant = nearly_at(*reading.snapshot.directory, address);
  if (!meant.empty()) {
    reading.diagnostics.warning(
        Code::unknown_person, node.at,
        fmt::format("'{}' stands for a guest: nobody in the directory has that address", node.text), meant);
  }
  return PersonId(std::move(address));
}

void check_group(const Reading& reading, const YamlNode& node, std::string_view id) {
  const Directory& directory = *reading.snapshot.directory;
  if (directory.find_group(id) != nullptr) return;
  std::vector<std::string> known;
  for (const Group& group : directory.groups()) known.push_back(group.id);
  report_unknown_name(reading.diagnostics, Code::unknown_group, node.at,
                      fmt::format("unknown group '{}'", id), id, known);
}

const Definition& definition_of(const Reading& reading, const Placed& in) {
  const auto found = reading.snapshot.workflows.find(WorkflowId(in.text));
  return found == reading.snapshot.workflows.end() ? reading.definition : *found->second;
}

const Step* check_step(const Reading& reading, const Placed& in, std::string_view id, SourceSpan at) {
  const Definition& definition = definition_of(reading, in);
  std::vector<std::string> known;
  for (const Step& step : definition.steps) {
    if (step.name == id) return &step;
    if (!step.id.empty()) known.push_back(step.id);
  }
  report_unknown_name(reading.diagnostics, Code::unknown_step, at,
                      fmt::format("unknown step '{}' of {}", id, definition.id.value), id, known);
  return nullptr;
}

const Step* check_step(const Reading& reading, const Placed& in, const YamlNode& node) {
  return check_step(reading, in, node.text, node.at);
}

std::optional<Dotted> read_event(const Reading& reading, std::string_view text, SourceSpan at) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) {
    reading.diagnostics.error(Code::unknown_event, at,
                              fmt::format("'{}' is no event of a connector (write CONNECTOR.EVENT)", text));
    return std::nullopt;
  }
  const Dotted dotted{std::string(text.substr(0, dot)), std::string(text.substr(dot + 1))};
  const auto connector = reading.snapshot.connector(dotted.connector);
  if (connector == nullptr || !connector->inbound) {
    std::vector<std::string> known;
    for (const auto& [name, each] : reading.snapshot.connectors) {
      if (each->inbound) known.push_back(name);
    }
    reading.diagnostics.error(Code::unknown_connector, at,
                              fmt::format("unknown connector '{}'", dotted.connector),
                              nearest_of(dotted.connector, known));
    return std::nullopt;
  }
  if (connector->inbound->find_event(dotted.name) == nullptr) {
    std::vector<std::string> known;
    for (const InboundEvent& event : connector->inbound->events) known.push_back(event.name);
    reading.diagnostics.error(
        Code::unknown_event, at,
        fmt::format("the connector '{}' has no event '{}'", dotted.connector, dotted.name),
        nearest_of(dotted.name, known));
    return std::nullopt;
  }
  return dotted;
}

std::optional<Dotted> read_action(const Reading& reading, std::string_view text, SourceSpan at) {
  const std::size_t dot = text.find('.');
  const Dotted dotted{std::string(text.substr(0, dot)),
                      dot == std::string_view::npos ? std::string() : std::string(text.substr(dot + 1))};
  const auto connector = reading.snapshot.connector(dotted.connector);
  if (connector == nullptr || !connector->outbound) {
    std::vector<std::string> known;
    for (const auto& [name, each] : reading.snapshot.connectors) {
      if (each->outbound) known.push_back(name);
    }
    reading.diagnostics.error(Code::unknown_connector, at,
                              fmt::format("unknown connector '{}'", dotted.connector),
                              nearest_of(dotted.connector, known));
    return std::nullopt;
  }
  if (connector->outbound->find_action(dotted.name) == nullptr) {
    std::vector<std::string> known;
    for (const Action& action : connector->outbound->actions) known.push_back(action.name);
    reading.diagnostics.error(
        Code::unknown_action, at,
        fmt::format("the connector '{}' has no action '{}'", dotted.connector, dotted.name),
        nearest_of(dotted.name, known));
    return std::nullopt;
  }
  return dotted;
}

const Calendar& calendar_of(const Snapshot& snapshot, const Definition& definition) {
  const auto found = snapshot.calendars.find(definition.calendar);
  return found == snapshot.calendars.end() ? *snapshot.calendars.at("") : *found->second;
}

std::optional<Instant> instant_of_words(std::string_view text, const Calendar& calendar) {
  if (const auto at = parse_rfc3339(text)) return *at;
  const auto day = parse_day(text.substr(0, 10));
  if (!day) return std::nullopt;
  if (text.size() == 10) return calendar.instant_of(*day, std::chrono::minutes(0));
  // "T09:00" or " 09:00"
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : -1; };
  if (text.size() != 16 || (text[10] != 'T' && text[10] != ' ') || text[13] != ':') return std::nullopt;
  for (const std::size_t i : {11, 12, 14, 15}) {
    if (digit(i) < 0) return std::nullopt;
  }
  const int hours = digit(11) * 10 + digit(12);
  const int minutes = digit(14) * 10 + digit(15);
  if (hours > 23 || minutes > 59) return std::nullopt;
  return calendar.instant_of(*day, std::chrono::minutes(hours * 60 + minutes));
}

std::optional<Instant> read_instant(const Reading& reading, std::string_view text, SourceSpan at) {
  auto instant = instant_of_words(text, calendar_of(reading.snapshot, reading.definition));
  if (!instant) {
    reading.diagnostics.error(
        Code::bad_value, at,
        fmt::format("'{}' is no time (expected 2026-03-02T09:00, in the zone of the workflow's calendar)",
                    text));
  }
  return instant;
}

json::value input_of(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null_:
      return nullptr;
    case YamlNode::Kind::scalar:
      if (const auto truth = node.as_boolean()) return *truth;
      return json::value(node.text);
    case YamlNode::Kind::sequence: {
      json::array items;
      for (const YamlNode& item : node.items) items.push_back(input_of(item));
      return items;
    }
    case YamlNode::Kind::map: {
      json::object members;
      for (const YamlNode::Entry& entry : node.entries) members[entry.key] = input_of(entry.value);
      return members;
    }
  }
  return nullptr;
}

json::value message_of(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null_:
      return nullptr;
    case YamlNode::Kind::scalar:
      if (const auto truth = node.as_boolean()) return *truth;
      if (const auto whole = node.as_integer()) return *whole;
      if (const auto exact = node.as_decimal()) {
        return json::object{{number_text_key(), exact->to_text()}};
      }
      return json::value(node.text);
    case YamlNode::Kind::sequence: {
      json::array items;
      for (const YamlNode& item : node.items) items.push_back(message_of(item));
      return items;
    }
    case YamlNode::Kind::map: {
      json::object members;
      for (const YamlNode::Entry& entry : node.entries) members[entry.key] = message_of(entry.value);
      return members;
    }
  }
  return nullptr;
}

namespace {

void note_places(const YamlNode& node, const std::string& pointer, Entry& entry) {
  entry.places.insert_or_assign(pointer, node.at);
  for (std::size_t i = 0; i < node.items.size(); ++i)
    note_places(node.items[i], fmt::format("{}/{}", pointer, i), entry);
  for (const YamlNode::Entry& member : node.entries)
    note_places(member.value, pointer_below(pointer, member.key), entry);
}

}  // namespace

json::value read_input(const Reading& reading, const MapReader& map, std::string_view key,
                       const std::vector<Field>* fields, std::string_view of, const std::string& pointer,
                       Entry& entry) {
  const YamlNode* node = map.find(key);
  if (node == nullptr) return nullptr;
  note_places(*node, pointer, entry);
  for (const YamlNode::Entry& member : node->entries) {
    const bool known = fields == nullptr || std::ranges::any_of(*fields, [&](const Field& field) {
                         return field.name == member.key;
                       });
    if (known) continue;
    std::vector<std::string> names;
    for (const Field& field : *fields) names.push_back(field.name);
    reading.diagnostics.error(Code::unknown_field, member.key_at,
                              fmt::format("unknown field '{}' of {}", member.key, of),
                              nearest_of(member.key, names));
  }
  return input_of(*node);
}

}  // namespace countersign::scenario
