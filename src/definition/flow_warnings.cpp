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
  bool known = true;       // false: it depends on the instance
  bool requester = false;  // the requester, and nobody else
  bool group = false;
};

void add_asked(const Directory& directory, const Expression& expression, Asked& asked) {
  if (!expression.program) {
    asked.known = false;
    return;
  }
  const std::string_view text = trimmed(expression.program.source());
  if (text == "requester") {
    asked.requester = true;
    return;
  }
  const auto calls = scan_calls(text);
  // The one call and nothing behind it: a selection or another call would give other people.
  const bool plain = calls.size() == 1 && calls.front().name_begin == 0 && calls.front().literal &&
                     text.substr(calls.front().literal_end).size() <= 2;
  if (!plain) {
    asked.known = false;
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
  for (const Expression& each : people) add_asked(directory, each, asked);
  return asked;
}

SourceSpan place_of(const std::vector<Expression>& people) {
  return span_of(people.front().at, static_cast<std::uint32_t>(
                                        std::max<std::size_t>(1, people.front().program.source().size())));
}

void warn_of_approval(Loading& loading, const Approve& approve) {
  if (approve.by.empty()) return;
  const Asked asked = asked_by(*loading.catalogue.directory, approve.by);
  if (!asked.known) return;
  const SourceSpan at = place_of(approve.by);
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
  if (found >= needed) return;
  loading.diagnostics.warning(
      Code::nobody_can_decide, at,
      found == 0
          ? "nobody who is named here is active: an administrator would be asked"
          : fmt::format("{} must approve, and of those who are asked only {} {} active today: nobody can "
                        "complete this step",
                        needed, found, found == 1 ? "is" : "are"));
}

void warn_of_task(Loading& loading, const Task& task) {
  if (task.owner.empty() || task.if_nobody != NobodyRule::admin) return;
  const Asked asked = asked_by(*loading.catalogue.directory, task.owner);
  if (!asked.known || asked.requester || asked.group || !asked.active.empty()) return;
  loading.diagnostics.warning(Code::nobody_can_decide, place_of(task.owner),
                              "nobody who is named here is active: an administrator would be asked");
}

void warn_of_people(Loading& loading) {
  if (loading.catalogue.directory == nullptr) return;
  for (const Step& step : loading.definition.steps) {
    if (const auto* approve = std::get_if<Approve>(&step.kind)) {
      warn_of_approval(loading, *approve);
      for (const SeatGroup& group : approve->seats) {
        Approve alone = *approve;
        alone.by = group.by;
        alone.need = group.need;
        warn_of_approval(loading, alone);
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
    const bool several = beside > 1 || !std::holds_alternative<Parallel>(definition.step(owner).kind);
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
