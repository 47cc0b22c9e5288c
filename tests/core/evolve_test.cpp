#include "core/evolve.h"

#include <gtest/gtest.h>

#include "tests/core/event_samples.h"

namespace countersign {
namespace {

using cel::Value;

const Actor kPerson{.kind = Actor::Kind::person,
                    .person = PersonId("li.na"),
                    .channel = "page",
                    .authenticated = "",
                    .on_behalf_of = {}};
const Instant kStart = from_unix_ms(1'772'446'440'000);

// An instance to which events happen one second apart.
class Evolve : public ::testing::Test {
 protected:
  Evolve() {
    state.id = InstanceId("i_1");
    Started started;
    started.workflow = WorkflowId("expense-approval");
    started.version = "5f3c";
    started.requester = PersonId("wang.fang");
    started.form = {{"amount", Value::integer(5)}, {"note", Value::string("x")}};
    happens(started);
  }

  void happens(EventBody body) {
    now = kStart + std::chrono::seconds(state.seq);
    evolve(state, Event{state.seq + 1, now, std::move(body)});
  }
  // The root frame, 1, with the activation 2 of step 0.
  void open_step() {
    happens(FrameOpened{FrameId(1), {}, 0, "root", std::nullopt});
    happens(ActivationOpened{ActivationId(2), FrameId(1), 0, "manager", 0, 1, 1, std::nullopt});
  }
  void open_item(std::uint32_t number, std::string_view person, ItemStatus status = ItemStatus::open,
                 std::vector<std::uint32_t> stands_for = {}) {
    Item item;
    item.number = number;
    item.activation = ActivationId(2);
    item.status = status;
    item.assignee = PersonId(std::string(person));
    item.opened_at = now;
    item.stands_for = std::move(stands_for);
    happens(ItemOpened{item, ""});
  }
  void change_item(std::uint32_t number, ItemAct act, ItemStatus status, std::string outcome = {},
                   Actor by = kPerson) {
    happens(ItemChanged{number, act, status, std::move(outcome), std::move(by), "", {}, {}});
  }
  void set_roster(const std::vector<std::string>& persons) {
    Roster roster;
    for (const auto& person : persons) roster.seats.emplace_back().person = PersonId(person);
    roster.needed = static_cast<std::uint32_t>(persons.size());
    happens(RosterSet{ActivationId(2), roster});
  }
  Activation& activation() { return state.activations.at(ActivationId(2)); }
  std::vector<std::uint32_t> seat_items() {
    std::vector<std::uint32_t> items;
    for (const auto& seat : activation().roster.seats) items.push_back(seat.item);
    return items;
  }
  std::vector<Seat::Vote> votes() {
    std::vector<Seat::Vote> all;
    for (const auto& seat : activation().roster.seats) all.push_back(seat.vote);
    return all;
  }

