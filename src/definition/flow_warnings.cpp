#include "definition/flow_warnings.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "definition/call_scan.h"

namespace countersign {
namespace {

// Whom an expression asks, as far as the file alone says it.
struct Asked {
  std::set<PersonId> active;
  bool known = true;  // false: how many it is depends on the instance
  bool requester = false;
  bool managers = false;   // the requester's manager
  std::size_t others = 0;  // single people who depend on the instance
  bool group = false;

  bool only_named() const { return known && !requester && !managers && others == 0; }
};

// The items of `[a, f("b, c")]`; nullopt where it is no list of its own.
std::optional<std::vector<std::string_view>> listed(std::string_view text) {
  if (!text.starts_with('[') || !text.ends_with(']')) return std::nullopt;
  std::vector<std::string_view> items;
  std::size_t begin = 1;
  int depth = 0;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == '\\') ++i;
      if (c == quote) quote = 0;
      continue;
    }
    if (c == '"' || c == '\'') quote = c;
    if (c == '[' || c == '(' || c == '{') ++depth;
    if (c == ']' || c == ')' || c == '}') --depth;
    const bool last = depth == 0;
    if (last && i + 1 < text.size()) return std::nullopt;  // "[a] + [b]"
    if (!last && !(c == ',' && depth == 1)) continue;
    if (const std::string_view item = trimmed(text.substr(begin, i - begin)); !item.empty())
      items.push_back(item);
    begin = i + 1;
  }
  return items;
}

// `single`: it gives one person, whoever that is.
void add_asked(const Directory& directory, std::string_view text, bool single, Asked& asked) {
  if (text == "requester") {
    asked.requester = true;
    return;
  }
  if (text == "requester.manager") {
    asked.managers = true;
    return;
  }
  const auto calls = scan_calls(text);
  // The one call and nothing behind it: a selection or another call would give other people.
  const bool plain = calls.size() == 1 && calls.front().name_begin == 0 && calls.front().literal &&
                     text.substr(calls.front().literal_end).size() <= 2;
  if (!plain) {
    if (single) {
      ++asked.others;
    } else {
      asked.known = false;
    }
    return;
  }
  const auto add = [&](const Person* person) {
    if (person != nullptr && person->active) asked.active.insert(person->id);
  };
  if (calls.front().name == "person") {
    add(directory.find_by_id_or_mail(*calls.front().literal));
  } else if (calls.front().name == "group") {
    asked.group = true;
    const Group* group = directory.find_group(*calls.front().literal);
    if (group == nullptr) return;
    for (const PersonId& member : group->members) add(directory.find(member));
  } else {
    asked.known = false;
  }
}

Asked asked_by(const Directory& directory, const std::vector<Expression>& people) {
  Asked asked;
  for (const Expression& each : people) {
    if (!each.program) {
      asked.known = false;
      continue;
    }
    const std::string_view text = trimmed(each.program.source());
    if (const auto items = listed(text)) {
      for (const std::string_view item : *items) add_asked(directory, item, true, asked);
    } else {
      add_asked(directory, text, each.program.type().is(cel::Type::Tag::person), asked);
    }
  }
  return asked;
}

SourceSpan place_of(const std::vector<Expression>& people) {
  return span_of(people.front().at, static_cast<std::uint32_t>(
                                        std::max<std::size_t>(1, people.front().program.source().size())));
}

// Who may hand in the form, where the file and today's directory say it: nullopt where other systems or a
// schedule start it for whom they name.
std::optional<std::set<PersonId>> starters_of(const Loading& loading) {
  const Directory& directory = *loading.catalogue.directory;
  std::set<PersonId> starters;
  for (const Trigger& trigger : loading.definition.triggers) {
    if (trigger.kind != Trigger::Kind::form) return std::nullopt;
    if (trigger.by.empty()) {
      for (const Person& person : directory.people()) {
        if (person.active) starters.insert(person.id);
      }
      continue;
    }
    const Asked asked = asked_by(directory, trigger.by);
    if (!asked.only_named()) return std::nullopt;
    starters.insert(asked.active.begin(), asked.active.end());
  }
  return starters;
}

// Who answers in a step, or in a group of its seats.
struct Question {
  const std::vector<Expression>& people;
  std::size_t needed = 1;
  bool own = true;  // whoever starts it may answer, or `self` says what becomes of that
  NobodyRule if_nobody = NobodyRule::admin;
};

