// audit verify, which reads the database file itself.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/sqlite/sqlite_store.h"
#include "tests/cli/command_run.h"
#include "tests/store/temporary_folder.h"

namespace countersign::cli::test {
namespace {

TEST(AuditVerify, ReadsADatabaseThatADaemonHasOpen) {
  TemporaryFolder folder;
  SqliteOptions options;
  options.path = folder.file("countersign.db");
  const auto store = SqliteStore::open(options);
  ASSERT_TRUE(store) << store.error().message;
  const Ran ran = run({"audit", "verify", "--data", folder.path()});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, folder.file("countersign.db") + " verifies: 0 events of 0 instances in 0 blocks\n");
  const Ran json = run({"audit", "verify", "--data", folder.path(), "--json"});
  EXPECT_EQ(json.out,
            "{\"verified\":true,\"events\":0,\"blocks\":0,\"instances\":0,\"erased\":0,\"problem\":null}\n");
}

TEST(AuditVerify, SaysThatThereIsNoDatabaseAndMakesNone) {
  TemporaryFolder folder;
  const Ran ran = run({"audit", "verify", "--data", folder.path()});
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.err, "countersign: there is no database at " + folder.file("countersign.db") +
                         ": name its folder with --data\n");
  EXPECT_FALSE(std::filesystem::exists(folder.file("countersign.db")));
}

}  // namespace
}  // namespace countersign::cli::test
