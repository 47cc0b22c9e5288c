#pragma once
// Where scenarios keep their databases: a folder in memory where the machine has one, and gone with this
// object. Each scenario gets a fresh copy of one empty database, which is quicker than making one. Not
// thread-safe.

#include <memory>
#include <string>

#include "store/sqlite/sqlite_store.h"

namespace countersign::scenario {

class Scratch {
 public:
  static Result<std::unique_ptr<Scratch>> make();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  // An empty store of its own; nothing of it is ever forced to disk. Opening another one throws away what the
  // last one wrote, which must be closed by then.
  Result<std::unique_ptr<SqliteStore>> open();

 private:
  explicit Scratch(std::string folder) : folder_(std::move(folder)) {}
  SqliteOptions options(const std::string& folder) const;

  std::string folder_;
};

}  // namespace countersign::scenario
