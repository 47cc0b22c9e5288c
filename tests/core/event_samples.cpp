#include "tests/core/event_samples.h"

namespace countersign::test {
namespace {

using cel::Value;

// 2026-03-02T10:14:00Z and some seconds.
Instant instant(int seconds) {
  return from_unix_ms(1'772'446'440'000 + seconds * 1000);
}

TimerKey full_timer_key() {
  return {.activation = ActivationId(7), .item = 8, .kind = TimerKind::escalate, .rule = 1};
}

}  // namespace

Actor full_actor() {
  return {.kind = Actor::Kind::person,
          .person = PersonId("li.na"),
          .channel = "link",
          .authenticated = "link mailed to li.na@example.com",
          .on_behalf_of = PersonId("chen.wei")};
}

Fields full_fields() {
  return {{"amount", Value::money({*Decimal::parse("1280.50"), "CNY"})},
          {"rate", Value::decimal(*Decimal::parse("0.060"))},
          {"day", Value::date({20514})},
          {"approver", Value::person(PersonId("li.na"))},
          {"team", Value::group("finance")},
          {"count", Value::integer(-3)},
          {"urgent", Value::boolean(true)},
          {"nothing", Value()},
          {"title", Value::string("差旅费 \"March\"\n")},
          {"at", Value::timestamp(instant(1))},
          {"lines", Value::list({Value::string("a"), Value::list({}), Value::number(0.1)})}};
}

Roster full_roster() {
  return {
      .seats = {{.person = PersonId("li.na"),
                 .group = "",
                 .reason = "requester.manager",
                 .item = 8,
                 .vote = Seat::Vote::approved,
                 .of_group = "legal",
                 .by = PersonId("li.na"),
                 .decided = 12,
                 .relies_on = 5,
                 .added = AddedAs::before,
                 .added_by = PersonId("wang.fang"),
                 .of = 4},
                {.person = {}, .group = "finance", .reason = "group", .item = 0, .vote = Seat::Vote::none}},
      .needed = 2,
      .veto = true,
      .one_by_one = true,
      .directory_revision = "r17",
      .needed_of = {{"legal", 1}},
      .at_least = {{"legal", 1}},
      .on_chains = {{"legal", {PersonId("p-1")}}}};
}

Item full_item() {
  return {.number = 8,
          .activation = ActivationId(7),
          .status = ItemStatus::waiting,
          .assignee = PersonId("li.na"),
          .group = "finance",
          .version = 3,
          .round = 2,
          .opened_at = instant(0),
          .due_at = instant(3600),
          .stands_for = {5, 6},
          .entries = {"contract"},
          .added = AddedAs::opinion,
          .added_by = PersonId("wang.fang"),
          .of = 4,
          .transferred_by = PersonId("zhao.lei"),
          .note = "knows more",
          .nudges = 2,
          .nudged_at = instant(60),
          .stand_ins = {PersonId("wang.fang")}};
}

Started full(const Started*) {
  return {.workflow = WorkflowId("expense-approval"),
          .version = "5f3c",
          .reference = "EXP-2026-14",
          .key = "INV-1",
          .requester = PersonId("wang.fang"),
          .by = full_actor(),
          .trigger = "form",
          .form = full_fields(),
          .parent = InstanceId("i_01JNB0"),
          .parent_activation = ActivationId(4)};
}
FormChanged full(const FormChanged*) {
  return {.values = full_fields(), .removed = {"note", "files"}, .by = full_actor()};
}
FrameOpened full(const FrameOpened*) {
  return {.frame = FrameId(2),
          .parent = ActivationId(1),
          .list = 3,
          .key = "legal",
          .event = Value::list({Value::integer(1)}),
          .item = 0};
}
FrameClosed full(const FrameClosed*) {
  return {.frame = FrameId(2), .reason = "finished"};
}
ActivationOpened full(const ActivationOpened*) {
  return {.activation = ActivationId(7),
          .frame = FrameId(2),
          .step = 4,
          .name = "manager",
          .position = 1,
          .visit = 2,
          .round = 3,
          .due_at = instant(3600),
          .opened_at = instant(60)};
}
OutcomeReached full(const OutcomeReached*) {
  return {.activation = ActivationId(7),
          .outcome = "approved",
          .by = full_actor(),
          .comment = "fine",
          .fields = full_fields()};
}
ActivationClosed full(const ActivationClosed*) {
  return {.activation = ActivationId(7), .how = "completed"};
}
RosterSet full(const RosterSet*) {
  return {.activation = ActivationId(7), .roster = full_roster()};
}
ItemOpened full(const ItemOpened*) {
  return {.item = full_item(), .reason = "escalated"};
}
ItemChanged full(const ItemChanged*) {
  return {.item = 8,
          .act = ItemAct::call_up,
          .status = ItemStatus::open,
          .outcome = "approved",
          .by = full_actor(),
          .comment = "fine",
          .fields = full_fields(),
          .checklist = {"contract_signed"},
          .confirmed = "I have read the contract"};
}
VarsSet full(const VarsSet*) {
  return {.values = full_fields()};
}
TimerSet full(const TimerSet*) {
  return {.timer = full_timer_key(), .due = instant(1), .fired = 2};
}
TimerCleared full(const TimerCleared*) {
  return {.timer = full_timer_key()};
}
EffectRequested full(const EffectRequested*) {
  return {.effect = EffectId(9), .activation = ActivationId(7), .what = "feishu.send"};
}
EffectFinished full(const EffectFinished*) {
  return {.effect = EffectId(9),
          .activation = ActivationId(7),
          .succeeded = false,
          .detail = "500 from the server"};
}
ClaimTaken full(const ClaimTaken*) {
  return {.scope = "invoice", .key = "INV-1"};
}
ClaimFreed full(const ClaimFreed*) {
  return {.scope = "invoice", .key = "INV-1"};
}
CounterTaken full(const CounterTaken*) {
  return {.scope = "EXP-2026", .value = 18'446'744'073'709'551'615U};
}
RoundOpened full(const RoundOpened*) {
  return {.round = 3, .reason = "returned by li.na from manager"};
}
ResultsVoided full(const ResultsVoided*) {
  return {.steps = {0, 4}, .items = {{5, {{0}, {2}}}}};
}
EventReceived full(const EventReceived*) {
  return {.connector = "hubspot",
          .name = "deal_lost",
          .delivery_id = "d-1",
          .data = Value::list({Value::string("x")}),
          .ignored = true};
}
StageEntered full(const StageEntered*) {
  return {.stage = "review"};
}
StatusChanged full(const StatusChanged*) {
  return {.status = "running", .submitted_by = PersonId("wang.fang")};
}
Commented full(const Commented*) {
  return {.by = full_actor(), .text = "请看第三页", .mentions = {PersonId("li.na")}};
}
IncidentRaised full(const IncidentRaised*) {
  return {.activation = ActivationId(7), .message = "division by zero", .held = true};
}
IncidentCleared full(const IncidentCleared*) {
  return {.activation = ActivationId(7), .by = full_actor(), .reason = "form mended"};
}
Chased full(const Chased*) {
  return {.item = 8, .kind = TimerKind::escalate, .count = 2};
}
Nudged full(const Nudged*) {
  return {.items = {8, 9}, .by = full_actor()};
}
CopiesSent full(const CopiesSent*) {
  return {.to = {PersonId("zhao.lei")}, .by = full_actor(), .comment = "for your files"};
}
Ended full(const Ended*) {
  return {.status = "approved", .by = full_actor(), .reason = "all steps are done"};
}

ItemsListed full(const ItemsListed*) {
  return {.activation = ActivationId(7),
          .items = {Value::string("A"), Value::person(PersonId("li.na"))},
          .steps = {5, 6}};
}

StandInAsked full(const StandInAsked*) {
  return {.item = 8, .absent = PersonId("li.na"), .stand_in = PersonId("wang.fang"), .until = instant(5)};
}

StandInRelieved full(const StandInRelieved*) {
  return {.item = 8, .stand_in = PersonId("wang.fang")};
}

LevelOpened full(const LevelOpened*) {
  return {.activation = ActivationId(7), .level = 2, .stage = "9.5"};
}

ChecklistReopened full(const ChecklistReopened*) {
  return {.step = 4, .entries = {"contract", "contacts"}};
}

SeatPassed full(const SeatPassed*) {
  return {.by = full_actor(),
          .activation = ActivationId(7),
          .seat = full_roster().seats.front(),
          .decided = PersonId("li.na"),
          .item = 5,
          .seq = 12,
          .step = "manager"};
}

ResumePlanned full(const ResumePlanned*) {
  return {.step = 4, .to = 6};
}

DecisionTakenBack full(const DecisionTakenBack*) {
  return {.item = 8,
          .activation = ActivationId(7),
          .by = full_actor(),
          .reason = "the wrong one",
          .answers = full_fields()};
}

StepSkipped full(const StepSkipped*) {
  return {.activation = ActivationId(7), .step = "manager", .by = full_actor(), .reason = "she has left"};
}

Jumped full(const Jumped*) {
  return {.from = "manager",
          .to = "pay",
          .skipped = {"finance"},
          .by = full_actor(),
          .reason = "agreed by phone"};
}

ItemViewed full(const ItemViewed*) {
  return {.item = 8, .by = full_actor()};
}

Migrated full(const Migrated*) {
  return {.version = "77ab",
          .steps = {{0, 0}, {2, 3}},
          .lists = {{0, 0}, {1, 2}},
          .positions = {{1, 4}},
          .by = full_actor(),
          .reason = "the legal step names the right group now"};
}

LedgerPosted full(const LedgerPosted*) {
  return {.ledger = "sales/travel",
          .year = 2026,
          .act = LedgerAct::released,
          .amount = Value::money({Decimal::from_int(500), "CNY"}),
          .reservation = {"hold", {1, 2}}};
}

State full_state() {
  State state;
  state.id = InstanceId("i_01JNB1");
  state.seq = 41;
  state.workflow = WorkflowId("expense-approval");
  state.version = "5f3c";
  state.reference = "EXP-2026-14";
  state.key = "INV-1";
  state.status = "running";
  state.ended = true;
  state.requester = PersonId("wang.fang");
  state.started_at = instant(0);
  state.ended_at = instant(7) + Duration(120);
  state.round = 2;
  state.stage = "review";
  state.parent = InstanceId("i_01JNB0");
  state.parent_activation = ActivationId(4);
  state.form = full_fields();
  state.form_revision = {{"amount", 2}};
  state.vars = {{"x", Value::integer(1)}};
  state.frames[FrameId(1)] = {.id = FrameId(1),
                              .parent = ActivationId(9),
                              .list = 0,
                              .key = "root",
                              .next = 3,
                              .current = ActivationId(7),
                              .event = Value(),
                              .item = 0,
                              .returns = {{2, {.since = instant(3), .times = 4, .heard = 1}}}};
  state.frames[FrameId(2)].id = FrameId(2);
  state.activations[ActivationId(7)] = {.id = ActivationId(7),
                                        .frame = FrameId(1),
                                        .step = 2,
                                        .visit = 3,
                                        .round = 2,
                                        .opened_at = instant(3),
                                        .due_at = instant(4),
                                        .deadline = instant(6),
                                        .roster = full_roster(),
                                        .items = {8},
                                        .effect = EffectId(9),
                                        .outcome = "approved",
                                        .incident = "division by zero",
                                        .answers = {{"risk", Value::string("low")}},
                                        .listed = {Value::string("A"), Value::integer(2)},
                                        .begun = 2,
                                        .finished = 1,
                                        .levels = 1,
                                        .entries = {"contract"},
                                        .resume = Resume{6, 40},
                                        .held = true};
  state.items[8] = full_item();
  state.results[2] = {.activation = ActivationId(7),
                      .visit = 3,
                      .round = 2,
                      .outcome = "approved",
                      .by = full_actor(),
                      .at = instant(5),
                      .comment = "fine",
                      .fields = full_fields(),
                      .voided = true,
                      .roster = full_roster(),
                      .seq = 38,
                      .times = StepTimes{instant(3), instant(4), instant(6)}};
  state.item_results[5][{0, 1}] = state.results[2];
  state.reopened = {{4, {"contract"}}};
  state.resumes = {{4, Resume{6, 40}}};
  state.returned_seq = 39;
  state.first_view = true;
  state.involved = {PersonId("li.na"), PersonId("zhao.lei")};
  state.copies = {PersonId("wang.fang")};
  state.involved_groups = {"finance"};
  state.passed_over = {
      {"check", {.kind = Actor::Kind::admin, .person = PersonId("adm")}, "urgent", instant(4), 2}};
  state.submitted_by = PersonId("sun.li");
  state.heard = 6;
  state.handled = {{5, {.since = instant(2), .times = 3, .heard = 3}}};
  state.visits = {{0, 1}, {2, 3}};
  state.timers[full_timer_key()] = {.due = instant(6), .fired = 1};
  state.received = {{"hubspot.deal_lost", Value::string("x")}};
  state.claims = {{"key:expense-approval", {"D-1"}}};
  state.reservations[{"hold", {1, 2}}] = {
      .ledger = "sales/travel", .year = 2026, .amount = Value::money({Decimal::from_int(500), "CNY"})};
  state.first_decision = true;
  state.next_id = 10;
  return state;
}

}  // namespace countersign::test
