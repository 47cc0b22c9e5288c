#include "cli/doctor_items.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "cli/report.h"
#include "core/roster.h"

namespace countersign::cli {
namespace {

// So many open work items are looked at, the longest overdue first.
constexpr std::size_t kItemsMax = 100'000;
// So many open instances are looked at.
constexpr std::size_t kInstancesMax = 20'000;
constexpr std::size_t kInstancesPage = 500;
// So many of a kind are listed one by one.
constexpr std::size_t kListedMax = 50;

// Why nobody can answer for the seat; "" where somebody can.
std::string nobody_there(const Directory& directory, const PersonId& person, const std::string& group) {
  if (!group.empty()) {
    const Group* known = directory.find_group(group);
    if (known == nullptr) return fmt::format("the group '{}' is not in the directory", group);
    const bool someone = std::ranges::any_of(known->members, [&](const PersonId& member) {
      const Person* found = directory.find(member);
      return found != nullptr && found->active;
    });
    return someone ? "" : fmt::format("the group '{}' has no active member", group);
  }
  const Person* known = directory.find(person);
  if (known == nullptr) return fmt::format("{} is not in the directory", person.value);
  return known->active ? "" : fmt::format("{} has left", person.value);
}

// Why no message reaches whoever is asked; "" where one does.
std::string unreached(const Directory& directory, const Bounces& bounces, const PersonId& person) {
  const Person* known = directory.find(person);
  if (known == nullptr) return "";
  const auto bounced = bounces.find(person);
  if (bounced != bounces.end())
    return fmt::format("mail to {} <{}> comes back: {}", person.value, known->mail, bounced->second);
  if (known->mail.empty() && known->channels.empty())
    return fmt::format("{} has neither a mail address nor a channel", person.value);
  return "";
}

// Whom the work can be given to: an administrator.
std::string somebody(const Directory& directory) {
  if (const Group* admins = directory.find_group("admins"); admins != nullptr) {
    for (const PersonId& member : admins->members) {
      const Person* person = directory.find(member);
      if (person != nullptr && person->active) return member.value;
    }
  }
  return "PERSON";
}

// Why nobody of the group may answer, though it has members: they have voted there, or sit there in person.
std::string nobody_may(const Reader& reader, const Directory& directory, const OpenItemRow& item) {
  if (item.group.empty() || !item.assignee.empty()) return "";
  const auto state = reader.instance(item.instance);
  if (!state || !*state) return "";
  const auto open = (*state)->items.find(item.number);
  const auto activation = (*state)->activations.find(ActivationId(item.activation));
  if (open == (*state)->items.end() || activation == (*state)->activations.end()) return "";
  const Roster& roster = activation->second.roster;
  const auto is_its_own = [&](const Seat& seat) { return seat.item == item.number; };
  const auto has_vote = [](const Seat& seat) { return seat.vote != Seat::Vote::none; };
  const Seat seat{.group = item.group};
  // Without any vote it may be a task, whose people do not count.
  if (std::ranges::none_of(roster.seats, is_its_own) || std::ranges::none_of(roster.seats, has_vote) ||
      can_answer(directory, roster, seat, barred_from_approving(**state)))
    return "";
  return fmt::format("whoever is in the group '{}' has decided there, is asked in person or asked for it",
                     item.group);
}

// Whether enough others are left to decide the step in favour of the request.
bool can_still_pass(const Reader& reader, const Directory& directory, const OpenItemRow& item) {
  const auto state = reader.instance(item.instance);
  if (!state || !*state) return false;
  const auto activation = (*state)->activations.find(ActivationId(item.activation));
  if (activation == (*state)->activations.end()) return false;
  const auto possible = std::ranges::count_if(activation->second.roster.seats, [&](const Seat& seat) {
    if (seat.vote != Seat::Vote::none) return seat.vote == Seat::Vote::approved;
    return seat.item != item.number && nobody_there(directory, seat.person, seat.group).empty();
  });
  return possible >= static_cast<std::ptrdiff_t>(activation->second.roster.needed);
}

}  // namespace

void check_open_items(const Reader& reader, const Directory& directory, const Bounces& bounces,
                      Findings& findings) {
  using enum Finding::Grade;
  const auto items = reader.open_items({}, kItemsMax);
  if (!items) return findings.add("items", problem, items.error().message);
  std::size_t found = 0;
  for (const OpenItemRow& item : *items) {
    std::string gone = nobody_there(directory, item.assignee, item.group);
    if (gone.empty()) gone = nobody_may(reader, directory, item);
    const std::string why = gone.empty() ? unreached(directory, bounces, item.assignee) : gone;
    if (why.empty()) continue;
    if (++found > kListedMax) continue;
    const std::string id = fmt::format("{}.{}", item.instance.value, item.number);
    const bool passes = !gone.empty() && can_still_pass(reader, directory, item);
    Finding finding{.check = "items", .grade = passes ? warning : problem, .text = {}};
    finding.text = passes ? fmt::format("{} waits for somebody who cannot decide, others can", item.step)
                   : gone.empty() ? fmt::format("{} waits for somebody whom no message reaches", item.step)
                                  : fmt::format("nobody can decide {}", item.step);
    finding.on = item.reference.empty() ? id : item.reference;
    finding.why = why;
    finding.mend = fmt::format("countersign reassign {} --to {} --reason '{}'", id, somebody(directory), why);
    findings.add(std::move(finding));
  }
  if (found > kListedMax)
    findings.add("items", problem, fmt::format("{} more like these", found - kListedMax));
  if (found == 0) {
    findings.add("items", good,
                 counted(items->size(), "open work item", "open work items") +
                     (items->size() == kItemsMax ? " looked at" : "") + ", somebody can decide each");
  }
}

void check_idle_steps(const Reader& reader, Findings& findings) {
  using enum Finding::Grade;
  std::size_t found = 0;
  std::size_t looked_at = 0;
  std::string cursor;
  do {
    const auto page = reader.instances({.ended = false}, kInstancesPage, cursor);
    if (!page) return findings.add("steps", problem, page.error().message);
    for (const InstanceRow& row : page->rows) {
      const auto state = reader.instance(row.id);
      if (!state) return findings.add("steps", problem, state.error().message);
      if (!*state) continue;
      ++looked_at;
      const bool idle = std::ranges::any_of(
          (*state)->activations, [&](const auto& entry) { return asks_nobody(**state, entry.second); });
      if (!idle || ++found > kListedMax) continue;
      findings.add({.check = "steps",
                    .grade = problem,
                    .text = "a step waits for people and asks nobody",
                    .on = row.reference,
                    .why = "the last vote that it waited for fell, and nobody was asked instead",
                    .mend = fmt::format("countersign retry {} --reason 'nobody was asked'", row.reference)});
    }
    cursor = page->next_cursor;
  } while (!cursor.empty() && looked_at < kInstancesMax);
  if (found > kListedMax)
    findings.add("steps", problem, fmt::format("{} more like these", found - kListedMax));
  if (found == 0) {
    findings.add("steps", good,
                 counted(looked_at, "open instance", "open instances") +
                     (cursor.empty() ? "" : " looked at") + ", somebody is asked at each step");
  }
}

}  // namespace countersign::cli