// Somebody who starts it has no manager, and there is nobody who is asked instead. False: that is not so.
bool warn_of_dead_end(Loading& loading, const Question& question) {
  const std::vector<Expression>& people = question.people;
  const Directory& directory = *loading.catalogue.directory;
  if (people.size() != 1 || !people.front().program || question.if_nobody != NobodyRule::admin) return false;
  if (trimmed(people.front().program.source()) != "requester.manager" || !loading.definition.owner.empty())
    return false;
  const Group* admins = directory.find_group("admins");
  const auto is_active = [&](const PersonId& id) {
    const Person* person = directory.find(id);
    return person != nullptr && person->active;
  };
  if (admins != nullptr && std::ranges::any_of(admins->members, is_active)) return false;
  // Where everybody may start it, somebody is always at the top.
  const bool named = std::ranges::none_of(loading.definition.triggers,
                                          [](const Trigger& trigger) { return trigger.by.empty(); });
  const auto starters = starters_of(loading);
  if (!named || !starters) return false;
  const auto alone = std::ranges::find_if(*starters, [&](const PersonId& id) {
    const Person* person = directory.find(id);
    return person != nullptr && (!person->manager || !is_active(*person->manager));
  });
  if (alone == starters->end()) return false;
  loading.diagnostics.warning(
      Code::nobody_to_ask, place_of(people),
      fmt::format(
          "{} may start this and has no manager, and there is neither an 'owner' of the workflow nor a group "
          "'admins' with a member: the request would stand still; name an 'owner', or say 'if_nobody'",
          alone->value));
  return true;
}

// Whether the step is for some requesters only.
bool looks_at_requester(const Definition& definition, const Step& step) {
  const auto looks = [](const std::optional<Expression>& when) {
    return when && when->program && std::ranges::any_of(when->program.references(), [](const auto& chain) {
             return chain.front() == "requester";
           });
  };
  for (const Step* at = &step;;) {
    if (looks(at->when)) return true;
    const StepIndex owner = definition.list(at->list).owner;
    if (owner == kNoStep) return false;
    at = &definition.step(owner);
    const auto* choose = std::get_if<Choose>(&at->kind);
    if (choose != nullptr && std::ranges::any_of(choose->options, looks, &Choose::Option::when)) return true;
  }
}

// How many can be asked for a request of that person.
std::size_t can_be_asked_for(const Directory& directory, const Asked& asked, const PersonId& starter) {
  std::set<PersonId> people = asked.active;
  const Person* person = directory.find(starter);
  if (asked.managers && person != nullptr && person->manager) {
    const Person* manager = directory.find(*person->manager);
    if (manager != nullptr && manager->active) people.insert(manager->id);
  }
  people.erase(starter);
  return people.size() + asked.others;
}

// How many can be asked at most, and of a request of one of them fewer than are needed.
struct Reachable {
  std::size_t most = 0;
  bool own = false;  // it is because nobody approves a request of their own
  std::optional<std::pair<PersonId, std::size_t>> stuck;
};

Reachable reachable(const Loading& loading, const Asked& asked, const Question& question) {
  Reachable found;
  found.most = asked.active.size() + asked.others + (asked.managers ? 1 : 0) +
               (asked.requester && question.own ? 1 : 0);
  found.own = asked.requester && !question.own;
  if (question.own || found.most < question.needed) return found;
  const auto starters = starters_of(loading);
  if (!starters || starters->empty()) return found;
  std::size_t best = 0;
  for (const PersonId& starter : *starters) {
    const std::size_t asked_for = can_be_asked_for(*loading.catalogue.directory, asked, starter);
    best = std::max(best, asked_for);
    if (!found.stuck && asked_for > 0 && asked_for < question.needed) found.stuck = {starter, asked_for};
  }
  // Whoever has no manager goes to administrators as a rule.
  if (best == 0 && asked.managers) return found;
  const auto is_asked = [&](const PersonId& starter) { return asked.active.contains(starter); };
  const bool never = best < question.needed;
  if (never) found.most = best;
  found.own = found.own || (never ? std::ranges::any_of(*starters, is_asked)
                                  : found.stuck && is_asked(found.stuck->first));
  return found;
}

// Fewer than are needed can be asked, and nobody but administrators would be asked for them.
void warn_of_too_few(Loading& loading, const Step& step, const Question& question) {
  if (question.people.empty() || warn_of_dead_end(loading, question)) return;
  const bool stands_still = question.if_nobody == NobodyRule::fail;
  if (!stands_still && question.if_nobody != NobodyRule::admin) return;
  const Asked asked = asked_by(*loading.catalogue.directory, question.people);
  if (!asked.known) return;
  // Of an empty group without `if_nobody` is told where it is named.
  if (asked.only_named() && asked.group && asked.active.empty() && !stands_still) return;
  const Reachable found = reachable(loading, asked, question);
  const bool never = found.most < question.needed;
  if (!never && (!found.stuck || looks_at_requester(loading.definition, step))) return;
  const bool own = found.own;
  const std::string how_many = !never ? fmt::format("for a request of {} only {} can be asked",
                                                    found.stuck->first.value, found.stuck->second)
                               : asked.only_named() && !own
                                   ? fmt::format("of those who are asked only {} {} active", found.most,
                                                 found.most == 1 ? "is" : "are")
                                   : fmt::format("at most {} can ever be asked", found.most);
  const std::string too_few =
      found.most > 0 ? fmt::format("{} must approve, and {}{}", question.needed, how_many,
                                   own ? ", since nobody approves a request of their own" : "")
      : own          ? std::string("nobody approves a request of their own, and nobody else is asked")
                     : std::string("nobody who is named here is active");
  loading.diagnostics.warning(
      Code::nobody_can_decide, place_of(question.people),
      fmt::format("{}, so that {}: name {}, or let {}'if_nobody' name somebody", too_few,
                  stands_still ? "it would stand still" : "administrators would be asked",
                  question.needed > 1 ? "more people, lower 'need'" : "somebody else",
                  own ? "'self' or " : ""));
}

