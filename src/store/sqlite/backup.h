#pragma once
// A copy of the database that is made while it is written, through SQLite's backup interface on the writer's
// own connection: pages that the writer changes meanwhile are carried over, so that the copy never starts
// again.

#include <memory>
#include <string>

#include "store/sqlite/connection.h"

namespace countersign::sqlite {

class Backup {
 public:
  // conflict where `path` exists. Copies nothing yet.
  static Result<std::unique_ptr<Backup>> begin(Connection& source, const std::string& path);
  // An unfinished copy is removed.
  ~Backup();
  Backup(const Backup&) = delete;
  Backup& operator=(const Backup&) = delete;

  // Copies up to 1 MB, between two transactions of the source. True: it is complete and durable under its
  // name.
  Result<bool> step();
  const std::string& path() const { return path_; }

 private:
  Backup(std::string path, std::unique_ptr<Connection> copy)
      : path_(std::move(path)), copy_(std::move(copy)) {}
  Result<bool> complete();

  std::string path_;
  std::unique_ptr<Connection> copy_;
  sqlite3_backup* backup_ = nullptr;
};

}  // namespace countersign::sqlite
