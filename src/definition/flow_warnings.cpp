#include "definition/flow_warnings.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "definition/call_scan.h"

namespace countersign {
namespace {

constexpr const char* kNobodyActive =
    "nobody who is named here is active, so an administrator would be asked: name somebody else, or say "
    "'if_nobody'";

// Whom an expression asks, as far as the file alone says it.
struct Asked {
  std::set<PersonId> active;
  bool known = true;  // false: how many it is depends on the instance
  bool requester = false;
  bool managers = false;   // the requester's manager
  std::size_t others = 0;  // single people who depend on the instance
  bool group = false;

  bool nobody_but_requester() const { return requester && !managers && others == 0 && active.empty(); }
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

// Nobody approves a request of their own: whoever starts it is not among those who can.
bool is_left_alone(const std::set<PersonId>& starters, const Asked& asked, std::size_t needed) {
  return !starters.empty() && std::ranges::all_of(starters, [&](const PersonId& starter) {
    return asked.active.size() - (asked.active.contains(starter) ? 1 : 0) < needed;
  });
}

// Somebody who starts it has no manager, and there is nobody who is asked instead.
void warn_of_dead_end(Loading& loading, const std::vector<Expression>& people, NobodyRule if_nobody) {
  const Directory& directory = *loading.catalogue.directory;
  if (people.size() != 1 || !people.front().program || if_nobody != NobodyRule::admin) return;
  if (trimmed(people.front().program.source()) != "requester.manager" || !loading.definition.owner.empty())
    return;
  const Group* admins = directory.find_group("admins");
  const auto is_active = [&](const PersonId& id) {
    const Person* person = directory.find(id);
    return person != nullptr && person->active;
  };
  if (admins != nullptr && std::ranges::any_of(admins->members, is_active)) return;
  // Where everybody may start it, somebody is always at the top.
  const bool named = std::ranges::none_of(loading.definition.triggers,
                                          [](const Trigger& trigger) { return trigger.by.empty(); });
  const auto starters = starters_of(loading);
  if (!named || !starters) return;
  const auto alone = std::ranges::find_if(*starters, [&](const PersonId& id) {
    const Person* person = directory.find(id);
    return person != nullptr && (!person->manager || !is_active(*person->manager));
  });
  if (alone == starters->end()) return;
  loading.diagnostics.warning(
      Code::nobody_to_ask, place_of(people),
      fmt::format(
          "{} may start this and has no manager, and there is neither an 'owner' of the workflow nor a group "
          "'admins' with a member: the request would stand still; name an 'owner', or say 'if_nobody'",
          alone->value));
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

// Fewer than are needed, and not nobody at all, for whom `if_nobody` speaks: the request stands still.
void warn_of_too_few(Loading& loading, const Step& step, const Approve& approve, const Asked& asked) {
  if (approve.need.kind != QuorumKind::count || approve.need.number < 2 || approve.self != SelfRule::refuse)
    return;
  const std::size_t needed = approve.need.number;
  const std::size_t most = asked.active.size() + asked.others + (asked.managers ? 1 : 0);
  if (most < needed) {
    loading.diagnostics.warning(
        Code::nobody_can_decide, place_of(approve.by),
        fmt::format("{} must approve, and at most {} can ever be asked{}: nobody can complete this step",
                    needed, most, asked.requester ? ", since nobody approves a request of their own" : ""));
    return;
  }
  const auto starters = starters_of(loading);
  if (!starters || looks_at_requester(loading.definition, step)) return;
  const Directory& directory = *loading.catalogue.directory;
  const auto stuck = std::ranges::find_if(*starters, [&](const PersonId& starter) {
    const std::size_t found = can_be_asked_for(directory, asked, starter);
    return found > 0 && found < needed;
  });
  if (stuck == starters->end()) return;
  const std::size_t found = can_be_asked_for(directory, asked, *stuck);
  loading.diagnostics.warning(
      Code::nobody_can_decide, place_of(approve.by),
      fmt::format(
          "{} must approve, and for a request of {} only {} can be asked, so that it would stand still: "
          "name somebody else, or say 'self'",
          needed, stuck->value, found));
}

void warn_of_approval(Loading& loading, const Step& step, const Approve& approve) {
  if (approve.by.empty()) return;
  warn_of_dead_end(loading, approve.by, approve.if_nobody);
  const Asked asked = asked_by(*loading.catalogue.directory, approve.by);
  if (!asked.known) return;
  const SourceSpan at = place_of(approve.by);
  if (!asked.nobody_but_requester() && !asked.only_named())
    return warn_of_too_few(loading, step, approve, asked);
  if (asked.requester) {
    const bool alone = approve.by.size() == 1;
    if (!alone || approve.self != SelfRule::refuse || approve.if_nobody != NobodyRule::admin) return;
    loading.diagnostics.warning(Code::nobody_can_decide, at,
                                "nobody approves a request of their own, so an administrator would be asked: "
                                "name somebody else, write a task, or say 'self' or 'if_nobody'");
    return;
  }
  const std::size_t needed = approve.need.kind == QuorumKind::count ? approve.need.number : 1;
  const std::size_t found = asked.active.size();
  // Of an empty group without `if_nobody` is told where it is named.
  if (found == 0 && (asked.group || approve.if_nobody != NobodyRule::admin)) return;
  if (found >= needed) {
    const auto starters = starters_of(loading);
    if (approve.self != SelfRule::refuse || !starters) return;
    if (approve.if_nobody != NobodyRule::admin) return warn_of_too_few(loading, step, approve, asked);
    if (!is_left_alone(*starters, asked, needed)) return warn_of_too_few(loading, step, approve, asked);
    loading.diagnostics.warning(Code::nobody_can_decide, at,
                                "nobody approves a request of their own, and without whoever starts it there "
                                "are never enough to approve: "
                                "name somebody else, or say 'self' or 'if_nobody'");
    return;
  }
  loading.diagnostics.warning(
      Code::nobody_can_decide, at,
      found == 0
          ? kNobodyActive
          : fmt::format("{} must approve, and of those who are asked only {} {} active today, so that nobody "
                        "can complete this step: lower 'need', or name more people",
                        needed, found, found == 1 ? "is" : "are"));
}

void warn_of_task(Loading& loading, const Task& task) {
  if (!task.owner.empty()) warn_of_dead_end(loading, task.owner, task.if_nobody);
  if (task.owner.empty() || task.if_nobody != NobodyRule::admin) return;
  const Asked asked = asked_by(*loading.catalogue.directory, task.owner);
  if (!asked.only_named() || asked.group || !asked.active.empty()) return;
  loading.diagnostics.warning(Code::nobody_can_decide, place_of(task.owner), kNobodyActive);
}

void warn_of_people(Loading& loading) {
  if (loading.catalogue.directory == nullptr) return;
  for (const Step& step : loading.definition.steps) {
    if (const auto* approve = std::get_if<Approve>(&step.kind)) {
      warn_of_approval(loading, step, *approve);
      for (const SeatGroup& group : approve->seats) {
        Approve alone = *approve;
        alone.by = group.by;
        alone.need = group.need;
        warn_of_approval(loading, step, alone);
      }
    }
    if (const auto* task = std::get_if<Task>(&step.kind)) warn_of_task(loading, *task);
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
