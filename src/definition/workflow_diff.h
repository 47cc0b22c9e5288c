#pragma once
// What changed between two versions of a workflow, in words: steps that came, went, moved or do something
// else, fields of the form, rules, tables and messages. Compares what is written, so that both may be of any
// age; steps are matched by their ids, and where they have none by what they do and their place. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "definition/texts_diff.h"

namespace countersign {

// Each a line: "step 'hr' is new, behind 'manager'", "field 'amount': min was 0.01 and is 1". Empty where the
// two say the same. invalid_input where one of them is no YAML.
Result<std::vector<std::string>> workflow_changes(std::string_view before, std::string_view after);

// A version with all that belongs to it: a changed table makes another version too.
struct VersionTexts {
  std::string workflow;
  NamedTexts messages;
  NamedTexts tables;
};
Result<std::vector<std::string>> workflow_changes(const VersionTexts& before, const VersionTexts& after);

}  // namespace countersign
