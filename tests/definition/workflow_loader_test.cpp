#include "definition/workflow_loader.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "definition/flow.h"
#include "definition/workflow_files.h"
#include "tests/definition/sample_catalogue.h"

namespace countersign {
namespace {

std::shared_ptr<const Definition> load(const std::string& steps, const MessageTexts& messages = {}) {
  const std::string text =
      "workflow: sample\nstatuses: [done, rejected, late]\nstart: [form]\n"
      "form:\n  amount: {type: money, currency: CNY, required: true}\n  note: {type: text}\n"
      "steps:\n" +
      steps;
  LoadedWorkflow loaded = load_workflow("workflows/sample.yaml", text, messages, testing::sample_catalogue());
  EXPECT_FALSE(loaded.diagnostics.has_errors()) << loaded.diagnostics.to_text();
  return loaded.definition;
}

template <class Kind>
const Kind& kind_of(const Definition& definition, std::string_view id) {
  return std::get<Kind>(definition.find_step(id)->kind);
}

// A stricter program must not stop what went well so far.
TEST(WorkflowLoader, AVersionInForceIsReadWithoutTheRulesThatCameLater) {
  constexpr const char* kOld = R"(workflow: old
statuses: [done, rejected]
start: [form]
form:
  discount: {type: number}
  kind: {type: choice, options: [travel, meals]}
  one: {type: integer, computed: form.two + 1}
  two: {type: integer, computed: form.one + 1}
  day: {type: date, required: true}
  nights: {type: integer, max: 10, default: 5 * 10}
steps:
  - set: {form.nights: 70, vars.none: form.nights / 0, vars.one: 1}
  - set: {vars.one: '"text"'}
  - notify: {to: requester, text: There is no subject.}
  - when: form.discount > 10 || form.kind == "travl"
    approve: {by: requester.manager}
  - id: again
    approve: {by: requester.manager}
    deadline: form.day
    on: {timeout: {go: again}}
  - id: asked
    approve: {by: requester.manager, always_ask: true}
    deadline: 2 days
    on:
      timeout:
        - when: form.discount > 5
          go: behind
        - end: rejected
  - id: behind
    end: done
)";
  Catalogue catalogue = testing::sample_catalogue();
  const std::string refused = load_workflow("workflows/old.yaml", kOld, {}, catalogue).diagnostics.to_text();
  for (const char* rule : {"divides by zero", "a variable has one type", "CS011", "CS013", "CS016", "CS042",
                           "CS054", "CS064", "CS160"})
    EXPECT_NE(refused.find(rule), std::string::npos) << rule << " is not tried";
  catalogue.in_force = true;
  const LoadedWorkflow loaded = load_workflow("workflows/old.yaml", kOld, {}, catalogue);
  ASSERT_NE(loaded.definition, nullptr) << loaded.diagnostics.to_text();
  EXPECT_TRUE(loaded.definition->form_order.empty()) << "computed as they stand, as before";
}

TEST(WorkflowLoader, LedgersThatAreMadeOfChoicesHaveTheAmountsCurrency) {
  constexpr const char* kText = R"(workflow: l
statuses: [done, rejected]
start: [form]
form:
  amount: {type: money, currency: CNY, required: true}
  where: {type: choice, options: [cn, eu], required: true}
steps:
  - budget: {supplement: form.amount, to: 'form.where + "/travel"'}
  - end: done
)";
  Catalogue catalogue = testing::sample_catalogue();
  catalogue.ledgers->emplace("cn/travel", "CNY");
  catalogue.ledgers->emplace("eu/travel", "EUR");
  EXPECT_NE(
      load_workflow("l.yaml", kText, {}, catalogue)
          .diagnostics.to_text()
          .find("form.where can be 'eu', and the ledger 'eu/travel' is in EUR, not in CNY as the amount is"),
      std::string::npos);
  catalogue.ledgers->insert_or_assign("eu/travel", "CNY");
  EXPECT_NE(load_workflow("l.yaml", kText, {}, catalogue).definition, nullptr);
}

TEST(WorkflowLoader, GivesApproveItsDefaults) {
  const auto definition = load("  - id: check\n    approve:\n      by: requester.manager\n  - end: done\n");
  const auto& approve = kind_of<Approve>(*definition, "check");
  EXPECT_EQ(approve.need.kind, QuorumKind::one);
  EXPECT_FALSE(approve.veto);
  ASSERT_EQ(approve.return_to.size(), 1U);
  EXPECT_TRUE(approve.return_to[0].requester);
  EXPECT_EQ(approve.self, SelfRule::refuse);
  EXPECT_EQ(approve.if_nobody, NobodyRule::admin);
  EXPECT_TRUE(approve.comment_on_reject);
}

