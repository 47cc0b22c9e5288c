#include "cli/doctor_items.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/report.h"
#include "core/gates.h"
#include "core/out_of_hands.h"
#include "core/roster.h"
#include "runtime/workspace.h"

namespace countersign::cli {
namespace {

// So many open work items are looked at, the longest overdue first.
constexpr std::size_t kItemsMax = 100'000;
// So many open instances are looked at.
constexpr std::size_t kInstancesMax = 20'000;
constexpr std::size_t kInstancesPage = 500;
// So many of a kind are listed one by one.
constexpr std::size_t kListedMax = 50;

// Why an item waits in vain.
struct Cause {
  enum class Kind { missing, left, group, barred, unreached } kind = Kind::group;
  std::string whose;   // "li.na", "the group 'finance'"
  std::string why;     // "li.na has left"
  PersonId instead{};  // whom it can be given to, where not everybody may have it
};

// Why nobody can answer for the seat; nullopt where somebody can.
std::optional<Cause> nobody_there(const Directory& directory, const PersonId& person,
                                  const std::string& group) {
  if (!group.empty()) {
    const std::string whose = fmt::format("the group '{}'", group);
    const Group* known = directory.find_group(group);
    if (known == nullptr) return Cause{Cause::Kind::group, whose, whose + " is not in the directory"};
    const bool someone = std::ranges::any_of(known->members, [&](const PersonId& member) {
      const Person* found = directory.find(member);
      return found != nullptr && found->active;
    });
    if (someone) return std::nullopt;
    return Cause{Cause::Kind::group, whose, whose + " has no active member"};
  }
  const Person* known = directory.find(person);
  if (known == nullptr)
    return Cause{Cause::Kind::missing, person.value, person.value + " is not in the directory"};
  if (known->active) return std::nullopt;
  return Cause{Cause::Kind::left, person.value, person.value + " has left"};
}

// Why no message reaches whoever is asked; nullopt where one does.
std::optional<Cause> unreached(const Directory& directory, const Bounces& bounces, const PersonId& person) {
  const Person* known = directory.find(person);
  if (known == nullptr) return std::nullopt;
  const auto bounced = bounces.find(person);
  const auto cause = [&](std::string why) {
    return Cause{Cause::Kind::unreached, person.value, std::move(why)};
  };
  if (bounced != bounces.end())
    return cause(fmt::format("mail to {} <{}> comes back: {}", person.value, known->mail, bounced->second));
  if (known->mail.empty() && known->channels.empty())
    return cause(fmt::format("{} has neither a mail address nor a channel", person.value));
  return std::nullopt;
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

// Whether enough others are left to decide the step in favour of the request.
bool can_still_pass(const Reader& reader, const Directory& directory, const OpenItemRow& item) {
  const auto state = reader.instance(item.instance);
  if (!state || !*state) return false;
  const auto activation = (*state)->activations.find(ActivationId(item.activation));
  if (activation == (*state)->activations.end()) return false;
  const auto possible = std::ranges::count_if(activation->second.roster.seats, [&](const Seat& seat) {
    if (seat.vote != Seat::Vote::none) return seat.vote == Seat::Vote::approved;
    return seat.item != item.number && !nobody_there(directory, seat.person, seat.group);
  });
  return possible >= static_cast<std::ptrdiff_t>(activation->second.roster.needed);
}

// Why nobody could answer an item although the people and groups it is before are there, asked of the core:
// for items of groups, and of workflows whose levels name who may do their work, in any version that open
// instances run. Looks at an instance once.
class AnswerRules {
 public:
  AnswerRules(const Reader& reader, const std::shared_ptr<const Snapshot>& snapshot, Instant now)
      : reader_(reader), snapshot_(snapshot), library_(snapshot), now_(now) {
    load_versions_from(reader, library_);
    const auto rows = reader.definitions_in_use();
    if (!rows) return;
    for (const DefinitionRow& row : *rows) {
      const auto definition = library_.version(row.workflow, row.version);
      if (definition != nullptr && has_bounds(*definition)) bounded_.insert(row.workflow);
    }
  }

  std::optional<Cause> cause_of(const OpenItemRow& item) {
    if (item.group.empty() && !bounded_.contains(item.workflow)) return std::nullopt;
    auto known = found_.find(item.instance);
    if (known == found_.end()) known = found_.emplace(item.instance, look_at(item.instance)).first;
    const auto out = std::ranges::find(known->second, item.number, &OutOfHands::item);
    if (out == known->second.end()) return std::nullopt;
    if (!out->is_barred && item.group.empty())
      return Cause{Cause::Kind::group, out->whose, out->whose + " counts in that step already"};
    if (!out->is_barred) {
      const std::string whose = fmt::format("the group '{}'", item.group);
      return Cause{
          Cause::Kind::group, whose,
          fmt::format("whoever is in {} has decided there, is asked in person, asked for it or is not "
                      "admitted",
                      whose)};
    }
    return Cause{Cause::Kind::barred, out->whose,
                 fmt::format("'only' of its stage does not name {}{}", out->whose,
                             out->instead.empty() ? ", nor anybody else who is there" : ""),
                 out->instead};
  }

 private:
  std::vector<OutOfHands> look_at(const InstanceId& id) const {
    const auto state = reader_.instance(id);
    if (!state || !*state) return {};
    const auto definition = library_.version((*state)->workflow, (*state)->version);
    if (definition == nullptr) return {};
    const Facts nothing;
    const Context context{.definition = *definition,
                          .directory = *snapshot_->directory,
                          .calendars = snapshot_->calendars,
                          .facts = nothing,
                          .now = now_};
    return work_out_of_hands(context, **state);
  }

  const Reader& reader_;
  std::shared_ptr<const Snapshot> snapshot_;
  Library library_;
  Instant now_;
  std::set<WorkflowId> bounded_;
  std::map<InstanceId, std::vector<OutOfHands>> found_;
};

// An item that waits in vain.
struct InVain {
  std::string id;         // "i_01.3"
  std::string reference;  // of its instance; the id where it has none
  std::string step;
  Cause cause;
  bool passes = false;  // enough others are left to decide the step
};

// Different names, of which the first few are listed.
class Names {
 public:
  void add(const std::string& name) {
    if (known_.insert(name).second && first_.size() < kNamed) first_.push_back(name);
  }
  std::size_t size() const { return known_.size(); }
  std::string text() const {
    const std::string listed = join(first_, ", ");
    return size() == first_.size() ? listed : fmt::format("{} and {} more", listed, size() - first_.size());
  }

 private:
  static constexpr std::size_t kNamed = 5;
  std::set<std::string> known_;
  std::vector<std::string> first_;
};

std::string reassign(const InVain& item, const Directory& directory) {
  const std::string to = item.cause.instead.empty() ? somebody(directory) : item.cause.instead.value;
  return fmt::format("countersign reassign {} --to {} --reason '{}'", item.id, to, item.cause.why);
}

Finding finding_of(const InVain& item, const Directory& directory) {
  Finding finding{.check = "items", .grade = Finding::Grade::problem, .text = {}};
  if (item.passes) finding.grade = Finding::Grade::warning;
  finding.text = item.passes ? fmt::format("{} waits for somebody who cannot decide, others can", item.step)
                 : item.cause.kind == Cause::Kind::unreached
                     ? fmt::format("{} waits for somebody whom no message reaches", item.step)
                     : fmt::format("nobody can decide {}", item.step);
  finding.on = item.reference;
  finding.why = item.cause.why;
  finding.mend = reassign(item, directory);
  return finding;
}

// Several with the same cause: one finding, so that one mistake in a file is one line.
Finding finding_of(const std::vector<const InVain*>& items, const Directory& directory) {
  const InVain& first = *items.front();
  if (items.size() == 1) return finding_of(first, directory);
  Names references, whose, whys;
  for (const InVain* item : items) {
    references.add(item->reference);
    whose.add(item->cause.whose);
    whys.add(item->cause.why);
  }
  Finding finding{.check = "items", .grade = Finding::Grade::problem, .text = {}};
  if (first.passes) finding.grade = Finding::Grade::warning;
  finding.on = references.text();
  finding.why = whys.text();
  finding.mend = reassign(first, directory) + ", and so with each of them";
  const std::string count = fmt::format("{} work items", items.size());
  const std::string others = first.passes ? "; others can decide" : "";
  switch (first.cause.kind) {
    case Cause::Kind::missing:
      finding.text = fmt::format("{} wait for people who are not in the directory any more{}", count, others);
      finding.why = whose.text() + (whose.size() == 1 ? " is" : " are") + " not in the directory";
      finding.mend = "put them back into the people file, then: countersign reload; or " + finding.mend;
      break;
    case Cause::Kind::left:
      finding.text = fmt::format("{} wait for people who have left{}", count, others);
      finding.why = whose.text() + (whose.size() == 1 ? " has left" : " have left");
      break;
    case Cause::Kind::unreached:
      finding.text = fmt::format("{} wait for people whom no message reaches{}", count, others);
      break;
    case Cause::Kind::group:
    case Cause::Kind::barred:
      finding.text = first.passes ? fmt::format("{} wait for somebody who cannot decide, others can", count)
                                  : fmt::format("nobody can decide {}", count);
      break;
  }
  return finding;
}

// People are taken together, what is wrong with a group or a stage by what it is.
using CauseKey = std::tuple<bool, Cause::Kind, std::string>;
CauseKey key_of(const InVain& item) {
  const bool by_why = item.cause.kind == Cause::Kind::group || item.cause.kind == Cause::Kind::barred;
  return {item.passes, item.cause.kind, by_why ? item.cause.why : std::string()};
}

}  // namespace

void check_open_items(const Reader& reader, const std::shared_ptr<const Snapshot>& snapshot, Instant now,
                      const Bounces& bounces, Findings& findings) {
  using enum Finding::Grade;
  const Directory& directory = *snapshot->directory;
  const auto items = reader.open_items({}, kItemsMax);
  if (!items) return findings.add("items", problem, items.error().message);
  AnswerRules rules(reader, snapshot, now);
  std::vector<InVain> found;
  for (const OpenItemRow& item : *items) {
    auto gone = nobody_there(directory, item.assignee, item.group);
    if (!gone) gone = rules.cause_of(item);
    auto cause = gone ? gone : unreached(directory, bounces, item.assignee);
    if (!cause) continue;
    const std::string id = fmt::format("{}.{}", item.instance.value, item.number);
    found.push_back({.id = id,
                     .reference = item.reference.empty() ? id : item.reference,
                     .step = item.step,
                     .cause = std::move(*cause),
                     .passes = gone && can_still_pass(reader, directory, item)});
  }
  std::vector<CauseKey> order;
  std::map<CauseKey, std::vector<const InVain*>> alike;
  for (const InVain& item : found) {
    auto& same = alike[key_of(item)];
    if (same.empty()) order.push_back(key_of(item));
    same.push_back(&item);
  }
  for (std::size_t i = 0; i < order.size() && i < kListedMax; ++i)
    findings.add(finding_of(alike.at(order[i]), directory));
  if (order.size() > kListedMax)
    findings.add("items", problem, fmt::format("{} more like these", order.size() - kListedMax));
  if (found.empty()) {
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
