#include "core/policy.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/gates.h"
#include "core/guest.h"
#include "core/match_key.h"
#include "core/roster.h"
#include "core/stand_in.h"

namespace countersign {
namespace {

const Step& step_of(const Transition& transition, const Item& item) {
  return transition.definition().step(transition.state().activations.at(item.activation).step);
}

May may_of(const Step& step) {
  if (const auto* approve = std::get_if<Approve>(&step.kind)) return approve->may;
  if (const auto* task = std::get_if<Task>(&step.kind)) {
    May may = task->may;
    may.add = false;
    return may;
  }
  return {false, false, false};  // a revision is its requester's own
}

std::string_view words_of(StepAct act) {
  switch (act) {
    case StepAct::transfer:
      return "transfer";
    case StepAct::delegate:
      return "delegate";
    case StepAct::add:
      return "add an approver to";
  }
  return "act on";
}

std::string own_request_words(const State& state, const PersonId& person) {
  return person == state.requester ? "nobody approves a request of their own"
                                   : "whoever has handed a request in does not approve it";
}

bool is_listed(const std::vector<PersonId>& sorted, const PersonId& person) {
  return std::ranges::binary_search(sorted, person);
}

// Whether that person is asked in the step, by themselves or as one of a group, or has decided in it.
bool is_on_step(const Transition& transition, const Item& item, const PersonId& person) {
  const Activation& activation = transition.state().activations.at(item.activation);
  const auto takes = [&](const Seat& seat) {
    return seat.person == person || (seat.by == person && !person.empty());
  };
  if (std::ranges::any_of(activation.roster.seats, takes)) return true;
  return std::ranges::any_of(activation.items, [&](std::uint32_t number) {
    const Item& other = transition.state().items.at(number);
    if (other.assignee == person) return true;
    return number != item.number && is_before(transition.context().directory, other, person);
  });
}

}  // namespace

bool is_before(const Directory& directory, const Item& item, const PersonId& person) {
  if (item.group.empty()) return item.assignee == person;
  return directory.is_member(person, item.group) && (item.assignee == person || !is_claimed(directory, item));
}

bool is_claimed(const Directory& directory, const Item& item) {
  return !item.group.empty() && !item.assignee.empty() && directory.is_member(item.assignee, item.group);
}

PersonId acting_for(Transition& transition, const Item& item, const Actor& by) {
  if (is_before(transition.context().directory, item, by.person)) return {};
  return acts_for(stand_in_view(transition.context(), transition.state()), item, by.person);
}

Actor in_place_of(Transition& transition, const Item& item, const Actor& by) {
  Actor acting = by;
  acting.on_behalf_of = acting_for(transition, item, by);
  return acting;
}

const PersonId& owner_of(const Actor& by) {
  return by.on_behalf_of.empty() ? by.person : by.on_behalf_of;
}

std::optional<Error> obstacle_to_answer(Transition& transition, const Item& item, const PersonId& person) {
  const Directory& directory = transition.context().directory;
  const State& state = transition.state();
  const Activation& activation = state.activations.at(item.activation);
  const bool approves = std::holds_alternative<Approve>(transition.definition().step(activation.step).kind);
  const auto no = [](ErrorCode code, std::string why) { return Error{code, std::move(why), {}}; };
  const Person* known = directory.find(person);
  if (known == nullptr || !known->active)
    return no(ErrorCode::forbidden, fmt::format("{} is not an active person of the directory", person.value));
  if (approves && is_own_request(state, person))
    return no(ErrorCode::forbidden, own_request_words(state, person));
  if (!may_complete(transition, activation.frame, person))
    return no(ErrorCode::forbidden, fmt::format("'only' of its stage does not name {}, and binds everybody",
                                                directory.name_of(person)));
  if (!approves || item.added == AddedAs::opinion) return std::nullopt;
  if (has_voted(activation.roster, person))
    return no(ErrorCode::conflict, fmt::format("{} has decided in this step already, and nobody counts twice",
                                               directory.name_of(person)));
  // A vote for the group would leave their own seat without one.
  if (!item.group.empty() && sits_for_themselves(state, item, person))
    return no(ErrorCode::conflict,
              fmt::format("{} is asked in person here, and nobody counts twice", directory.name_of(person)));
  return std::nullopt;
}

std::optional<Error> refusal_to_act(Transition& transition, const Item& item, const Actor& by,
                                    std::optional<std::uint32_t> expected_version) {
  const Directory& directory = transition.context().directory;
  const State& state = transition.state();
  const Step& step = step_of(transition, item);
  const auto no = [&](ErrorCode code, const std::string& why) {
    return Error{code, fmt::format("cannot act on {} of {}: {}", step.name, state.reference, why), {}};
  };
  if (by.kind != Actor::Kind::person || by.person.empty()) {
    return no(ErrorCode::forbidden, "only a person decides a work item, and this request is nobody's");
  }
  const Person* person = directory.find(by.person);
  if (person == nullptr || !person->active) {
    return no(ErrorCode::forbidden,
              fmt::format("{} is not an active person of the directory", by.person.value));
  }
  const bool theirs = is_before(directory, item, by.person);
  const PersonId for_whom = theirs ? by.on_behalf_of : acting_for(transition, item, by);
  if (!theirs && for_whom.empty()) {
    if (!item.group.empty() && !item.assignee.empty() && directory.is_member(by.person, item.group)) {
      return no(ErrorCode::conflict, fmt::format("{} has claimed it from the group {}",
                                                 directory.name_of(item.assignee), item.group));
    }
    if (!item.group.empty() && item.assignee == by.person) {
      return no(ErrorCode::forbidden,
                fmt::format("{} is not in the group {} any more", directory.name_of(by.person), item.group));
    }
    const std::string whose =
        item.assignee.empty() ? "group " + item.group : directory.name_of(item.assignee);
    return no(ErrorCode::forbidden,
              fmt::format("it is before {}, not {}", whose, directory.name_of(by.person)));
  }
  if (const auto obstacle = obstacle_to_answer(transition, item, by.person))
    return no(obstacle->code, obstacle->message);
  if (std::holds_alternative<Approve>(step.kind) && is_own_request(state, for_whom))
    return no(ErrorCode::forbidden, "nobody approves a request of their own through somebody else");
  if (item.status == ItemStatus::waiting) {
    return no(ErrorCode::conflict, fmt::format("it is not yet {}'s turn", directory.name_of(by.person)));
  }
  if (expected_version && *expected_version != item.version) {
    return no(ErrorCode::conflict, fmt::format("it has changed since version {} (now {}): look at it again",
                                               *expected_version, item.version));
  }
  return std::nullopt;
}

std::optional<Error> refusal_to(Transition& transition, const Item& item, StepAct act, const Actor& by,
                                std::optional<std::uint32_t> expected_version) {
  if (auto refusal = refusal_to_act(transition, item, by, expected_version)) return refusal;
  const Step& step = step_of(transition, item);
  const auto no = [&](const std::string& why) {
    return Error{
        ErrorCode::forbidden,
        fmt::format("cannot {} {} of {}: {}", words_of(act), step.name, transition.state().reference, why),
        {}};
  };
  if (std::holds_alternative<Revise>(step.kind)) return no("it is its requester's to correct");
  if (is_guest(by.person)) return no("a guest answers, and hands nothing on");
  const May may = may_of(step);
  const bool admitted = act == StepAct::transfer   ? may.transfer
                        : act == StepAct::delegate ? may.delegate
                                                   : may.add;
  if (!admitted) {
    return no(act == StepAct::add && std::holds_alternative<Task>(step.kind)
                  ? "a task has no approvers"
                  : "the workflow does not let its people do that ('may' of the step)");
  }
  if (item.added == AddedAs::opinion) return no("your opinion was asked for, and nobody else's");
  if (item.added && act != StepAct::transfer)
    return no("whoever was added asks nobody further: answer it, or transfer it");
  if (act == StepAct::add && !item.stands_for.empty())
    return no("it came to you because others were late: answer it, or transfer it");
  return std::nullopt;
}

std::optional<Rejection> refusal_to_ask(Transition& transition, const Item& item, const PersonId& to,
                                        const std::string& pointer) {
  const auto no = [&](ErrorCode code, std::string message, std::string detail) {
    return Rejection{Error{code, std::move(message), {}}, {{pointer, std::move(detail)}}};
  };
  const Person* person = transition.context().directory.find(to);
  if (person == nullptr || !person->active) {
    return no(ErrorCode::invalid_input,
              fmt::format("'{}' is not an active person of the directory", to.value),
              "name an active person");
  }
  if (is_guest(to)) {
    return no(ErrorCode::forbidden, "work is not handed over to guests: a step asks them with guest()",
              "name an active person");
  }
  if (std::holds_alternative<Approve>(step_of(transition, item).kind) &&
      is_own_request(transition.state(), to)) {
    return no(ErrorCode::forbidden, own_request_words(transition.state(), to), "name somebody else");
  }
  if (!may_complete(transition, transition.state().activations.at(item.activation).frame, to)) {
    return no(ErrorCode::forbidden,
              fmt::format("'only' of the stage does not name {}, and binds administrators too", to.value),
              "name somebody whom 'only' names");
  }
  if (is_on_step(transition, item, to)) {
    return no(ErrorCode::conflict, fmt::format("{} is on this step already", to.value), "name somebody else");
  }
  return std::nullopt;
}

std::optional<Rejection> refusal_without_reason(const Actor& by, const std::string& reason) {
  if (by.kind != Actor::Kind::admin || !match_key(reason).empty()) return std::nullopt;
  return Rejection{Error{ErrorCode::invalid_input, "an administrator gives a reason", {}},
                   {{"/reason", "say why"}}};
}

bool sees_instance(Transition& transition, const PersonId& person) {
  const State& state = transition.state();
  if (person.empty() || is_guest(person)) return false;
  if (person == state.requester || is_listed(state.involved, person) || is_listed(state.copies, person))
    return true;
  const Directory& directory = transition.context().directory;
  const auto is_of = [&](const std::string& group) { return directory.is_member(person, group); };
  if (std::ranges::any_of(state.involved_groups, is_of)) return true;
  const StandInView view = stand_in_view(transition.context(), state);
  const bool stands_in = std::ranges::any_of(state.items, [&](const auto& entry) {
    return entry.second.status == ItemStatus::open && acts_for(view, entry.second, person) != PersonId();
  });
  if (stands_in) return true;
  return std::ranges::any_of(caretakers(transition), [&](const Seat& seat) {
    return seat.group.empty() ? seat.person == person : directory.is_member(person, seat.group);
  });
}

}  // namespace countersign
