#pragma once
// From a resolved (and usually checked) tree to the steps that evaluate it.

#include <string>
#include <vector>

#include "cel/step.h"
#include "cel/syntax.h"

namespace countersign::cel {

struct Plan {
  StepPtr root;
  std::size_t variables = 0;  // the first slots are those of variables, the others of macros
  std::size_t slots = 0;
};

// Constant parts are evaluated here once. Where `checked` and the environment is the product's, a constant
// call that fails, as date("2026-02-30") does, is an issue.
Plan make_plan(const Syntax& root, const Environment& environment, bool checked, std::vector<Issue>& issues);

}  // namespace countersign::cel
