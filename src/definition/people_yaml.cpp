// People and groups from YAML; the form of the file is in people_loader.h.
#include <fmt/format.h>

#include "core/address_syntax.h"
#include "definition/grammar.h"
#include "definition/map_reader.h"
#include "definition/people_draft.h"

namespace countersign {
namespace {

constexpr Key kAbsenceKeys[] = {
    {"from", Shape::text, Need::required, "first day, or a time with its offset"},
    {"until", Shape::text, Need::required, "last day, or the time of coming back"},
    {"stand_in", Shape::text, Need::optional, "id of who acts meanwhile"},
};
constexpr Key kGroupKeys[] = {
    {"title", Shape::text, Need::optional, "as people read it"},
    {"members", Shape::texts, Need::required, "ids of the members"},
};

const Grammar& absence_grammar() {
  static const Grammar kGrammar{"absence", {map_of({kAbsenceKeys})}};
  return kGrammar;
}
const Grammar& absences_grammar() {
  static const Grammar kGrammar{"absences", {list_of(absence_grammar)}};
  return kGrammar;
}

constexpr Key kPersonKeys[] = {
    {"id", Shape::text, Need::required, "how workflows and other files name the person"},
    {"name", Shape::text, Need::required, "as people read it"},
    {"mail", Shape::text, Need::optional, "mail address"},
    {"manager", Shape::text, Need::optional, "id of the manager"},
    {"locale", Shape::text, Need::optional, "language of messages: en (default), zh-CN"},
    {"calendar", Shape::text, Need::optional, "working calendar, where it is not the default one"},
    {"zone", Shape::text, Need::optional, "IANA name of their time zone, where it is not their calendar's"},
    {"quiet_hours", Shape::text, Need::optional, "when no reminder comes: 20:00-08:00, or none"},
    {"approval_limit", Shape::number, Need::optional, "up to which amount the person may approve"},
    {"department", Shape::text, Need::optional, "where the person works"},
    {"active", Shape::boolean, Need::optional, "false: has left"},
    {"channels", Shape::map, Need::optional, "messaging channel -> address", "", texts_by_name},
    {"attributes", Shape::map, Need::optional, "whatever else expressions read of the person", "",
     texts_by_name},
    {"away", Shape::list, Need::optional, "absences", "", absences_grammar},
};

const Grammar& person_grammar() {
  static const Grammar kGrammar{"person", {map_of({kPersonKeys})}};
  return kGrammar;
}
const Grammar& persons_grammar() {
  static const Grammar kGrammar{"persons", {list_of(person_grammar)}};
  return kGrammar;
}
const Grammar& group_grammar() {
  static const Grammar kGrammar{"group", {value_of(Shape::texts), map_of({kGroupKeys})}};
  return kGrammar;
}
const Grammar& groups_grammar() {
  static const Grammar kGrammar{"groups", {names_of(group_grammar)}};
  return kGrammar;
}

constexpr Key kFileKeys[] = {
    {"people", Shape::list, Need::required, "the people", "", persons_grammar},
    {"groups", Shape::map, Need::optional, "groups: id -> ids of members, or {title, members}", "",
     groups_grammar},
};

// A file of 20,000 people is about 4 MB.
constexpr YamlLimits kPeopleLimits{16 << 20, 16, 1'000'000};

class PeopleYaml {
 public:
  PeopleYaml(PeopleDraft& draft, Diagnostics& diagnostics) : draft_(draft), diagnostics_(diagnostics) {}

  void read(const YamlNode& root) {
    const MapReader file(root, "the people file", kFileKeys, diagnostics_);
    if (const auto* people = file.find("people")) {
      for (const auto& item : people->items) read_person(item);
    }
    if (const auto* groups = file.find("groups")) {
      for (const auto& entry : groups->entries) read_group(entry);
    }
  }

 private:
  void read_person(const YamlNode& node) {
    const auto* id = node.find("id");
    const auto what =
        id != nullptr && id->is_scalar() ? fmt::format("person '{}'", excerpt(id->text)) : "a person";
    const MapReader map(node, what, kPersonKeys, diagnostics_);
    if (!map.find("id")) return;
    const auto pointer = fmt::format("/people/{}", draft_.people.size());
    Person person;
    draft_.set_id(person, map.text("id"), map.at("id"));
    person.name = map.text("name");
    if (map.find("name") && person.name.empty()) {
      diagnostics_.error(Code::bad_value, map.at("name"), fmt::format("{} has an empty name", what));
    }
    draft_.set_mail(person, map.text("mail"), map.at("mail"));
    if (const auto* manager = map.find("manager")) person.manager = PersonId(manager->text);
    draft_.set_locale(person, map.text("locale"), map.at("locale"));
    draft_.set_calendar(person, map.text("calendar"), map.at("calendar"));
    draft_.set_zone(person, map.text("zone"), map.at("zone"));
    draft_.set_quiet_hours(person, map.text("quiet_hours"), map.at("quiet_hours"));
    draft_.set_approval_limit(person, map.text("approval_limit"), map.at("approval_limit"));
    person.department = map.text("department");
    person.active = map.boolean("active", true);
    read_texts(map, "channels", person.channels);
    read_texts(map, "attributes", person.attributes);
    draft_.stands(pointer, node.at);
    for (const auto* key : {"id", "mail", "manager"})
      draft_.stands(fmt::format("{}/{}", pointer, key), map.at(key));
    if (const auto* away = map.find("away")) {
      for (const auto& item : away->items) read_absence(item, what, pointer, person);
    }
    draft_.people.push_back(std::move(person));
  }

