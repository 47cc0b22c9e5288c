// Moving an open instance to another version of its workflow.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/migrate_fixture.h"

namespace countersign::testing::moving {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kFirst_migrate = R"(workflow: t
start:
  - form:
form:
  amount: {type: money, currency: CNY}
  note: {type: text}
statuses: [approved, rejected, expired]
steps:
  - id: manager
    approve:
      by: requester.manager
    remind:
      - {every: 1 business day}
  - id: review
    parallel:
      branches:
        legal:
          - id: legal
            approve:
              by: group("legal")
              need: 1
        finance:
          - id: finance
            approve:
              by: group("finance")
              need: 1
  - end: approved
)";

// The first version with one text in another's place.
std::shared_ptr<const Definition> changed(const std::string& what, const std::string& by) {
  std::string text = kFirst_migrate;
  EXPECT_NE(text.find(what), std::string::npos) << what;
  text.replace(text.find(what), what.size(), by);
  return load(text);
}

TEST(Migrate, GoesOnUnderTheNewVersionWithTheSameWorkItems) {
  Instance instance(load(kFirst_migrate));
  instance.start("li.na");
  const std::uint32_t asked = instance.item("zhang.wei");
  const auto to =
      changed("  - id: manager\n",
              "  - id: small\n    when: form.?amount.orValue(0) < 10\n    wait: 1 day\n  - id: manager\n");
  ASSERT_TRUE(accepted(instance.run(Migrate{to, kAdmin, "a wait for small ones"})));
  EXPECT_THAT(instance.last_events(), ElementsAre("migrated"));
  EXPECT_THAT(instance.last_effects(), IsEmpty()) << "nobody is asked again";
  EXPECT_EQ(instance.state().version, to->version);
  EXPECT_EQ(instance.item("zhang.wei", "manager"), asked);
  instance.decide_as("zhang.wei", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("finance@finance", "legal@legal"));
  EXPECT_EQ(instance.outcome_of("manager"), "approved");
  instance.decide_as("sun.li", "approved");
  instance.decide_as("zhao.lei", "approved");
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Migrate, FindsItsPlaceInsideBranches) {
  Instance instance(load(kFirst_migrate));
  instance.start("li.na");
  instance.decide_as("zhang.wei", "approved");
  instance.decide_as("sun.li", "approved");
  const auto to =
      changed("            approve:\n              by: group(\"finance\")\n              need: 1\n",
              "            approve:\n              by: group(\"finance\")\n              need: 1\n"
              "          - id: second\n            approve:\n              by: person(\"chen.jie\")\n");
  ASSERT_TRUE(accepted(instance.run(Migrate{to, kAdmin, "r"})));
  instance.decide_as("zhao.lei", "approved");
  EXPECT_THAT(instance.asked(), ElementsAre("chen.jie@second")) << "the new step follows";
  instance.decide_as("chen.jie", "approved");
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Migrate, KeepsARevisionWithItsRequester) {
  Instance instance(load(kFirst_migrate));
  instance.start("li.na");
  instance.decide_as("zhang.wei", "returned", "the note is missing");
  ASSERT_EQ(instance.status(), "revising");
  const auto to = changed("  - id: manager\n", "  - id: first\n    set:\n      vars.x: 1\n  - id: manager\n");
  ASSERT_TRUE(accepted(instance.run(Migrate{to, kAdmin, "r"})));
  instance.decide_as("li.na", "resubmitted");
  EXPECT_THAT(instance.asked(), ElementsAre("zhang.wei@manager"));
}

