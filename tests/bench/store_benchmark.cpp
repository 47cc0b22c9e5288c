// What a decision costs the store: from the job to the commit with its fsync, by size of the batch; and the
// reads that the engine lives on. The process is the tests' small one: six events a decision, one message,
// one link.

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include <benchmark/benchmark.h>

#include "store/sqlite/sqlite_store.h"
#include "tests/store/sample_process.h"
#include "tests/store/temporary_folder.h"

namespace countersign {
namespace {

constexpr int kInstances = 10'000;

// A database with open instances, made once for all benchmarks.
class Populated {
 public:
  Populated() {
    auto opened = SqliteStore::open({.path = folder_.file("countersign.db")});
    if (!opened) {
      std::cerr << opened.error().message << '\n';
      std::exit(1);
    }
    store_ = std::move(*opened);
    for (int first = 0; first < kInstances; first += 250) {
      std::vector<Job> jobs;
      for (int i = 0; i < 250; ++i) jobs.push_back(sample::start_job(sample::id_of(first + i)));
      if (!store_->run(jobs).front()) std::exit(1);
    }
  }
  SqliteStore& store() { return *store_; }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<SqliteStore> store_;
};

SqliteStore& store() {
  static Populated populated;
  return populated.store();
}

Job decision(const InstanceId& id, std::int64_t number) {
  return [=](Transaction& transaction) -> Result<void> {
    auto before = transaction.load(id);
    if (!before) return std::unexpected(before.error());
    if (auto done = transaction.apply(sample::decide(*before, "zhao.lei", sample::at(number)).change());
        !done) {
      return done;
    }
    if (auto row = transaction.add_outbox(sample::message("mail", sample::at(number))); !row) {
      return std::unexpected(row.error());
    }
    LinkRow link;
    link.token_hash = std::to_string(number);
    link.token_hash.resize(32);
    link.instance = id;
    link.item = (*before)->next_id;
    link.created_at = sample::at(number);
    return transaction.add_link(link);
  };
}

void BM_Decide(benchmark::State& state) {
  static std::int64_t number = 0;
  const auto batch = static_cast<int>(state.range(0));
  for (auto _ : state) {
    std::vector<Job> jobs;
    for (int i = 0; i < batch; ++i, ++number) {
      // A stride that is prime to their number: each decision is about another instance.
      jobs.push_back(decision(sample::id_of(static_cast<int>(number * 7919 % kInstances)), number));
    }
    for (const auto& outcome : store().run(jobs)) {
      if (!outcome) state.SkipWithError(outcome.error().message.c_str());
    }
  }
  state.SetItemsProcessed(state.iterations() * batch);
  state.counters["wal_peak_MB"] = static_cast<double>(store().wal_bytes_peak()) / (1 << 20);
}
BENCHMARK(BM_Decide)->Arg(1)->Arg(10)->Arg(100)->Unit(benchmark::kMicrosecond)->UseRealTime();

void BM_Inbox(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(store().reader().work_items({.assignee = "zhao.lei", .status = "open"}, 50, ""));
  }
}
BENCHMARK(BM_Inbox)->Unit(benchmark::kMicrosecond);

void BM_NextTimer(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(store().reader().next_timer());
}
BENCHMARK(BM_NextTimer)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace countersign

BENCHMARK_MAIN();
