// A person's answer to a work item.

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "core/acts/delegate.h"
#include "core/ask.h"
#include "core/chase.h"
#include "core/claims.h"
#include "core/commands.h"
#include "core/confirm.h"
#include "core/flow.h"
#include "core/form_rules.h"
#include "core/guards.h"
#include "core/open_chain.h"
#include "core/people_step.h"
#include "core/policy.h"
#include "core/same_person.h"
#include "core/send_back.h"
#include "core/turns.h"

namespace countersign {
namespace {

bool names(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

bool must_explain(const Step& step, const std::string& outcome) {
  if (outcome == "returned") return true;
  const auto* approve = std::get_if<Approve>(&step.kind);
  return approve != nullptr && approve->comment_on_reject && outcome == "rejected";
}

// What the answer lacks or must not hold.
std::vector<FormProblem> problems_of(Transition& transition, const Item& item, const Step& step,
                                     const Decide& command) {
  std::vector<FormProblem> problems;
  if (must_explain(step, command.outcome) && trimmed(command.comment).empty()) {
    problems.push_back({"/comment", fmt::format("'{}' needs a comment that says why", command.outcome),
                        FormFault::comment_required});
  }
  for (const auto& [name, value] : command.edits) {
    const std::vector<Field> editable = editable_fields(transition.definition(), step);
    const bool allowed =
        std::any_of(editable.begin(), editable.end(), [&](const Field& field) { return field.name == name; });
    if (!allowed)
      problems.push_back({pointer_below("/form", name), "this step does not let anybody change it"});
  }
  if (const auto problem = confirm::problem_of(step, command)) problems.push_back(*problem);
  const std::vector<std::string>& entries = item.entries;
  if (command.outcome == "returned") {
    // A return answers nothing of what approval or completion asks; what it asks itself it must have.
    const std::vector<FormProblem> missing = check_required(
        asked_fields(step, entries), command.answers,
        [](const Field& field) { return names(field.required_on, "returned"); }, command.outcome, "/answers");
    problems.insert(problems.end(), missing.begin(), missing.end());
    return problems;
  }
  const std::vector<FormProblem> missing = check_required(
      asked_fields(step, entries), command.answers, [](const Field&) { return true; }, command.outcome,
      "/answers");
  problems.insert(problems.end(), missing.begin(), missing.end());
  for (const std::string& entry : entries) {
    if (!names(command.checklist, entry)) {
      problems.push_back(
          {"/checklist", fmt::format("'{}' is not ticked off yet", entry), FormFault::not_ticked, {entry}});
    }
  }
  for (const std::string& entry : command.checklist) {
    if (!names(entries, entry)) {
      problems.push_back({"/checklist", fmt::format("there is no entry '{}' for you here", entry)});
    }
  }
  return problems;
}

void send_back_to(Transition& transition, const Activation& activation, const Step& step,
                  const Decide& command, const std::vector<ReturnTarget>& targets) {
  const Definition& definition = transition.definition();
  const auto* approve = std::get_if<Approve>(&step.kind);
  const bool direct = approve != nullptr && approve->resume == ResumeRule::direct;
  const ActivationId resume_at = direct ? activation.id : ActivationId();
  const std::string wanted = command.return_to.value_or("");
  bool unvisited = false;
  for (const ReturnTarget& target : targets) {
    const std::string name = target.requester ? "requester" : definition.step(target.step).id;
    if (!wanted.empty() && wanted != name) continue;
    if (!target.requester && !was_visited(transition.state(), target.step)) {
      unvisited = true;
      continue;
    }
    const std::string reason = fmt::format("returned to {} from {}: {}", name, step.name, command.comment);
    transition.emit(OutcomeReached{activation.id, "returned", command.by, command.comment, command.answers});
    if (target.requester) return open_revision(transition, reason, resume_at);
    return send_back(transition, activation.frame, target.step, reason, resume_at);
  }
  if (unvisited) {
    return transition.refuse(
        ErrorCode::conflict,
        wanted.empty()
            ? fmt::format("{} cannot be returned: the instance came here by none of its targets", step.name)
            : fmt::format("{} cannot be returned to '{}', which the instance has not come by", step.name,
                          wanted),
        {{"/return_to", "name a step that the instance has come by"}});
  }
  transition.refuse(ErrorCode::invalid_input, fmt::format("{} cannot be returned to '{}'", step.name, wanted),
                    {{"/return_to", "this step does not return there"}});
}

// What the return names of a checklist opens again with that step's next visit; the rest stays done.
void reopen_entries(Transition& transition, const Step& step, const Decide& command) {
  for (const Field& field : asked_fields(step, {})) {
    if (field.type != FieldType::items_of) continue;
    const Step* listed = transition.definition().find_step(field.items_of);
    const auto named = command.answers.find(field.name);
    if (listed == nullptr || named == command.answers.end() || !named->second.is(cel::Kind::list)) continue;
    std::vector<std::string> entries;
    for (const cel::Value& entry : named->second.as_list()) {
      if (entry.is(cel::Kind::string)) entries.emplace_back(entry.as_string());
    }
    if (!entries.empty()) transition.emit(ChecklistReopened{listed->index, std::move(entries)});
  }
}

// Others that the answer makes unnecessary: who was asked in their place, and in whose place they were asked.
void settle_stand_ins(Transition& transition, const Item& decided, const Actor& by) {
  for (const std::uint32_t number : decided.stands_for) {
    if (transition.state().items.contains(number)) close_item(transition, number, ItemAct::supersede, by);
  }
  if (transition.state().activations.contains(decided.activation)) let_go(transition, decided.activation, by);
}

void resubmit(Transition& transition, const Activation& activation, const Actor& by) {
  const FrameId frame = activation.frame;
  transition.emit(ActivationClosed{activation.id, "completed"});
  if (activation.resume) return resume(transition, activation);
  const StepList& root = transition.definition().list(transition.definition().root);
  if (root.steps.empty()) return end_instance(transition, {.status = "completed", .by = by});
  open_step(transition, frame, root.steps.front());
}

void task_answered(Transition& transition, const Activation& activation, const Decide& command) {
  const auto& open = transition.state().activations.at(activation.id).items;
  // Anything but the outcome that is listed first ends it for all, whoever says so when.
  const std::vector<std::string> choices =
      choices_of(transition.definition(), transition.definition().step(activation.step), transition.state());
  const bool all_needed = activation.roster.needed > 1 && command.outcome == choices.front();
  const bool others_left = std::any_of(open.begin(), open.end(), [&](std::uint32_t number) {
    return is_in_charge(transition.state(), transition.state().items.at(number));
  });
  if (all_needed && others_left) return;
  const Fields answers = transition.state().activations.at(activation.id).answers;
  complete(transition, activation.id, {command.outcome, command.by, command.comment, answers});
}

}  // namespace

namespace {

// A change by an approver let their step begin anew: they have approved what they see, where they are asked
// first; else when it is their turn.
void answer_anew(Transition& transition, const Item& before, const Activation& left, Decide command) {
  for (const auto& [number, item] : transition.state().items) {
    const Activation& activation = transition.state().activations.at(item.activation);
    const bool is_here = activation.step == left.step && activation.frame == left.frame;
    if (!is_here || item.status != ItemStatus::open) continue;
    if (item.assignee != before.assignee || item.group != before.group) continue;
    command.item = number;
    command.version = std::nullopt;
    command.edits.clear();
    return decide_item(transition, command);
  }
}

}  // namespace

void decide_item(Transition& transition, const Decide& asked) {
  Decide command = asked;
  const auto found = transition.state().items.find(command.item);
  if (found == transition.state().items.end()) {
    return transition.refuse(
        ErrorCode::conflict,
        fmt::format("the work item is closed ({})",
                    transition.state().ended ? "the instance has ended" : "it was decided or left"));
  }
  const Item item = found->second;
  const Activation activation = transition.state().activations.at(item.activation);
  const Step& step = transition.definition().step(activation.step);
  if (auto refusal = refusal_to_act(transition, item, command.by, command.version)) {
    return transition.refuse(refusal->code, std::move(refusal->message));
  }
  command.by = in_place_of(transition, item, command.by);
  if (item.added == AddedAs::opinion) return advise(transition, item, step, command);
  const std::vector<std::string> choices = choices_of(transition.definition(), step, transition.state());
  if (!names(choices, command.outcome)) {
    return transition.refuse(ErrorCode::invalid_input,
                             fmt::format("{} has no outcome '{}' (it has: {})", step.name, command.outcome,
                                         fmt::join(choices, ", ")),
                             {{"/outcome", "choose one of the step's outcomes"}});
  }
  std::vector<FormProblem> problems = problems_of(transition, item, step, command);
  if (!problems.empty()) {
    const std::string first = problems.front().detail;
    return transition.refuse(ErrorCode::invalid_input, fmt::format("the answer is not complete: {}", first),
                             std::move(problems));
  }
  const bool revision = std::holds_alternative<Revise>(step.kind);
  std::optional<FormChanged> changed;
  const std::vector<Field> editable = editable_fields(transition.definition(), step);
  const bool turned_down = command.outcome == "returned" || command.outcome == "rejected";
  if (revision || !command.edits.empty() || (!editable.empty() && !turned_down)) {
    Fields form = transition.state().form;
    for (const auto& [name, value] : command.edits) {
      if (value.is(cel::Kind::null_)) {
        form.erase(name);
      } else {
        form.insert_or_assign(name, value);
      }
    }
    // A revision is as complete as a start; else whoever may fill in a field has filled it in when they
    // finish.
    const auto is_asked = [&](const Field& field) {
      if (revision) return !is_filled_in_later(transition.definition(), field);
      return !turned_down && std::any_of(editable.begin(), editable.end(),
                                         [&](const Field& other) { return other.name == field.name; });
    };
    form = settle_form(transition, std::move(form), transition.state().requester, nullptr, is_asked);
    if (transition.stopped()) return;
    changed = difference(transition.state().form, form, command.by);
  }
  const std::string confirmed = confirm::text_for(transition, activation, step, command);
  // Before the decision: whoever changes something has seen what they approve.
  const bool has_changed = changed && !(changed->values.empty() && changed->removed.empty());
  if (has_changed) {
    change_form(transition, std::move(*changed));
    if (transition.stopped()) return;
    // For how much they stand in, and whom `only` names, may hang on what they have just changed.
    if (auto refusal = refusal_to_act(transition, item, command.by, std::nullopt))
      return transition.refuse(refusal->code, "with what is changed here: " + refusal->message);
    const bool agrees = command.outcome == "approved" && std::holds_alternative<Approve>(step.kind);
    const bool begins_anew = agrees && begin_anew_where_outgrown(transition, activation.id);
    if (transition.stopped()) return;
    if (begins_anew) return answer_anew(transition, item, activation, asked);
  }
  transition.emit(ItemChanged{.item = command.item,
                              .act = ItemAct::decide,
                              .status = ItemStatus::decided,
                              .outcome = command.outcome,
                              .by = command.by,
                              .comment = command.comment,
                              .fields = command.answers,
                              .checklist = command.checklist,
                              .confirmed = confirmed});
  clear_item_timers(transition, item.activation, item.number);
  close_opinions(transition, item.activation, item.number, command.by);
  if (revision) submit_again(transition, command.by.person);
  if (transition.stopped()) return;
  if (revision) return resubmit(transition, activation, command.by);
  if (command.outcome == "returned") reopen_entries(transition, step, command);
  if (command.outcome == "returned" && !step.on.contains("returned")) {
    const auto* approve = std::get_if<Approve>(&step.kind);
    const auto& targets = approve != nullptr ? approve->return_to : std::get<Task>(step.kind).return_to;
    return send_back_to(transition, activation, step, command, targets);
  }
  if (command.outcome == "returned") {
    return complete(transition, activation.id, {"returned", command.by, command.comment, command.answers});
  }
  settle_stand_ins(transition, item, command.by);
  if (std::holds_alternative<Task>(step.kind)) return task_answered(transition, activation, command);
  if (has_changed) {  // it may be what others have not approved
    guards::ask_again(transition, activation.id);
    same_person::ask_again(transition);
  }
  count_votes(transition, activation.id, command.by, command.comment);
}

}  // namespace countersign
