#pragma once
// What `countersign explain` says of a step in words. Pure.

#include <string>
#include <vector>

#include "scenario/route.h"

#include "core/decide.h"

namespace countersign::scenario {

// The step's English title as it stands in that frame; what cannot be known stays as it is written:
// "Plan of ${review.by}". "" where it has none.
std::string title_in(const Context& context, const State& state, FrameId frame, const Step& step);

// "reminds when it is due, then every 1 business day, up to 5 times"; "escalates after 2 days to
// group("hr")".
std::vector<std::string> chases_of(const Step& step);

// Of a step that asked a chain of managers: who comes next in it and was not asked, and why not.
std::vector<std::string> managers_not_asked(const Directory& directory, const RouteStep& step);

}  // namespace countersign::scenario
