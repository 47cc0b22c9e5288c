#include "runtime/engine.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "runtime/clock_watch.h"
#include "runtime/command_queue.h"
#include "runtime/engine_rows.h"
#include "runtime/request_job.h"

namespace countersign {
namespace {

constexpr Duration kTimerPause = std::chrono::seconds(30);
constexpr Duration kSweepEvery = std::chrono::minutes(10);

}  // namespace

class Engine::Loop {
 public:
  Loop(Store& store, Library& library, const Clock& clock, RandomSource& random, const Links& links,
       EngineOptions options)
      : store_(store), library_(library), clock_(clock), random_(random), links_(links), options_(options),
        queue_(options), execution_(library, links, random),
        jobs_{execution_, library, store.reader(), links, random} {}

  ~Loop() { stop(Duration(0)); }

  void submit(Request request, Caller caller, Completion done) {
    auto job = std::make_shared<RequestJob>(jobs_, std::move(request), std::move(caller));
    QueuedJob queued{[job](Transaction& transaction, Instant now) { return job->run(transaction, now); },
                     [this, job, done](Result<void> stored) {
                       Answer answer = job->answer(std::move(stored));
                       if (!answer) rejected_.fetch_add(1, std::memory_order_relaxed);
                       done(std::move(answer));
                     },
                     job->bytes()};
    if (queue_.push_request(queued)) return;
    shed_.fetch_add(1, std::memory_order_relaxed);
    done(std::unexpected(Refusal{
        Error{ErrorCode::unavailable, "the service is busy or stopping: send the same request again", {}}, {}}));
  }

