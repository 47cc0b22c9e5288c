// What one person is shown of a work item.
#include "runtime/presentation.h"

#include <gtest/gtest.h>

#include "tests/runtime/engine_fixture.h"

namespace countersign::testing {
namespace {

class PresentedTitles : public EngineFixture {
 protected:
  // A workflow with one task, opened and shown to its person.
  Presentation shown(const std::string& step) {
    load("workflow: titles\nstatuses: [done]\nstart:\n  - form:\nsteps:\n" + step + "  - end: done\n");
    const std::string instance = start("titles");
    const auto state = store->reader().instance(InstanceId(instance));
    EXPECT_TRUE(state && state->has_value());
    const auto rows = items(instance);
    EXPECT_EQ(rows.size(), 1U);
    const auto snapshot = library->current();
    const auto definition = snapshot->workflows.at(WorkflowId("titles"));
    const Presenting presenting{*snapshot, definition.get(), **state, rows, PersonId("rep"), clock.now()};
    Presentation presentation = present_item(presenting, rows.at(0));
    decide(instance, "rep", "done");
    const auto after = store->reader().instance(InstanceId(instance));
    const auto decided = items(instance);
    const Presenting later{*snapshot, definition.get(), **after, decided, PersonId("rep"), clock.now()};
    presentation.history = present_instance(later).history;
    return presentation;
  }
};

// The title of a task was never shown where its step had a title too.
TEST_F(PresentedTitles, ATaskIsAskedByItsOwnTitleAndStandsUnderThatOfItsStep) {
  const Presentation both =
      shown("  - id: pay\n    title: Payment\n    task: {for: requester, title: Pay the invoice}\n");
  EXPECT_EQ(both.question, "Pay the invoice");
  ASSERT_EQ(both.history.size(), 1U);
  EXPECT_EQ(both.history[0].step, "Payment");
}

TEST_F(PresentedTitles, OneTitleServesForBoth) {
  EXPECT_EQ(shown("  - id: pay\n    title: Payment\n    task: {for: requester}\n").question, "Payment");
  EXPECT_EQ(shown("  - id: pay_it\n    task: {for: requester}\n").question, "Pay it");
}

}  // namespace
}  // namespace countersign::testing
