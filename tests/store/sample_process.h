#pragma once
// A tiny hand-made process for tests of the store: one person after another is asked, without definition or
// engine.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace countersign::sample {

// One command's worth of change; it owns what Change refers to.
struct Move {
  std::shared_ptr<const State> before;
  std::vector<Event> events;
  std::shared_ptr<const State> after;
  Change change() const { return {.before = before, .after = after, .events = events}; }
};

Instant at(std::int64_t seconds);

struct StartOptions {
  std::string workflow = "expense";
  std::string version = "v1";
  std::string reference = "EXP-1";
  std::string requester = "wang.min";
  std::string assignee = "li.na";
  std::string group;          // instead of the assignee
  std::string claim_key;      // of the scope "key:WORKFLOW"; "" for none
  std::uint64_t counter = 0;  // of the scope "EXP"; 0 for none
  Instant now = at(0);
  Duration due_after = std::chrono::hours(24);
};

// Opens the first item and a timer for when it is due.
Move start(const InstanceId& id, const StartOptions& options = {});
// The open item is decided; the next person is asked.
Move decide(const std::shared_ptr<const State>& before, std::string_view next_assignee, Instant now);
// The open item is decided; the instance ends.
Move finish(const std::shared_ptr<const State>& before, Instant now);

// A job that starts, and one that loads and decides.
Job start_job(const InstanceId& id, const StartOptions& options = {});
Job decide_job(const InstanceId& id, std::string_view next_assignee, Instant now);
Job finish_job(const InstanceId& id, Instant now);

InstanceId id_of(int number);  // "i_000001"
OutboxRow message(std::string_view target, Instant next_at, std::string_view order_key = {});

}  // namespace countersign::sample