TEST(Migrate, SaysWhatStandsInTheWay) {
  Instance instance(load(kFirst_migrate));
  instance.start("li.na", R"({"amount": 5, "note": "x"})");
  EXPECT_THAT(obstacles(instance, changed("id: manager", "id: boss")), ElementsAre("step 'manager' is gone"));
  EXPECT_THAT(obstacles(instance, changed("    approve:\n      by: requester.manager\n",
                                          "    task:\n      for: requester.manager\n")),
              ElementsAre("step 'manager' does something else now"));
  EXPECT_THAT(obstacles(instance, changed("    remind:\n      - {every: 1 business day}\n", "")),
              ElementsAre("step 'manager' has a remind timer whose rule is gone"));
  EXPECT_THAT(obstacles(instance, changed("currency: CNY", "currency: EUR")),
              ElementsAre("the field 'amount' was money in CNY and is money in EUR now"));
  EXPECT_THAT(obstacles(instance, changed("  note: {type: text}\n", "")),
              ElementsAre("the form has no field 'note' any more, and it is filled in"));
  instance.decide_as("zhang.wei", "approved");
  EXPECT_THAT(obstacles(instance, changed("        legal:\n          - id: legal\n",
                                          "        lawyers:\n          - id: law\n")),
              ElementsAre("step 'legal' is gone", "the branches of step 'review' are others now",
                          "the list 'branch:legal' of step 'review' is gone"));
  EXPECT_THAT(obstacles(instance, changed("id: manager", "id: boss")), IsEmpty())
      << "what is over may be called otherwise";
}

// Expressions of the new version read such a field without asking whether it is there.
TEST(Migrate, RefusesAFormThatLacksWhatMustBeFilledInNow) {
  Instance instance(load(kFirst_migrate));
  instance.start("li.na", R"({"note": "x"})");
  const std::string why = " which must be filled in now: give it a 'default', or let a step 'edit' it";
  EXPECT_THAT(obstacles(instance, changed("  note: {type: text}\n",
                                          "  note: {type: text}\n  days: {type: integer, required: true}\n")),
              ElementsAre("the form lacks 'days'," + why));
  const auto amount = changed("currency: CNY}", "currency: CNY, required: true}");
  EXPECT_THAT(obstacles(instance, amount), ElementsAre("the form lacks 'amount'," + why));
  EXPECT_THAT(rejection(instance.run(Migrate{amount, kAdmin, "r"})), HasSubstr("the form lacks 'amount'"));
  EXPECT_THAT(obstacles(instance, changed("  note: {type: text}\n",
                                          "  note: {type: text, required: true}\n  more: {type: text}\n")),
              IsEmpty())
      << "the note is there, and nobody need fill in the other";
  EXPECT_THAT(
      obstacles(instance,
                changed("  note: {type: text}\n",
                        "  note: {type: text}\n  days: {type: integer, required: true, when: false}\n")),
      IsEmpty())
      << "what a condition may leave out is read with care";
}

TEST(Migrate, LeavesToAStepWhatItLetsPeopleFillIn) {
  Instance instance(load(kFirst_migrate));
  instance.start("li.na", R"({"note": "x"})");
  std::string text = kFirst_migrate;
  text.replace(text.find("  note: {type: text}\n"), 21,
               "  note: {type: text}\n  days: {type: integer, required: true}\n");
  text.replace(text.find("  - end: approved\n"), 18,
               "  - task: {for: person(\"zhao.lei\"), edit: [days]}\n  - end: approved\n");
  const auto to = load(text);
  EXPECT_THAT(obstacles(instance, to), IsEmpty());
  ASSERT_TRUE(accepted(instance.run(Migrate{to, kAdmin, "r"})));
  EXPECT_FALSE(instance.state().form.contains("days"));
}

