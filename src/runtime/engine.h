#pragma once
// The engine: one writer thread that takes what has queued up, decides it, commits it in one transaction and
// then answers; it also fires timers and hands committed outbox rows to the dispatcher. Natural group commit:
// whatever queued while the last commit ran is the next batch.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/random.h"
#include "base/time.h"
#include "runtime/library.h"
#include "runtime/links.h"
#include "runtime/requests.h"
#include "store/store.h"

namespace countersign {

struct EngineOptions {
  std::size_t batch_commands_max = 256;
  std::size_t joined_commands_max = 32;  // up to so many a running batch takes in who comes late
  Duration batch_time_max{5};
  std::size_t queue_commands_max = 4096;  // a quarter is reserved for internal commands
  std::size_t queue_bytes_max = 64 << 20;
  // Which decisions are worked out ahead of the writer: those that come while it is busy; in tests all, on
  // the thread that submits them.
  enum class Rehearse { while_busy, always } rehearse = Rehearse::while_busy;
};

// How an attempt to deliver an outbox row went, as a command: consuming the row and applying what follows
// from it is one transaction.
struct DeliveryReport {
  std::int64_t row = 0;
  enum class Kind {
    sent,
    retry,
    dead,
    fix,  // none yet: a digest is to be sent for the first time (fix_digest)
  } kind = Kind::sent;
  std::string detail;              // the server's answer, or why not
  Instant next_at;                 // of retry
  bool delivered_nothing = false;  // of retry: the receiver surely has not got it
  InstanceId instance;
  std::optional<EffectDone> answer;  // of a call that somebody waits for
};

struct EngineFigures {
  std::uint64_t commands = 0;
  std::uint64_t rejected = 0;
  std::uint64_t shed = 0;  // refused because the queue was full
  std::uint64_t batches = 0;
  std::uint64_t timers_fired = 0;
  std::uint64_t schedule_starts = 0;    // instances that schedules started
  std::uint64_t schedule_failures = 0;  // starts by schedules that were refused
  std::uint64_t queue_length = 0;
  bool paused = false;      // the clock jumped: timers wait for an admin
  std::string store_error;  // why the last batch could not be stored; "" where it could
};

class Engine {
 public:
  // All references outlive the engine.
  Engine(Store& store, Library& library, const Clock& clock, RandomSource& random, const Links& links,
         EngineOptions options = {});
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Thread-safe, returns at once. `done` is called exactly once, on the writer's thread, after the commit of
  // the command's batch (also for rejections), or at once with `unavailable` where the queue is full or the
  // engine stops. It must be quick and must not call back into the engine's blocking calls.
  void submit(Request request, Caller caller, const Completion& done);

  // Jobs of the runtime itself (delivery results, backup steps); not counted against callers.
  void submit_internal(Job job, std::function<void(Result<void>)> done);

  // After a batch that could not be stored: writes a row that means nothing, so that figures().store_error
  // tells whether the disk is well again. Returns at once.
  void try_to_write();

  // Runs `chore` on the writer's thread, outside any transaction: a step of a backup. Must be short.
  void between_batches(std::function<void()> chore);
  // `done` is called on the writer's thread when the report is committed or refused.
  void report_delivery(DeliveryReport report, std::function<void(Result<void>)> done);

  // Called on the writer's thread after a commit that added outbox rows; must be quick (wakes the
  // dispatcher).
  void on_outbox(std::function<void()> wake);

  // The same after a commit by which an administrator asks for another attempt (forgets that a target was out
  // of reach).
  void on_outbox_retried(std::function<void()> retried);

  // Called on the writer's thread after every commit; must be quick (streams of the feed look again).
  void on_commit(std::function<void()> committed);

  // Called on the writer's thread after the commit that ended these API keys because their person has left;
  // must be quick. Set before start().
  void on_keys_revoked(std::function<void(const std::vector<std::string>& ids, Instant at)> told);

  // Starts the writer's thread.
  void start();
  // In tests, instead of start(): runs everything that is queued or due by the clock, on this thread, until
  // nothing is left to do. Returns how many commands were applied.
  std::size_t drain();
  // After drain(): when the next timer or schedule is due; nullopt for never.
  std::optional<Instant> next_due() const;
  // Refuses new requests, finishes what is queued within `limit`, ends the thread.
  void stop(Duration limit);

  // The clock was moved (a test's, or --dev's): timers that are due now fire.
  void look_at_clock();
  // After a jump of the clock paused the timers: somebody says that it is right now.
  void accept_clock();

  EngineFigures figures() const;
  const Library& library() const;
  const Reader& reader() const;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace countersign
