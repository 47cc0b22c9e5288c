#pragma once
// One instance of a workflow written in the test, driven by commands on the pure core, with a clock moved by
// hand and the facts that instances share in memory. After every command it checks what must always hold:
// folding all events from the beginning gives the live state, events and state survive their codec, and the
// work items agree with the rosters.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/decide.h"

namespace countersign::testing {

// li.na reports to zhang.wei, he to chen.jie. finance: wang.fang, zhao.lei, qian.min; legal: sun.li; admins:
// adm.
std::shared_ptr<const Directory> sample_directory();
// Monday to Friday 09:00-12:00 and 13:00-18:00, UTC.
Calendars sample_calendars();
inline constexpr const char* kMonday9 = "2026-03-02T09:00:00Z";

// Loads the workflow, or fails the test with its diagnostics.
std::shared_ptr<const Definition> load(const std::string& yaml);
// A workflow of these steps, with an amount and a note in its form, that ends approved, rejected or expired.
std::shared_ptr<const Definition> load_steps(const std::string& steps);

struct Shared {
  std::map<std::pair<std::string, std::string>, InstanceId> claims;
  std::map<std::string, std::uint64_t> counters;
  std::map<std::string, Ledger> ledgers;  // by name: one year of each

  // As the store does it: a posting that a strict ledger cannot take is a failure of the test.
  void post(const LedgerPosted& posted);
};

// Of CNY and 2026. `spending`: statuses whose end spends what is held.
Ledger sample_ledger(const std::string& name, int amount, bool strict = true,
                     std::vector<std::string> spending = {});

class Instance {
 public:
  explicit Instance(std::shared_ptr<const Definition> definition, Shared* shared = nullptr,
                    std::string id = "i_1");

  // Form values by name: "500" is read by the field's type.
  Outcome start(const std::string& requester, const std::string& form_json = "{}");
  // The open item of that person (or one of their group's) at the step; 0 for none.
  std::uint32_t item(const std::string& person, const std::string& step = {}) const;
  Outcome decide_as(const std::string& person, const std::string& outcome, const std::string& comment = {},
                    const std::string& answers_json = "{}", const std::string& edits_json = "{}");
  Outcome run(const Command& command);
  // Moves the clock and lets everything due on the way happen in order.
  void advance_to(const std::string& rfc3339);
  // Moves the clock alone, as if the daemon had been down.
  void jump_to(const std::string& rfc3339) { now_ = *parse_rfc3339(rfc3339); }

  const State& state() const { return *state_; }
  Instant now() const { return now_; }
  std::string status() const { return state_->status; }
  // "li.na@manager", "finance@finance": who is asked where, sorted. Waiting items are left out.
  std::vector<std::string> asked() const;
  std::string outcome_of(const std::string& step) const;
  // Events of the last command by stored name.
  std::vector<std::string> last_events() const;
  const std::vector<Event>& events() const { return events_; }
  const std::vector<Effect>& last_effects() const { return last_effects_; }
  // "request li.na", "reminder finance" ... of the last command.
  std::vector<std::string> last_sends() const;
  const Definition& definition() const { return *definition_; }
  std::shared_ptr<const Directory> directory = sample_directory();
  Calendars calendars = sample_calendars();
  Absences absences;

 private:
  void check_invariants();
  void check_verdicts() const;
  void keep(const Decision& decision);

  std::shared_ptr<const Definition> definition_;
  Shared own_;
  Shared* shared_;
  Instant now_;
  State replayed_;  // from what the events look like when stored
  std::shared_ptr<const State> state_;
  std::vector<Event> events_;
  std::vector<Event> last_events_;
  std::vector<Effect> last_effects_;
};

// What a rejection says; "" for anything else.
std::string rejection(const Outcome& outcome);
ErrorCode rejection_code(const Outcome& outcome);
bool accepted(const Outcome& outcome);

}  // namespace countersign::testing
