#include "store/sqlite/backup.h"

#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

#include "store/sqlite/files.h"

namespace countersign::sqlite {
namespace {

constexpr int kPagesAStep = 256;

std::string draft_of(const std::string& path) {
  return path + ".part";
}

void remove_draft(const std::string& path) {
  for (const char* ending : {"", "-journal", "-wal", "-shm"}) ::unlink((draft_of(path) + ending).c_str());
}

}  // namespace

Result<std::unique_ptr<Backup>> Backup::begin(Connection& source, const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) {
    return fail(ErrorCode::conflict,
                fmt::format("cannot write a backup to {}: the file exists; name a new one", path));
  }
  remove_draft(path);
  auto copy = Connection::open(draft_of(path), Connection::Access::create, {});
  if (!copy) return std::unexpected(std::move(copy.error()).within("cannot begin a backup"));
  // The copy is worth nothing before it is complete, and is synced then.
  if (auto done = (*copy)->execute("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF;"); !done) {
    return passed_on(done);
  }
  std::unique_ptr<Backup> backup(new Backup(path, std::move(*copy)));
  backup->backup_ = sqlite3_backup_init(backup->copy_->handle(), "main", source.handle(), "main");
  if (backup->backup_ == nullptr) {
    return std::unexpected(
        backup->copy_->failure(sqlite3_extended_errcode(backup->copy_->handle()), "begin a backup"));
  }
  return backup;
}

Backup::~Backup() {
  if (backup_ != nullptr) sqlite3_backup_finish(backup_);
  if (!copy_) return;
  copy_.reset();
  remove_draft(path_);
}

Result<bool> Backup::step() {
  const int code = sqlite3_backup_step(backup_, kPagesAStep);
  if (code == SQLITE_DONE) return complete();
  // Another process holds the source for a moment: the next call goes on.
  if (code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED) return false;
  return std::unexpected(copy_->failure(code, "copy pages into a backup"));
}

Result<bool> Backup::complete() {
  const int code = sqlite3_backup_finish(backup_);
  backup_ = nullptr;
  if (code != SQLITE_OK) return std::unexpected(copy_->failure(code, "complete a backup"));
  copy_.reset();
  if (auto synced = sync_file(draft_of(path_)); !synced) return passed_on(synced);
  if (auto renamed = rename_durably(draft_of(path_), path_); !renamed) return passed_on(renamed);
  return true;
}

}  // namespace countersign::sqlite
