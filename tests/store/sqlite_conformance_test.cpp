#include "tests/store/conformance.h"
#include "tests/store/sqlite_store_fixture.h"

namespace countersign {
namespace {

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreConformance,
                         testing::Values(MakeStore([] { return std::make_unique<SqliteUnderTest>(); })),
                         [](const auto&) { return "Default"; });

// Every state is read from its snapshot.
INSTANTIATE_TEST_SUITE_P(SqliteWithoutCache, StoreConformance, testing::Values(MakeStore([] {
                           SqliteOptions options;
                           options.cache_entries_max = 0;
                           return std::make_unique<SqliteUnderTest>(std::move(options));
                         })),
                         [](const auto&) { return "NoCache"; });

}  // namespace
}  // namespace countersign