  void read_texts(const MapReader& map, std::string_view key, std::map<std::string, std::string>& texts) {
    const auto* node = map.find(key);
    if (node == nullptr) return;
    for (const auto& entry : node->entries) {
      if (entry.value.is_scalar()) {
        texts[entry.key] = entry.value.text;
      } else {
        report_wrong_kind(entry.value, fmt::format("'{}'", entry.key), "text", diagnostics_);
      }
    }
  }

  void read_absence(const YamlNode& node, const std::string& what, const std::string& pointer,
                    Person& person) {
    const MapReader map(node, "an absence of " + what, kAbsenceKeys, diagnostics_);
    const auto from = read_time(map, "from", person, false);
    const auto until = read_time(map, "until", person, true);
    if (!from || !until) return;
    const auto place = fmt::format("{}/away/{}", pointer, person.away.size());
    draft_.stands(place, map.at("until"));
    draft_.stands(place + "/stand_in", map.at("stand_in"));
    Absence absence{*from, *until, std::nullopt};
    if (const auto* stand_in = map.find("stand_in")) absence.stand_in = PersonId(stand_in->text);
    person.away.push_back(std::move(absence));
  }

  // A day stands for its beginning, or as the last day for its end.
  std::optional<Instant> read_time(const MapReader& map, std::string_view key, const Person& person,
                                   bool end) {
    const auto* node = map.find(key);
    if (node == nullptr) return std::nullopt;
    if (const auto at = parse_rfc3339(node->text)) return *at;
    const auto day = parse_day(node->text);
    const auto calendar = draft_.calendar_of(person);
    if (!day || calendar == nullptr) {
      diagnostics_.error(
          Code::bad_value, node->at,
          fmt::format("'{}' is no day or time (expected 2026-03-02 or 2026-03-02T10:14:00+08:00)",
                      excerpt(node->text)));
      return std::nullopt;
    }
    return calendar->instant_of(end ? *day + date::days(1) : *day, std::chrono::minutes(0));
  }

  void read_group(const YamlNode::Entry& entry) {
    Group group;
    group.id = entry.key;
    const auto pointer = fmt::format("/groups/{}", draft_.groups.size());
    draft_.stands(pointer, entry.key_at);
    if (!is_id(entry.key)) {
      diagnostics_.error(
          Code::reserved_name, entry.key_at,
          fmt::format("'{}' cannot be the id of a group: it has letters, digits and . _ - @, no spaces",
                      excerpt(entry.key)));
    }
    const auto what = fmt::format("group '{}'", excerpt(entry.key));
    const YamlNode* members = &entry.value;
    if (entry.value.is_map()) {
      const MapReader map(entry.value, what, kGroupKeys, diagnostics_);
      group.title = map.text("title");
      members = map.find("members");
    } else if (!entry.value.is_sequence()) {
      report_wrong_kind(entry.value, what, "a list of ids, or a map with title and members", diagnostics_);
      members = nullptr;
    }
    if (members != nullptr) {
      for (const auto& member : members->items) {
        if (!member.is_scalar()) {
          if (members == &entry.value)
            report_wrong_kind(member, "a member of " + what, "an id", diagnostics_);
          continue;
        }
        draft_.stands(fmt::format("{}/members/{}", pointer, group.members.size()), member.at);
        group.members.emplace_back(member.text);
      }
    }
    draft_.groups.push_back(std::move(group));
  }

  PeopleDraft& draft_;
  Diagnostics& diagnostics_;
};

}  // namespace

const Grammar& people_grammar() {
  static const Grammar kGrammar{"people", {map_of({kFileKeys})}};
  return kGrammar;
}

void read_people_yaml(std::string_view file, std::string_view text, PeopleDraft& draft,
                      Diagnostics& diagnostics) {
  const auto document = read_yaml(file, text, diagnostics, kPeopleLimits);
  if (document) PeopleYaml(draft, diagnostics).read(document->root);
}

void read_people_node(const YamlNode& root, PeopleDraft& draft, Diagnostics& diagnostics) {
  PeopleYaml(draft, diagnostics).read(root);
}

}  // namespace countersign
