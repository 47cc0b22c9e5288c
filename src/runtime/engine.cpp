#include "runtime/engine.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "runtime/absences.h"
#include "runtime/chasing.h"
#include "runtime/clock_watch.h"
#include "runtime/command_queue.h"
#include "runtime/directory_watch.h"
#include "runtime/due_timers.h"
#include "runtime/engine_rows.h"
#include "runtime/outbox_rows.h"
#include "runtime/rehearsals.h"
#include "runtime/request_job.h"
#include "runtime/schedules.h"

namespace countersign {
namespace {

// How long a timer rests that could not act, its definition missing for instance.
constexpr Duration kTimerRest = std::chrono::minutes(1);
// A refused timer's row is gone with the commit that made it void; should it ever stay, it does not spin.
constexpr Duration kRefusedTimerRest = std::chrono::seconds(1);
// After a full disk or the like: when to try again.
constexpr Duration kStoreRest = std::chrono::seconds(5);
constexpr Duration kWaitMax = std::chrono::hours(1);
// A sweep is a small piece of work, so that it comes often enough to keep pace with what is written.
constexpr Duration kSweepEvery = std::chrono::seconds(2);
constexpr Duration kSweepRest = std::chrono::minutes(1);

}  // namespace

class Engine::Loop {
 public:
  Loop(Store& store, Library& library, const Clock& clock, RandomSource& random, const Links& links,
       EngineOptions options)
      : store_(store),
        library_(library),
        clock_(clock),
        options_(options),
        queue_(options),
        execution_(library, links, random),
        absences_(library, store.reader(), clock),
        jobs_{execution_, library, store.reader(), links, random, absences_},
        timers_(store.reader()),
        chasing_(execution_, library, store.reader()),
        directory_(execution_, library, store.reader(), absences_),
        schedules_(execution_, library, store.reader(), random) {}

  ~Loop() { stop(Duration(0)); }

  void submit(Request request, Caller caller, const Completion& done) {
    auto job = std::make_shared<RequestJob>(jobs_, std::move(request), std::move(caller));
    QueuedJob queued{[job](Transaction& transaction, Instant now) { return job->run(transaction, now); },
                     [this, job, done](Result<void> stored) {
                       Answer answer = job->answer(std::move(stored));
                       if (!answer) rejected_.fetch_add(1, std::memory_order_relaxed);
                       done(std::move(answer));
                     },
                     job->bytes()};
    if (options_.rehearse == EngineOptions::Rehearse::always) job->rehearse(rehearsal_time());
    if (queue_.push_request(queued)) {
      if (busy_.load(std::memory_order_relaxed)) rehearsals_.offer(std::move(job));
      return;
    }
    shed_.fetch_add(1, std::memory_order_relaxed);
    done(std::unexpected(Refusal{
        Error{ErrorCode::unavailable, "the service is busy or stopping: send the same request again", {}},
        {}}));
  }

  void submit_internal(Job job, std::function<void(Result<void>)> done) {
    QueuedJob queued{[job = std::move(job)](Transaction& transaction, Instant) { return job(transaction); },
                     std::move(done), 256};
    if (queue_.push_internal(queued)) return;
    queued.done(fail(ErrorCode::unavailable, "the engine has stopped"));
  }

  void try_to_write() {
    // No connector's name has a point, so no delivery is ordered by this row.
    submit_internal(
        [this](Transaction& transaction) -> Result<void> {
          const auto written =
              transaction.advance_order("countersign.probe", "disk", format_rfc3339(latest_));
          return written ? Result<void>() : std::unexpected(written.error());
        },
        [](const Result<void>&) {});
  }

  void report_delivery(DeliveryReport report, std::function<void(Result<void>)> done) {
    QueuedJob queued{[this, report = std::move(report)](Transaction& transaction, Instant at) {
                       return note_delivery(report, transaction, at);
                     },
                     std::move(done), 256};
    if (queue_.push_internal(queued)) return;
    queued.done(fail(ErrorCode::unavailable, "the engine has stopped"));
  }

  void between_batches(std::function<void()> chore) {
    {
      const std::lock_guard lock(chores_mutex_);
      chores_.push_back(std::move(chore));
    }
    queue_.wake();
  }

