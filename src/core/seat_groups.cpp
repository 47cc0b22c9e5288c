#include "core/seat_groups.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "core/gates.h"

namespace countersign {
namespace {

// One group: whom it names, and who of them sits for it.
struct Bench {
  const SeatGroup* group = nullptr;
  std::vector<Seat> named;
  std::vector<PersonId> sitting;
  bool passed = false;  // by a rule, without anybody being asked
  Chains chains{};      // whoever ends one sits here and nowhere else

  bool keeps(const PersonId& person) const {
    return std::ranges::any_of(chains.lines, [&](const auto& line) { return line.back() == person; });
  }
  // How many it cannot do without. `all` and percentages are of those who sit for it in the end.
  std::uint32_t least() const { return group->need.kind == QuorumKind::count ? group->need.number : 1; }
};

bool is_seated(const std::vector<Bench>& benches, const PersonId& person) {
  return std::ranges::any_of(benches, [&](const Bench& bench) {
    return std::ranges::find(bench.sitting, person) != bench.sitting.end();
  });
}

// Finds one more person for the bench, if need be by moving others to another bench that names them too.
bool find_one_more(std::vector<Bench>& benches, std::size_t at, std::set<PersonId>& tried) {
  Bench& bench = benches[at];
  for (const Seat& seat : bench.named) {
    if (is_seated(benches, seat.person) || !tried.insert(seat.person).second) continue;
    bench.sitting.push_back(seat.person);
    return true;
  }
  for (const Seat& seat : bench.named) {
    if (std::ranges::find(bench.sitting, seat.person) != bench.sitting.end()) continue;
    if (!tried.insert(seat.person).second) continue;
    std::size_t holder = benches.size();
    for (std::size_t i = 0; i < benches.size(); ++i) {
      const auto& sitting = benches[i].sitting;
      if (std::ranges::find(sitting, seat.person) != sitting.end() && !benches[i].keeps(seat.person))
        holder = i;
    }
    if (holder == benches.size() || !find_one_more(benches, holder, tried)) continue;
    std::erase(benches[holder].sitting, seat.person);
    bench.sitting.push_back(seat.person);
    return true;
  }
  return false;
}

// First every group gets as many as it needs, as far as there are so many people; then whoever is left sits
// for the first group that names them.
void seat_everybody(std::vector<Bench>& benches) {
  for (Bench& bench : benches) {
    for (const PersonId& end : ends_of(bench.chains)) {
      if (!is_seated(benches, end)) bench.sitting.push_back(end);
    }
  }
  for (std::size_t i = 0; i < benches.size(); ++i) {
    while (benches[i].sitting.size() < benches[i].least()) {
      std::set<PersonId> tried;
      if (!find_one_more(benches, i, tried)) break;
    }
  }
  for (Bench& bench : benches) {
    for (const Seat& seat : bench.named) {
      if (!is_seated(benches, seat.person)) bench.sitting.push_back(seat.person);
    }
  }
}

std::uint32_t needed_on(const Bench& bench) {
  return std::max<std::uint32_t>(1, approvals_needed(bench.group->need, bench.sitting.size()));
}

std::string bench_falls_short(const Step& step, const Bench& bench, std::uint32_t needed) {
  return fmt::format("{} needs {} approvals of {}, and only {} can be asked who do not sit for another group",
                     step.name, needed, bench.group->name, bench.sitting.size());
}

// Those of `if_nobody` who do not sit anywhere yet.
void seat_more(Transition& transition, FrameId frame, const std::vector<Bench>& benches, Bench& bench,
               const std::vector<Seat>& more) {
  std::vector<Seat> people = expand_groups(transition.context().directory, more);
  keep_admitted(transition, frame, people);
  for (Seat& seat : people) {
    if (is_own_request(transition.state(), seat.person) || is_seated(benches, seat.person)) continue;
    bench.sitting.push_back(seat.person);
    bench.named.push_back(std::move(seat));
  }
}

}  // namespace

Seating seat_groups(Transition& transition, const Step& step, const Approve& approve, FrameId frame) {
  const Directory& directory = transition.context().directory;
  const Barred barred = barred_from_approving(transition.state());
  std::vector<Bench> benches;
  std::map<std::string, std::vector<PersonId>> on_chains;
  for (const SeatGroup& group : approve.seats) {
    const std::string what = fmt::format("by of {} in {}", group.name, step.name);
    Bench bench{.group = &group};
    bench.chains.in_parts = approve.if_nobody == NobodyRule::skip;
    bench.named = expand_groups(directory, resolve_people(transition, group.by, frame, what, &bench.chains));
    apply_self_rule(transition, approve.self, bench.named, bench.passed);
    if (auto people = people_of(bench.chains); !people.empty())
      on_chains.emplace(group.name, std::move(people));
    excuse_requester(approve.self, transition.state(), bench.chains);
    keep_admitted(transition, frame, bench.named);
    keep_whole_chains(directory, bench.chains, bench.named);
    if (bench.named.empty() && !bench.passed) {
      Seating instead = nobody_left(transition, step, approve.if_nobody, approve.if_nobody_to, frame, barred,
                                    bench.chains.short_of);
      bench.chains.lines.clear();
      if (instead.instead == Seating::Instead::stand_still || instead.instead == Seating::Instead::reject) {
        instead.why = fmt::format("{} (seats of {})", instead.why, group.name);
        return instead;
      }
      for (auto& [key, people] : instead.on_chains)
        on_chains.emplace(key_of_nobody_rule(group.name), std::move(people));
      bench.passed = instead.instead == Seating::Instead::approve;
      bench.named = expand_groups(directory, instead.seats);
      std::erase_if(bench.named,
                    [&](const Seat& seat) { return is_own_request(transition.state(), seat.person); });
      keep_admitted(transition, frame, bench.named);
    }
    benches.push_back(std::move(bench));
  }
  seat_everybody(benches);

  Seating seating{.seats = {}, .why = {}, .on_chains = std::move(on_chains)};
  for (Bench& bench : benches) {
    if (bench.passed) continue;
    std::uint32_t needed = needed_on(bench);
    if (needed > bench.sitting.size()) {
      const std::string why = bench_falls_short(step, bench, needed);
      const Seating more = seat_nobody_left(transition, step, frame);
      if (more.instead == Seating::Instead::reject || more.instead == Seating::Instead::stand_still) {
        return {{},
                more.instead,
                approve.if_nobody == NobodyRule::fail ? why : fmt::format("{}; {}", why, more.why)};
      }
      for (const auto& [key, people] : more.on_chains)
        seating.on_chains.emplace(key_of_nobody_rule(bench.group->name), people);
      seat_more(transition, frame, benches, bench, more.seats);
      // Passed over by `skip`: those who can be asked decide.
      if (more.instead == Seating::Instead::approve)
        needed = static_cast<std::uint32_t>(bench.sitting.size());
      if (needed > bench.sitting.size())
        return {{}, Seating::Instead::stand_still, bench_falls_short(step, bench, needed)};
      if (needed == 0) continue;
    }
    for (const Seat& seat : bench.named) {
      if (std::ranges::find(bench.sitting, seat.person) == bench.sitting.end()) continue;
      Seat seated = seat;
      seated.of_group = bench.group->name;
      seating.seats.push_back(std::move(seated));
    }
    seating.needed_of.emplace(bench.group->name, needed);
  }
  if (seating.seats.empty()) {
    seating.instead = Seating::Instead::approve;
    seating.why = fmt::format("nobody can be asked for {}", step.name);
  }
  return seating;
}

}  // namespace countersign
