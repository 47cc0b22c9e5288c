#pragma once
// Where a workflow goes on behind a step or an outcome, as its file says it: for diagrams and explanations.
// What conditions and people make of it shows only when it runs. Pure functions, thread-safe.

#include <string>
#include <string_view>

#include "core/definition.h"

namespace countersign {

// A step, or the end of the instance with a status; neither where only other branches go on (an event's
// list).
struct Way {
  StepIndex step = kNoStep;
  std::string status;
  bool operator==(const Way&) const = default;
};

// `go` and `end` are followed: they are arrows and no places.
Way way_to(const Definition& definition, const Step& step);
// The next step of its list, else what comes behind the list's owner.
Way way_behind(const Definition& definition, const Step& step);
// The beginning of a list; an empty one leads on behind its owner.
Way way_into(const Definition& definition, ListIndex list);
// By `on`, else by what the outcome does by itself; "returned" leads to the first target, and to the
// requester's revision where that is the requester.
Way way_of(const Definition& definition, const Step& step, std::string_view outcome);

}  // namespace countersign
