// Work that waits until somebody is back: they named a stand-in, and that one may not act there.

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/doctor_items.h"
#include "cli/report.h"

namespace countersign::cli {
namespace {

using enum Finding::Grade;

constexpr std::size_t kAbsentListed = 20;

// Everybody who is away at that moment, for whatever requests.
std::set<PersonId> away_at(const Directory& directory, const Absences& absences, Instant at) {
  std::set<PersonId> away;
  const auto look = [&](const PersonId& person, const Absence& absence) {
    if (absence.from <= at && at < absence.until) away.insert(person);
  };
  for (const Person& person : directory.people()) {
    for (const Absence& absence : person.away) look(person.id, absence);
  }
  for (const RecordedAbsence& recorded : absences.all()) look(recorded.person, recorded.absence);
  return away;
}

// What waits for the same people for the same reason.
struct Waiting {
  Instant until;
  std::vector<std::string> references;
  std::vector<const OpenItemRow*> items;
};

class Absent {
 public:
  explicit Absent(const Ward& ward)
      : ward_(ward), away_(away_at(ward.trial->directory(), ward.trial->absences(), ward.now)) {}

  void look_at(const OpenItemRow& row) {
    if (!may_concern(row)) return;
    const auto state = ward_.trial->state(row.instance);
    const auto definition = state == nullptr ? nullptr : ward_.trial->definition(*state);
    if (definition == nullptr || !state->items.contains(row.number)) return;
    const Item& item = state->items.at(row.number);
    const Context context = ward_.trial->context(*definition);
    const StandInView view = stand_in_view(context, *state);
    std::vector<std::string> why_not;
    if (!stand_ins_of(view, item, &why_not).empty() || why_not.empty()) return;
    const bool others_can = passes_without(*state, row, [&](const Seat& seat) {
      const auto other = state->items.find(seat.item);
      return other != state->items.end() && other->second.status == ItemStatus::open &&
             (seat.person.empty() || !away_until(view, seat.person));
    });
    if (others_can) return;
    Waiting& waiting = found_[join(why_not, "; ")];
    waiting.items.push_back(&row);
    const std::string& reference = row.reference.empty() ? row.instance.value : row.reference;
    if (std::ranges::find(waiting.references, reference) == waiting.references.end())
      waiting.references.push_back(reference);
    for (const PersonId& person : asked(row)) {
      const auto until = away_until(view, person);
      if (until && (waiting.until == Instant() || *until < waiting.until)) waiting.until = *until;
    }
  }

  // How many items wait.
  std::size_t report(Findings& findings) const {
    std::size_t listed = 0;
    std::size_t number = 0;
    for (const auto& [why, waiting] : found_) {
      number += waiting.items.size();
      if (++listed > kAbsentListed) continue;
      Reassigning reassigning(ward_);
      for (const OpenItemRow* row : waiting.items) reassigning.add(row->instance, row->number, why);
      findings.add({.check = "items",
                    .grade = warning,
                    .text = fmt::format("{} until {}, when {} back",
                                        waiting.items.size() == 1
                                            ? waiting.items.front()->step + " waits"
                                            : fmt::format("{} work items wait", waiting.items.size()),
                                        format_rfc3339(waiting.until), who_is(*waiting.items.front())),
                    .on = named(waiting.references),
                    .why = why,
                    .mend = {reassigning.remedy()}});
    }
    if (listed > kAbsentListed)
      findings.add("items", warning, fmt::format("{} more like these", listed - kAbsentListed));
    return number;
  }

 private:
  // Only what cannot be about anybody who is away is left out; the core says the rest.
  bool may_concern(const OpenItemRow& row) const {
    return std::ranges::any_of(asked(row), [&](const PersonId& person) { return away_.contains(person); });
  }

  std::vector<PersonId> asked(const OpenItemRow& row) const {
    if (!row.assignee.empty()) return {row.assignee};
    const auto members = ward_.trial->directory().members(row.group);
    return members ? std::vector<PersonId>(members->begin(), members->end()) : std::vector<PersonId>();
  }

  std::string who_is(const OpenItemRow& row) const {
    return row.assignee.empty() ? fmt::format("the first of the group '{}' is", row.group)
                                : row.assignee.value + " is";
  }

  const Ward& ward_;
  const std::set<PersonId> away_;
  std::map<std::string, Waiting> found_;
};

}  // namespace

std::size_t check_absent(const Ward& ward, const std::vector<OpenItemRow>& items, Findings& findings) {
  Absent absent(ward);
  for (const OpenItemRow& item : items) absent.look_at(item);
  return absent.report(findings);
}

}  // namespace countersign::cli