  void on_outbox(std::function<void()> wake) { on_outbox_ = std::move(wake); }
  void on_outbox_retried(std::function<void()> retried) { on_outbox_retried_ = std::move(retried); }
  void on_commit(std::function<void()> committed) { on_commit_ = std::move(committed); }
  void on_keys_revoked(std::function<void(const std::vector<std::string>&, Instant)> told) {
    directory_.on_keys_revoked(std::move(told));
  }

  void start() {
    look_for_work();
    rehearsals_.start();
    thread_ = std::thread([this] {
      while (!queue_.is_drained()) step(true);
    });
  }

  std::optional<Instant> next_due() const { return next_work(); }

  std::size_t drain() {
    look_for_work();
    const std::uint64_t before = commands_.load();
    while (step(false)) {
    }
    return commands_.load() - before;
  }

  void stop(Duration limit) {
    if (stop_called_.exchange(true)) return;
    stop_by_ = std::chrono::steady_clock::now() + limit;
    stopped_ = true;  // from here on the writer reads stop_by_
    queue_.close();
    if (thread_.joinable()) thread_.join();
    rehearsals_.stop();
  }

  void poke() { queue_.wake(); }
  void accept_clock() {
    accept_clock_ = true;
    queue_.wake();
  }

  EngineFigures figures() const {
    EngineFigures figures;
    figures.commands = commands_;
    figures.rejected = rejected_;
    figures.shed = shed_;
    figures.batches = batches_;
    figures.timers_fired = timers_fired_;
    figures.schedule_starts = schedules_.starts();
    figures.schedule_failures = schedules_.failures();
    figures.queue_length = queue_.size();
    figures.paused = paused_;
    const std::lock_guard lock(store_error_mutex_);
    figures.store_error = store_error_;
    return figures;
  }

  const Library& library() const { return library_; }
  const Reader& reader() const { return store_.reader(); }

 private:
  // Never earlier than what was committed before.
  Instant now() {
    latest_ = std::max(latest_, clock_.now());
    newest_.store(latest_, std::memory_order_relaxed);
    return latest_;
  }
  // The same on any thread.
  Instant rehearsal_time() const { return std::max(newest_.load(std::memory_order_relaxed), clock_.now()); }

  // What may be waiting from an earlier run of the program.
  void look_for_work() {
    if (!std::exchange(begun_, true)) begin_after_newest_event();
    engine_rows_ = true;
    timers_.look(now());
    chasing_.look(now());
    if (on_outbox_) on_outbox_();
  }

  // A wall clock that was set back while the program was down does not write into the past.
  void begin_after_newest_event() {
    const auto newest = store_.reader().newest_event_at();
    if (!newest) {
      spdlog::error("cannot read the time of the newest event: {}", newest.error().message);
    } else if (*newest) {
      latest_ = std::max(latest_, **newest);
    }
  }

  void watch_clock() {
    if (accept_clock_.exchange(false)) {
      watch_.accept();
      latest_ = clock_.now();
    }
    if (dynamic_cast<const SystemClock*>(&clock_) == nullptr) return;
    if (const auto alarm = watch_.look(clock_.now(), machine_uptime())) spdlog::critical("{}", *alarm);
    paused_ = watch_.jumped();
  }

  // One batch: what was queued, what instances say to each other, and what is due. False where there was
  // nothing.
  bool step(bool may_wait) {
    const std::optional<Instant> next = next_work();
    const Instant at = now();
    std::vector<QueuedJob> batch;
    if (may_wait && (!next || *next > at)) {
      // A span: the engine's clock may be shifted against the system's.
      std::optional<std::chrono::system_clock::time_point> until;
      if (next) until = std::chrono::system_clock::now() + std::min(*next - at, kWaitMax);
      busy_ = queue_.size() != 0;
      batch = queue_.take(options_.batch_commands_max, until);
    } else {
      batch = queue_.take_now(options_.batch_commands_max);
    }
    watch_clock();
    do_chores();
    if (stopped_ && std::chrono::steady_clock::now() > stop_by_ && !batch.empty()) {
      for (QueuedJob& job : batch) job.done(fail(ErrorCode::unavailable, "the service is stopping"));
      return true;
    }
    const std::size_t people = batch.size();
    add_engine_rows(batch);
    const std::size_t due_max = people == 0 ? options_.batch_commands_max : options_.batch_commands_max / 4;
    add_directory_changes(batch, due_max);
    add_due_timers(batch, due_max);
    add_held_messages(batch, due_max);
    add_due_schedules(batch, due_max);
    if (batch.empty()) return false;
    commit(std::move(batch));
    return true;
  }