  void submit_internal(Job job, std::function<void(Result<void>)> done) {
    QueuedJob queued{[job = std::move(job)](Transaction& transaction, Instant) { return job(transaction); },
                     std::move(done), 256};
    if (queue_.push_internal(queued)) return;
    queued.done(fail(ErrorCode::unavailable, "the engine has stopped"));
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

  void start() {
    look_for_work();
    thread_ = std::thread([this] {
      while (!queue_.is_drained()) step(true);
    });
  }

  std::size_t drain() {
    look_for_work();
    const std::uint64_t before = commands_.load();
    while (step(false)) {
    }
    return commands_.load() - before;
  }

  void stop(Duration limit) {
    if (stopped_.exchange(true)) return;
    stop_by_ = std::chrono::steady_clock::now() + limit;
    queue_.close();
    if (thread_.joinable()) thread_.join();
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
    figures.queue_length = queue_.size();
    figures.paused = paused_;
    return figures;
  }

  const Library& library() const { return library_; }
  const Reader& reader() const { return store_.reader(); }

 private:
  // Never earlier than what was committed before.
  Instant now() {
    latest_ = std::max(latest_, clock_.now());
    return latest_;
  }

  // What may be waiting from an earlier run of the program.
  void look_for_work() {
    engine_rows_ = true;
    find_next_timer();
    if (on_outbox_) on_outbox_();
  }

  void find_next_timer() {
    const auto next = store_.reader().next_timer();
    if (next) next_timer_ = *next;
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

  // One batch: what was queued, what instances say to each other, and what is due. False where there was nothing.
  bool step(bool may_wait) {
    const bool work_waits = engine_rows_ || timers_are_due();
    std::vector<QueuedJob> batch;
    if (may_wait && !work_waits) {
      std::optional<std::chrono::system_clock::time_point> until;
      if (next_timer_ && !paused_) until = clock_.now() + std::max(Duration(0), *next_timer_ - now());
      if (const auto cap = std::chrono::system_clock::now() + std::chrono::hours(1); until && *until > cap) until = cap;
      if (until) until = std::chrono::system_clock::now() + (*until - clock_.now());
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
    add_due_timers(batch, people == 0 ? options_.batch_commands_max : options_.batch_commands_max / 4);
    if (batch.empty()) return false;
    commit(batch);
    return true;
  }

  Result<void> note_delivery(const DeliveryReport& report, Transaction& transaction, Instant at) {
    const auto pending = transaction.pending_outbox(report.row);
    if (!pending) return std::unexpected(pending.error());
    if (!*pending) return {};  // noted before, or dropped meanwhile
    if (report.kind == DeliveryReport::Kind::retry) {
      return transaction.retry_outbox(report.row, report.next_at, report.detail);
    }
    if (report.answer) {
      auto executed = execution_.run(transaction, report.instance, *report.answer, at);
      const bool lost = !executed && (executed.error().error.code == ErrorCode::storage ||
                                      executed.error().error.code == ErrorCode::unavailable);
      if (lost) return std::unexpected(executed.error().error);  // any other refusal: nobody waits any more
    }
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
    if (const Result<void> swept = store_.sweep(now()); !swept) spdlog::warn("sweep: {}", swept.error().message);
  }

  bool timers_are_due() { return next_timer_ && !paused_ && *next_timer_ <= now(); }

  void add_engine_rows(std::vector<QueuedJob>& batch) {
    if (!engine_rows_) return;
    auto rows = store_.reader().due_outbox("engine", now(), options_.batch_commands_max);
    if (!rows) {
      spdlog::error("cannot read the messages between instances: {}", rows.error().message);
      engine_rows_ = false;
      return;
    }
    // Rows of one instance leave one by one, so there may be more after this batch.
    engine_rows_ = !rows->empty();
    for (OutboxRow& row : *rows) {
      auto shared = std::make_shared<OutboxRow>(std::move(row));
      batch.push_back({[this, shared](Transaction& transaction, Instant at) {
                         return consume_engine_row(jobs_, *shared, transaction, at);
                       },
                       [shared](Result<void> stored) {
                         if (!stored) spdlog::warn("message {} between instances: {}", shared->id, stored.error().message);
                       },
                       0});
    }
  }

  void add_due_timers(std::vector<QueuedJob>& batch, std::size_t max) {
    if (!timers_are_due()) return;
    auto rows = store_.reader().due_timers(now(), max);
    if (!rows) {
      spdlog::error("cannot read the due timers: {}", rows.error().message);
      next_timer_ = now() + std::chrono::seconds(5);
      return;
    }
    timers_taken_ = true;
    for (const TimerRow& row : *rows) {
      const TimerKey key{ActivationId(row.activation), row.item, static_cast<TimerKind>(row.kind), row.rule};
      const InstanceId instance = row.instance;
      batch.push_back({[this, key, instance](Transaction& transaction, Instant at) -> Result<void> {
                         auto executed = execution_.run(transaction, instance, TimerDue{key}, at);
                         if (!executed) return std::unexpected(executed.error().error);
                         return {};
                       },
                       [this, instance](Result<void> stored) {
                         if (stored) {
                           timers_fired_.fetch_add(1, std::memory_order_relaxed);
                         } else {
                           timers_failed_ = true;
                           spdlog::warn("timer of {}: {}", instance.value, stored.error().message);
                         }
                       },
                       0});
    }
  }

  void commit(std::vector<QueuedJob>& batch) {
    const Instant at = now();
    std::vector<Job> jobs;
    jobs.reserve(batch.size());
    for (QueuedJob& queued : batch) {
      jobs.push_back([&queued, at](Transaction& transaction) { return queued.run(transaction, at); });
    }
    std::vector<Result<void>> results = store_.run(jobs);
    batches_.fetch_add(1, std::memory_order_relaxed);
    commands_.fetch_add(batch.size(), std::memory_order_relaxed);
    const Ripples ripples = execution_.take_ripples();
    engine_rows_ |= ripples.engine_rows;
    if (timers_taken_ || ripples.timers_cleared) {
      timers_taken_ = false;
      find_next_timer();
    } else if (ripples.earliest_timer) {
      next_timer_ = next_timer_ ? std::min(*next_timer_, *ripples.earliest_timer) : *ripples.earliest_timer;
    }
    for (std::size_t i = 0; i < batch.size(); ++i) batch[i].done(std::move(results[i]));
    // A timer that cannot act now (its definition is missing, the disk is full) must not keep the loop spinning.
    if (std::exchange(timers_failed_, false) && next_timer_) next_timer_ = std::max(*next_timer_, at + kTimerPause);
    if (ripples.outbox && on_outbox_) on_outbox_();
  }

  Store& store_;
  Library& library_;
  const Clock& clock_;
  RandomSource& random_;
  const Links& links_;
  const EngineOptions options_;
  CommandQueue queue_;
  Execution execution_;
  JobContext jobs_;
  std::function<void()> on_outbox_;
  std::thread thread_;

  // The writer's own.
  Instant latest_{};
  std::optional<Instant> next_timer_;
  bool engine_rows_ = false;
  bool timers_taken_ = false;
  bool timers_failed_ = false;
  Instant next_sweep_{};
  std::mutex chores_mutex_;
  std::vector<std::function<void()>> chores_;
  ClockWatch watch_;

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

void Engine::submit(Request request, Caller caller, Completion done) {
  loop_->submit(std::move(request), std::move(caller), std::move(done));
}
void Engine::submit_internal(Job job, std::function<void(Result<void>)> done) {
  loop_->submit_internal(std::move(job), std::move(done));
}
void Engine::between_batches(std::function<void()> chore) { loop_->between_batches(std::move(chore)); }
void Engine::report_delivery(DeliveryReport report, std::function<void(Result<void>)> done) {
  loop_->report_delivery(std::move(report), std::move(done));
}
void Engine::on_outbox(std::function<void()> wake) { loop_->on_outbox(std::move(wake)); }
void Engine::start() { loop_->start(); }
std::size_t Engine::drain() { return loop_->drain(); }
void Engine::stop(Duration limit) { loop_->stop(limit); }
void Engine::look_at_clock() { loop_->poke(); }
void Engine::accept_clock() { loop_->accept_clock(); }
EngineFigures Engine::figures() const { return loop_->figures(); }
const Library& Engine::library() const { return loop_->library(); }
const Reader& Engine::reader() const { return loop_->reader(); }

}  // namespace countersign