TEST(WorkflowLoader, LetsTheFirstRejectionDecideWhereAllAreNeeded) {
  const auto definition = load(
      "  - id: one\n    approve: {by: group(\"legal\"), need: all}\n"
      "  - id: two\n    approve: {by: group(\"legal\"), need: all, veto: none}\n"
      "  - id: three\n    approve: {by: group(\"legal\"), need: 2}\n  - end: done\n");
  EXPECT_TRUE(kind_of<Approve>(*definition, "one").veto);
  EXPECT_FALSE(kind_of<Approve>(*definition, "two").veto);
  EXPECT_FALSE(kind_of<Approve>(*definition, "three").veto);
  EXPECT_EQ(kind_of<Approve>(*definition, "three").need.number, 2U);
}

TEST(WorkflowLoader, MakesExactlyOneReviseStepThatStandsInNoList) {
  const auto definition = load("  - end: done\n");
  ASSERT_EQ(definition->steps.size(), 2U);
  const Step& revise = definition->step(definition->revise);
  EXPECT_TRUE(std::holds_alternative<Revise>(revise.kind));
  EXPECT_EQ(revise.list, kNoList);
}

TEST(WorkflowLoader, NamesStepsByIdOrPath) {
  const auto definition = load(
      "  - wait: 1 day\n"
      "  - id: check\n    approve: {by: requester.manager}\n    on:\n      rejected:\n"
      "        - wait: 2 days\n        - end: rejected\n"
      "  - end: done\n");
  EXPECT_EQ(definition->steps[0].name, "steps/0");
  EXPECT_EQ(definition->steps[1].name, "check");
  EXPECT_EQ(definition->steps[2].name, "check/on/rejected/0");
  const ListIndex handler = definition->find_step("check")->on.at("rejected");
  EXPECT_EQ(definition->list(handler).role, "on:rejected");
  EXPECT_EQ(definition->list(handler).owner, definition->find_step("check")->index);
  EXPECT_EQ(definition->list(definition->root).steps.size(), 3U);
  EXPECT_EQ(definition->steps[0].at.line, 8U);
}

TEST(WorkflowLoader, ResolvesTargetsForwardAndBack) {
  const auto definition = load(
      "  - id: first\n    approve: {by: requester.manager}\n    on:\n      rejected: {go: last}\n"
      "  - id: last\n    approve:\n      by: requester.manager\n      return_to: [first]\n    on:\n      "
      "rejected: {go: first}\n"
      "  - end: done\n");
  const Step& first = *definition->find_step("first");
  const Step& last = *definition->find_step("last");
  EXPECT_EQ(std::get<Go>(definition->step(definition->list(first.on.at("rejected")).steps[0]).kind).step,
            last.index);
  EXPECT_EQ(std::get<Go>(definition->step(definition->list(last.on.at("rejected")).steps[0]).kind).step,
            first.index);
  EXPECT_EQ(std::get<Approve>(last.kind).return_to.at(0).step, first.index);
}

TEST(WorkflowLoader, TakesDurationsInWordsAndExpressionsForTimes) {
  const auto definition = load(
      "  - id: check\n    approve: {by: requester.manager}\n    due: 2 business days\n    deadline: today + "
      "days(3)\n"
      "    on: {timeout: {end: late}}\n  - end: done\n");
  const Step& step = *definition->find_step("check");
  EXPECT_EQ(std::get<TimeSpan>(*step.due), (TimeSpan{TimeSpan::Unit::business_days, 2}));
  EXPECT_TRUE(std::holds_alternative<Expression>(*step.deadline));
  EXPECT_EQ(outcomes_of(*definition, step),
            (std::vector<std::string>{"approved", "rejected", "returned", "timeout"}));
}

TEST(WorkflowLoader, SplitsProseIntoTextAndExpressions) {
  const auto definition = load(
      "  - id: tell\n    notify: {to: requester, subject: Hello, text: \"${form.note} costs $${x} ${ {'a': "
      "1}['a'] }.\"}\n"
      "  - end: done\n");
  const Prose& text = kind_of<Notify>(*definition, "tell").text.by_locale.at("");
  ASSERT_EQ(text.parts.size(), 4U);
  EXPECT_TRUE(text.parts[0].expression);
  EXPECT_EQ(text.parts[1].text, " costs ${x} ");
  EXPECT_EQ(text.parts[2].expression->program.source(), " {'a': 1}['a'] ");
  EXPECT_EQ(text.parts[3].text, ".");
}