void warn_of_people(Loading& loading) {
  if (loading.catalogue.directory == nullptr) return;
  const auto number = [](const Quorum& need) {
    return need.kind == QuorumKind::count ? std::size_t{need.number} : std::size_t{1};
  };
  for (const Step& step : loading.definition.steps) {
    if (const auto* approve = std::get_if<Approve>(&step.kind)) {
      const bool own = approve->self != SelfRule::refuse;
      warn_of_too_few(loading, step, {approve->by, number(approve->need), own, approve->if_nobody});
      for (const SeatGroup& group : approve->seats)
        warn_of_too_few(loading, step, {group.by, number(group.need), own, approve->if_nobody});
    }
    if (const auto* task = std::get_if<Task>(&step.kind))
      warn_of_too_few(loading, step, {.people = task->owner, .if_nobody = task->if_nobody});
  }
}

// Without `show` whoever is asked sees the whole form.
bool is_seen(const Definition& definition, const std::string& field) {
  const auto shows = [&](const std::vector<std::string>& show, const std::vector<std::string>& edit) {
    return show.empty() || std::ranges::find(show, field) != show.end() ||
           std::ranges::find(edit, field) != edit.end();
  };
  return std::ranges::any_of(definition.steps, [&](const Step& step) {
    if (const auto* approve = std::get_if<Approve>(&step.kind)) return shows(approve->show, approve->edit);
    if (const auto* task = std::get_if<Task>(&step.kind)) return shows(task->show, task->edit);
    return false;
  });
}

void warn_of_fields(Loading& loading) {
  if (loading.read_fields.contains("")) return;
  for (const Field& field : loading.definition.form) {
    if (loading.read_fields.contains(field.name) || field.unique != Unique::no) continue;
    if (is_seen(loading.definition, field.name)) continue;
    loading.diagnostics.warning(
        Code::unused_field, span_of(field.at, static_cast<std::uint32_t>(field.name.size())),
        fmt::format(
            "the field '{}' is never used: nothing reads it, and nobody who is asked sees it; name it "
            "in a 'show', or take it away",
            field.name));
  }
}

// Lists of which several are open at once. A list's role says what it is (core/definition.h).
bool runs_beside_others(const StepList& list) {
  return list.role.starts_with("branch:") || list.role.starts_with("each") || list.role.starts_with("gate");
}

// The block of lists that run side by side, if `go` leaves one with others beside it; else kNoStep.
StepIndex block_left(const Definition& definition, const Step& go, const Step& target) {
  for (ListIndex list = go.list; list != target.list && list != kNoList;) {
    const StepIndex owner = definition.list(list).owner;
    if (owner == kNoStep) return kNoStep;
    const auto beside = std::ranges::count_if(definition.lists, [&](const StepList& other) {
      return other.owner == owner && runs_beside_others(other);
    });
    const auto* each = std::get_if<ForEach>(&definition.step(owner).kind);
    const bool alone = std::holds_alternative<Parallel>(definition.step(owner).kind) ||
                       (each != nullptr && each->one_by_one);
    const bool several = beside > 1 || !alone;
    if (runs_beside_others(definition.list(list)) && several) return owner;
    list = definition.step(owner).list;
  }
  return kNoStep;
}

void warn_of_targets(Loading& loading) {
  const Definition& definition = loading.definition;
  for (const auto& [index, reference] : loading.go_targets) {
    const auto* go = std::get_if<Go>(&definition.step(index).kind);
    if (go == nullptr || go->step == kNoStep) continue;
    const StepIndex left = block_left(definition, definition.step(index), definition.step(go->step));
    if (left == kNoStep) continue;
    loading.diagnostics.warning(
        Code::cancels_branches, reference.at,
        fmt::format(
            "this leaves what runs side by side from line {} on and cancels whatever is open beside it; "
            "to let the others end, set a variable here and go behind that step",
            definition.step(left).at.line));
  }
}

}  // namespace

void warn_of_flow(Loading& loading) {
  warn_of_people(loading);
  warn_of_fields(loading);
  warn_of_targets(loading);
}

}  // namespace countersign
