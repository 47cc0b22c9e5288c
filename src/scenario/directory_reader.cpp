#include "scenario/directory_reader.h"

#include <array>

#include "scenario/scenario_grammar.h"
#include <fmt/format.h>

#include "definition/people_draft.h"

namespace countersign::scenario {
namespace {

constexpr std::array kDirectoryKeys = {
    Key{"leave", Shape::texts, Need::optional, "who leaves"},
    Key{"join", Shape::list, Need::optional, "who comes, as in a file of people"},
    Key{"away", Shape::map, Need::optional, "who is away: ID: {from, until, stand_in}"},
    Key{"manager", Shape::map, Need::optional, "ID: the new manager's id"},
    Key{"groups", Shape::map, Need::optional, "group: its members from now on"},
};
constexpr std::array kAwayKeys = {
    Key{"from", Shape::text, Need::required, "first day, or a time"},
    Key{"until", Shape::text, Need::required, "last day, or the time of coming back"},
    Key{"stand_in", Shape::text, Need::optional, "who acts meanwhile"},
};

const Grammar& away_grammar() {
  static const Grammar kGrammar{"away", {map_of({kAwayKeys})}};
  return kGrammar;
}
const Grammar& all_away_grammar() {
  static const Grammar kGrammar{"all_away", {names_of(away_grammar)}};
  return kGrammar;
}

PersonId known_person(const Reading& reading, const std::string& id, SourceSpan at) {
  YamlNode node;
  node.kind = YamlNode::Kind::scalar;
  node.text = id;
  node.at = at;
  return read_person(reading, node);
}

// People as a file of people has them; only their own lines are read, so managers are checked when they join.
std::vector<Person> read_joining(Reading& reading, const YamlNode& list, SourceSpan at) {
  YamlNode root;
  root.kind = YamlNode::Kind::map;
  root.at = at;
  root.entries.push_back({"people", at, list});
  PeopleDraft draft(reading.snapshot.calendars, reading.diagnostics);
  read_people_node(root, draft, reading.diagnostics);
  for (const Person& person : draft.people) reading.joined.insert(person.id.value);
  return std::move(draft.people);
}

std::optional<Absence> read_absence(const Reading& reading, const YamlNode& node) {
  const MapReader map(node, "an absence", kAwayKeys, reading.diagnostics);
  const YamlNode* from = map.find("from");
  const YamlNode* until = map.find("until");
  if (from == nullptr || until == nullptr) return std::nullopt;
  const auto begins = read_instant(reading, from->text, from->at);
  auto ends = read_instant(reading, until->text, until->at);
  if (!begins || !ends) return std::nullopt;
  // A day as the end is the last day.
  if (until->text.size() == 10) {
    const Calendar& calendar = calendar_of(reading.snapshot, reading.definition);
    ends = calendar.instant_of(calendar.day_of(*ends) + date::days(1), std::chrono::minutes(0));
  }
  Absence absence{*begins, *ends, std::nullopt};
  if (const YamlNode* stand_in = map.find("stand_in")) absence.stand_in = read_person(reading, *stand_in);
  return absence;
}

}  // namespace

const Grammar& directory_change_grammar() {
  static const std::vector<Key> kKeys = with_inside(kDirectoryKeys, {{"away", all_away_grammar}});
  static const Grammar kGrammar{"directory_change", {map_of({kKeys})}};
  return kGrammar;
}

ChangeDirectory read_directory_change(Reading& reading, const YamlNode& node) {
  const MapReader map(node, "'directory'", kDirectoryKeys, reading.diagnostics);
  ChangeDirectory change;
  if (const YamlNode* join = map.find("join")) change.join = read_joining(reading, *join, map.at("join"));
  if (const YamlNode* leave = map.find("leave")) {
    for (const YamlNode& item : leave->items) change.leave.push_back(read_person(reading, item));
  }
  if (const YamlNode* away = map.find("away")) {
    for (const YamlNode::Entry& entry : away->entries) {
      const PersonId who = known_person(reading, entry.key, entry.key_at);
      if (const auto absence = read_absence(reading, entry.value)) change.away.emplace_back(who, *absence);
    }
  }
  if (const YamlNode* managers = map.find("manager")) {
    for (const YamlNode::Entry& entry : managers->entries) {
      const PersonId who = known_person(reading, entry.key, entry.key_at);
      std::optional<PersonId> manager;
      if (!entry.value.is_null()) manager = read_person(reading, entry.value);
      change.managers[who] = manager;
    }
  }
  if (const YamlNode* groups = map.find("groups")) {
    for (const YamlNode::Entry& entry : groups->entries) {
      if (!entry.value.is_sequence()) {
        report_wrong_kind(entry.value, fmt::format("group '{}'", entry.key), "a list of ids",
                          reading.diagnostics);
        continue;
      }
      auto& members = change.groups[entry.key];
      for (const YamlNode& member : entry.value.items) members.push_back(read_person(reading, member));
    }
  }
  return change;
}

KeyTable directory_keys() {
  return kDirectoryKeys;
}

}  // namespace countersign::scenario