TEST(Migrate, FillsInDefaultsAndComputedFieldsThatTheFormLacks) {
  Instance instance(load(kFirst_migrate));
  instance.start("li.na", R"({"amount": 5})");
  const auto to = changed("  note: {type: text}\n",
                          "  note: {type: text, default: '\"none\"'}\n"
                          "  days: {type: integer, required: true, default: 2}\n"
                          "  weeks: {type: integer, computed: form.days * 7}\n"
                          "  hidden: {type: integer, default: 3, when: form.days > 2}\n");
  EXPECT_THAT(plan(instance, to).fills, ElementsAre("note", "days", "weeks", "hidden"));
  ASSERT_TRUE(accepted(instance.run(Migrate{to, kAdmin, "r"})));
  EXPECT_THAT(instance.last_events(), ElementsAre("migrated", "form_changed"));
  EXPECT_EQ(cel::to_display(instance.state().form.at("note")), "none");
  EXPECT_EQ(cel::to_display(instance.state().form.at("days")), "2");
  EXPECT_EQ(cel::to_display(instance.state().form.at("weeks")), "14");
  EXPECT_FALSE(instance.state().form.contains("hidden"));
}

TEST(Migrate, IsRefusedWhereADefaultGivesNothingForWhatMustBeFilledIn) {
  Instance instance(load(kFirst_migrate));
  instance.start("li.na", R"({"note": "x"})");
  const auto to = changed("  note: {type: text}\n",
                          "  note: {type: text}\n"
                          "  cost: {type: money, currency: CNY, required: true, default: 'form.?amount'}\n");
  EXPECT_THAT(rejection(instance.run(Migrate{to, kAdmin, "r"})), HasSubstr("the form lacks 'cost'"));
  EXPECT_NE(instance.state().version, to->version);
}

TEST(Migrate, RefusesAnswersThatLackWhatTheStepAsksForNow) {
  Instance instance(load(kFirst_migrate));
  instance.start("li.na");
  const auto asking =
      changed("      by: requester.manager\n",
              "      by: requester.manager\n      ask:\n        code: {type: text, required: true}\n");
  EXPECT_THAT(obstacles(instance, asking), IsEmpty()) << "it has yet to be answered";
  instance.decide_as("zhang.wei", "approved");
  EXPECT_THAT(
      obstacles(instance, asking),
      ElementsAre("step 'manager' has been answered without 'code', which it must be filled in with now"));
}

TEST(Migrate, LooksAtTheRowsOfTablesToo) {
  const std::string with_table = [] {
    std::string text = kFirst_migrate;
    const std::string note = "  note: {type: text}\n";
    text.replace(
        text.find(note), note.size(),
        "  lines:\n    type: table\n    columns:\n      what: {type: text}\n      cost: {type: integer}\n");
    return text;
  }();
  const auto with = [&](const std::string& what, const std::string& by) {
    std::string text = with_table;
    text.replace(text.find(what), what.size(), by);
    return load(text);
  };
  Instance instance(load(with_table));
  instance.start("li.na", R"({"lines": [{"what": "a", "cost": "1"}, {"what": "b"}]})");
  EXPECT_THAT(obstacles(instance, with("cost: {type: integer}", "cost: {type: number}")),
              ElementsAre("the column 'cost' of 'lines' was integer and is number now"));
  EXPECT_THAT(obstacles(instance, with("      what: {type: text}\n", "")),
              ElementsAre("the table 'lines' has no column 'what' any more, and it is filled in"));
  EXPECT_THAT(obstacles(instance, with("cost: {type: integer}", "cost: {type: integer, required: true}")),
              ElementsAre("rows of 'lines' lack 'cost', which must be filled in now"));
  EXPECT_THAT(obstacles(instance, with("what: {type: text}", "what: {type: text, required: true}")),
              IsEmpty());
}

