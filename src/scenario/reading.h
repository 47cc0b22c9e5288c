#pragma once
// What is known while a scenario file is read, and the small questions that every part of it asks: is there
// such a person, step, group, workflow. Internal to the loader.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/scenario.h"

#include "definition/map_reader.h"
#include "definition/yaml.h"

namespace countersign::scenario {

struct Reading {
  const YamlDocument& document;
  Diagnostics& diagnostics;
  const Snapshot& snapshot;
  const Definition& definition;       // of the workflow that is tested
  std::set<std::string> joined{};     // people whom an entry of the file adds
  std::set<std::string> instances{};  // names given with `as` so far, in this scenario
};

// Each reports what is unknown, with the nearest name, and gives what is written all the same.
PersonId read_person(const Reading& reading, const YamlNode& node);
// Where a guest can stand too, who is written by the mail address (guests.h). One that is nearly a person's
// is warned of.
PersonId read_person_or_guest(const Reading& reading, const YamlNode& node);
void check_group(const Reading& reading, const YamlNode& node, std::string_view id);
// A step of the tested workflow, or of any loaded one where `in` names another.
const Step* check_step(const Reading& reading, const Placed& in, const YamlNode& node);
const Step* check_step(const Reading& reading, const Placed& in, std::string_view id, SourceSpan at);
// "generic.deal_lost" -> connector and name, both known; `outbound` for an action.
struct Dotted {
  std::string connector, name;
};
std::optional<Dotted> read_event(const Reading& reading, std::string_view text, SourceSpan at);
std::optional<Dotted> read_action(const Reading& reading, std::string_view text, SourceSpan at);

// The workflow whose instance `in` means; the tested one where it is empty or a name given with `as`.
const Definition& definition_of(const Reading& reading, const Placed& in);

// The instant that "2026-03-02T09:00", "2026-03-02 09:00", "2026-03-02" or RFC 3339 means in the zone of the
// workflow's calendar; reported where it is none.
std::optional<Instant> read_instant(const Reading& reading, std::string_view text, SourceSpan at);
std::optional<Instant> instant_of_words(std::string_view text, const Calendar& calendar);
const Calendar& calendar_of(const Snapshot& snapshot, const Definition& definition);

// A YAML value as people's input: numbers and dates are the text that is written, so that nothing is rounded.
json::value input_of(const YamlNode& node);
// A YAML value as another system's JSON: numbers are numbers.
json::value message_of(const YamlNode& node);
// The map at `key` as input; its keys must be among `fields`. Notes where everything stands below `pointer`.
json::value read_input(const Reading& reading, const MapReader& map, std::string_view key,
                       const std::vector<Field>* fields, std::string_view of, const std::string& pointer,
                       Entry& entry);

Placed placed(const YamlNode* node);

// One entry of a scenario.
Entry read_entry(Reading& reading, const YamlNode& node);
KeyTable entry_keys();
// The keys of all acts, for the reference.
std::vector<KeyTable> act_key_tables();

void read_expectations(const Reading& reading, const YamlNode& node, Entry& entry);
KeyTable expect_keys();
KeyTable mail_keys();

}  // namespace countersign::scenario
