#pragma once
// Work that is before people none of whom could answer it as things are now, whoever's turn it is (policy.h).
// Pure.

#include <cstdint>
#include <string>
#include <vector>

#include "core/decide.h"

namespace countersign {

struct OutOfHands {
  std::uint32_t item = 0;
  StepIndex step = kNoStep;
  std::string whose;       // "li.na", "the group legal"
  bool is_barred = false;  // by `only` of a level around it, which binds everybody and names none of them
  PersonId instead;        // of what is barred, one whom `only` names; empty where nobody is there
};

// Of the items of `state`, whose version is `context`'s. Where the people of `only` cannot be told, nothing
// is said of an item.
std::vector<OutOfHands> work_out_of_hands(const Context& context, const State& state);

}  // namespace countersign
