#include "core/roster.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/gates.h"
#include "core/seat_groups.h"

namespace countersign {
namespace {

bool is_active(const Directory& directory, const PersonId& id) {
  const Person* person = directory.find(id);
  return person != nullptr && person->active;
}

void add_seat(std::vector<Seat>& seats, Seat seat) {
  const bool repeated = std::any_of(seats.begin(), seats.end(), [&](const Seat& other) {
    return other.person == seat.person && other.group == seat.group;
  });
  if (!repeated) seats.push_back(std::move(seat));
}

void add_people(const Directory& directory, const cel::Value& value, const std::string& reason,
                std::vector<Seat>& seats) {
  switch (value.kind()) {
    case cel::Kind::person:
      if (is_active(directory, value.as_person()))
        add_seat(seats, Seat{.person = value.as_person(), .reason = reason});
      return;
    case cel::Kind::group:
      add_seat(seats, Seat{.group = std::string(value.as_string()), .reason = reason});
      return;
    case cel::Kind::list:
      for (const cel::Value& item : value.as_list()) add_people(directory, item, reason, seats);
      return;
    case cel::Kind::optional:
      if (const cel::Value* inner = value.as_optional()) add_people(directory, *inner, reason, seats);
      return;
    default:
      return;  // the checker admits nothing else; null names nobody
  }
}

bool has_member(const Directory& directory, const std::string& group, const Barred& but) {
  const auto members = directory.members(group);
  return members && std::ranges::any_of(*members, [&](const PersonId& id) {
           return std::ranges::find(but, id) == but.end() && is_active(directory, id);
         });
}

}  // namespace

void apply_self_rule(Transition& transition, SelfRule rule, std::vector<Seat>& seats,
                     bool& approved_by_rule) {
  const PersonId& requester = transition.state().requester;
  const bool is_alone = seats.size() == 1 && seats.front().person == requester;
  // Whoever has handed it in for the requester is no second pair of eyes either.
  std::erase_if(seats, [&](const Seat& seat) {
    return seat.person != requester && is_own_request(transition.state(), seat.person);
  });
  if (requester.empty()) return;
  const auto own =
      std::find_if(seats.begin(), seats.end(), [&](const Seat& seat) { return seat.person == requester; });
  if (own == seats.end()) return;
  switch (rule) {
    case SelfRule::refuse:
      seats.erase(own);
      return;
    case SelfRule::skip:
      seats.erase(own);
      approved_by_rule = is_alone;
      return;
    case SelfRule::to_manager: {
      const auto place = seats.erase(own);  // in which the manager is asked, where the order counts
      const std::optional<Seat> manager = seat_instead_of_requester(transition);
      const bool is_there =
          manager && std::ranges::find(seats, manager->person, &Seat::person) != seats.end();
      if (manager && !is_there) seats.insert(place, *manager);
      return;
    }
  }
}

Seating nobody_left(Transition& transition, const Step& step, NobodyRule rule,
                    const std::vector<Expression>& to, FrameId frame, const Barred& but,
                    const std::string& because) {
  const std::string nobody =
      fmt::format("nobody can be asked for {}{}{}", step.name, because.empty() ? "" : ": ", because);
  const auto with_reason = [&](std::vector<Seat>& seats) {
    if (because.empty()) return;
    for (Seat& seat : seats) seat.reason += fmt::format(" ({})", because);
  };
  switch (rule) {
    case NobodyRule::skip:
      return {{}, Seating::Instead::approve, nobody};
    case NobodyRule::reject:
      return {{}, Seating::Instead::reject, nobody};
    case NobodyRule::fail:
      return {{}, Seating::Instead::stand_still, nobody};
    case NobodyRule::to: {
      Chains chains;
      Seating seating{
          resolve_people(transition, to, frame, fmt::format("if_nobody of {}", step.name), &chains), {}, {}};
      if (auto people = people_of(chains); !people.empty())
        seating.on_chains.emplace(key_of_nobody_rule(""), std::move(people));
      drop_empty_groups(transition.context().directory, seating.seats, but);
      keep_admitted(transition, frame, seating.seats);
      keep_whole_chains(transition.context().directory, chains, seating.seats);
      with_reason(seating.seats);
      if (!seating.seats.empty()) return seating;
      return {{}, Seating::Instead::stand_still, nobody + ", and if_nobody names nobody either"};
    }
    case NobodyRule::manager_up:
      if (const auto manager = manager_up(transition, but);
          manager && may_complete(transition, frame, *manager)) {
        Seating seating{{Seat{.person = *manager, .reason = "if_nobody: manager_up"}}, {}, {}};
        with_reason(seating.seats);
        return seating;
      }
      return {{}, Seating::Instead::stand_still, nobody + ", and the requester has no active manager"};
    case NobodyRule::admin:
      break;
  }
  Seating seating{caretakers(transition), {}, {}};
  const bool is_looked_after = !seating.seats.empty();
  drop_empty_groups(transition.context().directory, seating.seats, but);
  keep_admitted(transition, frame, seating.seats);
  for (Seat& seat : seating.seats) seat.reason = "if_nobody: admin";
  with_reason(seating.seats);
  if (!seating.seats.empty()) return seating;
  return {
      {},
      Seating::Instead::stand_still,
      nobody + (is_looked_after
                    ? ", nor any of those who look after the workflow (its owner, or the group 'admins')"
                    : ", and there is neither an owner of the workflow nor a group 'admins' with a member")};
}

namespace {

// Nobody approves a request of their own, whoever put them on the roster.
Seating without_requester(Seating seating, const Step& step, const State& state) {
  std::erase_if(seating.seats, [&](const Seat& seat) { return is_own_request(state, seat.person); });
  if (!seating.seats.empty() || seating.instead != Seating::Instead::none) return seating;
  return {{},
          Seating::Instead::stand_still,
          fmt::format("nobody but the requester is left for {}, and nobody approves a request of their own",
                      step.name)};
}

}  // namespace

std::optional<Seat> seat_instead_of_requester(const Transition& transition) {
  const auto manager = manager_up(transition, barred_from_approving(transition.state()));
  if (!manager) return std::nullopt;
  return Seat{.person = *manager, .reason = std::string(kInsteadOfRequester)};
}

std::optional<PersonId> manager_up(const Transition& transition, const Barred& but) {
  const Directory& directory = transition.context().directory;
  for (const PersonId& manager : directory.managers(transition.state().requester, 20)) {
    if (is_active(directory, manager) && std::ranges::find(but, manager) == but.end()) return manager;
  }
  return std::nullopt;
}

Barred barred_from_approving(const State& state) {
  Barred barred;
  for (const PersonId& person : {state.requester, state.submitted_by}) {
    if (!person.empty()) barred.push_back(person);
  }
  return barred;
}

bool can_be_asked(const Directory& directory, const Seat& seat, const Barred& but) {
  return seat.group.empty()
             ? std::ranges::find(but, seat.person) == but.end() && is_active(directory, seat.person)
             : has_member(directory, seat.group, but);
}

bool can_approve(Transition& transition, FrameId frame, const Roster& roster, const Seat& seat) {
  const Directory& directory = transition.context().directory;
  Barred barred = barred_from_approving(transition.state());
  const auto bar = [&](const PersonId& person) {
    if (!may_complete(transition, frame, person)) barred.push_back(person);
  };
  if (seat.group.empty()) {
    bar(seat.person);
    return can_be_asked(directory, seat, barred);
  }
  if (const auto members = directory.members(seat.group)) {
    for (const PersonId& member : *members) bar(member);
  }
  for (const Seat& taken : roster.seats) {
    if (!taken.person.empty()) barred.push_back(taken.person);
    if (taken.vote != Seat::Vote::none && !taken.by.empty()) barred.push_back(taken.by);
  }
  return has_member(directory, seat.group, barred);
}

bool can_take_part(Transition& transition, const Activation& activation, const Seat& seat) {
  if (std::holds_alternative<Approve>(transition.definition().step(activation.step).kind))
    return can_approve(transition, activation.frame, activation.roster, seat);
  std::vector<Seat> admitted{seat};
  keep_admitted(transition, activation.frame, admitted);
  return !admitted.empty() && can_be_asked(transition.context().directory, seat);
}

Seating seat_nobody_left(Transition& transition, const Step& step, FrameId frame,
                         const std::string& because) {
  if (const auto* approve = std::get_if<Approve>(&step.kind)) {
    const Barred barred = barred_from_approving(transition.state());
    return without_requester(
        nobody_left(transition, step, approve->if_nobody, approve->if_nobody_to, frame, barred, because),
        step, transition.state());
  }
  const auto& task = std::get<Task>(step.kind);
  return nobody_left(transition, step, task.if_nobody, task.if_nobody_to, frame, {}, because);
}

void drop_empty_groups(const Directory& directory, std::vector<Seat>& seats, const Barred& but) {
  std::erase_if(seats, [&](const Seat& seat) {
    return !seat.group.empty() && !has_member(directory, seat.group, but);
  });
}

std::vector<Seat> resolve_people(Transition& transition, const std::vector<Expression>& by, FrameId frame,
                                 const std::string& what, Chains* chains) {
  std::vector<Seat> seats;
  const PartsOfChains parts(transition.evaluation(), chains != nullptr && chains->in_parts);
  for (const Expression& expression : by) {
    transition.evaluation().take_chains();  // of what was evaluated for something else
    const auto value =
        transition.value(expression, frame, what, chains == nullptr ? nullptr : &chains->short_of);
    if (chains != nullptr && !chains->short_of.empty()) {
      chains->lines.clear();
      return {};
    }
    if (!value) continue;
    std::vector<Seat> named;
    add_people(transition.context().directory, *value, expression.program.source(), named);
    for (std::vector<PersonId>& line : transition.evaluation().take_chains()) {
      // An expression that leaves the end out itself says that it is not needed.
      if (chains != nullptr && std::ranges::find(named, line.back(), &Seat::person) != named.end())
        chains->lines.push_back(std::move(line));
    }
    for (Seat& seat : named) add_seat(seats, std::move(seat));
  }
  return seats;
}

std::vector<PersonId> ends_of(const Chains& chains) {
  std::vector<PersonId> ends;
  for (const std::vector<PersonId>& line : chains.lines) ends.push_back(line.back());
  return ends;
}

std::string key_of_nobody_rule(const std::string& of_group) {
  return "if_nobody:" + of_group;
}

std::vector<PersonId> people_of(const Chains& chains) {
  std::vector<PersonId> people;
  for (const std::vector<PersonId>& line : chains.lines) {
    for (const PersonId& person : line) {
      if (std::ranges::find(people, person) == people.end()) people.push_back(person);
    }
  }
  return people;
}

void excuse_requester(SelfRule self, const State& state, Chains& chains) {
  if (self == SelfRule::refuse) return;
  std::erase_if(chains.lines,
                [&](const std::vector<PersonId>& line) { return line.back() == state.requester; });
}

void keep_whole_chains(const Directory& directory, Chains& chains, std::vector<Seat>& seats) {
  if (chains.in_parts) return;
  const std::vector<PersonId> ends = ends_of(chains);
  const auto missing = std::ranges::find_if(
      ends, [&](const PersonId& end) { return std::ranges::find(seats, end, &Seat::person) == seats.end(); });
  if (missing == ends.end()) return;
  chains.short_of = fmt::format("{}, whose approval limit would be enough, may not approve here",
                                directory.name_of(*missing));
  seats.clear();
}

std::vector<Seat> expand_groups(const Directory& directory, const std::vector<Seat>& seats) {
  std::vector<Seat> expanded;
  for (const Seat& seat : seats) {
    if (seat.group.empty()) {
      add_seat(expanded, seat);
      continue;
    }
    const auto members = directory.members(seat.group);
    if (!members) continue;
    for (const PersonId& member : *members) {
      if (is_active(directory, member)) add_seat(expanded, Seat{.person = member, .reason = seat.reason});
    }
  }
  return expanded;
}

namespace {

std::string falls_short(const Step& step, std::uint32_t needed, std::size_t seats) {
  return fmt::format("{} needs {} approvals and only {} can be asked", step.name, needed, seats);
}

// Fewer can be asked than must approve: `if_nobody` names more, or says what becomes of it.
Seating filled_up(Transition& transition, const Step& step, const Approve& approve, FrameId frame,
                  Seating seating) {
  const std::string why = falls_short(step, seating.needed, seating.seats.size());
  Seating more = seat_nobody_left(transition, step, frame);
  switch (more.instead) {
    case Seating::Instead::approve:  // passed over, and the others decide
      seating.needed = static_cast<std::uint32_t>(seating.seats.size());
      return seating;
    case Seating::Instead::reject:
    case Seating::Instead::stand_still:
      return {{}, more.instead, approve.if_nobody == NobodyRule::fail ? why : why + "; " + more.why};
    case Seating::Instead::none:
      break;
  }
  const auto is_missing = [&] { return seating.seats.size() < seating.needed; };
  const auto add = [&](const std::vector<Seat>& seats) {
    Roster roster;
    roster.seats = seating.seats;
    for (const Seat& seat : seats) {
      if (can_approve(transition, frame, roster, seat)) add_seat(seating.seats, seat);
    }
  };
  seating.on_chains.merge(more.on_chains);
  add(more.seats);
  if (is_missing()) {
    std::erase_if(seating.seats, [](const Seat& seat) { return !seat.group.empty(); });
    add(expand_groups(transition.context().directory, more.seats));
  }
  if (is_missing()) {
    return {{},
            Seating::Instead::stand_still,
            falls_short(step, seating.needed, seating.seats.size()) + ", those of if_nobody included"};
  }
  return seating;
}

}  // namespace

namespace {

// `on_chains`: of the chains that `by` names.
Seating seat_named(Transition& transition, const Step& step, const Approve& approve, FrameId frame,
                   std::vector<PersonId>& on_chains) {
  const Directory& directory = transition.context().directory;
  Chains chains;
  chains.in_parts = approve.if_nobody == NobodyRule::skip;
  Seating seating{
      resolve_people(transition, approve.by, frame, fmt::format("by of {}", step.name), &chains), {}, {}};
  on_chains = people_of(chains);
  // One of a group: a single candidate item, so that membership is a fact when somebody acts.
  const bool one_candidate = approve.need.kind == QuorumKind::one && seating.seats.size() == 1;
  // A group of the requester alone is the requester, and `self` says what becomes of that.
  if (!one_candidate ||
      !can_be_asked(directory, seating.seats.front(), barred_from_approving(transition.state())))
    seating.seats = expand_groups(directory, seating.seats);
  bool approved_by_rule = false;
  apply_self_rule(transition, approve.self, seating.seats, approved_by_rule);
  excuse_requester(approve.self, transition.state(), chains);
  keep_admitted(transition, frame, seating.seats);
  keep_whole_chains(directory, chains, seating.seats);
  if (approved_by_rule)
    return {{}, Seating::Instead::approve, "the requester is the only approver (self: skip)"};
  if (seating.seats.empty()) {
    seating = seat_nobody_left(transition, step, frame, chains.short_of);
  }
  if (seating.instead != Seating::Instead::none) return seating;
  seating.needed = approvals_needed(approve.need, seating.seats.size());
  if (seating.needed <= seating.seats.size()) return seating;
  return filled_up(transition, step, approve, frame, std::move(seating));
}

}  // namespace

Seating seat_approval(Transition& transition, const Step& step, const Approve& approve, FrameId frame) {
  if (!approve.seats.empty()) return seat_groups(transition, step, approve, frame);
  std::vector<PersonId> on_chains;
  Seating seating = seat_named(transition, step, approve, frame, on_chains);
  if (!on_chains.empty()) seating.on_chains.emplace("", std::move(on_chains));
  return seating;
}

Seating seat_task(Transition& transition, const Step& step, const Task& task, FrameId frame) {
  Chains chains;
  Seating seating{
      resolve_people(transition, task.owner, frame, fmt::format("for of {}", step.name), &chains), {}, {}};
  drop_empty_groups(transition.context().directory, seating.seats);
  keep_admitted(transition, frame, seating.seats);
  if (seating.seats.empty())
    return nobody_left(transition, step, task.if_nobody, task.if_nobody_to, frame, {}, chains.short_of);
  return seating;
}

std::vector<Seat> caretakers(Transition& transition) {
  const Directory& directory = transition.context().directory;
  std::vector<Seat> seats;
  for (const Expression& owner : transition.definition().owner) {
    // Whoever looks after incidents must not become one: an owner that cannot be found is passed over.
    const auto value = transition.evaluation().evaluate(owner);
    if (value) add_people(directory, *value, owner.program.source(), seats);
  }
  drop_empty_groups(directory, seats);
  if (seats.empty() && has_member(directory, "admins", {})) {
    seats.push_back(Seat{.group = "admins", .reason = "the administrators"});
  }
  return seats;
}

}  // namespace countersign
