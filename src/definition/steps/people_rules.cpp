#include "definition/steps/people_rules.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/text.h"
#include "definition/call_scan.h"
#include "definition/grammar.h"

namespace countersign {
namespace {

constexpr std::string_view kNobodyWords = "admin|fail|manager_up|skip|reject";
constexpr std::array kToKeys = {
    Key{"to", Shape::expressions, Need::required, "who is asked instead", ""},
};

const Grammar& approve_act_grammar() {
  static const Grammar kGrammar{"approve_act", {value_of(Shape::word, "transfer|delegate|add")}};
  return kGrammar;
}
const Grammar& task_act_grammar() {
  static const Grammar kGrammar{"task_act", {value_of(Shape::word, "transfer|delegate")}};
  return kGrammar;
}

}  // namespace

const Grammar& if_nobody_grammar() {
  static const Grammar kGrammar{"if_nobody", {value_of(Shape::word, kNobodyWords), map_of({kToKeys})}};
  return kGrammar;
}
const Grammar& may_of_approve_grammar() {
  static const Grammar kGrammar{"may_of_approve", {list_of(approve_act_grammar)}};
  return kGrammar;
}
const Grammar& may_of_task_grammar() {
  static const Grammar kGrammar{"may_of_task", {list_of(task_act_grammar)}};
  return kGrammar;
}
const Grammar& need_grammar() {
  static const Grammar kGrammar{"need", {value_of(Shape::text)}};
  return kGrammar;
}

std::vector<std::string> read_form_fields(const StepReading& reading, const MapReader& map,
                                          std::string_view key) {
  std::vector<std::string> names;
  const YamlNode* list = map.find(key);
  if (list == nullptr) return names;
  for (const YamlNode& item : list->items) {
    if (!item.is_scalar()) continue;
    if (reading.loading.definition.find_field(item.text) == nullptr) {
      report_unknown_name(reading.diagnostics(), Code::unknown_field, item.at,
                          fmt::format("unknown field '{}' of form", item.text), item.text,
                          known_names(reading.loading.definition.form, &Field::name));
    } else if (std::ranges::find(names, item.text) != names.end()) {
      reading.diagnostics().error(Code::duplicate_name, item.at,
                                  fmt::format("'{}' stands in '{}' twice: take one away", item.text, key));
    } else {
      names.push_back(item.text);
    }
  }
  return names;
}

std::vector<ReturnTarget> read_return_to(const StepReading& reading, const MapReader& map) {
  std::vector<ReturnTarget> targets;
  const YamlNode* list = map.find("return_to");
  if (list == nullptr) return targets;
  std::vector<std::string> seen;
  for (const YamlNode& item : list->items) {
    if (!item.is_scalar()) continue;
    if (std::ranges::find(seen, item.text) != seen.end()) {
      reading.diagnostics().error(Code::duplicate_name, item.at,
                                  fmt::format("'{}' stands in 'return_to' twice: take one away", item.text));
      continue;
    }
    seen.push_back(item.text);
    if (item.text == "requester") {
      targets.push_back({true, kNoStep});
    } else {
      targets.push_back({false, kNoStep});
      reading.loading.return_targets[reading.index].push_back({item.text, item.at});
    }
  }
  return targets;
}

May read_may(const StepReading& reading, const MapReader& map, bool adds) {
  if (!map.has("may")) return {true, true, adds};
  May may{false, false, false};
  const YamlNode* list = map.find("may");
  if (list == nullptr) return may;
  std::vector<std::string> known{"transfer", "delegate"};
  if (adds) known.emplace_back("add");
  for (const YamlNode& item : list->items) {
    if (!item.is_scalar()) continue;
    bool* const act = item.text == "transfer"      ? &may.transfer
                      : item.text == "delegate"    ? &may.delegate
                      : adds && item.text == "add" ? &may.add
                                                   : nullptr;
    if (act == nullptr) {
      reading.diagnostics().error(Code::unknown_word, item.at,
                                  fmt::format("'may' lists {}, found '{}'", join(known, ", "), item.text),
                                  nearest_of(item.text, known));
    } else if (*act) {
      reading.diagnostics().error(Code::duplicate_name, item.at,
                                  fmt::format("'{}' stands in 'may' twice: take one away", item.text));
    } else {
      *act = true;
    }
  }
  return may;
}

NobodyRule read_if_nobody(const StepReading& reading, const MapReader& map, std::vector<Expression>& to) {
  static constexpr std::array<std::pair<std::string_view, NobodyRule>, 5> kWords = {{
      {"admin", NobodyRule::admin},
      {"fail", NobodyRule::fail},
      {"manager_up", NobodyRule::manager_up},
      {"skip", NobodyRule::skip},
      {"reject", NobodyRule::reject},
  }};
  const YamlNode* value = map.find("if_nobody");
  if (value == nullptr) return NobodyRule::admin;
  if (value->is_map()) {
    const MapReader inner(*value, "'if_nobody'", kToKeys, reading.diagnostics());
    if (const YamlNode* people = inner.find("to")) {
      to = read_expressions(reading.loading, *people, reading.spot, expects_people(), "'to'");
    }
    return NobodyRule::to;
  }
  std::vector<std::string> known;
  for (const auto& [word, rule] : kWords) {
    if (value->is_scalar() && value->text == word) return rule;
    known.emplace_back(word);
  }
  if (!value->is_scalar()) {
    report_wrong_kind(*value, "'if_nobody'", "a word or {to: ...}", reading.diagnostics());
  } else {
    reading.diagnostics().error(
        Code::unknown_word, value->at,
        fmt::format("'if_nobody' is one of {} or {{to: ...}}, found '{}'", join(known, ", "), value->text),
        nearest_of(value->text, known));
  }
  return NobodyRule::admin;
}

void warn_of_empty_groups(const StepReading& reading, const MapReader& map, std::string_view key,
                          bool handled) {
  const Directory* directory = reading.loading.catalogue.directory.get();
  const YamlNode* people = map.find(key);
  if (directory == nullptr || people == nullptr || handled) return;
  const auto is_active = [&](const PersonId& id) {
    const Person* person = directory->find(id);
    return person != nullptr && person->active;
  };
  const auto look = [&](const YamlNode& node) {
    for (const ScannedCall& call : scan_calls(node.text)) {
      if (call.name != "group" || !call.literal) continue;
      const Group* group = directory->find_group(*call.literal);
      if (group == nullptr || std::ranges::any_of(group->members, is_active)) continue;
      reading.diagnostics().warning(
          Code::nobody_to_ask, reading.loading.document.span_in(node, call.literal_begin, call.literal_end),
          fmt::format("nobody is in the group '{}': an administrator would be asked, unless 'if_nobody' says "
                      "otherwise",
                      group->id));
    }
  };
  if (people->is_scalar()) look(*people);
  for (const YamlNode& item : people->items) look(item);
}

SamePersonRule read_same_person(const MapReader& map, SamePersonRule otherwise) {
  return map.word("same_person", otherwise,
                  {{"ask_again", SamePersonRule::ask_again},
                   {"skip_if_consecutive", SamePersonRule::skip_if_consecutive},
                   {"skip_if_approved", SamePersonRule::skip_if_approved}});
}

std::optional<Quorum> read_need(const StepReading& reading, const YamlNode& node, bool percent) {
  const std::string_view expected = percent ? "1, 2, all or a percentage such as 60%" : "1, 2 or all";
  const auto refuse = [&] {
    reading.diagnostics().error(
        Code::bad_value, node.at,
        fmt::format("'need' is {}, found {}", expected,
                    node.is_scalar() ? fmt::format("'{}'", node.text) : std::string(node.describe())));
    return std::nullopt;
  };
  if (!node.is_scalar()) return refuse();
  if (node.text == "all") return Quorum{QuorumKind::all, 0};
  std::string_view digits = node.text;
  const bool is_percent = percent && digits.ends_with('%');
  if (is_percent) digits.remove_suffix(1);
  std::uint32_t number = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (failure != std::errc() || end != digits.data() + digits.size() || number == 0) return refuse();
  if (is_percent) {
    if (number > 100) return refuse();
    return Quorum{QuorumKind::percent, number};
  }
  if (number > 1000) return refuse();
  return Quorum{number == 1 ? QuorumKind::one : QuorumKind::count, number};
}

}  // namespace countersign
