#pragma once
// Moves to another version of a workflow, planned and refused.

#include "core/migrate.h"
#include "tests/core/instance_fixture.h"

namespace countersign::testing::moving {

inline const Actor kAdmin{.kind = Actor::Kind::admin, .person = PersonId("adm"), .channel = "cli"};

inline MigrationPlan plan(const Instance& instance, const std::shared_ptr<const Definition>& to) {
  static const Facts kNoFacts;
  const Context there{*to, *instance.directory, instance.calendars, kNoFacts, instance.now()};
  return plan_migration(instance.definition(), there, instance.state());
}

inline std::vector<std::string> obstacles(const Instance& instance,
                                          const std::shared_ptr<const Definition>& to) {
  return plan(instance, to).obstacles;
}

}  // namespace countersign::testing::moving
