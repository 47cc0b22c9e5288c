// verify names what was changed behind the daemon's back.

#include <sqlite3.h>

#include "store/audit.h"
#include "tests/store/sample_process.h"
#include "tests/store/sqlite_store_fixture.h"

namespace countersign {
namespace {

using sample::at;
using sample::id_of;

struct Tampering {
  const char* name;
  const char* sql;
  const char* found;
};

class SqliteAudit : public testing::TestWithParam<Tampering> {};

// Three instances in three commits: events 1-5, 6-10, 11-16 (a decision on the first), 17-21.
void fill(SqliteUnderTest& test) {
  ASSERT_TRUE(test.run(sample::start_job(id_of(1))));
  ASSERT_TRUE(test.run(sample::start_job(id_of(2))));
  ASSERT_TRUE(test.run(sample::decide_job(id_of(1), "zhao.lei", at(60))));
  ASSERT_TRUE(test.run(sample::start_job(id_of(3))));
}

void tamper(const std::string& path, const char* sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
  sqlite3_close(db);
}

TEST_P(SqliteAudit, FindsIt) {
  SqliteUnderTest test;
  fill(test);
  test.close();
  tamper(test.path(), GetParam().sql);
  test.reopen();
  const auto report = verify(test.reader());
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_NE(report->problem.find(GetParam().found), std::string::npos) << "found: " << report->problem;
}

INSTANTIATE_TEST_SUITE_P(
    Tampered, SqliteAudit,
    testing::Values(
        Tampering{"Payload", "UPDATE event_payload SET payload = replace(payload, 'approved', 'rejected')",
                  "event 6 of i_000001 (position 11): its payload is not what was stored"},
        Tampering{"Time", "UPDATE event SET at = at - 1000 WHERE position = 7",
                  "event 2 of i_000002 (position 7): its envelope is not what was stored"},
        Tampering{"Actor", "UPDATE event SET actor = 'person page' WHERE position = 11",
                  "event 6 of i_000001 (position 11): its envelope is not what was stored"},
        Tampering{"RemovedEvent", "DELETE FROM event WHERE position = 8",
                  "its event at position 8 is missing"},
        Tampering{"RemovedBlock", "DELETE FROM block WHERE n = 2", "block 2 is missing before it"},
        Tampering{"ChangedBlock", "UPDATE block SET hash = zeroblob(32) WHERE n = 4",
                  "block 4 of stream 1: it does not seal the events"},
        Tampering{"AddedEvent",
                  "INSERT INTO event SELECT 22, instance, 99, at, type, version, actor, payload_hash, "
                  "previous_hash, "
                  "hash FROM event WHERE position = 21",
                  "event 99 of i_000003 (position 22): it stands in no block"},
        Tampering{"Snapshot",
                  "UPDATE snapshot SET state = replace(state, 'wang.min', 'mallory') WHERE instance = 2",
                  "instance i_000002: the stored state is not what its 5 events say"},
        Tampering{"SnapshotNumber", "UPDATE instance SET seq = 4 WHERE n = 2", "instance i_000002"}),
    [](const auto& test) { return test.param.name; });

TEST(SqliteAudit, AnErasedPayloadLeavesTheEnvelopesVerifiable) {
  SqliteUnderTest test;
  fill(test);
  test.close();
  tamper(test.path(), "DELETE FROM event_payload WHERE position BETWEEN 6 AND 10");
  test.reopen();
  const auto report = verify(test.reader());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->problem, "");
  EXPECT_EQ(report->erased, 5U);
  EXPECT_EQ(report->events, 21U);
  EXPECT_EQ(report->blocks, 4U);
  EXPECT_EQ(report->instances, 3U);
}

}  // namespace
}  // namespace countersign