TEST(Migrate, IsRefusedWithReasonsAndChangesNothing) {
  Instance instance(load(kFirst_migrate));
  instance.start("li.na");
  const auto same = load(kFirst_migrate);
  const auto other = changed("id: manager", "id: boss");
  const auto good = changed("1 business day", "2 business days");
  EXPECT_THAT(rejection(instance.run(Migrate{other, kAdmin, "r"})), HasSubstr("step 'manager' is gone"));
  EXPECT_THAT(rejection(instance.run(Migrate{same, kAdmin, "r"})), HasSubstr("runs that version already"));
  EXPECT_THAT(rejection(instance.run(Migrate{good, kAdmin, ""})), HasSubstr("gives a reason"));
  const Actor person{.kind = Actor::Kind::person, .person = PersonId("zhang.wei")};
  EXPECT_EQ(rejection_code(instance.run(Migrate{good, person, "r"})), ErrorCode::forbidden);
  EXPECT_TRUE(accepted(instance.run(Migrate{good, kAdmin, "r"})));
  instance.decide_as("zhang.wei", "rejected", "no");
  EXPECT_THAT(rejection(instance.run(Migrate{same, kAdmin, "r"})), HasSubstr("it has ended"));
}

constexpr const char* kAnswers = R"(workflow: t
start:
  - form:
form:
  note: {type: text}
  n: {type: integer}
statuses: [approved, rejected, expired]
steps:
  - id: one
    task: {for: requester, ask: {remark: {type: text}}}
#new
  - id: two
    approve: {by: requester.manager}
#read
  - end: approved
)";

std::shared_ptr<const Definition> answers(const std::string& more, const std::string& fresh,
                                          const std::string& read) {
  std::string text = kAnswers;
  text.replace(text.find("remark: {type: text}"), 20, "remark: {type: text}" + more);
  text.replace(text.find("#new\n"), 5, fresh);
  text.replace(text.find("#read\n"), 6, read);
  return load(text);
}

// What the moved instance went past was never asked there, and a condition over it stood still for good.
TEST(Migrate, RefusesWhereALaterStepReadsWhatItCannotHave) {
  Instance instance(load(kAnswers));
  instance.start("li.na");
  const std::string read = "  - when: one.extra > 3\n    end: expired\n";
  const auto asks_more = answers(", extra: {type: integer, required: true}", "", read);
  EXPECT_THAT(obstacles(instance, asks_more), IsEmpty()) << "it is still asked";
  instance.decide_as("li.na", "done");
  EXPECT_THAT(obstacles(instance, asks_more),
              ElementsAre(HasSubstr("step 'one' has been answered without 'extra'")));
  EXPECT_THAT(rejection(instance.run(Migrate{asks_more, kAdmin, "r"})),
              HasSubstr("answered without 'extra'"));
  EXPECT_THAT(obstacles(instance, answers(", extra: {type: integer}", "",
                                          "  - when: one.?extra.orValue(0) > 3\n    end: expired\n")),
              IsEmpty())
      << "it is not needed";
}

TEST(Migrate, RefusesWhereItIsPastAStepThatALaterOneReads) {
  Instance instance(load(kAnswers));
  instance.start("li.na");
  instance.decide_as("li.na", "done");
  const std::string fresh =
      "  - id: legal\n    task: {for: person(\"sun.li\"), outcomes: [good, bad]"
      "}\n    on: {good: [], bad: []}\n";
  EXPECT_THAT(
      obstacles(instance, answers("", fresh, "  - when: legal.outcome == \"bad\"\n    end: expired\n")),
      ElementsAre(HasSubstr("reads 'legal.outcome', and it is past 'legal' without having been there")));
  EXPECT_THAT(
      obstacles(instance, answers("", "  - set: {vars.x: 1}\n", "  - when: vars.x > 3\n    end: expired\n")),
      ElementsAre(HasSubstr("reads 'vars.x', and the step that sets it lies behind")));
  EXPECT_THAT(
      obstacles(instance, answers("", "", "  - set: {vars.x: 1}\n  - when: vars.x > 3\n    end: expired\n")),
      IsEmpty());
  EXPECT_THAT(obstacles(instance, answers("", fresh, "")), IsEmpty()) << "nobody reads it";
}

