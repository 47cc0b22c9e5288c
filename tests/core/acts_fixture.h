#pragma once
// Acts of the people of a step, in few words.

#include "tests/core/instance_fixture.h"

namespace countersign::testing::acts {

inline constexpr const char* kManager = "      by: requester.manager\n";

inline Actor person(const std::string& id) {
  return Actor{.kind = Actor::Kind::person, .person = PersonId(id), .channel = "api"};
}
inline Actor admin() {
  return Actor{.kind = Actor::Kind::admin, .person = PersonId("adm"), .channel = "api"};
}

inline Outcome transfer(Instance& instance, const std::string& by, const std::string& to) {
  return instance.run(Transfer{instance.item(by), {}, PersonId(to), person(by), "please"});
}
inline Outcome delegate(Instance& instance, const std::string& by, const std::string& to) {
  return instance.run(Delegate{instance.item(by), {}, PersonId(to), person(by), "what do you think?"});
}
inline Outcome add(Instance& instance, const std::string& by, AddedAs where,
                   const std::vector<std::string>& who) {
  std::vector<PersonId> people;
  for (const std::string& id : who) people.emplace_back(id);
  return instance.run(AddApprover{instance.item(by), {}, people, where, person(by), "knows more"});
}
inline Outcome take_off(Instance& instance, const std::string& by, const std::string& who) {
  return instance.run(RemoveApprover{instance.item(who), {}, person(by), ""});
}

// A workflow with one approval, and a rejection that ends it.
inline std::shared_ptr<const Definition> approval(const std::string& approve, const std::string& top = "") {
  return load(R"(workflow: t
start:
  - form:
form:
  note: {type: text}
statuses: [approved, rejected, expired]
)" + top + R"(steps:
  - id: check
    approve:
)" + approve + R"(  - end: approved
)");
}

}  // namespace countersign::testing::acts