TEST(WorkflowLoader, NumbersReferencesByTheWorkflowsNameWhereTheFileSaysNothing) {
  const auto definition = load("  - end: done\n");
  ASSERT_EQ(definition->reference.parts.size(), 4U);
  EXPECT_EQ(definition->reference.parts[0].text, "SAMPLE-");
  EXPECT_EQ(definition->reference.parts[3].expression->program.source(), "number");
}

TEST(WorkflowLoader, CountsMessagesIntoTheVersion) {
  const std::string steps = "  - notify: {to: requester, message: paid}\n  - end: done\n";
  const auto one = load(steps, {{{"paid", "en"}, "Paid\n\nIt was paid.\n"}});
  const auto two = load(steps, {{{"paid", "en"}, "Paid\n\nIt was paid!\n"}});
  const auto unused = load(steps, {{{"paid", "en"}, "Paid\n\nIt was paid.\n"}, {{"other", "en"}, "Other\n"}});
  EXPECT_EQ(one->version.size(), 64U);
  EXPECT_NE(one->version, two->version);
  EXPECT_EQ(one->version, unused->version);
  EXPECT_EQ(one->messages.at("paid").by_locale.at("en").second.parts.at(0).text, "It was paid.\n");
}

TEST(WorkflowLoader, KeepsAnEventsListBesideTheRoot) {
  const std::string text =
      "workflow: sample\nstatuses: [done, lost]\nstart: [form]\nsteps:\n  - wait: 1 day\n  - end: done\n"
      "on_event:\n  hubspot.deal_lost: {end: lost}\n";
  const LoadedWorkflow loaded = load_workflow("sample.yaml", text, {}, testing::sample_catalogue());
  ASSERT_NE(loaded.definition, nullptr) << loaded.diagnostics.to_text();
  const EventHandler& handler = loaded.definition->on_event.at(0);
  EXPECT_EQ(handler.connector, "hubspot");
  EXPECT_EQ(loaded.definition->list(handler.list).role, "event:hubspot.deal_lost");
  EXPECT_EQ(loaded.definition->list(handler.list).owner, kNoStep);
}

TEST(WorkflowLoader, WarnsOfStatusesThatNothingEndsWith) {
  const std::string text =
      "workflow: sample\nstatuses: [done, lost]\nstart: [form]\nsteps:\n  - wait: 1 day\n  - end: done\n";
  const LoadedWorkflow loaded = load_workflow("sample.yaml", text, {}, testing::sample_catalogue());
  EXPECT_NE(loaded.definition, nullptr);
  ASSERT_EQ(loaded.diagnostics.all().size(), 1U);
  EXPECT_EQ(loaded.diagnostics.all()[0].code, "CS081");
}

TEST(WorkflowOutline, IsReadEvenFromAFileWithErrors) {
  const auto outline =
      outline_of("a.yaml", "workflow: a\nstatuses: [x]\nform: {f: {type: text}}\nsteps: [{go: nowhere}]\n");
  ASSERT_TRUE(outline);
  EXPECT_EQ(outline->id, "a");
  EXPECT_EQ(outline->outline.statuses, std::vector<std::string>{"x"});
  EXPECT_EQ(outline->outline.form.at(0).name, "f");
  EXPECT_FALSE(outline_of("a.yaml", "- [\n"));
}

TEST(WorkflowFiles, RunEachOtherAndReportADirectoryThatIsNotThere) {
  const std::string directory = ::testing::TempDir() + "/workflow_files";
  std::filesystem::create_directories(directory + "/messages");
  const auto write = [&](const std::string& name, const std::string& text) {
    std::ofstream(directory + "/" + name, std::ios::binary) << text;
  };
  write("parent.yaml",
        "workflow: parent\nstatuses: [done]\nstart: [form]\nsteps:\n  - run: child\n    with: {n: 5}\n"
        "    on: {fine: []}\n  - notify: {to: requester, message: hello}\n  - end: done\n");
  write("child.yaml",
        "workflow: child\nstatuses: [fine]\nstart: [form]\nform: {n: {type: integer, required: true}}\n"
        "steps:\n  - when: form.n > 3\n    wait: 1 day\n  - end: fine\n");
  write("child.test.yaml", "not a workflow\n");
  write("messages/hello.en.md", "Hello\n");
  const auto loaded = load_workflow_files({directory}, testing::sample_catalogue());
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->diagnostics.to_text(), "");
  ASSERT_EQ(loaded->files.size(), 2U);
  EXPECT_EQ(loaded->files[1].loaded.definition->messages.count("hello"), 1U);
  const auto twice = load_workflow_files({directory, directory}, testing::sample_catalogue());
  ASSERT_TRUE(twice);
  EXPECT_EQ(twice->diagnostics.error_count(), 2U);
  EXPECT_FALSE(load_workflow_files({directory + "/nowhere"}, {}));
}

