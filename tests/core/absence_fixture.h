#pragma once
// People who are away and people who have left, around an Instance.

#include <string>
#include <vector>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {

inline RecordedAbsence away(std::int64_t id, const std::string& person, const std::string& stand_in,
                            const std::string& from = "2026-03-01T00:00:00Z",
                            const std::string& until = "2026-03-09T00:00:00Z") {
  RecordedAbsence recorded;
  recorded.id = id;
  recorded.person = PersonId(person);
  recorded.absence.from = *parse_rfc3339(from);
  recorded.absence.until = *parse_rfc3339(until);
  if (!stand_in.empty()) recorded.absence.stand_in = PersonId(stand_in);
  return recorded;
}

inline Actor person_acting(const std::string& person) {
  return Actor{.kind = Actor::Kind::person, .person = PersonId(person), .channel = "page"};
}

// A decision on the work item that `whose` was asked with.
inline Outcome decide_for(Instance& instance, const std::string& whose, const std::string& person,
                          const std::string& outcome, const std::string& comment = "because") {
  Decide command;
  command.item = instance.item(whose);
  command.by = person_acting(person);
  command.outcome = outcome;
  command.comment = comment;
  if (const auto item = instance.state().items.find(command.item); item != instance.state().items.end()) {
    command.checklist = item->second.entries;
  }
  return instance.run(command);
}

// The directory after these people have left; `change` may do more to it.
template <class Change>
std::shared_ptr<const Directory> after_leaving(const Directory& before, const std::vector<std::string>& left,
                                               Change change) {
  std::vector<Person> people(before.people().begin(), before.people().end());
  for (Person& person : people) {
    for (const std::string& id : left) {
      if (person.id.value == id) person.active = false;
    }
    change(person);
  }
  auto built =
      Directory::build(std::move(people), std::vector<Group>(before.groups().begin(), before.groups().end()));
  EXPECT_TRUE(built.has_value());
  return *built;
}
inline std::shared_ptr<const Directory> after_leaving(const Directory& before,
                                                      const std::vector<std::string>& left) {
  return after_leaving(before, left, [](Person&) {});
}

}  // namespace countersign::testing