  // When there is something to do even if nobody asks.
  std::optional<Instant> next_work() const {
    std::optional<Instant> next;
    if (engine_rows_) next = engine_rows_from_;
    if (paused_) return next;
    for (const std::optional<Instant>& due :
         {timers_.next(), chasing_.next(), schedules_.next(), directory_.next()}) {
      if (due) next = next ? std::min(*next, *due) : *due;
    }
    return next;
  }

  Result<void> note_delivery(const DeliveryReport& report, Transaction& transaction, Instant at) {
    const auto row = transaction.outbox_row(report.row);
    if (!row) return std::unexpected(row.error());
    if (!*row || (*row)->status != OutboxStatus::pending) {  // noted before, or dropped meanwhile
      if (*row && (*row)->status == OutboxStatus::dropped && report.kind == DeliveryReport::Kind::sent)
        spdlog::warn("outbox {} was dropped while it was under way, and has arrived: {}", report.row,
                     report.detail);
      return {};
    }
    if (report.kind == DeliveryReport::Kind::fix) return fix_digest(transaction, report.row, at);
    if (report.kind == DeliveryReport::Kind::retry) {
      if (report.delivered_nothing && (*row)->kind == kDigestKind) {
        if (auto reopened = reopen_digest(transaction, report.row); !reopened) return reopened;
      }
      return transaction.retry_outbox(report.row, report.next_at, report.detail);
    }
    if (report.answer) {
      auto executed = execution_.run(transaction, report.instance, *report.answer, at);
      // After any other refusal nobody waits any more.
      if (!executed && is_transient(executed.error().error)) return std::unexpected(executed.error().error);
    }
    execution_.add_engine_rows_ripple();  // the row may have stood before others
    const OutboxStatus status =
        report.kind == DeliveryReport::Kind::sent ? OutboxStatus::sent : OutboxStatus::dead;
    return transaction.finish_outbox(report.row, status, report.detail);
  }

  void do_chores() {
    std::vector<std::function<void()>> chores;
    {
      const std::lock_guard lock(chores_mutex_);
      chores.swap(chores_);
    }
    for (const auto& chore : chores) chore();
    // Only beside other work: an idle daemon has nothing new to sweep.
    if (now() < next_sweep_) return;
    next_sweep_ = now() + kSweepEvery;
    if (const Result<void> swept = store_.sweep(now()); !swept) {
      next_sweep_ = now() + kSweepRest;
      spdlog::warn("sweep: {}", swept.error().message);
    }
  }

  void add_engine_rows(std::vector<QueuedJob>& batch) {
    if (!engine_rows_ || engine_rows_from_ > now()) return;
    auto rows = store_.reader().due_outbox(kEngineTarget, now(), options_.batch_commands_max);
    if (!rows) {
      spdlog::error("cannot read the messages between instances: {}", rows.error().message);
      engine_rows_from_ = now() + kStoreRest;
      return;
    }
    // Rows of one instance leave one by one, so there may be more after this batch.
    engine_rows_ = !rows->empty();
    for (OutboxRow& row : *rows) {
      auto shared = std::make_shared<OutboxRow>(std::move(row));
      batch.push_back({[this, shared](Transaction& transaction, Instant at) {
                         return consume_engine_row(jobs_, *shared, transaction, at);
                       },
                       [this, shared](Result<void> consumed) {
                         if (!consumed) engine_row_failed(shared->id, consumed.error());
                       },
                       0});
    }
  }

  void engine_row_failed(std::int64_t row, const Error& error) {
    if (is_transient(error)) {
      spdlog::warn("message {} between instances waits: {}", row, error.message);
      return rest_engine_rows();
    }
    spdlog::error("message {} between instances is dead: {}", row, error.message);
    // A job of its own: whatever the failed one had written is rolled back.
    submit_internal(
        [row, why = error.message](Transaction& transaction) {
          return transaction.finish_outbox(row, OutboxStatus::dead, why);
        },
        [this](const Result<void>& stored) {
          if (!stored) rest_engine_rows();
        });
  }

