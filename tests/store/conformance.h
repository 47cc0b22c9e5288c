#pragma once
// What every store must do. A store's test program instantiates the suite with a way to make one:
//
//   INSTANTIATE_TEST_SUITE_P(Sqlite, StoreConformance, testing::Values([] { ... return
//   std::make_unique<...>(); }));

#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include "store/store.h"

namespace countersign {

// A store and what it lives in.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual Store& store() = 0;
  // Closes it and opens it again.
  virtual void reopen() = 0;
};

using MakeStore = std::function<std::unique_ptr<StoreUnderTest>()>;

class StoreConformance : public testing::TestWithParam<MakeStore> {
 protected:
  void SetUp() override { under_test_ = GetParam()(); }
  Store& store() { return under_test_->store(); }
  const Reader& reader() { return store().reader(); }
  void reopen() { under_test_->reopen(); }
  Result<void> run(Job job) { return store().run(std::span(&job, 1)).front(); }

 private:
  std::unique_ptr<StoreUnderTest> under_test_;
};

}  // namespace countersign
