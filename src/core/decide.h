#pragma once
// The functional core: what a command does to an instance. Pure: no clock, no I/O, no randomness; the same
// inputs give the same answer. Thread-safe.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/calendars.h"
#include "core/command.h"
#include "core/definition.h"
#include "core/directory.h"
#include "core/effect.h"
#include "core/event.h"
#include "core/form.h"
#include "core/state.h"

namespace countersign {

// Something that several instances share and that decide() needs to know before it can answer.
struct FactKey {
  enum class Kind { claim, counter, ledger } kind = Kind::claim;
  std::string scope;  // claim: "key:expense-approval", "invoice"; counter: "EXP-2026"; ledger: its name
  std::string key;    // of a claim; of a ledger its year, "" for the current one
  auto operator<=>(const FactKey&) const = default;
};
// claim: the instance that holds it, "" for none, and its reference. counter: the number that comes next.
// ledger: as it stands; nullopt where there is none.
struct FactValue {
  InstanceId holder;
  std::uint64_t next = 0;
  std::optional<Ledger> ledger{};
  std::string reference{};
};
using Facts = std::map<FactKey, FactValue>;

struct Context {
  const Definition& definition;
  const Directory& directory;
  const Calendars& calendars;
  const Facts& facts;
  Instant now;
  // Where expressions note the facts that they need and `facts` has not; nullptr: nobody can look them up.
  std::vector<FactKey>* asked = nullptr;
  // Who is away, beside what the directory says; nullptr: nobody is.
  const Absences* absences = nullptr;

  // The calendar of that name, the default one where the name is "" or unknown.
  const Calendar& calendar(const std::string& name) const;
  const Absences& known_absences() const;
};

struct Decision {
  std::vector<Event> events;  // seq and at are set; empty only where a command was a harmless repeat
  std::vector<Effect> effects;
  std::shared_ptr<const State> after;  // the fold of `events` over the state before
  // Set where the events raise an incident instead of doing what was asked: store the events, and tell the
  // caller.
  std::optional<Error> refusal;
};
struct NeedFacts {
  std::vector<FactKey> facts;
};
// A start with a business key that an open instance has: that one is the answer.
struct Existing {
  InstanceId instance;
};
// Nothing changes. invalid_input for what the form or the step does not accept (`problems` says where),
// forbidden, not_found, conflict ("finance is already decided").
struct Rejection {
  Error error;
  std::vector<FormProblem> problems;
};

// What `command` does to the instance in state `before` (seq 0, with its id set, for a Start). A failing
// expression or a run of more than kStepsMax steps is an incident on the waiting activation, recorded as an
// event, and nothing passes by itself; a Start that would meet one is rejected instead.
using Outcome = std::variant<Decision, Rejection, NeedFacts, Existing>;
inline constexpr int kStepsMax = 1000;
Outcome decide(const Context& context, const State& before, const Command& command);

// The activation that waits for the effect's answer; none where it was left meanwhile.
ActivationId waiting_for(const State& state, EffectId effect);

}  // namespace countersign
