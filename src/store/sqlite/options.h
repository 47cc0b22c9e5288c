#pragma once
// How a SqliteStore is opened. The defaults are the daemon's; tests make them small.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/random.h"
#include "base/time.h"

namespace countersign {

struct SqliteOptions {
  std::string path;  // of the database; its folder exists and holds the lock file "lock" too

  // Decoded states that the writer keeps, the least recently used go first. An entry takes 5 to 10 KB.
  std::size_t cache_entries_max = 2000;
  // Page caches: of the writer (it must hold the pages of a batch) and of each reader.
  std::int64_t writer_cache_bytes = 32 << 20;
  std::int64_t reader_cache_bytes = 2 << 20;
  std::size_t readers_max = 4;
  // Longest life of one read: a reader keeps the write-ahead log from being reused.
  std::chrono::milliseconds read_timeout = std::chrono::seconds(5);

  // The write-ahead log, see docs/design/0004-store.md.
  std::uint32_t checkpoint_frames = 1000;         // a pass each time so many frames have come
  std::uint64_t wal_handoff_bytes = 64ULL << 20;  // above: the writer pauses for the last pass
  std::uint64_t wal_refuse_bytes = 224ULL << 20;  // above: batches are refused
  // Up to this size the whole file is checked at each start; above only where the last run ended with the
  // machine.
  std::uint64_t check_always_bytes = 64ULL << 20;

  std::chrono::hours keep_answers = std::chrono::hours(24 * 30);   // idempotency records
  std::chrono::hours keep_messages = std::chrono::hours(24 * 30);  // outbox rows that are sent or dropped
  std::chrono::hours keep_inbound = std::chrono::hours(24 * 90);   // webhooks that were applied
  std::chrono::hours keep_links = std::chrono::hours(24 * 90);     // links of work items that closed

  std::chrono::hours keep_uploads = std::chrono::hours(24);  // files that no instance has named
  // Takes the content of such a file away, unless it was written at `older_than` or later (somebody uploads
  // the same just now); false where it stays. Called on the writer's thread, inside a transaction. None:
  // uploads are kept for ever.
  std::function<bool(const std::string& sha256, Instant older_than)> remove_upload;

  std::string stream = "1";  // the writing node's name in the chain of blocks
  // False: nothing is forced to disk and the database may be lost with the machine. For scenarios, which
  // throw theirs away.
  bool durable = true;

  std::string vfs;                       // "" for SQLite's own; tests name a faulty one
  std::shared_ptr<RandomSource> random;  // salts; none: the operating system's

  // Called where nothing more may be acknowledged (a failed COMMIT or fsync). None: the message goes to
  // standard error and the process ends with exit code 74 (EX_IOERR). Where it returns, every later batch
  // fails.
  std::function<void(const Error&)> on_fatal;
};

}  // namespace countersign