  void rest_engine_rows() {
    engine_rows_ = true;
    engine_rows_from_ = latest_ + kStoreRest;
  }

  void add_due_timers(std::vector<QueuedJob>& batch, std::size_t max) {
    const std::optional<Instant> next = timers_.next();
    if (paused_ || !next || *next > now()) return;
    for (const TimerRow& row : timers_.take(now(), max)) {
      timers_taken_ = true;
      batch.push_back({[this, row](Transaction& transaction, Instant at) -> Result<void> {
                         auto executed = execution_.run(transaction, row.instance, TimerDue{key_of(row)}, at);
                         if (!executed) return std::unexpected(executed.error().error);
                         return {};
                       },
                       [this, row](const Result<void>& fired) { timer_acted(row, fired); }, 0});
    }
  }

  void add_held_messages(std::vector<QueuedJob>& batch, std::size_t max) {
    if (paused_) return;
    for (QueuedJob& job : chasing_.take(now(), max)) {
      chased_ = true;
      batch.push_back(std::move(job));
    }
  }

  void add_due_schedules(std::vector<QueuedJob>& batch, std::size_t max) {
    if (paused_) return;
    for (QueuedJob& job : schedules_.take(now(), max)) batch.push_back(std::move(job));
  }

  void add_directory_changes(std::vector<QueuedJob>& batch, std::size_t max) {
    if (paused_) return;
    for (QueuedJob& job : directory_.take(now(), max)) batch.push_back(std::move(job));
  }

  void timer_acted(const TimerRow& row, const Result<void>& fired) {
    if (fired) {
      timers_fired_.fetch_add(1, std::memory_order_relaxed);
    } else if (fired.error().code == ErrorCode::conflict || fired.error().code == ErrorCode::not_found) {
      timers_.rest(row, latest_ + kRefusedTimerRest);  // it came too late: the timer or its instance is gone
    } else {
      spdlog::warn("timer of {}: {}", row.instance.value, fired.error().message);
      if (is_transient(fired.error())) {
        timers_.pause(latest_ + kStoreRest);
      } else {
        timers_.rest(row, latest_ + kTimerRest);
      }
    }
  }

  // A batch that is lost is lost as a whole; one that holds something stored shows that the disk is well.
  void note_store_error(const std::vector<Result<void>>& results) {
    const bool stored =
        std::any_of(results.begin(), results.end(), [](const auto& each) { return each.has_value(); });
    const bool lost = std::all_of(results.begin(), results.end(), [](const auto& each) {
      return !each &&
             (each.error().code == ErrorCode::storage || each.error().code == ErrorCode::unavailable);
    });
    if (!stored && !lost) return;
    const std::lock_guard lock(store_error_mutex_);
    if (stored && !store_error_.empty()) store_error_.clear();
    if (lost) store_error_ = results.front().error().message;
  }

  void commit(std::vector<QueuedJob> first) {
    const Instant at = now();
    const auto begin = std::chrono::steady_clock::now();
    busy_ = true;
    execution_.begin_batch(at);
    std::deque<QueuedJob> batch;  // a deque: what stands in it stays where it is
    const auto jobs_of = [&](std::vector<QueuedJob> queued) {
      std::vector<Job> jobs;
      jobs.reserve(queued.size());
      for (QueuedJob& one : queued) {
        jobs.push_back([&job = batch.emplace_back(std::move(one)), at](Transaction& transaction) {
          return job.run(transaction, at);
        });
      }
      return jobs;
    };
    // What comes in while the batch runs joins a small one: the more share a commit, the less each waits for
    // the disk. A large one is left alone, else it would hold everybody, and nobody would ask while the
    // answers are on their way.
    const auto more = [&]() -> std::vector<Job> {
      if (batch.size() >= options_.joined_commands_max ||
          std::chrono::steady_clock::now() - begin > options_.batch_time_max) {
        return {};
      }
      return jobs_of(queue_.take_now(options_.joined_commands_max - batch.size()));
    };
    std::vector<Result<void>> results = store_.run(jobs_of(std::move(first)), more);
    note_store_error(results);
    batches_.fetch_add(1, std::memory_order_relaxed);
    commands_.fetch_add(batch.size(), std::memory_order_relaxed);
    const Ripples ripples = execution_.take_ripples();
    engine_rows_ |= ripples.engine_rows;
    for (std::size_t i = 0; i < batch.size(); ++i) batch[i].done(std::move(results[i]));
    if (std::exchange(timers_taken_, false) || ripples.timers_cleared) {
      timers_.look(at);
    } else if (ripples.earliest_timer) {
      timers_.expect(*ripples.earliest_timer);
    }
    if (std::exchange(chased_, false)) {
      chasing_.settle(at);
    } else if (ripples.held_messages) {
      chasing_.look(at);
    }
    if (ripples.outbox_retried && on_outbox_retried_) on_outbox_retried_();
    if (ripples.outbox && on_outbox_) on_outbox_();
    if (on_commit_) on_commit_();
  }