// What a way back comes to again was taken for past, and stood still there.
TEST(Migrate, FollowsWaysBackToWhatTheyComeToAgain) {
  const auto there = [](const std::string& way_back) {
    std::string text = kAnswers;
    text.replace(
        text.find("  - id: one\n"), 0,
        "  - id: zero\n    task: {for: requester, outcomes: [good, bad]}\n    on: {good: [], bad: []}\n");
    text.replace(text.find("#new\n"), 5, "  - when: zero.outcome == \"bad\"\n    end: expired\n");
    text.replace(text.find("#read\n"), 6, way_back);
    return load(text);
  };
  Instance instance(load(kAnswers));
  instance.start("li.na");
  instance.decide_as("li.na", "done");
  const auto stands_still =
      ElementsAre(HasSubstr("reads 'zero.outcome', and it is past 'zero' without having been there"));
  EXPECT_THAT(obstacles(instance, there("    on: {rejected: {go: one}}\n")), stands_still);
  EXPECT_THAT(obstacles(instance, there("    on: {rejected: {go: zero}}\n")), IsEmpty())
      << "the way back asks first";
  EXPECT_THAT(obstacles(instance, there("  - id: three\n    when: form.?n.orValue(0) > 3\n    go: two\n")),
              IsEmpty())
      << "it does not lead so far back";
  EXPECT_THAT(obstacles(instance, there("")), IsEmpty()) << "nothing leads back";
}

TEST(Migrate, RefusesWhereTheFormLacksWhatALaterStepReads) {
  Instance instance(load(kAnswers));
  instance.start("li.na");
  std::string text = kAnswers;
  text.replace(text.find("  n: {type: integer}"), 20, "  n: {type: integer, required: true}");
  text.replace(text.find("#read\n"), 6, "  - when: form.n > 3\n    end: expired\n");
  EXPECT_THAT(obstacles(instance, load(text)),
              ElementsAre(HasSubstr("the form lacks 'n', which must be filled in now")));
}

// `only` binds everybody, and whoever was asked under the old version stayed the only one who is.
TEST(Migrate, RefusesWhereNobodyWhoIsAskedMayStillAct) {
  const auto level = [](const std::string& rest) {
    return load(R"(workflow: t
start:
  - form:
statuses: [approved, rejected, expired]
steps:
  - id: g
    gates:
      - stage: s1
        steps:
          - id: one
            task: {for: requester.manager}
      - stage: s2
)" + rest + R"(  - end: approved
)");
  };
  Instance instance(
      level("        steps:\n          - id: two\n            task: {for: requester.manager}\n"));
  instance.start("li.na");
  EXPECT_THAT(
      obstacles(instance, level("        only: group(\"finance\")\n        steps:\n          - id: two\n"
                                "            task: {for: group(\"finance\")}\n")),
      ElementsAre(HasSubstr("the work item of step 'two' is before zhang.wei, whom 'only' of its stage "
                            "does not name there")));
  EXPECT_THAT(
      obstacles(instance, level("        only: '[group(\"finance\"), requester.manager]'\n        steps:\n"
                                "          - id: two\n            task: {for: group(\"finance\")}\n")),
      IsEmpty());
}

TEST(Migrate, ALevelWithoutWorkMayComeBehindThoseThatAreOpen) {
  const auto levels = [](const std::string& first, const std::string& last) {
    return load(R"(workflow: t
start:
  - form:
statuses: [approved, rejected, expired]
steps:
  - id: g
    gates:
)" + first + R"(      - stage: s1
        steps: []
      - stage: s2
        steps:
          - id: two
            task: {for: requester.manager}
)" + last + R"(  - end: approved
)");
  };
  Instance instance(levels("", ""));
  instance.start("li.na");
  const std::string more = "      - stage: s3\n        steps: []\n";
  EXPECT_THAT(obstacles(instance, levels(more, "")),
              ElementsAre("step 'g' has a new level 's3' before one that is open"));
  ASSERT_TRUE(accepted(instance.run(Migrate{levels("", more), kAdmin, "r"})));
  instance.decide_as("zhang.wei", "done");
  EXPECT_EQ(instance.state().stage, "s3");
  EXPECT_EQ(instance.status(), "approved");
}

