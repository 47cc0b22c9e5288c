// countersign explain REF: what the daemon knows, in words.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/command_run.h"
#include "tests/cli/fake_daemon.h"

namespace countersign::cli::test {
namespace {

Ran explain(const std::string& instance) {
  const FakeDaemon daemon([&](const FakeRequest& request) -> FakeReply {
    if (request.target.starts_with("/api/v1/instances?")) {
      return {200, R"({"instances":[{"id":"i_01","reference":"EXP-2026-14"}],"next_cursor":null})"};
    }
    return {200, instance};
  });
  return run({"explain", "EXP-2026-14"},
             {{"COUNTERSIGN_URL", daemon.url()}, {"COUNTERSIGN_KEY", "csk_test"}});
}

TEST(ExplainCommand, SaysWhoIsAskedWhyAndWhatComesNext) {
  const Ran ran = explain(
      R"json({"id":"i_01","reference":"EXP-2026-14","title":"Expense","status":"running","ended_at":null,
      "open_steps":[{"step":"manager","opened_at":"2026-03-02T09:00:00Z","due_at":"2026-03-04T09:00:00Z","incident":null,
        "asked":[{"person":"zhang.wei","group":null,"reason":"requester.manager"}],
        "next":[{"outcome":"approved","step":"finance","asks":"group(\"finance\")","ends":null},
                {"outcome":"rejected","step":null,"asks":null,"ends":"rejected"}]
}],
      "timers":[{"kind":"remind","step":"manager","item":"i_01.3","due_at":"2026-03-04T09:00:00Z","fired":0,"every":"2 days","at_most":5},
                {"kind":"remind","step":"manager","item":"i_01.4","due_at":"2026-03-04T09:00:00Z","fired":0,"every":"2 days","at_most":5},
                {"kind":"escalate","step":"manager","item":"i_01.3","due_at":"2026-03-06T09:00:00Z","fired":0}],
      "work_items":[{"id":"i_01.3","step":"manager","assignee":"zhang.wei","group":null,"status":"open"}]})json");
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, R"(EXP-2026-14  Expense
  manager is open since 2026-03-02 09:00 UTC
    asked: zhang.wei (by requester.manager)
    waits for zhang.wei (i_01.3)
    due 2026-03-04 09:00 UTC
    if approved: finance, which asks group("finance")
    if rejected: it ends: rejected
  By itself, unless somebody answers before
    2026-03-04 09:00 UTC  the next reminder of manager, then every 2 days, up to 5 times (2 work items)
    2026-03-06 09:00 UTC  manager escalates
)");
}

TEST(ExplainCommand, SaysWhyAnInstanceStandsStillAndThatOneHasEnded) {
  const Ran still =
      explain(R"({"reference":"EXP-2026-14","title":"Expense","status":"running","ended_at":null,
      "open_steps":[{"step":"manager","opened_at":"2026-03-02T09:00:00Z","due_at":null,
        "incident":"nobody can be asked for manager","asked":[],"next":[]}],"timers":[],"work_items":[]})");
  EXPECT_THAT(still.out, testing::HasSubstr("it stands still: nobody can be asked for manager\n"));
  EXPECT_THAT(still.out, testing::HasSubstr("countersign retry EXP-2026-14\n"));
  const Ran ended = explain(
      R"({"reference":"EXP-2026-14","title":"Expense","status":"paid","ended_at":"2026-03-05T10:00:00Z"})");
  EXPECT_EQ(ended.out, "EXP-2026-14  Expense\n  It has ended: paid, 2026-03-05 10:00 UTC\n");
}

}  // namespace
}  // namespace countersign::cli::test
