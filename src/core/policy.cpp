#include "core/policy.h"

#include <fmt/format.h>

#include "core/gates.h"
#include "core/roster.h"
#include "core/stand_in.h"

namespace countersign {
namespace {

std::string name_of(const Directory& directory, const PersonId& id) {
  const Person* person = directory.find(id);
  return person == nullptr || person->name.empty() ? id.value : person->name;
}

bool is_before(const Transition& transition, const Item& item, const PersonId& person) {
  return item.group.empty() ? item.assignee == person
                            : transition.context().directory.is_member(person, item.group);
}

}  // namespace

PersonId acting_for(Transition& transition, const Item& item, const Actor& by) {
  if (is_before(transition, item, by.person)) return {};
  return acts_for(stand_in_view(transition.context(), transition.state()), item, by.person);
}

std::optional<Error> refusal_to_act(Transition& transition, const Item& item, const Actor& by,
                                    std::optional<std::uint32_t> expected_version) {
  const Directory& directory = transition.context().directory;
  const Step& step = transition.definition().step(transition.state().activations.at(item.activation).step);
  const auto no = [&](ErrorCode code, const std::string& why) {
    return Error{
        code, fmt::format("cannot act on {} of {}: {}", step.name, transition.state().reference, why), {}};
  };
  if (by.kind != Actor::Kind::person || by.person.empty()) {
    return no(ErrorCode::forbidden, "only a person decides a work item, and this request is nobody's");
  }
  const Person* person = directory.find(by.person);
  if (person == nullptr || !person->active) {
    return no(ErrorCode::forbidden,
              fmt::format("{} is not an active person of the directory", by.person.value));
  }
  const bool theirs = is_before(transition, item, by.person);
  if (!theirs && acting_for(transition, item, by).empty()) {
    const std::string whose = item.group.empty() ? name_of(directory, item.assignee) : "group " + item.group;
    return no(ErrorCode::forbidden,
              fmt::format("it is before {}, not {}", whose, name_of(directory, by.person)));
  }
  if (std::holds_alternative<Approve>(step.kind) && by.person == transition.state().requester) {
    return no(ErrorCode::forbidden, "nobody approves a request of their own");
  }
  const FrameId frame = transition.state().activations.at(item.activation).frame;
  if (!may_complete(transition, frame, by.person)) {
    return no(ErrorCode::forbidden, fmt::format("'only' of its stage does not name {}, and binds everybody",
                                                name_of(directory, by.person)));
  }
  if ((!theirs || !item.stands_for.empty()) &&
      has_voted(transition.state().activations.at(item.activation).roster, by.person)) {
    return no(ErrorCode::conflict, fmt::format("{} has decided in this step already, and nobody counts twice",
                                               name_of(directory, by.person)));
  }
  if (item.status == ItemStatus::waiting) {
    return no(ErrorCode::conflict, fmt::format("it is not yet {}'s turn", name_of(directory, by.person)));
  }
  if (expected_version && *expected_version != item.version) {
    return no(ErrorCode::conflict, fmt::format("it has changed since version {} (now {}): look at it again",
                                               *expected_version, item.version));
  }
  return std::nullopt;
}

}  // namespace countersign