constexpr const char* kLevels = R"(workflow: t
start:
  - form:
statuses: [approved, rejected, expired]
steps:
  - id: levels
    gates:
#first
      - stage: first
        steps:
          - id: lead
            task: {for: requester}
#second
      - stage: second
        steps:
          - task: {for: person("sun.li")}
          - id: check
            approve: {by: requester.manager}
#third
      - stage: third
        steps:
          - task: {for: person("zhao.lei")}
          - id: book
            approve: {by: person("wang.fang")}
#end
  - end: approved
)";

std::string level_text(const std::string& from, const std::string& to) {
  const std::string all = kLevels;
  const std::size_t begin = all.find("#" + from);
  return all.substr(begin, all.find("#" + to) - begin);
}
std::shared_ptr<const Definition> with_levels(const std::string& text) {
  const std::string all = kLevels;
  return load(all.substr(0, all.find("#first")) + text + all.substr(all.find("#end")));
}
const std::string kFirstLevel = level_text("first", "second");
const std::string kSecondLevel = level_text("second", "third");
const std::string kThirdLevel = level_text("third", "end");

// Levels were matched by their position: with two of them swapped, what ran for one was taken for the other.
TEST(Migrate, FindsLevelsByTheirStageWhereTheyStandInAnotherOrder) {
  Instance instance(load(kLevels));
  instance.start("li.na");
  instance.decide_as("sun.li", "done");
  const auto to = with_levels(kFirstLevel + kThirdLevel + kSecondLevel);
  ASSERT_TRUE(accepted(instance.run(Migrate{to, kAdmin, "booking comes first"})));
  EXPECT_THAT(instance.asked(), ElementsAre("li.na@lead", "zhang.wei@check", "zhao.lei@levels/gate/1/0"));
  instance.decide_as("zhang.wei", "approved");
  instance.decide_as("li.na", "done");
  EXPECT_EQ(instance.state().stage, "first") << "the third comes before the second now";
  instance.decide_as("zhao.lei", "done");
  EXPECT_THAT(instance.asked(), ElementsAre("wang.fang@book"));
  instance.decide_as("wang.fang", "approved");
  EXPECT_EQ(instance.state().stage, "second");
  EXPECT_EQ(instance.status(), "approved");
}

TEST(Migrate, RefusesLevelsThatAreNewGoneOrMovedOnceOpen) {
  Instance instance(load(kLevels));
  instance.start("li.na");
  std::string fresh = kFirstLevel;
  fresh.replace(fresh.find("stage: first"), 12, "stage: zero");
  fresh.replace(fresh.find("id: lead"), 8, "id: other");
  EXPECT_THAT(obstacles(instance, with_levels(fresh + kFirstLevel + kSecondLevel + kThirdLevel)),
              ElementsAre("step 'levels' has a new level 'zero', whose work would never begin"));
  EXPECT_THAT(obstacles(instance, with_levels(kFirstLevel + kSecondLevel)),
              ElementsAre("step 'levels/gate/2/0' is gone", "the level 'third' of step 'levels' is gone"));
  EXPECT_THAT(obstacles(instance, with_levels(kSecondLevel + kFirstLevel + kThirdLevel)), IsEmpty());
  instance.decide_as("li.na", "done");
  ASSERT_EQ(instance.state().stage, "first");
  EXPECT_THAT(obstacles(instance, with_levels(kSecondLevel + kFirstLevel + kThirdLevel)),
              ElementsAre("levels of step 'levels' that are open stand in another place now"));
  EXPECT_THAT(obstacles(instance, with_levels(kFirstLevel + kThirdLevel + kSecondLevel)), IsEmpty());
}

}  // namespace
}  // namespace countersign::testing::moving
