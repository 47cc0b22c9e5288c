#include "core/recount.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "core/quorum.h"

namespace countersign {
namespace {

constexpr std::string_view kWhatToDo = "wait until it is decided, or have it sent back first";

std::string in_words(const Quorum& quorum) {
  switch (quorum.kind) {
    case QuorumKind::one:
      return "1";
    case QuorumKind::count:
      return fmt::format("{}", quorum.number);
    case QuorumKind::all:
      return "all";
    case QuorumKind::percent:
      return fmt::format("{}%", quorum.number);
  }
  return {};
}

std::string_view in_words(Order order) {
  return order == Order::together ? "together" : "one_by_one";
}

std::vector<std::string> groups_in(const Approve& approve) {
  std::vector<std::string> names;
  for (const SeatGroup& group : approve.seats) names.push_back(group.name);
  std::ranges::sort(names);
  return names;
}

const SeatGroup& group_in(const Approve& approve, const std::string& name) {
  return *std::ranges::find(approve.seats, name, &SeatGroup::name);
}

// What counts differently, each a clause.
std::vector<std::string> differences(const Approve& before, const Approve& after) {
  std::vector<std::string> found;
  const auto compare = [&](std::string_view key, std::string_view was, std::string_view is) {
    if (was != is) found.push_back(fmt::format("{} was {} and is {} now", key, was, is));
  };
  if (groups_in(before) != groups_in(after)) {
    found.emplace_back("the groups of 'seats' are others now");
  } else if (before.seats.empty()) {
    compare("'need'", in_words(before.need), in_words(after.need));
  }
  for (const SeatGroup& group : before.seats) {
    if (groups_in(before) != groups_in(after)) break;
    compare(fmt::format("'need' of {}", group.name), in_words(group.need),
            in_words(group_in(after, group.name).need));
  }
  compare("'veto'", before.veto ? "any" : "none", after.veto ? "any" : "none");
  compare("'order'", in_words(before.order), in_words(after.order));
  return found;
}

std::uint32_t seats_of(const Roster& roster, const std::string& group) {
  return static_cast<std::uint32_t>(std::ranges::count_if(
      roster.seats, [&](const Seat& seat) { return counts(seat) && seat.of_group == group; }));
}

// Why those who are asked cannot answer by the new rule; "" where they can, and then `roster` follows it.
std::string count_by(const Approve& after, Roster& roster) {
  roster.at_least.clear();
  roster.veto = after.veto;
  roster.one_by_one = after.order == Order::one_by_one;
  const auto why_not = [&](const std::string& group, const Quorum& need, std::uint32_t& needed) {
    const std::uint32_t seats = seats_of(roster, group);
    needed = approvals_needed(need, seats);
    return needed <= seats ? "" : fmt::format("{} are needed and {} can be asked here", needed, seats);
  };
  if (!after.seats.empty()) {
    std::string why;
    roster.needed = 0;
    for (auto& [group, needed] : roster.needed_of) {
      why = why.empty() ? why_not(group, group_in(after, group).need, needed) : why;
      roster.needed += needed;
    }
    return why;
  }
  const auto group = std::ranges::find_if(roster.seats, [](const Seat& seat) { return !seat.group.empty(); });
  if (group != roster.seats.end() && after.need.kind != QuorumKind::one)
    return fmt::format("one of the group {} is asked here, and not its members", group->group);
  return why_not("", after.need, roster.needed);
}

}  // namespace

Recount counted_anew(const Approve& before, const Approve& after, const Roster& roster) {
  const std::vector<std::string> other = differences(before, after);
  if (other.empty() || roster.seats.empty()) return {};  // where nobody is asked, retry asks by the new rule
  const bool has_votes =
      std::ranges::any_of(roster.seats, [](const Seat& seat) { return seat.vote != Seat::Vote::none; });
  const auto no = [&](std::string_view why) {
    return Recount{{}, fmt::format("{}, and {}: {}", join(other, ", "), why, kWhatToDo)};
  };
  if (has_votes) return no("somebody has voted there already");
  if (groups_in(before) != groups_in(after)) return no("its people are asked for the old ones already");
  Roster anew = roster;
  if (const std::string why = count_by(after, anew); !why.empty()) return no(why);
  return {std::move(anew)};
}

}  // namespace countersign
