#pragma once
// A SqliteStore in a folder of its own.

#include <gtest/gtest.h>

#include "store/sqlite/sqlite_store.h"
#include "tests/store/conformance.h"
#include "tests/store/temporary_folder.h"

namespace countersign {

class SqliteUnderTest final : public StoreUnderTest {
 public:
  explicit SqliteUnderTest(SqliteOptions options = {}) : options_(std::move(options)) {
    options_.path = folder_.file("countersign.db");
    reopen();
  }
  SqliteStore& store() override { return *store_; }
  void reopen() override {
    close();
    auto opened = SqliteStore::open(options_);
    if (!opened) throw std::runtime_error(opened.error().message);
    store_ = std::move(*opened);
  }
  // As after kill -9 the files stay as they are: a copy of them under another folder's path.
  void close() { store_.reset(); }
  Result<void> run(Job job) { return store_->run(std::span(&job, 1)).front(); }
  const Reader& reader() const { return store_->reader(); }
  SqliteOptions& options() { return options_; }
  const std::string& path() const { return options_.path; }
  const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
  SqliteOptions options_;
  std::unique_ptr<SqliteStore> store_;
};

}  // namespace countersign
