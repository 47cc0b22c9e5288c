#include "core/stand_in.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "core/guest.h"
#include "core/quorum.h"

namespace countersign {
namespace {

// Every absence of the person, from the file of people and set since.
void for_each_absence(const Directory& directory, const Absences& absences, const PersonId& person,
                      const std::function<void(const Absence&)>& visit) {
  if (const Person* known = directory.find(person)) {
    for (const Absence& absence : known->away) visit(absence);
  }
  for (const RecordedAbsence& recorded : absences.of(person)) visit(recorded.absence);
}

bool is_now(const Absence& absence, Instant at) {
  return absence.from <= at && at < absence.until;
}

bool is_within(const cel::Value& value, const Money& limit) {
  switch (value.kind()) {
    case cel::Kind::money: {
      const Money& amount = value.as_money();
      return amount.currency == limit.currency && amount.amount <= limit.amount &&
             -limit.amount <= amount.amount;
    }
    case cel::Kind::list:
      return std::ranges::all_of(value.as_list(),
                                 [&](const cel::Value& each) { return is_within(each, limit); });
    case cel::Kind::map:
      return std::ranges::all_of(value.as_map(),
                                 [&](const auto& entry) { return is_within(entry.second, limit); });
    default:
      return true;
  }
}

bool covers(const Absence& absence, const State& state) {
  const auto& workflows = absence.workflows;
  if (!workflows.empty() && std::ranges::find(workflows, state.workflow) == workflows.end()) return false;
  return !absence.up_to || std::ranges::all_of(state.form, [&](const auto& field) {
    return is_within(field.second, *absence.up_to);
  });
}

// Why that person cannot stand in on this step; "" where they can.
std::string obstacle(const StandInView& view, const Item& item, const PersonId& stand_in) {
  const Person* person = view.directory.find(stand_in);
  if (person == nullptr || !person->active || is_guest(stand_in)) return "is not active any more";
  const Activation& activation = view.state.activations.at(item.activation);
  const Step& step = view.definition.step(activation.step);
  if (std::holds_alternative<Approve>(step.kind) && is_own_request(view.state, stand_in))
    return stand_in == view.state.requester ? "is the requester, and nobody approves a request of their own"
                                            : "has handed the request in, and does not approve it";
  const bool has_item = std::ranges::any_of(activation.items, [&](std::uint32_t number) {
    const Item& other = view.state.items.at(number);
    if (other.added == AddedAs::opinion) return false;  // which counts for nothing
    return other.assignee == stand_in ||
           (!other.group.empty() && view.directory.is_member(stand_in, other.group));
  });
  const bool has_seat =
      std::ranges::any_of(activation.roster.seats, [&](const Seat& seat) { return seat.person == stand_in; });
  if (has_item || has_seat) return "is on this step already, and nobody counts twice";
  const bool has_voted =
      std::ranges::any_of(activation.roster.seats, [&](const Seat& seat) { return seat.by == stand_in; });
  if (has_voted) return "has decided here for somebody else already, and nobody counts twice";
  return {};
}

// Whether one of the group cannot answer for it whether they are there or not: they do not cover for the
// others.
bool cannot_answer(const StandInView& view, const Item& item, const PersonId& member) {
  const Person* person = view.directory.find(member);
  if (person == nullptr || !person->active) return true;
  const Activation& activation = view.state.activations.at(item.activation);
  if (!std::holds_alternative<Approve>(view.definition.step(activation.step).kind)) return false;
  return is_own_request(view.state, member) || has_voted(activation.roster, member) ||
         sits_for_themselves(view.state, item, member);
}

// Of the absences by which somebody could stand in for the person here the one that ends last (of several the
// one that was there first), if its stand-in may: else the next.
void add_stand_in(const StandInView& view, const Item& item, const PersonId& absent,
                  std::vector<StandIn>& found, std::vector<std::string>* why_not) {
  std::vector<Absence> here;
  for_each_absence(view.directory, view.absences, absent, [&](const Absence& absence) {
    if (!absence.stand_in || !is_now(absence, view.now) || !covers(absence, view.state)) return;
    // Behind those that end at the same time.
    here.insert(std::ranges::upper_bound(here, absence.until, std::ranges::greater{}, &Absence::until),
                absence);
  });
  std::vector<std::string> obstacles;
  for (const Absence& absence : here) {
    const std::string why = obstacle(view, item, *absence.stand_in);
    if (why.empty()) {
      found.push_back({absent, *absence.stand_in, absence.until});
      return;
    }
    obstacles.push_back(fmt::format("{} is away, and nobody stands in: {} {}", view.directory.name_of(absent),
                                    view.directory.name_of(*absence.stand_in), why));
  }
  if (why_not != nullptr) why_not->insert(why_not->end(), obstacles.begin(), obstacles.end());
}

}  // namespace

bool sits_for_themselves(const State& state, const Item& item, const PersonId& person) {
  const Roster& roster = state.activations.at(item.activation).roster;
  return std::ranges::any_of(roster.seats, [&](const Seat& seat) {
    if (seat.person != person || seat.item == item.number) return false;
    const bool in_its_place = std::ranges::find(item.stands_for, seat.item) != item.stands_for.end();
    return !in_its_place || (item.stands_for.size() > 1 && state.items.contains(seat.item));
  });
}

std::optional<Instant> away_until(const StandInView& view, const PersonId& person) {
  std::optional<Instant> until;
  for_each_absence(view.directory, view.absences, person, [&](const Absence& absence) {
    if (is_now(absence, view.now) && covers(absence, view.state))
      until = std::max(until.value_or(absence.until), absence.until);
  });
  return until;
}

StandInView stand_in_view(const Context& context, const State& state) {
  return {context.definition, context.directory, context.known_absences(), state, context.now};
}

std::vector<StandIn> stand_ins_of(const StandInView& view, const Item& item,
                                  std::vector<std::string>* why_not) {
  std::vector<StandIn> found;
  if (!item.assignee.empty()) {  // of a group's whoever has claimed it
    add_stand_in(view, item, item.assignee, found, why_not);
    return found;
  }
  const auto members = view.directory.members(item.group);
  if (!members) return found;
  std::vector<PersonId> asked;
  for (const PersonId& member : *members) {
    if (cannot_answer(view, item, member)) continue;
    if (!away_until(view, member)) return found;  // the group covers for itself
    asked.push_back(member);
  }
  for (const PersonId& member : asked) add_stand_in(view, item, member, found, why_not);
  return found;
}

PersonId acts_for(const StandInView& view, const Item& item, const PersonId& person) {
  for (const StandIn& each : stand_ins_of(view, item)) {
    if (each.stand_in == person) return each.absent;
  }
  return {};
}

bool has_added(const StandInView& view, const Item& added, const PersonId& person) {
  if (added.added_by.empty() || added.added_by == person) return !added.added_by.empty();
  Item of_adder = added;
  of_adder.assignee = added.added_by;
  of_adder.group.clear();
  return acts_for(view, of_adder, person) == added.added_by;
}

std::vector<PersonId> absent_people_of(const Directory& directory, const Absences& absences,
                                       const PersonId& stand_in, Instant at) {
  std::vector<PersonId> absent;
  const auto look = [&](const PersonId& person, const Absence& absence) {
    if (absence.stand_in != stand_in || !is_now(absence, at)) return;
    if (std::ranges::find(absent, person) == absent.end()) absent.push_back(person);
  };
  for (const Person& person : directory.people()) {
    for (const Absence& absence : person.away) look(person.id, absence);
  }
  for (const RecordedAbsence& recorded : absences.all()) look(recorded.person, recorded.absence);
  return absent;
}

}  // namespace countersign
