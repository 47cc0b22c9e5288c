#pragma once
// What approve and task share: who is asked, what they see and change, where it may be sent back to.
// Internal.

#include "definition/step_loader.h"

namespace countersign {

// Names of form fields; unknown ones are reported.
std::vector<std::string> read_form_fields(const StepReading& reading, const MapReader& map,
                                          std::string_view key);

// `return_to`; nothing where the key is absent. Steps are looked up when all are read.
std::vector<ReturnTarget> read_return_to(const StepReading& reading, const MapReader& map);

// `may`: which acts beside deciding are allowed; all where the key is absent. `adds`: whether approvers can
// be added here.
May read_may(const StepReading& reading, const MapReader& map, bool adds);

NobodyRule read_if_nobody(const StepReading& reading, const MapReader& map, std::vector<Expression>& to);

// Warns of groups in the expressions at `key` that have no active member. `handled`: `if_nobody` says what
// happens then.
void warn_of_empty_groups(const StepReading& reading, const MapReader& map, std::string_view key,
                          bool handled);

// `same_person` of a step, and of the workflow for all of them.
inline constexpr std::string_view kSamePersonWords = "ask_again|skip_if_consecutive|skip_if_approved";
SamePersonRule read_same_person(const MapReader& map, SamePersonRule otherwise);

// `need` of approve and of parallel: 1, 2, all, 60%.
std::optional<Quorum> read_need(const StepReading& reading, const YamlNode& node, bool percent);

}  // namespace countersign
