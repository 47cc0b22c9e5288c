#pragma once
// Work that is before people who may not do it: `only` of a level around it binds everybody, and names none
// of them (any more). Pure.

#include <cstdint>
#include <string>
#include <vector>

#include "core/decide.h"

namespace countersign {

struct OutOfHands {
  std::uint32_t item = 0;
  StepIndex step = kNoStep;
  std::string whose;  // "li.na", "the group legal"
  PersonId instead;   // one whom it names; empty where it names nobody who is there
};

// Of the items of `state`, whose version is `context`'s. Where the people of `only` cannot be told, nothing
// is said of an item.
std::vector<OutOfHands> work_out_of_hands(const Context& context, const State& state);

}  // namespace countersign
