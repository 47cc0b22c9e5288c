#include "core/same_person.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "core/ask.h"
#include "core/form.h"
#include "core/gates.h"
#include "core/people_step.h"
#include "core/reopen.h"

namespace countersign::same_person {
namespace {

// A person's own approval that stands.
struct Approval {
  const Seat* seat = nullptr;
  StepIndex step = kNoStep;
  ActivationId activation;
};

bool is_approval(const State& state, const Seat& seat) {
  return seat.vote == Seat::Vote::approved && seat.decided > state.returned_seq;
}

// `see`: called with every seat that has approved since the last send back, where its step has not come to
// something else; `at` is when the step was done, 0 while it is being decided.
template <class See>
void each_approval(const Transition& transition, const ItemPath& path, See see) {
  const State& state = transition.state();
  const auto look = [&](StepIndex step, ActivationId activation, const Roster& roster, std::uint64_t at) {
    for (const Seat& seat : roster.seats) {
      if (is_approval(state, seat)) see(Approval{&seat, step, activation}, at);
    }
  };
  const auto look_at_result = [&](StepIndex step, const StepResult& result) {
    if (!result.voided && result.outcome == "approved")
      look(step, result.activation, result.roster, result.seq);
  };
  for (const auto& [step, result] : state.results) {
    if (path.empty()) look_at_result(step, result);
  }
  for (const auto& [step, of_items] : state.item_results) {
    if (const auto own = of_items.find(path); own != of_items.end()) look_at_result(step, own->second);
  }
  for (const auto& [id, activation] : state.activations) {
    if (!activation.outcome.empty() || item_path(state, activation.frame) != path) continue;
    look(activation.step, id, activation.roster, 0);
  }
}

// The activation of the approval step that was done last; none where there is none.
ActivationId done_last(const Transition& transition, const ItemPath& path) {
  ActivationId last;
  std::uint64_t at_last = 0;
  each_approval(transition, path, [&](const Approval& approval, std::uint64_t at) {
    if (at <= at_last) return;
    at_last = at;
    last = approval.activation;
  });
  return last;
}

// Everything that the step shows was shown there, and nothing of that says something else since.
bool is_unchanged(const Transition& transition, const Approval& approval, const Step& now) {
  const Definition& definition = transition.definition();
  const std::vector<Field> seen = shown_fields(definition, definition.step(approval.step));
  const auto& revisions = transition.state().form_revision;
  const bool same = std::ranges::none_of(seen, [&](const Field& field) {
    const auto revision = revisions.find(field.name);
    return revision != revisions.end() && revision->second > approval.seat->decided;
  });
  return same && std::ranges::all_of(shown_fields(definition, now), [&](const Field& field) {
           return std::ranges::find(seen, field.name, &Field::name) != seen.end();
         });
}

// Whether an approval needs something that only somebody who is asked can give.
bool needs_an_answer(const Transition& transition, const Step& step, const Approve& approve) {
  const auto always = [](const Field&) { return true; };
  return !approve.confirm.empty() ||
         !check_required(approve.ask, {}, always, "approved", "/answers").empty() ||
         !check_required(editable_fields(transition.definition(), step), transition.state().form, always)
              .empty();
}

// Whether the approval is this person's own, by a seat of theirs or their group's: not as a stand-in, nor in
// others' place.
bool is_own(const Directory& directory, const Approval& approval) {
  const Seat& seat = *approval.seat;
  if (seat.relies_on != 0 || seat.by.empty() || seat.through != 0) return false;
  return seat.group.empty() ? seat.person == seat.by : directory.is_member(seat.by, seat.group);
}

bool may_sit(Transition& transition, const Seat& seat, FrameId frame, const PersonId& person) {
  if (is_own_request(transition.state(), person)) return false;
  if (seat.group.empty()) return seat.person == person;
  return transition.context().directory.is_member(person, seat.group) &&
         may_complete(transition, frame, person);
}

// When a step last came to a rejection: what was approved before it is to be looked at again.
std::uint64_t rejected_at(const State& state, const ItemPath& path) {
  std::uint64_t last = 0;
  const auto look = [&](const StepResult& result) {
    if (!result.voided && result.outcome == "rejected") last = std::max(last, result.seq);
  };
  for (const auto& [step, result] : state.results) look(result);
  for (const auto& [step, of_items] : state.item_results) {
    if (const auto own = of_items.find(path); own != of_items.end()) look(own->second);
  }
  return last;
}

}  // namespace

void pass_seats(Transition& transition, ActivationId id, const Approve& approve) {
  if (approve.same_person == SamePersonRule::ask_again || approve.always_ask) return;
  const Activation activation = transition.state().activations.at(id);
  const Step& step = transition.definition().step(activation.step);
  if (needs_an_answer(transition, step, approve)) return;
  const ItemPath path = item_path(transition.state(), activation.frame);
  const ActivationId last = done_last(transition, path);
  const std::uint64_t rejected = rejected_at(transition.state(), path);
  // By item, who has a seat in the step that was done last, by a decision of their own or an earlier one.
  const auto is_consecutive = [&](const Approval& approval) {
    bool found = false;
    each_approval(transition, path, [&](const Approval& other, std::uint64_t) {
      found = found ||
              (other.activation == last && other.seat->by == approval.seat->by &&
               (other.seat->item == approval.seat->item || other.seat->relies_on == approval.seat->item));
    });
    return found;
  };
  std::vector<SeatPassed> passed;
  std::vector<PersonId> taken;  // nobody counts twice in a step
  // A seat of their own first: with their group's filled they could not answer it any more.
  std::vector<Seat> seats;
  for (const bool of_groups : {false, true}) {
    std::ranges::copy_if(activation.roster.seats, std::back_inserter(seats),
                         [&](const Seat& seat) { return seat.group.empty() != of_groups; });
  }
  for (const Seat& seat : seats) {
    std::optional<Approval> relied_on;
    each_approval(transition, path, [&](const Approval& approval, std::uint64_t) {
      // A step that is entered again asks again, and so does what comes behind a rejection.
      if (!is_own(transition.context().directory, approval) || approval.step == activation.step ||
          approval.seat->decided < rejected || std::ranges::find(taken, approval.seat->by) != taken.end())
        return;
      if (!may_sit(transition, seat, activation.frame, approval.seat->by)) return;
      if (!is_unchanged(transition, approval, step)) return;
      if (approve.same_person == SamePersonRule::skip_if_consecutive && !is_consecutive(approval)) return;
      if (!relied_on || relied_on->seat->decided < approval.seat->decided) relied_on = approval;
    });
    if (!relied_on) continue;
    taken.push_back(relied_on->seat->by);
    passed.push_back({.by = Actor{.kind = Actor::Kind::policy},
                      .activation = id,
                      .seat = Seat{.person = seat.person,
                                   .group = seat.group,
                                   .reason = seat.reason,
                                   .of_group = seat.of_group},
                      .decided = relied_on->seat->by,
                      .item = relied_on->seat->item,
                      .seq = relied_on->seat->decided,
                      .step = transition.definition().step(relied_on->step).name});
  }
  for (SeatPassed& event : passed) transition.emit(std::move(event));
}

void ask_again(Transition& transition) {
  const auto rests_on_nothing = [&](const ItemPath& path, const Step& step, const Seat& seat) {
    if (seat.relies_on == 0) return false;
    bool stands = false;
    each_approval(transition, path, [&](const Approval& approval, std::uint64_t) {
      stands = stands || (approval.seat->item == seat.relies_on && is_unchanged(transition, approval, step));
    });
    return !stands;
  };
  std::vector<ActivationId> open;
  for (const auto& [id, activation] : transition.state().activations) {
    if (activation.outcome.empty() && !activation.roster.seats.empty()) open.push_back(id);
  }
  for (const ActivationId id : open) {
    if (!is_being_decided(transition, id)) continue;
    const Activation& activation = transition.state().activations.at(id);
    const ItemPath path = item_path(transition.state(), activation.frame);
    const Step& step = transition.definition().step(activation.step);
    const auto is_void = [&](const Seat& seat) { return rests_on_nothing(path, step, seat); };
    if (std::ranges::any_of(activation.roster.seats, is_void))
      reopen_seats(transition, id, activation.roster, is_void);
  }
}

std::string reason_of(const Transition& transition, const Roster& roster) {
  std::vector<std::string> reasons;
  for (const Seat& seat : roster.seats) {
    if (seat.relies_on == 0) continue;
    reasons.push_back(fmt::format("{} approved before (work item {}.{})",
                                  transition.context().directory.name_of(seat.by),
                                  transition.state().id.value, seat.relies_on));
  }
  return join(reasons, "; ");
}

}  // namespace countersign::same_person