// ---- what is known of results where a step begins

struct Facts {
  bool absent;
  std::vector<std::string> outcomes;
  bool operator==(const Facts&) const = default;
};

Facts facts(const Definition& definition, std::string_view at, std::string_view of) {
  const Flow flow(definition);
  Flow::Possible possible = flow.result(definition.find_step(at)->index, definition.find_step(of)->index);
  return {possible.absent, possible.outcomes};
}

TEST(Flow, KnowsThatAStepBeforeMustHaveRun) {
  const auto d =
      load("  - id: a\n    approve: {by: requester.manager}\n  - id: b\n    wait: 1 day\n  - end: done\n");
  EXPECT_EQ(facts(*d, "b", "a"), (Facts{false, {"approved"}}));
  EXPECT_EQ(facts(*d, "a", "b"), (Facts{true, {}}));
  EXPECT_EQ(facts(*d, "a", "a"), (Facts{true, {}}));
}

TEST(Flow, KnowsThatASkippedStepMayBeMissing) {
  const auto d = load(
      "  - id: a\n    when: form.note != \"\"\n    approve: {by: requester.manager}\n  - id: b\n    wait: 1 "
      "day\n  - end: done\n");
  EXPECT_EQ(facts(*d, "b", "a"), (Facts{true, {"approved"}}));
}

TEST(Flow, JoinsOutcomesThatGoOn) {
  const auto d = load(
      "  - id: a\n    approve: {by: requester.manager}\n    on: {rejected: []}\n  - id: b\n    wait: 1 day\n "
      " - end: done\n");
  EXPECT_EQ(facts(*d, "b", "a"), (Facts{false, {"approved", "rejected"}}));
}

TEST(Flow, VoidsWhatLiesBehindTheTargetOfASendBack) {
  const auto d = load(
      "  - id: a\n    approve: {by: requester.manager}\n  - id: b\n    approve: {by: requester.manager}\n"
      "  - id: c\n    approve:\n      by: requester.manager\n      return_to: [b]\n  - end: done\n");
  EXPECT_EQ(facts(*d, "b", "a"), (Facts{false, {"approved"}}));
  EXPECT_EQ(facts(*d, "c", "b"), (Facts{false, {"approved"}}));
  EXPECT_EQ(facts(*d, "b", "c"), (Facts{true, {}}));
}

TEST(Flow, KnowsBothBranchesBehindAParallelOfAllAndNeitherBehindOneOfAny) {
  const std::string branches =
      "      branches:\n        x:\n          - id: a\n            approve: {by: requester.manager}\n"
      "        y:\n          - id: b\n            approve: {by: requester.manager}\n";
  const auto all = load("  - parallel:\n" + branches + "  - id: c\n    wait: 1 day\n  - end: done\n");
  EXPECT_EQ(facts(*all, "c", "a"), (Facts{false, {"approved"}}));
  EXPECT_EQ(facts(*all, "c", "b"), (Facts{false, {"approved"}}));
  EXPECT_EQ(facts(*all, "b", "a").absent, true);
  const auto any =
      load("  - parallel:\n      need: 1\n" + branches + "  - id: c\n    wait: 1 day\n  - end: done\n");
  EXPECT_TRUE(facts(*any, "c", "a").absent);
}

TEST(LocalText, PrefersTheLocaleThenTheLanguageThenEnglish) {
  LocalText text;
  const auto put = [&](const std::string& locale) {
    text.by_locale[locale].parts.push_back({locale, std::nullopt});
  };
  const auto shown = [&](std::string_view locale) { return text.in(locale)->parts.at(0).text; };
  EXPECT_EQ(text.in("en"), nullptr);
  put("zh-CN");
  EXPECT_EQ(shown("fr"), "zh-CN");
  put("en");
  EXPECT_EQ(shown("fr"), "en");
  EXPECT_EQ(shown("zh-TW"), "zh-CN");
  EXPECT_EQ(shown("en-GB"), "en");
  put("zh");
  EXPECT_EQ(shown("zh-TW"), "zh");
  EXPECT_EQ(shown("zh-CN"), "zh-CN");
}

}  // namespace
}  // namespace countersign
