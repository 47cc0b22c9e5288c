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

namespace countersign::cli {
namespace {

// So many open work items are looked at, the longest overdue first.
constexpr std::size_t kItemsMax = 100'000;
// So many of a kind are listed one by one.
constexpr std::size_t kListedMax = 50;
// Of so many work items of one finding each has its command.
constexpr std::size_t kCommandsMax = 10;

// Why an item waits in vain.
struct Cause {
  enum class Kind { missing, left, group, counted, barred, unreached } kind = Kind::group;
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

// Whether enough others are left to decide the step in favour of the request.
bool can_still_pass(const Reader& reader, const Directory& directory, const OpenItemRow& item) {
  const auto state = reader.instance(item.instance);
  return state && *state && passes_without(**state, item, [&](const Seat& seat) {
           return !nobody_there(directory, seat.person, seat.group);
         });
}

// Why nobody could answer an item although the people and groups it is before are there, asked of the core:
// for items of groups, and of workflows whose levels name who may do their work, in any version that open
// instances run. Looks at an instance once.
class AnswerRules {
 public:
  explicit AnswerRules(const Ward& ward) : trial_(*ward.trial) {
    const auto rows = ward.reader.definitions_in_use();
    if (!rows) return;
    for (const DefinitionRow& row : *rows) {
      const auto definition = trial_.definition(row.workflow, row.version);
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
      return Cause{Cause::Kind::counted, out->whose, out->whose + " counts in that step already"};
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
    const auto state = trial_.state(id);
    if (state == nullptr) return {};
    const auto definition = trial_.definition(*state);
    if (definition == nullptr) return {};
    return work_out_of_hands(trial_.context(*definition), *state);
  }

  const Trial& trial_;
  std::set<WorkflowId> bounded_;
  std::map<InstanceId, std::vector<OutOfHands>> found_;
};

// An item that waits in vain.
struct InVain {
  InstanceId instance;
  std::uint32_t number = 0;
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

std::string text_of_one(const InVain& item) {
  if (item.passes) return fmt::format("{} waits for somebody who cannot decide, others can", item.step);
  if (item.cause.kind == Cause::Kind::unreached)
    return fmt::format("{} waits for somebody whom no message reaches", item.step);
  return fmt::format("nobody can decide {}", item.step);
}

std::string text_of_many(const InVain& first, std::size_t number) {
  const std::string others = first.passes ? "; others can decide" : "";
  switch (first.cause.kind) {
    case Cause::Kind::missing:
      return fmt::format("{} work items wait for people who are not in the directory any more{}", number,
                         others);
    case Cause::Kind::left:
      return fmt::format("{} work items wait for people who have left{}", number, others);
    case Cause::Kind::unreached:
      return fmt::format("{} work items wait for people whom no message reaches{}", number, others);
    case Cause::Kind::group:
    case Cause::Kind::counted:
    case Cause::Kind::barred:
      break;
  }
  return first.passes ? fmt::format("{} work items wait for somebody who cannot decide, others can", number)
                      : fmt::format("nobody can decide {} work items", number);
}

// What can be written into the file of people, so that the items stay where they are; "" where nothing can.
std::string mending_people(const Cause& cause, const std::string& whose, const std::string& file) {
  switch (cause.kind) {
    case Cause::Kind::missing:
      return fmt::format("put {} back into {}, then", whose, file);
    case Cause::Kind::group:
      return fmt::format("put somebody else who is there into {} in {}, then", whose, file);
    case Cause::Kind::unreached:
      return fmt::format("write an address or a channel that reaches {} into {}, then", whose, file);
    case Cause::Kind::left:
    case Cause::Kind::counted:
    case Cause::Kind::barred:
      break;
  }
  return {};
}

// Those with the same cause: one finding, so that one mistake in a file is one.
Finding finding_of(const std::vector<const InVain*>& items, const Ward& ward) {
  const InVain& first = *items.front();
  Names references, whose, whys;
  Reassigning reassigning(ward);
  for (const InVain* item : items) {
    references.add(item->reference);
    whose.add(item->cause.whose);
    whys.add(item->cause.why);
    reassigning.add(item->instance, item->number, item->cause.why, item->cause.instead);
  }
  Finding finding{.check = "items",
                  .grade = first.passes ? Finding::Grade::warning : Finding::Grade::problem,
                  .text = items.size() == 1 ? text_of_one(first) : text_of_many(first, items.size()),
                  .on = references.text(),
                  .why = whys.text()};
  if (items.size() > 1 && first.cause.kind == Cause::Kind::missing)
    finding.why = whose.text() + (whose.size() == 1 ? " is" : " are") + " not in the directory";
  if (items.size() > 1 && first.cause.kind == Cause::Kind::left)
    finding.why = whose.text() + (whose.size() == 1 ? " has left" : " have left");
  if (std::string words = mending_people(first.cause, whose.text(), ward.files.people()); !words.empty())
    finding.mend.push_back({.words = std::move(words), .commands = {ward.commands.reload()}});
  finding.mend.push_back(reassigning.remedy());
  return finding;
}

// People are taken together, what is wrong with a group or a stage by what it is.
using CauseKey = std::tuple<bool, Cause::Kind, std::string>;
CauseKey key_of(const InVain& item) {
  using enum Cause::Kind;
  const bool by_why = item.cause.kind == group || item.cause.kind == counted || item.cause.kind == barred;
  return {item.passes, item.cause.kind, by_why ? item.cause.why : std::string()};
}

}  // namespace

bool passes_without(const State& state, const OpenItemRow& item,
                    const std::function<bool(const Seat&)>& can_vote) {
  const auto activation = state.activations.find(ActivationId(item.activation));
  if (activation == state.activations.end()) return false;
  Roster roster = activation->second.roster;
  for (Seat& seat : roster.seats) {
    if (seat.vote == Seat::Vote::none && seat.item != item.number && can_vote(seat))
      seat.vote = Seat::Vote::approved;
  }
  return verdict_of(roster) == Verdict::approved;
}

void Reassigning::add(const InstanceId& instance, std::uint32_t item, const std::string& why,
                      const PersonId& first) {
  if (++items_ > kCommandsMax) return;
  const std::string id = fmt::format("{}.{}", instance.value, item);
  const auto state = ward_.trial->state(instance);
  const PersonId to = state == nullptr ? PersonId() : new_assignee(*ward_.trial, *state, item, first);
  if (to.empty()) {
    if (nobody_.empty()) nobody_ = id;
    return;
  }
  made_.commands.push_back(ward_.commands.of_daemon({"reassign", id, "--to", to.value, "--reason", why}));
}

Remedy Reassigning::remedy() const {
  Remedy remedy = made_;
  remedy.words = items_ == 1 ? "give it to somebody else:" : "give each of them to somebody else:";
  if (!nobody_.empty() && remedy.commands.empty()) {
    remedy.words = fmt::format(
        "give it to somebody who may answer it, with 'countersign reassign {} --to PERSON --reason TEXT' (no "
        "active member of a group 'admins' may)",
        nobody_);
  } else if (!nobody_.empty()) {
    remedy.rest =
        fmt::format("to whom {} can be given is yours to say: no member of 'admins' may answer it", nobody_);
  }
  if (items_ > kCommandsMax) {
    remedy.rest += fmt::format("{}and {} more: 'countersign inbox' lists what is open",
                               remedy.rest.empty() ? "" : "; ", items_ - kCommandsMax);
  }
  return remedy;
}

void check_open_items(const Ward& ward, const Bounces& bounces, Findings& findings) {
  using enum Finding::Grade;
  const Directory& directory = ward.trial->directory();
  const auto items = ward.reader.open_items({}, kItemsMax);
  if (!items) return findings.add("items", problem, items.error().message);
  AnswerRules rules(ward);
  std::vector<InVain> found;
  std::vector<OpenItemRow> others;
  for (const OpenItemRow& item : *items) {
    auto gone = nobody_there(directory, item.assignee, item.group);
    if (!gone) gone = rules.cause_of(item);
    auto cause = gone ? gone : unreached(directory, bounces, item.assignee);
    if (!cause) {
      others.push_back(item);
      continue;
    }
    found.push_back({.instance = item.instance,
                     .number = item.number,
                     .reference = item.reference.empty() ? item.instance.value : item.reference,
                     .step = item.step,
                     .cause = std::move(*cause),
                     .passes = gone && can_still_pass(ward.reader, directory, item)});
  }
  std::vector<CauseKey> order;
  std::map<CauseKey, std::vector<const InVain*>> alike;
  for (const InVain& item : found) {
    auto& same = alike[key_of(item)];
    if (same.empty()) order.push_back(key_of(item));
    same.push_back(&item);
  }
  for (std::size_t i = 0; i < order.size() && i < kListedMax; ++i)
    findings.add(finding_of(alike.at(order[i]), ward));
  if (order.size() > kListedMax)
    findings.add("items", problem, fmt::format("{} more like these", order.size() - kListedMax));
  const std::size_t waiting = check_absent(ward, others, findings);
  if (found.empty() && waiting == 0) {
    findings.add("items", good,
                 counted(items->size(), "open work item", "open work items") +
                     (items->size() == kItemsMax ? " looked at" : "") + ", somebody can decide each");
  }
}

}  // namespace countersign::cli
