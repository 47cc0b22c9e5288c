#pragma once
// What `explain --assume` may say of a workflow: STEP=OUTCOME and STEP.FIELD=VALUE. Pure.

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "core/definition.h"
#include "runtime/library.h"

namespace countersign::scenario {

// The fields that STEP.FIELD may name: what people are asked there, what the call answers, what the event
// brings.
std::vector<Field> fields_of_step(const Snapshot& snapshot, const Definition& definition, const Step& step);

// invalid_input, with what was probably meant, where a step, an outcome or a field is not there or cannot be
// assumed.
Result<void> check_assumptions(const Snapshot& snapshot, const Definition& definition,
                               const std::map<std::string, std::string>& assumed);

}  // namespace countersign::scenario
