// Where outcomes lead, as the file says it.
#include "core/ways.h"

#include "tests/core/instance_fixture.h"

namespace countersign::testing {
namespace {

class Ways : public ::testing::Test {
 protected:
  std::shared_ptr<const Definition> definition = load(R"(workflow: w
start:
  - form:
form:
  days: {type: integer}
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

}  // namespace
}  // namespace countersign::testing
