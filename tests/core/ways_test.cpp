// Where outcomes lead, as the file says it.
#include "core/ways.h"

#include "base/text.h"
#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

class Ways : public ::testing::Test {
 protected:
  std::shared_ptr<const Definition> definition = load(R"(workflow: w
start:
  - form:
form:
  days: {type: integer, required: true}
statuses: [approved, rejected, late]
steps:
  - id: first
    approve:
      by: requester.manager
    deadline: 2 days
    on:
      timeout: {end: late}
  - id: pick
    choose:
      - when: form.days > 5
        steps:
          - id: second
            approve:
              by: person("chen.jie")
              return_to: [first]
            on:
              rejected:
                - id: third
                  task:
                    for: requester
                - go: first
      - else: []
  - end: approved
)");
  Way of(const char* step, const char* outcome) const {
    return way_of(*definition, *definition->find_step(step), outcome);
  }
  Way at(const char* step) const { return {definition->find_step(step)->index, {}}; }
};

TEST_F(Ways, FollowTheFileTheHandlersAndWhatAnOutcomeDoesByItself) {
  EXPECT_EQ(of("first", "approved"), at("pick"));
  EXPECT_EQ(of("first", "rejected"), (Way{kNoStep, "rejected"}));
  EXPECT_EQ(of("first", "timeout"), (Way{kNoStep, "late"}));
  EXPECT_EQ(of("first", "returned"), (Way{definition->revise, {}}));
}

TEST_F(Ways, LeaveAListBehindItsOwner) {
  EXPECT_EQ(of("second", "approved"), (Way{kNoStep, "approved"}));
  EXPECT_EQ(of("second", "rejected"), at("third"));
  EXPECT_EQ(of("second", "returned"), at("first"));
  EXPECT_EQ(of("third", "done"), at("first")) << "through go";
  const auto& pick = std::get<Choose>(definition->find_step("pick")->kind);
  EXPECT_EQ(way_into(*definition, pick.options[0].list), at("second"));
  EXPECT_EQ(way_into(*definition, pick.options[1].list), (Way{kNoStep, "approved"}));
}

// Where a branch, an item or a level is not the last one open, the next step waits for the others, too.
std::string on(const Instance& instance, const char* step, const char* outcome) {
  const State& state = instance.state();
  for (const auto& [id, activation] : state.activations) {
    if (instance.definition().step(activation.step).id != step) continue;
    const WayOn way = way_on(instance.definition(), state, activation, outcome);
    if (way.block != kNoStep)
      return instance.definition().step(way.block).name + " waits for " + join(way.beside, ", ");
    return way.way.step == kNoStep ? "ends: " + way.way.status
                                   : instance.definition().step(way.way.step).name;
  }
  return "not open";
}

constexpr const char* kBeside = R"(workflow: w
start: [form]
form:
  confirmed: {type: boolean}
stages: [one, two, three]
statuses: [approved, rejected]
steps:
  - id: both
    parallel:
      branches:
        x:
          - id: x
            approve: {by: person("chen.jie"), return_to: []}
        y:
          - id: y
            approve: {by: person("zhang.wei"), return_to: []}
  - id: levels
    gates:
      - stage: one
        steps:
          - id: first
            approve: {by: person("chen.jie"), return_to: []}
      - stage: two
        when: form.confirmed
      - stage: three
        steps:
          - id: third
            approve: {by: person("zhang.wei"), return_to: []}
  - end: approved
)";

TEST(WaysOn, WaitForWhatStandsBesideAnOpenStep) {
  Instance instance(load(kBeside));
  instance.start("li.na");
  EXPECT_EQ(on(instance, "x", "approved"), "both waits for y");
  EXPECT_EQ(on(instance, "x", "rejected"), "ends: rejected");
  instance.decide_as("zhang.wei", "approved");
  EXPECT_EQ(on(instance, "x", "approved"), "levels");
  instance.decide_as("chen.jie", "approved");
  EXPECT_EQ(on(instance, "first", "approved"), "levels waits for stage two, stage three");
  EXPECT_EQ(on(instance, "third", "approved"), "levels waits for stage one, stage two");
}

}  // namespace
}  // namespace countersign::testing