  Store& store_;
  Library& library_;
  const Clock& clock_;
  const EngineOptions options_;
  CommandQueue queue_;
  Execution execution_;
  AbsenceBook absences_;
  JobContext jobs_;
  std::function<void()> on_outbox_;
  std::function<void()> on_outbox_retried_;
  std::function<void()> on_commit_;
  std::thread thread_;
  Rehearsals rehearsals_{[this] { return rehearsal_time(); }};
  std::atomic<bool> busy_ = false;
  std::atomic<Instant> newest_{Instant{}};

  // The writer's own.
  Instant latest_{};
  bool begun_ = false;
  DueTimers timers_;
  Chasing chasing_;
  DirectoryWatch directory_;
  Schedules schedules_;
  bool timers_taken_ = false;
  bool chased_ = false;
  bool engine_rows_ = false;
  Instant engine_rows_from_{};
  Instant next_sweep_{};
  std::mutex chores_mutex_;
  std::vector<std::function<void()>> chores_;
  ClockWatch watch_;

  mutable std::mutex store_error_mutex_;
  std::string store_error_;

  std::atomic<bool> stop_called_{false};
  std::atomic<bool> stopped_{false};
  std::chrono::steady_clock::time_point stop_by_{};
  std::atomic<bool> accept_clock_{false};
  std::atomic<bool> paused_{false};
  std::atomic<std::uint64_t> commands_{0}, rejected_{0}, shed_{0}, batches_{0}, timers_fired_{0};
};

Engine::Engine(Store& store, Library& library, const Clock& clock, RandomSource& random, const Links& links,
               EngineOptions options)
    : loop_(std::make_unique<Loop>(store, library, clock, random, links, options)) {}
Engine::~Engine() = default;

void Engine::submit(Request request, Caller caller, const Completion& done) {
  loop_->submit(std::move(request), std::move(caller), done);
}
void Engine::submit_internal(Job job, std::function<void(Result<void>)> done) {
  loop_->submit_internal(std::move(job), std::move(done));
}
void Engine::try_to_write() {
  loop_->try_to_write();
}
void Engine::between_batches(std::function<void()> chore) {
  loop_->between_batches(std::move(chore));
}
void Engine::report_delivery(DeliveryReport report, std::function<void(Result<void>)> done) {
  loop_->report_delivery(std::move(report), std::move(done));
}
void Engine::on_outbox(std::function<void()> wake) {
  loop_->on_outbox(std::move(wake));
}
void Engine::on_outbox_retried(std::function<void()> retried) {
  loop_->on_outbox_retried(std::move(retried));
}
void Engine::on_commit(std::function<void()> committed) {
  loop_->on_commit(std::move(committed));
}
void Engine::on_keys_revoked(std::function<void(const std::vector<std::string>&, Instant)> told) {
  loop_->on_keys_revoked(std::move(told));
}
void Engine::start() {
  loop_->start();
}
std::size_t Engine::drain() {
  return loop_->drain();
}
std::optional<Instant> Engine::next_due() const {
  return loop_->next_due();
}
void Engine::stop(Duration limit) {
  loop_->stop(limit);
}
void Engine::look_at_clock() {
  loop_->poke();
}
void Engine::accept_clock() {
  loop_->accept_clock();
}
EngineFigures Engine::figures() const {
  return loop_->figures();
}
const Library& Engine::library() const {
  return loop_->library();
}
const Reader& Engine::reader() const {
  return loop_->reader();
}

}  // namespace countersign