  State state;
  Instant now;
};

using EvolveDeathTest = Evolve;
using Numbers = std::vector<std::uint32_t>;

TEST_F(Evolve, StartedFillsTheState) {
  State fresh;
  fresh.id = InstanceId("i_2");
  const Started started = test::full(static_cast<const Started*>(nullptr));
  evolve(fresh, Event{1, kStart, started});
  State expected;
  expected.id = InstanceId("i_2");
  expected.seq = 1;
  expected.workflow = started.workflow;
  expected.version = started.version;
  expected.reference = started.reference;
  expected.key = started.key;
  expected.status = "running";
  expected.requester = started.requester;
  expected.submitted_by = started.by.person;
  expected.started_at = kStart;
  expected.parent = started.parent;
  expected.parent_activation = started.parent_activation;
  expected.form = started.form;
  EXPECT_TRUE(fresh == expected);
}

TEST_F(Evolve, FormChangedSetsRemovesAndRemembersWhen) {
  happens(FormChanged{{{"amount", Value::integer(6)}, {"new", Value::boolean(true)}}, {"note"}, kPerson});
  EXPECT_EQ(state.form, (Fields{{"amount", Value::integer(6)}, {"new", Value::boolean(true)}}));
  happens(FormChanged{{{"amount", Value::integer(7)}}, {}, kPerson});
  const std::uint64_t last = state.seq;
  EXPECT_EQ(state.form_revision,
            (std::map<std::string, std::uint64_t>{{"amount", last}, {"new", last - 1}, {"note", last - 1}}));
}

TEST_F(Evolve, FrameOpenedAddsAFrameBeforeItsFirstStep) {
  happens(FrameOpened{FrameId(4), {}, 3, "legal", Value::integer(1)});
  const Frame expected{.id = FrameId(4),
                       .parent = {},
                       .list = 3,
                       .key = "legal",
                       .next = 0,
                       .current = {},
                       .event = Value::integer(1)};
  EXPECT_EQ(state.frames.at(FrameId(4)), expected);
  EXPECT_EQ(state.next_id, 5U);
}

TEST_F(Evolve, ActivationOpenedStandsInItsFrame) {
  happens(FrameOpened{FrameId(1), {}, 0, "root", std::nullopt});
  happens(ActivationOpened{ActivationId(2), FrameId(1), 6, "manager", 3, 2, 4, kStart});
  Activation expected;
  expected.id = ActivationId(2);
  expected.frame = FrameId(1);
  expected.step = 6;
  expected.visit = 2;
  expected.round = 4;
  expected.opened_at = now;
  expected.due_at = kStart;
  EXPECT_EQ(activation(), expected);
  EXPECT_EQ(state.frames.at(FrameId(1)).current, ActivationId(2));
  EXPECT_EQ(state.frames.at(FrameId(1)).next, 4U);
  EXPECT_EQ(state.visits.at(6), 2U);
  EXPECT_EQ(state.next_id, 3U);
}

TEST_F(Evolve, OutcomeReachedIsTheStepsResult) {
  open_step();
  happens(ResultsVoided{{0}});
  happens(OutcomeReached{ActivationId(2), "approved", kPerson, "fine", {{"x", Value::integer(1)}}});
  EXPECT_EQ(activation().outcome, "approved");
  const StepResult expected{.activation = ActivationId(2),
                            .visit = 1,
                            .round = 1,
                            .outcome = "approved",
                            .by = kPerson,
                            .at = now,
                            .comment = "fine",
                            .fields = {{"x", Value::integer(1)}},
                            .voided = false,
                            .seq = state.seq};
  EXPECT_EQ(state.results.at(0), expected);
  EXPECT_TRUE(state.first_decision);
}

TEST_F(Evolve, APolicysOutcomeIsNobodysDecision) {
  open_step();
  happens(OutcomeReached{
      ActivationId(2),
      "approved",
      Actor{
          .kind = Actor::Kind::policy, .person = {}, .channel = "", .authenticated = "", .on_behalf_of = {}},
      "",
      {}});
  EXPECT_FALSE(state.first_decision);
}

TEST_F(Evolve, HandingInAgainIsNobodysDecision) {
  open_step();
  open_item(3, "wang.fang");
  change_item(3, ItemAct::decide, ItemStatus::decided, "resubmitted");
  happens(OutcomeReached{ActivationId(2), "resubmitted", kPerson, "", {}});
  EXPECT_FALSE(state.first_decision);
}

TEST_F(Evolve, AVoteBeforeTheQuorumIsADecision) {
  open_step();
  open_item(3, "li.na");
  change_item(3, ItemAct::decide, ItemStatus::decided, "approved");
  EXPECT_TRUE(state.first_decision);
}

TEST_F(Evolve, ActivationClosedFreesItsFrame) {
  open_step();
  happens(ActivationClosed{ActivationId(2), "completed"});
  EXPECT_TRUE(state.activations.empty());
  EXPECT_EQ(state.frames.at(FrameId(1)).current, ActivationId());
  EXPECT_EQ(state.frames.at(FrameId(1)).next, 1U);
  happens(FrameClosed{FrameId(1), "finished"});
  EXPECT_TRUE(state.frames.empty());
}

TEST_F(Evolve, AnItemTakesTheSeatOfItsPerson) {
  open_step();
  set_roster({"chen.wei", "li.na", "li.na"});
  open_item(3, "li.na");
  EXPECT_EQ(activation().items, Numbers{3});
  EXPECT_EQ(seat_items(), (Numbers{0, 3, 0}));
  open_item(4, "li.na");
  EXPECT_EQ(seat_items(), (Numbers{0, 3, 4}));
}

TEST_F(Evolve, AnItemTakesTheSeatOfItsGroup) {
  open_step();
  Roster roster;
  roster.seats.resize(2);
  roster.seats[0].person = PersonId("li.na");
  roster.seats[1].group = "finance";
  happens(RosterSet{ActivationId(2), roster});
  Item item;
  item.number = 3;
  item.activation = ActivationId(2);
  item.group = "finance";
  happens(ItemOpened{item, ""});
  EXPECT_EQ(seat_items(), (Numbers{0, 3}));
}

TEST_F(Evolve, ADecisionVotesOnItsOwnSeatOnly) {
  open_step();
  set_roster({"chen.wei", "li.na"});
  open_item(3, "chen.wei");
  open_item(4, "li.na");
  change_item(4, ItemAct::decide, ItemStatus::decided, "rejected");
  EXPECT_EQ(votes(), (std::vector{Seat::Vote::none, Seat::Vote::rejected}));
  EXPECT_EQ(activation().items, Numbers{3});
  EXPECT_FALSE(state.items.contains(4));
}

TEST_F(Evolve, AnEscalatedDecisionVotesForThoseItStandsFor) {
  open_step();
  set_roster({"chen.wei", "li.na", "boss"});
  open_item(3, "chen.wei");
  open_item(4, "li.na");
  open_item(5, "boss", ItemStatus::open, {4});
  EXPECT_EQ(seat_items(), (Numbers{3, 4, 0}));
  change_item(5, ItemAct::decide, ItemStatus::decided, "approved");
  EXPECT_EQ(votes(), (std::vector{Seat::Vote::none, Seat::Vote::approved, Seat::Vote::none}));
}

TEST_F(Evolve, AnOtherOutcomeIsNoVote) {
  open_step();
  set_roster({"li.na"});
  open_item(3, "li.na");
  change_item(3, ItemAct::decide, ItemStatus::decided, "returned");
  EXPECT_EQ(votes(), std::vector{Seat::Vote::none});
}

TEST_F(Evolve, CallingUpOpensTheItemNow) {
  open_step();
  open_item(3, "li.na", ItemStatus::waiting);
  change_item(3, ItemAct::call_up, ItemStatus::open);
  const Item& item = state.items.at(3);
  EXPECT_EQ(item.status, ItemStatus::open);
  EXPECT_EQ(item.version, 2U);
  EXPECT_EQ(item.opened_at, now);
  EXPECT_EQ(activation().items, Numbers{3});
  EXPECT_FALSE(state.first_decision);
}

TEST_F(Evolve, VarsAreSetOneByOne) {
  happens(VarsSet{{{"a", Value::integer(1)}, {"b", Value::integer(2)}}});
  happens(VarsSet{{{"b", Value::integer(3)}}});
  EXPECT_EQ(state.vars, (Fields{{"a", Value::integer(1)}, {"b", Value::integer(3)}}));
}

TEST_F(Evolve, TimersAreSetAgainAndCleared) {
  const TimerKey key{ActivationId(2), 0, TimerKind::remind, 1};
  happens(TimerSet{key, kStart, 0});
  happens(TimerSet{key, kStart + std::chrono::hours(1), 1});
  EXPECT_EQ(state.timers, (std::map<TimerKey, Timer>{{key, {kStart + std::chrono::hours(1), 1}}}));
  happens(TimerCleared{key});
  EXPECT_TRUE(state.timers.empty());
}

TEST_F(Evolve, AnActivationWaitsForItsEffect) {
  open_step();
  happens(EffectRequested{EffectId(3), ActivationId(2), "feishu.send"});
  EXPECT_EQ(activation().effect, EffectId(3));
  EXPECT_EQ(state.next_id, 4U);
  happens(EffectRequested{EffectId(4), ActivationId(2), "feishu.send"});
  happens(EffectFinished{EffectId(3), ActivationId(2), true, ""});
  EXPECT_EQ(activation().effect, EffectId(4)) << "the late answer of the first request ends nothing";
  happens(EffectFinished{EffectId(4), ActivationId(2), false, "refused"});
  EXPECT_EQ(activation().effect, std::nullopt);
}

TEST_F(Evolve, ALateAnswerChangesNothing) {
  State expected = state;
  happens(EffectFinished{EffectId(3), ActivationId(2), true, ""});
  expected.seq = state.seq;
  EXPECT_EQ(state, expected);
}

TEST_F(Evolve, ANewRoundAwaitsItsFirstDecision) {
  open_step();
  happens(OutcomeReached{ActivationId(2), "returned", kPerson, "", {}});
  happens(RoundOpened{2, "returned by li.na from manager"});
  EXPECT_EQ(state.round, 2U);
  EXPECT_FALSE(state.first_decision);
}

TEST_F(Evolve, VoidedResultsStayVisible) {
  open_step();
  happens(OutcomeReached{ActivationId(2), "approved", kPerson, "", {}});
  happens(ResultsVoided{{0, 9}});
  EXPECT_TRUE(state.results.at(0).voided);
  EXPECT_FALSE(state.results.contains(9));
}

TEST_F(Evolve, TheNewestEventsOfANameAreKept) {
  happens(EventReceived{"hubspot", "deal_lost", "1", Value::integer(1), false});
  happens(EventReceived{"hubspot", "deal_lost", "2", Value::integer(2), false});
  happens(EventReceived{"", "paid", "3", Value::integer(3), false});
  happens(EventReceived{"hubspot", "ignored", "4", Value::integer(4), true});
  const auto list = [](std::vector<std::int64_t> numbers) {
    cel::List values;
    for (const std::int64_t number : numbers) values.push_back(Value::integer(number));
    return Value::list(std::move(values));
  };
  EXPECT_EQ(state.received, (Fields{{"hubspot.deal_lost", list({1, 2})}, {"paid", list({3})}}));
  for (std::int64_t number = 4; number < 13; ++number)
    happens(EventReceived{"", "paid", std::to_string(number), Value::integer(number), false});
  EXPECT_EQ(state.received.at("paid"), list({3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
  happens(EventReceived{"", "paid", "13", Value::integer(13), false});
  EXPECT_EQ(state.received.at("paid"), list({4, 5, 6, 7, 8, 9, 10, 11, 12, 13}));
}

TEST_F(Evolve, StageStatusAndEnd) {
  happens(StageEntered{"review"});
  EXPECT_EQ(state.stage, "review");
  happens(StatusChanged{"revising", {}});
  EXPECT_EQ(state.status, "revising");
  EXPECT_FALSE(state.ended);
  happens(Ended{"approved", kPerson, ""});
  EXPECT_EQ(state.status, "approved");
  EXPECT_TRUE(state.ended);
  EXPECT_EQ(state.ended_at, now);
}

TEST_F(Evolve, AnIncidentStandsOnItsActivationUntilCleared) {
  open_step();
  happens(IncidentRaised{ActivationId(2), "division by zero"});
  EXPECT_EQ(activation().incident, "division by zero");
  happens(IncidentCleared{ActivationId(2), kPerson, "mended"});
  EXPECT_EQ(activation().incident, "");
}

TEST_F(Evolve, WhatOnlyTheLogShowsMovesTheNumberAlone) {
  State expected = state;
  happens(ClaimTaken{"invoice", "INV-1"});
  happens(ClaimFreed{"invoice", "INV-1"});
  happens(CounterTaken{"EXP-2026", 14});
  happens(Commented{kPerson, "x"});
  happens(Chased{3, TimerKind::remind, 1});
  expected.seq += 5;
  EXPECT_EQ(state, expected);
}

TEST_F(EvolveDeathTest, EventsComeInOrder) {
  EXPECT_DEATH(evolve(state, Event{state.seq, kStart, StageEntered{"x"}}), "in order, each once");
  EXPECT_DEATH(evolve(state, Event{state.seq + 2, kStart, StageEntered{"x"}}), "in order, each once");
}

TEST_F(EvolveDeathTest, AnInstanceStartsOnce) {
  EXPECT_DEATH(happens(Started{}), "first of every instance");
  State fresh;
  fresh.seq = 1;
  EXPECT_DEATH(evolve(fresh, Event{2, kStart, StageEntered{"x"}}), "has not started");
}

TEST_F(EvolveDeathTest, IdsAreNeverReused) {
  open_step();
  EXPECT_DEATH(happens(FrameOpened{FrameId(2), {}, 0, "", std::nullopt}), "given before");
  EXPECT_DEATH(open_item(1, "li.na"), "given before");
  EXPECT_DEATH(happens(EffectRequested{EffectId(0), ActivationId(2), ""}), "given before");
}

TEST_F(EvolveDeathTest, AFrameHasOneOpenActivation) {
  open_step();
  EXPECT_DEATH(happens(ActivationOpened{ActivationId(3), FrameId(1), 1, "", 1, 1, 1, std::nullopt}),
               "another");
  EXPECT_DEATH(happens(FrameClosed{FrameId(1), ""}), "still open");
}

TEST_F(EvolveDeathTest, ATreeIsClosedFromBelow) {
  open_step();
  happens(FrameOpened{FrameId(3), ActivationId(2), 1, "legal", std::nullopt});
  EXPECT_DEATH(happens(ActivationClosed{ActivationId(2), ""}), "still open below");
}

TEST_F(EvolveDeathTest, ItemsFollowTheTable) {
  open_step();
  open_item(3, "li.na", ItemStatus::waiting);
  EXPECT_DEATH(change_item(3, ItemAct::decide, ItemStatus::decided), "does not allow");
  EXPECT_DEATH(change_item(3, ItemAct::call_up, ItemStatus::decided), "does not allow");
  EXPECT_DEATH(change_item(4, ItemAct::cancel, ItemStatus::cancelled), "never opened");
  EXPECT_DEATH(open_item(4, "li.na", ItemStatus::decided), "closed from the start");
}

TEST_F(EvolveDeathTest, WhatIsNotThereCannotBeCleared) {
  EXPECT_DEATH(happens(TimerCleared{TimerKey{}}), "no such timer");
  EXPECT_DEATH(happens(OutcomeReached{ActivationId(9), "approved", kPerson, "", {}}), "not open");
  EXPECT_DEATH(happens(RoundOpened{1, ""}), "only rise");
}

TEST_F(EvolveDeathTest, AnInstanceEndsOnce) {
  happens(Ended{"approved", kPerson, ""});
  EXPECT_DEATH(happens(Ended{"approved", kPerson, ""}), "ended before");
}

}  // namespace
}  // namespace countersign
