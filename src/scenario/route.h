#pragma once
// Which way a request would take: played on the real engine in a world of its own, where everybody agrees and
// every call succeeds unless something else is assumed. Nothing leaves and nothing is kept. Not thread-safe.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "runtime/library.h"
#include "runtime/requests.h"

namespace countersign::scenario {

struct RouteQuestion {
  std::shared_ptr<const Snapshot> snapshot;
  WorkflowId workflow;
  PersonId requester;
  json::value form;
  Instant now;
  // "STEP" -> the outcome of its first visit; "STEP.FIELD" -> what is filled in.
  std::map<std::string, std::string> assumed;
};

struct AskedPerson {
  std::string who;                   // "zhang.wei", "group finance"
  std::string reason;                // "requester.manager"
  std::vector<std::string> members;  // of a group, today
};
// Something that happens on the way.
struct RouteStep {
  enum class Kind { asks, calls, waits, passes, starts, skips } kind = Kind::passes;
  std::string step;
  std::string title;
  Instant at;
  std::vector<AskedPerson> people;
  std::optional<Instant> due;
  std::optional<Instant> deadline;
  std::string outcome;                 // assumed or reached
  std::string condition;               // its `when`, where it has one
  std::string what;                    // "feishu.post", "project-handoff", "notifies requester"
  std::vector<std::string> chases;     // its reminders and escalation, a line each (route_words.h)
  std::vector<std::string> not_asked;  // who of a chain of managers is not asked, and why not
};
// A condition of the workflow, and what it was this time.
struct RouteCondition {
  std::string step;
  std::string leads_to;  // "asks", "way 2", "refused"
  std::string expression;
  std::optional<bool> held;  // nullopt: the way did not come there
  bool yes_or_no = true;     // false: it gives people, a list or a time
  std::string why_not;       // why nobody looked at it; "" where somebody did
};

struct Route {
  std::string reference;
  std::vector<RouteStep> steps;
  std::vector<RouteCondition> conditions;
  std::vector<std::string> filled_in;  // "finance.cost_center = x": what was made up
  std::string end;                     // the status; "" where the way stops before
  std::string stops;                   // why it stops
};

// A Refusal where the form is not accepted.
std::expected<Route, Refusal> explain_route(const RouteQuestion& question);

}  // namespace countersign::scenario
