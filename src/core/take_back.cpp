// An approver takes back what they decided, until somebody or something has acted on it.

#include "core/take_back.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "core/chase.h"
#include "core/commands.h"
#include "core/flow.h"
#include "core/open_chain.h"
#include "core/people_step.h"
#include "core/reopen.h"
#include "core/roster.h"
#include "core/send_back.h"

namespace countersign {
namespace {

std::string name_of(const Transition& transition, const PersonId& id) {
  return transition.context().directory.name_of(id);
}

// A vote that stands, and the step in which it was cast.
struct Cast {
  Seat seat;
  Roster roster;
  StepIndex step = kNoStep;
  ItemPath path;
  ActivationId activation;
  bool is_open = false;  // the step is still being decided
};

std::optional<Cast> cast_with(const State& state, std::uint32_t item) {
  std::optional<Cast> cast;
  const auto look = [&](StepIndex step, const ItemPath& path, ActivationId activation, const Roster& roster,
                        bool is_open) {
    for (const Seat& seat : roster.seats) {
      if (seat.item == item && seat.through == 0 && seat.vote != Seat::Vote::none)
        cast = Cast{seat, roster, step, path, activation, is_open};
    }
  };
  for (const auto& [step, result] : state.results) {
    if (!result.voided) look(step, {}, result.activation, result.roster, false);
  }
  for (const auto& [step, of_items] : state.item_results) {
    for (const auto& [path, result] : of_items) {
      if (!result.voided) look(step, path, result.activation, result.roster, false);
    }
  }
  for (const auto& [id, activation] : state.activations) {
    if (activation.outcome.empty())
      look(activation.step, item_path(state, activation.frame), id, activation.roster, true);
  }
  return cast;
}

// Whether that person's answer to an escalation fills the seat of somebody else.
bool has_decided_for_others(const Transition& transition, const PersonId& person) {
  const State& state = transition.state();
  const Directory& directory = transition.context().directory;
  const auto is_for_another = [&](const Seat& seat) {
    if (seat.vote == Seat::Vote::none || seat.by != person) return false;
    return seat.group.empty() ? seat.person != person : !directory.is_member(person, seat.group);
  };
  const auto has_one = [&](const Roster& roster) {
    return std::ranges::any_of(roster.seats, is_for_another);
  };
  return std::ranges::any_of(
             state.results,
             [&](const auto& entry) { return !entry.second.voided && has_one(entry.second.roster); }) ||
         std::ranges::any_of(state.activations,
                             [&](const auto& entry) { return has_one(entry.second.roster); });
}

// Whether what was opened later in `step` followed from what was decided in `from`: it stands in the same
// list or further out behind it, and not in another branch, level or item that goes on beside it.
bool follows(const Definition& definition, const Cast& from, StepIndex step, const ItemPath& path) {
  for (StepIndex at = from.step; at != kNoStep;) {
    const ListIndex list = definition.step(at).list;
    if (list == kNoList) return false;
    const StepIndex block = block_in(definition, list, step);
    if (block != kNoStep) {
      if (block == at && at != from.step && runs_at_once(definition.step(at))) return false;
      const std::size_t around = for_each_around(definition, list).size();
      return path.size() >= around && from.path.size() >= around &&
             std::equal(path.begin(), path.begin() + static_cast<long>(around), from.path.begin());
    }
    at = definition.list(list).owner;
  }
  return false;
}

// Whether whoever sits there has given their answer; that somebody else is asked in their place is none.
bool is_answered(const Transition& transition, const Activation& activation, const Seat& seat) {
  if (std::holds_alternative<Approve>(transition.definition().step(activation.step).kind))
    return seat.vote != Seat::Vote::none && seat.relies_on == 0;
  const auto is_for_seat = [&](std::uint32_t number) {
    const Item& item = transition.state().items.at(number);
    return number == seat.item || std::ranges::find(item.stands_for, seat.item) != item.stands_for.end();
  };
  return seat.item != 0 && std::ranges::none_of(activation.items, is_for_seat);
}

// Somebody's or something's answer since, in words; "" where there is none.
std::string who_has_acted(const Transition& transition, const IsLookedAt& followed) {
  const State& state = transition.state();
  const auto name = [&](StepIndex step) { return transition.definition().step(step).name; };
  const auto answered = [&](StepIndex step, const StepResult& result) -> std::string {
    if (result.voided) return {};
    if (result.by.kind == Actor::Kind::person || result.by.kind == Actor::Kind::admin)
      return fmt::format("{} has answered {} since", name_of(transition, result.by.person), name(step));
    const bool from_outside = !result.by.channel.empty();
    return from_outside ? fmt::format("{} has come to '{}' since", name(step), result.outcome) : "";
  };
  for (const auto& [step, result] : state.results) {
    if (!followed(step, {}, result.activation)) continue;
    if (std::string who = answered(step, result); !who.empty()) return who;
  }
  for (const auto& [step, of_items] : state.item_results) {
    for (const auto& [path, result] : of_items) {
      if (!followed(step, path, result.activation)) continue;
      if (std::string who = answered(step, result); !who.empty()) return who;
    }
  }
  for (const auto& [id, activation] : state.activations) {
    if (!followed(activation.step, item_path(state, activation.frame), id) || !activation.outcome.empty())
      continue;
    for (const Seat& seat : activation.roster.seats) {
      if (is_answered(transition, activation, seat))
        return fmt::format("somebody has answered {} since", name(activation.step));
    }
  }
  return {};
}

// The frame of the list, opened again where the branch or the chosen option around it is over. None where
// that cannot be.
FrameId frame_again(Transition& transition, ListIndex list, const ItemPath& path) {
  const State& state = transition.state();
  for (const auto& [id, frame] : state.frames) {
    if (frame.list == list && item_path(state, id) == path) return id;
  }
  if (const FrameId branch = reopen_branch(transition, list, path)) return branch;
  const StepIndex owner = transition.definition().list(list).owner;
  if (owner == kNoStep) return FrameId();
  const Step& step = transition.definition().step(owner);
  const auto* choose = std::get_if<Choose>(&step.kind);
  if (choose == nullptr) return FrameId();
  const auto option = std::ranges::find(choose->options, list, &Choose::Option::list);
  const FrameId outer =
      option == choose->options.end() ? FrameId() : frame_again(transition, step.list, path);
  if (!outer) return FrameId();
  if (const ActivationId current = state.frames.at(outer).current) leave(transition, current);
  const ActivationId again = enter_step(transition, outer, step);
  const FrameId frame(transition.fresh_id());
  transition.emit(FrameOpened{frame, again, list,
                              fmt::format("option:{}", option - choose->options.begin() + 1), std::nullopt,
                              std::nullopt});
  return frame;
}

void void_what_followed(Transition& transition, const Cast& cast, const IsLookedAt& followed) {
  const State& state = transition.state();
  ResultsVoided voided;
  for (const auto& [step, result] : state.results) {
    const bool own = result.activation == cast.activation;
    if (!result.voided && (own || followed(step, {}, result.activation))) voided.steps.push_back(step);
  }
  for (const auto& [step, of_items] : state.item_results) {
    for (const auto& [path, result] : of_items) {
      const bool own = result.activation == cast.activation;
      if (!result.voided && (own || followed(step, path, result.activation)))
        voided.items[step].push_back(path);
    }
  }
  transition.emit(std::move(voided));
}

// Whether somebody whose turn came with this vote has given theirs.
bool next_has_voted(const Roster& roster, const Seat& cast) {
  return std::ranges::any_of(roster.seats, [&](const Seat& seat) {
    if (seat.relies_on != 0 || seat.decided <= cast.decided) return false;
    const bool is_after = seat.added == AddedAs::after && seat.of == cast.item;
    const bool was_before = cast.added == AddedAs::before && cast.of == seat.item;
    return roster.one_by_one || is_after || was_before;
  });
}

// A step that is over and would stay so, in which the decision counts again by policy (same_person); "" for
// none. In steps that are open its person is asked again by themselves.
std::string where_it_counts_again(const Transition& transition, const Cast& cast,
                                  const IsLookedAt& is_undone) {
  const State& state = transition.state();
  const auto counts_again = [&](StepIndex step, const ItemPath& path, const StepResult& result) {
    return !result.voided && result.activation != cast.activation &&
           !is_undone(step, path, result.activation) &&
           std::ranges::find(result.roster.seats, cast.seat.item, &Seat::relies_on) !=
               result.roster.seats.end();
  };
  for (const auto& [step, result] : state.results) {
    if (counts_again(step, {}, result)) return transition.definition().step(step).name;
  }
  for (const auto& [step, of_items] : state.item_results) {
    for (const auto& [path, result] : of_items) {
      if (counts_again(step, path, result)) return transition.definition().step(step).name;
    }
  }
  return {};
}

bool is_refused_for_what_counts_again(Transition& transition, const Cast& cast, const IsLookedAt& is_undone) {
  const std::string where = where_it_counts_again(transition, cast, is_undone);
  if (where.empty()) return false;
  transition.refuse(
      ErrorCode::conflict,
      fmt::format("cannot take the decision back: {} is over, and it counted there as well", where));
  return true;
}

// Whether the others have decided the step as well without that vote, so that taking it back changes nothing.
bool is_decided_without(Roster roster, std::uint32_t item) {
  const auto own = std::ranges::find(roster.seats, item, &Seat::item);
  own->vote = Seat::Vote::none;
  return verdict_of(roster) != Verdict::open;
}

// The roster without that vote; whoever sits there, or was not needed for it, is asked again.
void void_vote(Transition& transition, ActivationId id, const Roster& roster, const TakeBack& command,
               const Fields& answers) {
  const Hosts hosts =
      void_seats(transition, id, roster, [&](const Seat& seat) { return seat.item == command.item; });
  transition.emit(DecisionTakenBack{command.item, id, command.by, command.reason, answers});
  ask_void_seats(transition, id, hosts);
}

// The step is being decided still: the seat is open again.
void open_seat_again(Transition& transition, const Cast& cast, const TakeBack& command) {
  const auto nothing = [](StepIndex, const ItemPath&, ActivationId) { return false; };
  if (is_refused_for_what_counts_again(transition, cast, nothing)) return;
  void_vote(transition, cast.activation, cast.roster, command, {});
}

// The step is over: it opens again with the votes of the others, and what followed from it is undone.
void open_step_again(Transition& transition, const Cast& cast, const TakeBack& command) {
  const Definition& definition = transition.definition();
  const auto no = [&](std::string_view why) {
    transition.refuse(ErrorCode::conflict, fmt::format("cannot take the decision back: {}", why));
  };
  const IsLookedAt followed = [&](StepIndex step, const ItemPath& path, ActivationId activation) {
    return activation > cast.activation && follows(definition, cast, step, path);
  };
  if (const std::string who = who_has_acted(transition, followed); !who.empty()) return no(who);
  if (const std::string left = what_has_left(transition, followed); !left.empty()) return no(left);
  if (is_refused_for_what_counts_again(transition, cast, followed)) return;
  const Step& step = definition.step(cast.step);
  const StepResult result = *find_result(transition.state(), cast.step, cast.path);
  if (result.times && result.times->deadline && *result.times->deadline <= transition.now()) {
    return no(fmt::format("the deadline of {} has passed; whoever is asked now can send it back", step.name));
  }
  const FrameId frame = frame_again(transition, step.list, cast.path);
  if (!frame) {
    return no("the block of steps in which it was decided is over; whoever is asked now can send it back");
  }
  void_what_followed(transition, cast, followed);
  if (const ActivationId current = transition.state().frames.at(frame).current) leave(transition, current);
  const ActivationId again = enter_step(transition, frame, step, result.times);
  if (transition.stopped()) return;
  void_vote(transition, again, result.roster, command, result.fields);
  set_escalation_timers(transition, again);
  begin_anew_where_outgrown(transition, again);  // what happened behind it may have changed the form
}

}  // namespace

void take_back(Transition& transition, const TakeBack& command) {
  const State& state = transition.state();
  const auto no = [&](ErrorCode code, std::string_view why) {
    transition.refuse(code, fmt::format("cannot take the decision back: {}", why));
  };
  if (state.ended)
    return no(ErrorCode::conflict, fmt::format("{} has ended ({})", state.reference, state.status));
  if (state.items.contains(command.item)) return no(ErrorCode::conflict, "the work item is not decided yet");
  const Person* person = transition.context().directory.find(command.by.person);
  if (command.by.kind != Actor::Kind::person || person == nullptr || !person->active) {
    return no(ErrorCode::forbidden, "only an active person takes back what they decided");
  }
  const std::optional<Cast> cast = cast_with(state, command.item);
  if (!cast && has_decided_for_others(transition, command.by.person)) {
    return no(
        ErrorCode::conflict,
        "it was given in the place of others who were late, and such an answer stands; whoever is asked "
        "now can send the request back");
  }
  if (!cast) {
    return no(ErrorCode::conflict,
              "no approval or rejection by this work item stands: the request was sent back since, or it is "
              "taken back already");
  }
  if (cast->seat.by != command.by.person) {
    return no(ErrorCode::forbidden, fmt::format("{} decided it, not {}", name_of(transition, cast->seat.by),
                                                name_of(transition, command.by.person)));
  }
  if (state.returned_seq > cast->seat.decided)
    return no(ErrorCode::conflict, "the request was sent back since");
  if (next_has_voted(cast->roster, cast->seat))
    return no(ErrorCode::conflict, "whoever came next has decided");
  if (is_decided_without(cast->roster, command.item))
    return no(ErrorCode::conflict, fmt::format("{} is decided by the others, with it or without",
                                               transition.definition().step(cast->step).name));
  if (cast->is_open) return open_seat_again(transition, *cast, command);
  open_step_again(transition, *cast, command);
}

std::string what_has_left(const Transition& transition, const IsLookedAt& is_looked_at) {
  const State& state = transition.state();
  const Definition& definition = transition.definition();
  for (const auto& [id, activation] : state.activations) {
    if (activation.effect && is_looked_at(activation.step, item_path(state, activation.frame), id))
      return "a call or another workflow that it started is still running";
  }
  const auto left = [&](StepIndex step, const ItemPath& path, const StepResult& result) -> std::string {
    if (!is_looked_at(step, path, result.activation)) return {};
    const StepKind& kind = definition.step(step).kind;
    // Money that was spent stays so in whichever round it was.
    const auto* budget = std::get_if<Budget>(&kind);
    if (budget != nullptr && budget->act != Budget::Act::reserve && result.outcome != "insufficient")
      return "budget has been spent or moved for it";
    const bool calls = std::holds_alternative<Call>(kind) || std::holds_alternative<Run>(kind);
    return calls && !result.voided ? "another system has been called, or another workflow has run, for it"
                                   : "";
  };
  for (const auto& [step, result] : state.results) {
    if (std::string what = left(step, {}, result); !what.empty()) return what;
  }
  for (const auto& [step, of_items] : state.item_results) {
    for (const auto& [path, result] : of_items) {
      if (std::string what = left(step, path, result); !what.empty()) return what;
    }
  }
  return {};
}

}  // namespace countersign
