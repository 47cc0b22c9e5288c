#include "store/sqlite/checkpointer.h"

#include <fmt/format.h>

#include "store/sqlite/log_position.h"

namespace countersign::sqlite {
namespace {

// With so few frames left the pause of the writer is a few milliseconds.
constexpr std::uint32_t kTailFrames = 100;
constexpr std::uint64_t kFrameHeaderBytes = 24;
// How long the writer waits for a log that is too long, before it refuses.
constexpr std::chrono::seconds kPatience{2};

}  // namespace

Checkpointer::Checkpointer(const SqliteOptions& options, std::unique_ptr<Connection> connection,
                           std::uint64_t page_bytes, std::uint32_t frames,
                           std::function<void(const Error&)> fatal)
    : options_(options),
      frame_bytes_(page_bytes + kFrameHeaderBytes),
      connection_(std::move(connection)),
      fatal_(std::move(fatal)),
      frames_(frames),
      frames_peak_(frames),
      wanted_(frames >= options.checkpoint_frames),
      thread_([this] { work(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

// Under the mutex.
bool Checkpointer::may_start() const {
  return !at_end_ || committed_ > end_reached_at_;
}

Result<void> Checkpointer::enter_batch() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !pausing_; });
  if (is_too_long()) {
    // An attempt that is under way may have begun too early to help.
    const std::uint64_t enough = attempts_ + (working_ ? 2 : 1);
    wanted_ = true;
    changed_.notify_all();
    changed_.wait_for(lock, kPatience,
                      [&] { return !pausing_ && (attempts_ >= enough || failed_ || !is_too_long()); });
  }
  if (is_too_long()) {
    return fail(
        ErrorCode::unavailable,
        fmt::format("the write-ahead log of {} holds {} MB and cannot be emptied yet: a backup or another "
                    "program reads the database; try again in a moment",
                    options_.path, wal_bytes() >> 20));
  }
  ++begun_;
  in_batch_ = true;
  return {};
}

// Under the mutex. At the end of the log the next commit starts it anew: refusing that one would last for
// ever.
bool Checkpointer::is_too_long() const {
  return wal_bytes() > options_.wal_refuse_bytes && may_start();
}

void Checkpointer::leave_batch(std::uint32_t frames) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    in_batch_ = false;
    if (frames != 0) {
      committed_ = begun_;
      if (frames <= frames_.load(std::memory_order_relaxed)) {
        // The log was begun anew.
        frames_at_pass_ = 0;
        copied_ = 0;
      }
      frames_.store(frames, std::memory_order_relaxed);
      if (frames > frames_peak_.load(std::memory_order_relaxed))
        frames_peak_.store(frames, std::memory_order_relaxed);
      if (frames >= frames_at_pass_ + options_.checkpoint_frames && may_start()) wanted_ = true;
    }
    wake = wanted_ || pausing_ || awaits_commit_;
  }
  if (wake) changed_.notify_all();
}

bool Checkpointer::awaits_reset() {
  const std::lock_guard lock(mutex_);
  return !may_start() && wal_bytes() > options_.wal_handoff_bytes;
}

void Checkpointer::work() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return stopping_ || (wanted_ && !failed_ && may_start()); });
      if (stopping_) return;
      wanted_ = false;
      working_ = true;
    }
    catch_up();
    {
      const std::lock_guard lock(mutex_);
      working_ = false;
      ++attempts_;
    }
    changed_.notify_all();
  }
}

// One pass; above the hand-off limit as many as bring the log near its end, and the last one with the writer
// out. A writer that is faster than the passes is asked out half-way to the refusal limit, however much is
// left.
void Checkpointer::catch_up() {
  Pass last = pass();
  if (wal_bytes() <= options_.wal_handoff_bytes) return;
  // A pass that copies nothing is held up by a reader: the next commits ask again. Passes whose tail does not
  // shrink are slower than the writer (a busy disk): it has to wait then, or the log would grow until batches
  // are refused.
  const std::uint64_t urgent = (options_.wal_handoff_bytes + options_.wal_refuse_bytes) / 2;
  while (!last.reached_end && last.progressed && last.tail > kTailFrames && wal_bytes() < urgent) {
    const std::uint32_t tail = last.tail;
    last = pass();
    {
      const std::lock_guard lock(mutex_);
      if (stopping_ || failed_) return;
    }
    if (last.tail > tail / 2) break;
  }
  if (!last.progressed || last.tail == 0) return;
  {
    std::unique_lock lock(mutex_);
    // The pass reached what was the end when it began, and the writer has gone on: the next one may start as
    // soon as the rule against the race allows.
    awaits_commit_ = true;
    changed_.wait(lock, [&] { return stopping_ || may_start(); });
    awaits_commit_ = false;
    if (stopping_) return;
    pausing_ = true;
    changed_.wait(lock, [&] { return !in_batch_; });
  }
  pass();
  {
    const std::lock_guard lock(mutex_);
    pausing_ = false;
  }
  changed_.notify_all();
}

Checkpointer::Pass Checkpointer::pass() {
  int in_log = 0;
  int copied = 0;
  {
    const std::lock_guard lock(mutex_);
    frames_at_pass_ = frames_.load(std::memory_order_relaxed);
  }
  int code =
      sqlite3_wal_checkpoint_v2(connection_->handle(), "main", SQLITE_CHECKPOINT_PASSIVE, &in_log, &copied);
  const bool reached_end = code == SQLITE_OK && in_log == copied;
  // SQLite itself syncs the file only where it reached the end: without this the last pass would have to wait
  // for all that the passes before have left in the system's cache.
  if (code == SQLITE_OK && !reached_end) {
    sqlite3_file* file = database_file(*connection_);
    code = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
  }
  passes_.fetch_add(1, std::memory_order_relaxed);
  Pass result;
  bool lost = false;
  {
    const std::lock_guard lock(mutex_);
    const auto now_copied = static_cast<std::uint32_t>(copied > 0 ? copied : 0);
    result.reached_end = reached_end;
    result.progressed = code == SQLITE_OK && now_copied != copied_;
    if (code == SQLITE_OK) copied_ = now_copied;
    const std::uint32_t frames = frames_.load(std::memory_order_relaxed);
    result.tail = frames > now_copied ? frames - now_copied : 0;
    at_end_ = reached_end;
    if (reached_end) end_reached_at_ = begun_;
    // A full disk heals, and a busy database is another process's checkpoint; after an I/O error nobody knows
    // what the file holds.
    lost = code != SQLITE_OK && (code & 0xff) != SQLITE_FULL && (code & 0xff) != SQLITE_BUSY &&
           (code & 0xff) != SQLITE_LOCKED && (code & 0xff) != SQLITE_NOMEM;
    failed_ = failed_ || lost;
  }
  if (lost) fatal_(connection_->failure(code, "copy the write-ahead log into the database"));
  return result;
}

}  // namespace countersign::sqlite
