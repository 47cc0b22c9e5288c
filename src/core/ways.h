#pragma once
// Where a workflow goes on behind a step or an outcome, as its file says it: for diagrams and explanations.
// What conditions and people make of it shows only when it runs. Pure functions, thread-safe.

#include <string>
#include <string_view>
#include <vector>

#include "core/definition.h"
#include "core/state.h"

namespace countersign {

// A step, or the end of the instance with a status; neither where only other branches go on (an event's list,
// and the end of a list in `block`).
struct Way {
  StepIndex step = kNoStep;
  std::string status;
  StepIndex block = kNoStep;
  bool operator==(const Way&) const = default;
};

// Whether ways pass through blocks whose lists go on at once (parallel, for_each, gates) as if one list were
// the last, or end there.
enum class Blocks { pass, stop };

// `go` and `end` are followed: they are arrows and no places. One with a `when` is a place: two ways part
// there.
Way way_to(const Definition& definition, const Step& step);
// The same by number: nowhere for one that names no step, as of a file with mistakes.
Way way_to(const Definition& definition, StepIndex step);
// The next step of its list, else what comes behind the list's owner.
Way way_behind(const Definition& definition, const Step& step, Blocks blocks = Blocks::pass);
// The beginning of a list; an empty one leads on behind its owner.
Way way_into(const Definition& definition, ListIndex list, Blocks blocks = Blocks::pass);
// By `on`, else by what the outcome does by itself; "returned" leads to the first target, and to the
// requester's revision where that is the requester.
Way way_of(const Definition& definition, const Step& step, std::string_view outcome,
           Blocks blocks = Blocks::pass);

// Where an instance as it stands goes on behind an open step.
struct WayOn {
  Way way;
  // Neither a step nor an end, where something has to end in this block first: branches and stages by name,
  // items by number.
  StepIndex block = kNoStep;
  std::vector<std::string> beside;
};
WayOn way_on(const Definition& definition, const State& state, const Activation& activation,
             std::string_view outcome);

}  // namespace countersign
