#include "core/quorum.h"

#include <algorithm>

namespace countersign {
namespace {

// The votes of one of several groups, or of all where there is one.
struct Count {
  std::uint32_t seats = 0;
  std::uint32_t approved = 0;
  std::uint32_t rejected = 0;
};
Count count_of(const Roster& roster, const std::string& group) {
  Count count;
  for (const Seat& seat : roster.seats) {
    if (!counts(seat) || seat.of_group != group) continue;
    ++count.seats;
    if (seat.vote == Seat::Vote::approved && !is_awaited(roster, seat.item, AddedAs::after)) ++count.approved;
    if (seat.vote == Seat::Vote::rejected) ++count.rejected;
  }
  return count;
}

// Approved as soon as every group has its count, rejected as soon as one of them cannot reach it any more.
Verdict verdict_of_groups(const Roster& roster) {
  bool all = true;
  for (const auto& [group, needed] : roster.needed_of) {
    const Count count = count_of(roster, group);
    if (roster.veto && count.rejected > 0) return Verdict::rejected;
    if (count.approved < needed && count.seats - count.rejected < needed) return Verdict::rejected;
    all = all && count.approved >= needed;
  }
  return all ? Verdict::approved : Verdict::open;
}

// What the group (of one alone: "") needs.
std::uint32_t& needed_in(Roster& roster, const std::string& group) {
  const auto found = roster.needed_of.find(group);
  return found == roster.needed_of.end() ? roster.needed : found->second;
}

// nullptr where the step has no such group (any more).
const Quorum* quorum_of(const Step& step, const std::string& group) {
  const auto* approve = std::get_if<Approve>(&step.kind);
  if (approve == nullptr) return nullptr;
  if (approve->seats.empty()) return group.empty() ? &approve->need : nullptr;
  const auto found = std::ranges::find(approve->seats, group, &SeatGroup::name);
  return found == approve->seats.end() ? nullptr : &found->need;
}

std::vector<std::string> groups_of(const Roster& roster) {
  std::vector<std::string> groups;
  for (const auto& [group, needed] : roster.needed_of) groups.push_back(group);
  if (groups.empty()) groups.emplace_back();
  return groups;
}

// What the rule of the group says of the seats that there are.
std::uint32_t needed_by_rule(const Step& step, Roster& roster, const std::string& group) {
  const Quorum* quorum = quorum_of(step, group);
  const bool follows =
      quorum != nullptr && (quorum->kind == QuorumKind::all || quorum->kind == QuorumKind::percent);
  return follows ? approvals_needed(*quorum, count_of(roster, group).seats) : needed_in(roster, group);
}

// What is shown of several groups is what they need together.
void add_up(Roster& roster, bool of_groups) {
  if (!of_groups) return;
  roster.needed = 0;
  for (const auto& [group, needed] : roster.needed_of) roster.needed += needed;
}

void count_again(const Step& step, Roster& roster) {
  for (const std::string& group : groups_of(roster)) {
    const auto floor = roster.at_least.find(group);
    const std::uint32_t least = floor == roster.at_least.end() ? 0 : floor->second;
    needed_in(roster, group) = std::max(needed_by_rule(step, roster, group), least);
  }
  add_up(roster, !roster.needed_of.empty());
}

// Rosters of before `at_least` say it by needing more than the rule asks of the seats that they have.
void remember_what_is_waited_for(const Step& step, Roster& roster) {
  for (const std::string& group : groups_of(roster)) {
    const std::uint32_t needed = needed_in(roster, group);
    if (needed > needed_by_rule(step, roster, group)) roster.at_least[group] = needed;
  }
}

// Takes them off, with whoever was added to an answer that is not given any more. Returns their groups.
std::vector<std::string> take_off(std::vector<Seat>& seats, const HasLeft& has_left) {
  std::vector<std::string> groups;
  std::vector<std::uint32_t> items;
  for (const Seat& seat : seats) {
    if (!has_left(seat)) continue;
    if (std::ranges::find(groups, seat.of_group) == groups.end()) groups.push_back(seat.of_group);
    if (seat.item != 0) items.push_back(seat.item);
  }
  std::erase_if(seats, [&](const Seat& seat) {
    return has_left(seat) || (seat.of != 0 && seat.vote == Seat::Vote::none &&
                              std::ranges::find(items, seat.of) != items.end());
  });
  return groups;
}

}  // namespace

std::uint32_t approvals_needed(const Quorum& quorum, std::size_t seats) {
  const auto all = static_cast<std::uint32_t>(seats);
  switch (quorum.kind) {
    case QuorumKind::one:
      return 1;
    case QuorumKind::count:
      return quorum.number;
    case QuorumKind::all:
      return all;
    case QuorumKind::percent:
      // Rounded up: 60% of 4 is 3. At least one.
      return std::max<std::uint32_t>(1, (all * quorum.number + 99) / 100);
  }
  return all;
}

bool has_voted(const Roster& roster, const PersonId& person) {
  return std::any_of(roster.seats.begin(), roster.seats.end(), [&](const Seat& seat) {
    return (seat.person == person || seat.by == person) && seat.vote != Seat::Vote::none;
  });
}

bool is_settled(const Roster& roster, const Seat& seat) {
  const auto needed = roster.needed_of.find(seat.of_group);
  return needed != roster.needed_of.end() && count_of(roster, seat.of_group).approved >= needed->second;
}

bool counts(const Seat& seat) {
  return !seat.added || *seat.added == AddedAs::beside;
}

const Seat* seat_of_item(const Roster& roster, std::uint32_t item) {
  const auto found = std::ranges::find(roster.seats, item, &Seat::item);
  return item == 0 || found == roster.seats.end() ? nullptr : &*found;
}

bool is_needed(const Roster& roster, const Seat& seat) {
  if (seat.vote != Seat::Vote::none) return false;
  if (counts(seat)) return !is_settled(roster, seat);
  const Seat* of = seat_of_item(roster, seat.of);
  if (of == nullptr || is_settled(roster, *of)) return false;
  return *seat.added == AddedAs::before ? of->vote == Seat::Vote::none : of->vote != Seat::Vote::rejected;
}

bool is_awaited(const Roster& roster, std::uint32_t item, AddedAs how) {
  return item != 0 && std::ranges::any_of(roster.seats, [&](const Seat& seat) {
           return seat.added == how && seat.of == item && seat.vote == Seat::Vote::none;
         });
}

Verdict verdict_of(const Roster& roster) {
  const bool inner_no = std::ranges::any_of(
      roster.seats, [](const Seat& seat) { return !counts(seat) && seat.vote == Seat::Vote::rejected; });
  if (inner_no) return Verdict::rejected;
  if (!roster.needed_of.empty()) return verdict_of_groups(roster);
  const Count count = count_of(roster, "");
  if (roster.veto && count.rejected > 0) return Verdict::rejected;
  if (count.approved >= roster.needed) return Verdict::approved;
  return count.seats - count.rejected < roster.needed ? Verdict::rejected : Verdict::open;
}

void reseat(const Step& step, Roster& roster, const std::function<void(std::vector<Seat>&)>& change) {
  if (!std::holds_alternative<Approve>(step.kind)) {
    change(roster.seats);
    // Everybody has a part of their own, or one does it for all.
    roster.needed = std::min(roster.needed, std::max(1U, static_cast<std::uint32_t>(roster.seats.size())));
    return;
  }
  remember_what_is_waited_for(step, roster);
  change(roster.seats);
  count_again(step, roster);
}

std::optional<Roster> going_on_without(const Step& step, const Roster& roster, const HasLeft& has_left) {
  Roster before = roster;
  Roster after = roster;
  std::vector<std::string> groups;
  reseat(step, after, [&](std::vector<Seat>& seats) { groups = take_off(seats, has_left); });
  if (!std::holds_alternative<Approve>(step.kind)) return after;
  for (const std::string& group : groups) {
    const Count count = count_of(after, group);
    std::uint32_t& needed = needed_in(after, group);
    if (count.approved >= needed) {
      // Where nothing but their answer held it up, there is no other vote to wait for.
      if (count.approved >= needed_in(before, group)) return std::nullopt;
      needed = count.approved + 1;
      after.at_least[group] = needed;
    }
    if (count.seats - count.rejected < needed) return std::nullopt;
  }
  add_up(after, !after.needed_of.empty());
  if (verdict_of(after) != Verdict::open) return std::nullopt;
  return after;
}

Roster passing_over(const Step& step, const Roster& roster, const HasLeft& has_left) {
  Roster after = roster;
  remember_what_is_waited_for(step, after);
  const std::vector<std::string> groups = take_off(after.seats, has_left);
  count_again(step, after);
  for (const std::string& group : groups) {
    const Count count = count_of(after, group);
    std::uint32_t& needed = needed_in(after, group);
    if (count.rejected == 0 && count.seats < needed) {
      needed = count.seats;
      after.at_least.erase(group);
    }
    if (count.seats == 0) after.needed_of.erase(group);
  }
  add_up(after, !roster.needed_of.empty());
  return after;
}

}  // namespace countersign
