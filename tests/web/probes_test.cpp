#include <future>

#include <gtest/gtest.h>

#include "tests/web/site_fixture.h"
#include "web/disk_space.h"

namespace countersign::web {
namespace {

TEST(Readiness, IsThereWhileTheDiskIsWell) {
  SiteFixture site;
  EXPECT_EQ(site.get("/readyz").status, 200);
  EXPECT_NE(site.get("/metrics").body.find("\ncountersign_store_failing 0"), std::string::npos);
  EXPECT_NE(site.get("/metrics").body.find("\ncountersign_disk_free_bytes "), std::string::npos);
}

TEST(Readiness, EndsWithAFullOrReadOnlyDisk) {
  SiteFixture site;
  site.set_disk({.free_bytes = 1 << 20});
  const ClientReply full = site.get("/readyz");
  EXPECT_EQ(full.status, 503);
  EXPECT_NE(full.body.find("nearly full: 1 MB are free"), std::string::npos) << full.body;
  site.set_disk({.free_bytes = 1ULL << 40, .is_read_only = true});
  EXPECT_NE(site.get("/readyz").body.find("read-only"), std::string::npos);
  EXPECT_EQ(site.get("/healthz").status, 200) << "the process is alive all the same";
  site.set_disk({.free_bytes = 1ULL << 40});
  EXPECT_EQ(site.get("/readyz").status, 200);
}

// A daemon that is not ready gets no requests: its readiness must come back without any.
TEST(Readiness, EndsWithABatchThatCannotBeStoredAndComesBackByItself) {
  SiteFixture site;
  site.start_expense();  // with it goes what the engine writes of itself when it starts
  std::promise<void> failed;
  site.engine().submit_internal(
      [](Transaction&) -> Result<void> { return fail(ErrorCode::storage, "database or disk is full"); },
      [&failed](const Result<void>&) { failed.set_value(); });
  failed.get_future().get();
  const ClientReply refused = site.get("/readyz");
  EXPECT_EQ(refused.status, 503);
  EXPECT_NE(refused.body.find("disk is full"), std::string::npos) << refused.body;
  // That question has written a row of its own; a job behind it tells when it is through.
  std::promise<void> behind;
  site.engine().submit_internal([](Transaction&) -> Result<void> { return {}; },
                                [&behind](const Result<void>&) { behind.set_value(); });
  behind.get_future().get();
  EXPECT_EQ(site.get("/readyz").status, 200);
}

TEST(Figures, AreThereByStepAndNeverByPerson) {
  SiteFixture site;
  site.start_expense();
  const std::string at_first = site.get("/metrics").body;
  EXPECT_NE(at_first.find("\ncountersign_open_items{workflow=\""), std::string::npos) << at_first;
  EXPECT_EQ(at_first.find("\ncountersign_overdue_items{"), std::string::npos);
  EXPECT_EQ(at_first.find("zhang.wei"), std::string::npos) << "labels stay few, and people stay out of them";
}

TEST(DiskSpace, IsThatOfTheFolder) {
  const TemporaryFolder folder;
  const auto space = disk_space(folder.path());
  ASSERT_TRUE(space) << space.error().message;
  EXPECT_GT(space->free_bytes, 0U);
  EXPECT_FALSE(disk_space(folder.path() + "/none"));
}

}  // namespace
}  // namespace countersign::web
