// Commands that speak to the daemon: what they send, what they print, how they end.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/command_run.h"
#include "tests/cli/fake_daemon.h"

namespace countersign::cli::test {
namespace {

using testing::HasSubstr;

// Runs a command against a fake daemon that answers every route from a table: the longest beginning that
// fits.
struct Against {
  explicit Against(std::map<std::string, FakeReply> replies)
      : daemon([table = std::move(replies)](const FakeRequest& request) {
          const std::string asked = request.method + " " + request.target;
          FakeReply found{404, R"({"detail":"the test expected no such request"})",
                          "application/problem+json"};
          for (const auto& [route, reply] : table) {
            if (asked.starts_with(route)) found = reply;
          }
          return found;
        }) {}

  Ran run(std::vector<std::string> arguments, const std::string& input = "") const {
    return test::run(std::move(arguments),
                     {{"COUNTERSIGN_URL", daemon.url()}, {"COUNTERSIGN_KEY", "csk_test"}}, input);
  }
  FakeRequest request(std::size_t i) const { return daemon.requests().at(i); }

  FakeDaemon daemon;
};

FakeReply reply(const std::string& body, int status = 200) {
  return {status, body, "application/json"};
}
FakeReply refusal(int status, const std::string& body) {
  return {status, body, "application/problem+json"};
}

const std::string kFound = R"({"instances":[{"id":"i_01","reference":"EXP-2026-14"}],"next_cursor":null})";

TEST(DecideCommand, GivesSeveralTheSameAnswerAndSaysWhatBecameOfEach) {
  const Against daemon({{"POST /api/v1/work-items/decisions", reply(R"({"results":[
      {"id":"i_01.3","status":200,"answer":{"reference":"EXP-1","outcome":"approved","instance_status":"running"}},
      {"id":"i_02.5","status":409,"problem":{"detail":"finance is already decided"}}]})")}});
  const Ran ran = daemon.run({"decide", "i_01.3", "approved", "--also", "i_02.5", "--comment", "fine"});
  EXPECT_EQ(ran.out, "EXP-1: approved is recorded; it is running\ni_02.5: finance is already decided\n");
  EXPECT_EQ(ran.code, static_cast<int>(exit_code_of_status(409))) << "one of them was refused";
  EXPECT_EQ(daemon.request(0).body, R"({"decisions":[{"outcome":"approved","comment":"fine","id":"i_01.3"},)"
                                    R"({"outcome":"approved","comment":"fine","id":"i_02.5"}]})");
  EXPECT_NE(daemon.request(0).header("Idempotency-Key"), "");
  const Ran mixed = daemon.run({"decide", "i_01.3", "approved", "--also", "i_02.5", "--version", "2"});
  EXPECT_THAT(mixed.err, HasSubstr("--version is of one work item"));
}

TEST(StartCommand, SendsTheFormAndSaysWhatBegan) {
  const Against daemon(
      {{"POST /api/v1/workflows/expense-approval/instances",
        reply(R"({"id":"i_01","reference":"EXP-2026-14","status":"running","url":"x"})", 201)}});
  const Ran ran = daemon.run({"start", "expense-approval", "--requester", "li.na", "--form", "-", "--set",
                              "amount=8200", "--set", "lines:=[{\"cost\":1.10}]"},
                             R"({"amount":1,"purpose":"Zug nach 北京"})");
  EXPECT_EQ(ran.err, "");
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.out, "EXP-2026-14 started: it is running (i_01)\n");
  EXPECT_EQ(
      daemon.request(0).body,
      R"({"form":{"amount":"8200","purpose":"Zug nach 北京","lines":[{"cost":1.10}]},"requester":"li.na"})");
}

TEST(StartCommand, ShowsEveryProblemOfTheForm) {
  const Against daemon(
      {{"POST ", refusal(422, R"({"status":422,"detail":"the input is not acceptable","errors":[
      {"pointer":"/form/amount","detail":"is missing"},{"pointer":"/form/category","detail":"'trvel' is no option"}]})")}});
  const Ran ran = daemon.run({"start", "expense-approval"});
  EXPECT_EQ(ran.code, 4);
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(
      ran.err,
      "countersign: the input is not acceptable\n  /form/amount: is missing\n  /form/category: 'trvel' is no "
      "option\n");
}

TEST(StartCommand, SendsNothingWhereTheFormCannotBeRead) {
  const Against daemon({});
  EXPECT_EQ(daemon.run({"start", "w", "--form", "/nowhere.json"}).code, 2);
  EXPECT_EQ(daemon.run({"start", "w", "--form", "-"}, "[1]").err,
            "countersign: standard input must hold a JSON object, {\"name\": value, ...}\n");
  EXPECT_EQ(daemon.run({"start", "w", "--set", "amount"}).code, 2);
  EXPECT_TRUE(daemon.daemon.requests().empty());
}

TEST(ListCommand, PrintsATableWithAHintAtThePageBehindIt) {
  const Against daemon({{"GET /api/v1/instances", reply(R"({"instances":[
      {"id":"i_02","reference":"EXP-2026-15","workflow":"expense-approval","status":"running","stage":"审批",
       "requester":"li.na","started_at":"2026-03-02T10:14:05Z","ended_at":null,"incident":null},
      {"id":"i_01","reference":"EXP-2026-14","workflow":"expense-approval","status":"paid","stage":null,
       "requester":"anna.schmidt","started_at":"2026-03-01T09:00:00Z","ended_at":"2026-03-02T09:30:00.250Z",
       "incident":null}],"next_cursor":"abc"})")}});
  const Ran ran = daemon.run({"list", "--workflow", "expense-approval", "--open", "--limit", "2"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(
      ran.out,
      "REFERENCE    WORKFLOW          STATUS   STAGE  REQUESTER     STARTED (UTC)     ENDED (UTC)\n"
      "EXP-2026-15  expense-approval  running  审批   li.na         2026-03-02 10:14\n"
      "EXP-2026-14  expense-approval  paid            anna.schmidt  2026-03-01 09:00  2026-03-02 09:30\n");
  EXPECT_EQ(ran.err, "there is more: --cursor abc\n");
  EXPECT_EQ(daemon.request(0).target, "/api/v1/instances?workflow=expense-approval&ended=false&limit=2");
}

TEST(ListCommand, PrintsTheJsonOfTheApi) {
  const Against daemon({{"GET /api/v1/instances", reply(kFound)}});
  EXPECT_EQ(daemon.run({"list", "--json"}).out, kFound + "\n");
  EXPECT_EQ(daemon.run({"--json", "list"}).out, kFound + "\n")
      << "options of all commands may stand in front";
  EXPECT_EQ(daemon.run({"list", "--open", "--ended"}).code, 2);
}

TEST(ShowCommand, FindsAnInstanceByItsReference) {
  const Against daemon({{"GET /api/v1/instances?reference=EXP-2026-14&limit=2", reply(kFound)},
                        {"GET /api/v1/instances/i_01", reply(R"({"id":"i_01","reference":"EXP-2026-14",
      "title":"费用报销","status":"running","stage":null,"round":2,"requester":"li.na","workflow":"expense-approval",
      "version":"0123456789abcdef","started_at":"2026-03-02T10:14:05Z","ended_at":null,"incident":null,
      "form":{"amount":"8200.00","purpose":"Zug","invoices":[{"id":"f_1","name":"a.pdf","sha256":"00"}],
              "lines":[{"item":"Hotel","cost":"1.10"}]},"vars":{},
      "steps":[{"step":"manager","outcome":"returned","by":{"kind":"person","person":"zhang.wei","channel":"link"},
                "at":"2026-03-02T11:00:00Z","comment":"Which\ntrain?","round":1,"voided":true}],
      "open_steps":[{"activation":4,"step":"manager","opened_at":"2026-03-02T12:00:00Z",
                     "due_at":"2026-03-04T12:00:00Z","incident":null}],
      "work_items":[{"id":"i_01.3","step":"manager","assignee":"zhang.wei","group":null,"status":"open",
                     "outcome":null,"decided_by":null,"channel":null}]})")}});
  const Ran ran = daemon.run({"show", "EXP-2026-14"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.out, R"(EXP-2026-14  费用报销
  status     running, round 2
  requester  li.na
  started    2026-03-02 10:14 UTC
  workflow   expense-approval, version 0123456789ab
  id         i_01

Form
  amount    8200.00
  purpose   Zug
  invoices  a.pdf
  lines
    {"item":"Hotel","cost":"1.10"}

Steps taken
STEP     OUTCOME   BY         AT (UTC)          COMMENT
manager  returned  zhang.wei  2026-03-02 11:00  Which train?  void

Steps open
STEP     SINCE (UTC)       DUE (UTC)
manager  2026-03-02 12:00  2026-03-04 12:00

Work items
ITEM    STEP     FOR        STATUS
i_01.3  manager  zhang.wei  open
)");
}

TEST(ShowCommand, SaysThatThereIsNoSuchInstance) {
  const Against daemon({{"GET /api/v1/instances", reply(R"({"instances":[],"next_cursor":null})")}});
  const Ran ran = daemon.run({"show", "EXP-1"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.err, "countersign: there is no instance 'EXP-1'\n");
}

TEST(ShowCommand, PrintsEventsALineEach) {
  const Against daemon({{"GET /api/v1/instances/i_01/events?limit=1000",
                         reply(R"({"events":[{"seq":1,"type":"started"}],"next_after":1})")},
                        {"GET /api/v1/instances/i_01/events?after=1&limit=1000",
                         reply(R"({"events":[{"seq":2,"type":"ended"}],"next_after":null})")}});
  const Ran ran = daemon.run({"show", "i_01", "--events", "--json"});
  EXPECT_EQ(ran.out, "{\"seq\":1,\"type\":\"started\"}\n{\"seq\":2,\"type\":\"ended\"}\n") << ran.err;
}

TEST(InboxCommand, ListsWhatWaitsForSomebody) {
  const Against daemon({{"GET /api/v1/work-items", reply(R"({"work_items":[
      {"id":"i_01.3","reference":"EXP-2026-14","title":"Is this expense reasonable?","assignee":"zhang.wei","group":null,
       "due_at":"2026-03-04T12:00:00Z","outcomes":["approved","rejected","returned"]},
      {"id":"i_02.1","reference":"EXP-2026-15","title":"财务终审","assignee":null,"group":"finance","due_at":null,
       "outcomes":["approved","rejected"]}],"next_cursor":null})")}});
  const Ran ran = daemon.run({"inbox", "--person", "zhang.wei"});
  EXPECT_EQ(ran.out,
            "ITEM    REFERENCE    QUESTION                     FOR            DUE (UTC)         OUTCOMES\n"
            "i_01.3  EXP-2026-14  Is this expense reasonable?  zhang.wei      2026-03-04 12:00  approved, "
            "rejected, "
            "returned\n"
            "i_02.1  EXP-2026-15  财务终审                     group finance                    approved, "
            "rejected\n");
  EXPECT_EQ(daemon.request(0).target, "/api/v1/work-items?assignee=zhang.wei&status=open&limit=50");
}

const std::string kDecided = R"({"id":"i_01.3","instance":"i_01","reference":"EXP-2026-14","status":"decided",
    "outcome":"approved","instance_status":"running"})";

TEST(DecideCommand, AnswersAWorkItemByItsId) {
  const Against daemon({{"POST /api/v1/work-items/i_01.3/decision", reply(kDecided)}});
  const Ran ran = daemon.run({"decide",
                              "i_01.3",
                              "approved",
                              "--comment",
                              "fine",
                              "--answer",
                              "cost_center=4711",
                              "--form-set",
                              "amount=8100.50",
                              "--check",
                              "keys",
                              "--check",
                              "badge",
                              "--return-to",
                              "manager",
                              "--version",
                              "3",
                              "--as",
                              "wang.fang",
                              "--idempotency-key",
                              "k1"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "EXP-2026-14: approved is recorded; it is running\n");
  const FakeRequest sent = daemon.request(0);
  EXPECT_EQ(sent.body,
            R"({"outcome":"approved","comment":"fine","answers":{"cost_center":"4711"},)"
            R"("form":{"amount":"8100.50"},"checklist":["keys","badge"],"return_to":"manager","version":3})");
  EXPECT_EQ(sent.header("Countersign-Actor"), "wang.fang");
  EXPECT_EQ(sent.header("Idempotency-Key"), "k1");
}

TEST(DecideCommand, FindsTheOneOpenItemOfAnInstance) {
  const Against daemon({{"GET /api/v1/instances?reference=EXP-2026-14", reply(kFound)},
                        {"GET /api/v1/work-items?instance=i_01&status=open&assignee=zhang.wei",
                         reply(R"({"work_items":[{"id":"i_01.3"}],"next_cursor":null})")},
                        {"POST /api/v1/work-items/i_01.3/decision", reply(kDecided)}});
  EXPECT_EQ(daemon.run({"decide", "EXP-2026-14", "approved", "--as", "zhang.wei"}).code, 0);
}

TEST(DecideCommand, NamesTheItemsWhereSeveralAreOpen) {
  const Against daemon(
      {{"GET /api/v1/work-items", reply(R"({"work_items":[{"id":"i_01.3","title":"Legal","step":"legal"},
      {"id":"i_01.4","title":"Finance","step":"finance"}],"next_cursor":null})")}});
  const Ran ran = daemon.run({"decide", "i_01", "approved"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.err,
            "countersign: i_01 has 2 open work items: name one by its id\n  i_01.3: Legal (legal)\n  i_01.4: "
            "Finance "
            "(finance)\n");
}

TEST(DecideCommand, EndsWithConflictOrRefusal) {
  const Against late(
      {{"POST ",
        refusal(
            409,
            R"x({"detail":"cannot record the decision on EXP-214: finance is already decided (approved by Li Na, 2026-03-02T10:14:00Z)"})x")}});
  const Ran ran = late.run({"decide", "i_01.3", "approved"});
  EXPECT_EQ(ran.code, 5);
  EXPECT_EQ(
      ran.err,
      "countersign: cannot record the decision on EXP-214: finance is already decided (approved by Li Na, "
      "2026-03-02T10:14:00Z)\n");
  const Against foreign({{"POST ", refusal(403, R"({"detail":"it is not yours to decide\u001b[2J"})")}});
  const Ran refused = foreign.run({"decide", "i_01.3", "approved"});
  EXPECT_EQ(refused.code, 4);
  EXPECT_EQ(refused.err, "countersign: it is not yours to decide\uFFFD[2J\n")
      << "nothing that a terminal obeys";
}

TEST(ActsOnInstances, ReachTheirRoutes) {
  struct Act {
    std::vector<std::string> arguments;
    std::string target, body, out;
  };
  const std::vector<Act> kActs{
      {{"cancel", "EXP-2026-14", "--reason", "twice"},
       "/api/v1/instances/i_01/cancel",
       R"({"reason":"twice"})",
       "EXP-2026-14: cancelled; it is cancelled\n"},
      {{"withdraw", "EXP-2026-14"},
       "/api/v1/instances/i_01/withdraw",
       "{}",
       "EXP-2026-14: withdrawn; it is cancelled\n"},
      {{"comment", "i_01", "By post"},
       "/api/v1/instances/i_01/comments",
       R"({"text":"By post"})",
       "EXP-2026-14: the comment is recorded; it is cancelled\n"},
      {{"nudge", "EXP-2026-14"},
       "/api/v1/instances/i_01/nudge",
       "{}",
       "EXP-2026-14: whoever is asked is reminded; it is cancelled\n"},
      {{"copy", "EXP-2026-14", "zhao.lei", "qian.min@example.com", "--comment", "for you"},
       "/api/v1/instances/i_01/copies",
       R"({"to":["zhao.lei","qian.min@example.com"],"comment":"for you"})",
       "EXP-2026-14: copies are sent; it is cancelled\n"},
      {{"retry", "i_01", "--reason", "mended", "--activation", "4"},
       "/api/v1/instances/i_01/admin",
       R"({"act":"retry","reason":"mended","activation":4})",
       "EXP-2026-14: tried again; it is cancelled\n"},
      {{"reassign", "i_01.3", "--to", "zhao.lei", "--reason", "leave"},
       "/api/v1/instances/i_01/admin",
       R"({"act":"reassign","item":"i_01.3","to":"zhao.lei","reason":"leave"})",
       "EXP-2026-14: the work item is zhao.lei's now; it is cancelled\n"},
      {{"skip", "EXP-2026-14", "finance", "--reason", "outing", "--activation", "7"},
       "/api/v1/instances/i_01/admin",
       R"({"act":"skip","step":"finance","reason":"outing","activation":7})",
       "EXP-2026-14: finance is skipped; it is cancelled\n"},
      {{"jump", "EXP-2026-14", "pay", "--reason", "agreed"},
       "/api/v1/instances/i_01/admin",
       R"({"act":"jump","step":"pay","reason":"agreed"})",
       "EXP-2026-14: it goes on at pay; it is cancelled\n"},
      {{"take-back", "i_01.3", "--reason", "wrong"},
       "/api/v1/work-items/i_01.3/take-back",
       R"({"reason":"wrong"})",
       "EXP-2026-14: taken back; it is cancelled\n"},
  };
  for (const Act& act : kActs) {
    const Against daemon(
        {{"GET /api/v1/instances?reference=EXP-2026-14", reply(kFound)},
         {"POST ", reply(R"({"id":"i_01","reference":"EXP-2026-14","status":"cancelled","url":"x"})")}});
    const Ran ran = daemon.run(act.arguments);
    EXPECT_EQ(ran.code, 0) << act.arguments.front() << ran.err;
    EXPECT_EQ(ran.out, act.out);
    EXPECT_EQ(daemon.daemon.requests().back().target, act.target);
    EXPECT_EQ(daemon.daemon.requests().back().body, act.body);
  }
  EXPECT_EQ(Against({}).run({"reassign", "EXP-2026-14", "--to", "x", "--reason", "y"}).code, 2);
}

TEST(ActsOnItems, ReachTheirRoutesAndNameWhatTheyOpened) {
  struct Act {
    std::vector<std::string> arguments;
    std::string route, body, words;
  };
  const std::vector<Act> kActs{
      {{"transfer", "i_01.3", "--to", "zhao.lei", "--comment", "yours", "--version", "2"},
       "transfer",
       R"({"to":"zhao.lei","comment":"yours","version":2})",
       "it is zhao.lei's now"},
      {{"delegate", "i_01.3", "--to", "zhao.lei"},
       "delegate",
       R"({"to":"zhao.lei","comment":""})",
       "zhao.lei is asked for an opinion"},
      {{"add-approver", "i_01.3", "zhao.lei", "qian.min", "--where", "after"},
       "add-approver",
       R"({"who":["zhao.lei","qian.min"],"where":"after","comment":""})",
       "added after"},
      {{"remove-approver", "i_01.3"}, "remove-approver", R"({"reason":""})", "they are not asked any more"},
      {{"claim", "i_01.3"}, "claim", "{}", "the work item is yours"},
      {{"release", "i_01.3", "--reason", "leave"},
       "release",
       R"({"reason":"leave"})",
       "the work item is its group's again"},
  };
  for (const Act& act : kActs) {
    const Against daemon({{"POST ", reply(R"({"id":"i_01.3","instance":"i_01","reference":"EXP-2026-14",
      "version":null,"opened":["i_01.7"],"instance_status":"running"})")}});
    const Ran ran = daemon.run(act.arguments);
    EXPECT_EQ(ran.code, 0) << act.arguments.front() << ran.err;
    EXPECT_EQ(ran.out, "EXP-2026-14: " + act.words + " (i_01.7)\n");
    EXPECT_EQ(daemon.daemon.requests().back().target, "/api/v1/work-items/i_01.3/" + act.route);
    EXPECT_EQ(daemon.daemon.requests().back().body, act.body);
  }
  EXPECT_EQ(Against({}).run({"transfer", "EXP-2026-14", "--to", "x"}).code, 2)
      << "an instance is no work item";
  EXPECT_EQ(Against({}).run({"add-approver", "i_01.3"}).code, 2) << "somebody is to be named";
}

TEST(OutboxCommand, ListsRetriesAndDrops) {
  const Against daemon(
      {{"GET /api/v1/admin/outbox?status=dead", reply(R"({"outbox":[{"id":1041,"target":"mail",
      "kind":"request","item":"i_01.3","recipient":"li.na","status":"dead","attempts":12,
      "next_at":"2026-03-02T10:00:00Z","error":"550 no such mailbox"}],"next_cursor":null})")},
       {"POST /api/v1/admin/outbox/1041/retry", reply(R"({"id":1041,"status":"pending"})")},
       {"POST /api/v1/admin/outbox/1042/drop", refusal(404, R"({"detail":"there is no such row"})")}});
  EXPECT_EQ(daemon.run({"outbox", "list", "--status", "dead"}).out,
            "ID    STATUS  TARGET  KIND     FOR    ITEM    TRIES  ERROR\n"
            "1041  dead    mail    request  li.na  i_01.3  12     550 no such mailbox\n");
  EXPECT_EQ(daemon.run({"outbox", "retry", "1041"}).out, "1041 is sent again\n");
  EXPECT_EQ(daemon.run({"outbox", "drop", "1042"}).code, 1);
}

TEST(LedgerCommand, ListsShowsAndAdjusts) {
  const std::string travel =
      R"({"name":"sales/travel","year":2026,"currency":"CNY","kind":"strict","current":true,"spending":[],)"
      R"("amount":"200000.00","reserved":"412.50","spent":"0.00","available":"199587.50")";
  const Against daemon(
      {{"GET /api/v1/ledgers?", reply(R"({"ledgers":[)" + travel + R"(}],"next_cursor":null})")},
       {"GET /api/v1/ledgers/sales%2Ftravel",
        reply(travel +
              R"(,"reservations":[{"instance":"i_01","reference":"EXP-2026-14","requester":"li.na",)"
              R"("step":"hold","amount":"412.50","since":"2026-03-02T10:14:00Z"}],"postings":[{"id":2,)"
              R"("at":"2026-03-02T10:14:00Z","act":"reserved","amount":"412.50",)"
              R"("available":"199587.50","instance":"i_01","reference":"EXP-2026-14","step":"hold",)"
              R"("by":null,"reason":null}],"next_cursor":null})")},
       {"POST /api/v1/ledgers/sales%2Ftravel/adjust", reply(travel + "}")}});
  const Ran listed = daemon.run({"ledger", "list", "--below", "sales"});
  EXPECT_EQ(listed.code, 0) << listed.err;
  EXPECT_THAT(listed.out, HasSubstr("sales/travel"));
  EXPECT_THAT(listed.out, HasSubstr("199587.50"));
  EXPECT_THAT(daemon.request(0).target, HasSubstr("below=sales"));
  const Ran shown = daemon.run({"ledger", "show", "sales/travel"});
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_THAT(shown.out,
              HasSubstr("sales/travel 2026 (strict): 200000.00 CNY, of which 412.50 are reserved"));
  EXPECT_THAT(shown.out, HasSubstr("EXP-2026-14"));
  const Ran adjusted = daemon.run(
      {"ledger", "adjust", "sales/travel", "--by=-5000.00", "--reason", "board", "--year", "2026"});
  EXPECT_EQ(adjusted.code, 0) << adjusted.err;
  EXPECT_EQ(daemon.request(2).body, R"({"by":"-5000.00","reason":"board","year":2026})");
  EXPECT_EQ(
      daemon.run({"ledger", "adjust", "sales/travel", "--by", "1", "--reason", "r", "--year", "soon"}).code,
      2);
}

TEST(InboundCommand, ReplaysAndSaysWhetherItWorked) {
  const Against good(
      {{"POST /api/v1/admin/inbound/17/replay", reply(R"({"instances":["i_01"]})")},
       {"GET /api/v1/admin/inbound/17", reply(R"({"id":17,"status":"applied","error":null})")}});
  EXPECT_EQ(good.run({"inbound", "replay", "17"}).out, "delivery 17 is applied: i_01\n");
  const Against bad(
      {{"POST /api/v1/admin/inbound/17/replay", reply(R"({"instances":[]})")},
       {"GET /api/v1/admin/inbound/17", reply(R"({"id":17,"status":"error","error":"no such person"})")}});
  const Ran ran = bad.run({"inbound", "replay", "17"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.err, "countersign: delivery 17 still cannot be applied: no such person\n");
}

TEST(KeyCommand, CreatesWithoutAnIdempotencyKeyAndPrintsTheKeyAlone) {
  const Against daemon({{"POST /api/v1/admin/keys",
                         reply(R"({"id":"csk_ab12cd34","key":"csk_ab12cd34xyz","name":"crm"})", 201)}});
  const Ran ran = daemon.run({"key", "create", "--name", "crm", "--scope", "start", "--scope", "read"});
  EXPECT_EQ(ran.out, "csk_ab12cd34xyz\n") << ran.err;
  EXPECT_EQ(ran.err, "key csk_ab12cd34 is shown this once: keep it\n");
  EXPECT_EQ(daemon.request(0).body, R"({"name":"crm","scopes":["start","read"]})");
  EXPECT_EQ(daemon.request(0).header("Idempotency-Key"), "");
}

TEST(ReloadCommand, EndsWithOneWhereAFileKeptItsLastVersion) {
  const Against good({{"POST /api/v1/admin/reload", reply(R"({"report":""})")}});
  EXPECT_EQ(good.run({"reload"}).out, "reloaded\n");
  const Against bad(
      {{"POST /api/v1/admin/reload", reply(R"({"report":"workflows/a.yaml:1:1: error[CS014]: oh\n"})")}});
  const Ran ran = bad.run({"reload"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("workflows/a.yaml:1:1: error[CS014]: oh\n"));
}

TEST(BackupCommand, NamesTheFileWithItsWholePath) {
  const Against daemon({{"POST /api/v1/admin/backup", reply(R"({"path":"/backup/x.db"})")}});
  EXPECT_EQ(daemon.run({"backup", "/backup/./x.db"}).out,
            "the database is copied to /backup/x.db, uploads to /backup/x.db.files\n");
  EXPECT_EQ(daemon.request(0).body, R"({"path":"/backup/x.db"})");
}

TEST(AuditExport, PrintsEveryEventAndWhatTheExportIs) {
  const Against daemon(
      {{"GET /api/v1/events?after=c1&limit=1000&proof=true",
        reply(R"({"events":[{"seq":1,"type":"started"},{"seq":2,"type":"ended"}],"cursor":"c3"})")}});
  const Ran ran = daemon.run({"audit", "export", "--after", "c1"});
  EXPECT_EQ(ran.out,
            "{\"seq\":1,\"type\":\"started\"}\n{\"seq\":2,\"type\":\"ended\"}\n"
            "{\"export\":{\"events\":2,\"after\":\"c1\",\"cursor\":\"c3\",\"instance\":\"\",\"program\":"
            "\"countersign "
            "0.1.0\"}}\n")
      << ran.err;
}

const std::string kWorkflows = R"({"workflows":[
    {"id":"expense-approval","title":"Expense approval","version":"5f3c81a2b4c6d8e0","triggers":[{"kind":"form"}]},
    {"id":"territory-plan","title":"Territory plan","version":"77aa81a2b4c6d8e0","triggers":[
      {"kind":"schedule","name":"quarter","rule":"every quarter on first business day at 09:00",
       "zone":"Asia/Shanghai","next_due_at":"2026-04-01T01:00:00Z","next_period":"2026-Q2","last_period":"2026-Q1",
       "owed":[{"person":"li.na","period":"2026-Q1","error":"the form cannot be submitted: 'ends' is required"}]},
      {"kind":"event","event":"crm.territory_changed"}]}],"next_cursor":null})";

TEST(WorkflowList, ShowsWhatStartsEachAndWhen) {
  const Against daemon({{"GET /api/v1/workflows", reply(kWorkflows)}});
  const Ran ran = daemon.run({"workflow", "list"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("expense-approval  5f3c81a2b4c6  Expense approval  form"));
  EXPECT_THAT(ran.out, HasSubstr("every quarter on first business day at 09:00 (Asia/Shan"));
  EXPECT_THAT(ran.out, HasSubstr("2026-04-01 01:00  2026-Q2  1"));
  EXPECT_THAT(ran.out, HasSubstr("crm.territory_changed"));
}

TEST(EventSend, SendsTypedByTheDaemonToWhoeverHasTheKey) {
  const Against daemon({{"POST /api/v1/events", reply(R"({"instances":["i_01","i_02"]})")}});
  const Ran ran = daemon.run(
      {"event", "send", "answered", "--business-key", "Q-118", "summary=They want it", "lines:=[1]"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "answered reached i_01, i_02\n");
  EXPECT_EQ(daemon.request(0).body,
            R"({"name":"answered","data":{"summary":"They want it","lines":[1]},"key":"Q-118"})");
}

TEST(EventSend, EndsWithOneWhereItConcernedNobody) {
  const Against daemon({{"POST /api/v1/events", reply(R"({"instances":[]})")}});
  const Ran ran = daemon.run({"event", "send", "answered", "--business-key", "Q-404"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("no open instance has the key 'Q-404'"));
}

TEST(EventSend, ReachesOneInstanceByItsReference) {
  const Against daemon({{"GET /api/v1/instances", reply(kFound)},
                        {"POST /api/v1/instances/i_01/events",
                         reply(R"({"id":"i_01","reference":"EXP-2026-14","status":"approved","url":"x"})")}});
  const Ran ran = daemon.run({"event", "send", "paid", "--instance", "EXP-2026-14"});
  EXPECT_EQ(ran.out, "EXP-2026-14: the event is delivered; it is approved\n") << ran.err;
  EXPECT_EQ(daemon.run({"event", "send", "paid", "--instance", "X", "--business-key", "K"}).code, 2);
}

TEST(Doctor, FindsWhatIsWrongWithARunningDaemon) {
  const Against daemon(
      {{"GET /readyz", reply(R"({"status":"ready"})")},
       {"GET /metrics", FakeReply{200, "# x\ncountersign_timers_paused 1\n", "text/plain"}},
       {"GET /api/v1/instances", reply(R"({"instances":[{"reference":"EXP-2026-14","incident":"no manager"},
      {"reference":"EXP-2026-15","incident":null}],"next_cursor":null})")},
       {"GET /api/v1/workflows", reply(kWorkflows)},
       {"GET /api/v1/admin/outbox", reply(R"({"outbox":[{"id":7}],"next_cursor":null})")},
       {"GET /api/v1/admin/inbound", reply(R"({"inbound":[],"next_cursor":null})")}});
  const Ran ran = daemon.run({"doctor", "--json"});
  EXPECT_EQ(ran.code, 1);
  const auto report = parse_json(ran.out);
  ASSERT_TRUE(report);
  std::map<std::string, std::string> grades;
  for (const json::value& finding : find(*report, "findings")->as_array()) {
    grades[string_at(finding, "check")] = string_at(finding, "grade");
  }
  EXPECT_EQ(grades["daemon"], "ok");
  EXPECT_EQ(grades["timers"], "problem");
  EXPECT_EQ(grades["instances"], "problem");
  EXPECT_THAT(ran.out, HasSubstr("countersign retry EXP-2026-14 --reason 'what stopped it is mended'"));
  EXPECT_EQ(grades["schedules"], "problem");
  EXPECT_THAT(ran.out,
              HasSubstr("1 start was refused: li.na: the form cannot be submitted: 'ends' is required"));
  EXPECT_EQ(grades["outbox"], "problem");
  EXPECT_EQ(grades["inbound"], "ok");
}

TEST(Doctor, EndsWithThreeWhereNobodyListens) {
  std::string url;
  {
    const FakeDaemon gone(FakeReply{});
    url = gone.url();
  }
  const Ran ran = run({"doctor", "--url", url, "--key", "csk_test"});
  EXPECT_EQ(ran.code, 3);
  EXPECT_THAT(ran.out, HasSubstr("problem  daemon         cannot reach the daemon at " + url));
}

}  // namespace
}  // namespace countersign::cli::test
