#pragma once
// The acts of an entry by which people do something else with a request than answer it: hand it over, add
// others, take a decision back, be away. Internal to the loader.

#include <map>
#include <string_view>

#include "scenario/reading.h"

#include "definition/grammar.h"

namespace countersign::scenario {

// By the word of the act; `node` is the value behind it. nullopt where the word is none of these.
std::optional<Act> read_person_act(const Reading& reading, const Placed& in, std::string_view word,
                                   const YamlNode& node);

// `approve: li.na` is short for `approve: {by: li.na}`.
YamlNode written_out(const YamlNode& node, std::string key);

// What may stand behind each of the words.
const std::map<std::string_view, Inside>& person_act_grammars();
std::vector<KeyTable> person_act_tables();

}  // namespace countersign::scenario
