#include "core/form_rules.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/claims.h"
#include "core/field_text.h"

namespace countersign {
namespace {

// Evaluates over a form that is not (yet) the instance's.
class Draft {
 public:
  Draft(const Context& context, const State& state, Fields form, const PersonId& requester)
      : state_(state), evaluation_(context, state_) {
    state_.form = std::move(form);
    state_.requester = requester;
  }
  Fields& form() { return state_.form; }
  Evaluation& evaluation() {
    evaluation_.forget();
    return evaluation_;
  }

 private:
  State state_;
  Evaluation evaluation_;
};

void fill(Transition& transition, Draft& draft, const Field& field, const Expression& expression) {
  const Result<cel::Value> value = draft.evaluation().evaluate(expression);
  if (!value) {
    if (value.error().code == ErrorCode::not_found) return;  // what is computed from nothing is absent
    return transition.raise(fmt::format("{}: {}", field.name, value.error().message));
  }
  Result<cel::Value> fitting = fit_field(field, *value, transition.context().directory);
  if (!fitting && fitting.error().code == ErrorCode::not_found) return;
  if (!fitting) return transition.raise(fmt::format("{}: {}", field.name, fitting.error().message));
  draft.form().insert_or_assign(field.name, std::move(*fitting));
}

bool is_shown(Transition& transition, Draft& draft, const Field& field) {
  if (!field.when) return true;
  const Result<cel::Value> value = draft.evaluation().evaluate(*field.when);
  if (value && value->is(cel::Kind::bool_)) return value->as_bool();
  // A condition over an empty field does not hold.
  if (!value && value.error().code != ErrorCode::not_found) {
    transition.raise(fmt::format("when of form.{}: {}", field.name, value.error().message));
  }
  return false;
}

// The map that an upload makes (form.h), or a list of those.
bool is_file_value(const cel::Value& value, bool several) {
  if (several) {
    return value.is(cel::Kind::list) &&
           std::all_of(value.as_list().begin(), value.as_list().end(),
                       [](const cel::Value& file) { return is_file_value(file, false); });
  }
  if (!value.is(cel::Kind::map)) return false;
  const auto has = [&](std::string_view key, cel::Kind kind) {
    const cel::Value* member = value.as_map().find(key);
    return member != nullptr && member->is(kind);
  };
  return has("id", cel::Kind::string) && has("name", cel::Kind::string) && has("size", cel::Kind::int_) &&
         has("type", cel::Kind::string) && has("sha256", cel::Kind::string);
}

}  // namespace

namespace {

bool lists(const std::vector<std::string>& edit, const Field& field) {
  return std::ranges::find(edit, field.name) != edit.end();
}

}  // namespace

bool is_filled_in_by(const Step& step, const Field& field) {
  const auto* task = std::get_if<Task>(&step.kind);
  return task != nullptr && lists(task->edit, field);
}

bool is_filled_in_later(const Definition& definition, const Field& field) {
  return std::ranges::any_of(definition.steps,
                             [&](const Step& step) { return is_filled_in_by(step, field); });
}

bool is_edited_by(const Step& step, const Field& field) {
  const auto* approve = std::get_if<Approve>(&step.kind);
  return is_filled_in_by(step, field) || (approve != nullptr && lists(approve->edit, field));
}

bool is_edited(const Definition& definition, const Field& field) {
  return std::ranges::any_of(definition.steps, [&](const Step& step) { return is_edited_by(step, field); });
}

Result<cel::Value> fit_field(const Field& field, const cel::Value& value, const Directory& directory) {
  if (field.type == FieldType::file || field.type == FieldType::files) {
    if (is_file_value(value, field.type == FieldType::files)) return value;
    return fail(ErrorCode::invalid_input, "it is no uploaded file");
  }
  Field plain = field;  // nobody sends a computed field, but its value has to fit all the same
  plain.computed.reset();
  const json::value input = json::object{{field.name, cel::to_plain_json(value)}};
  const FormReading reading = read_fields({plain}, input, FormContext{.directory = directory});
  if (!reading.problems.empty()) return fail(ErrorCode::invalid_input, reading.problems.front().detail);
  const auto read = reading.values.find(field.name);
  if (read == reading.values.end()) return fail(ErrorCode::not_found, "the value is absent");
  return read->second;
}

namespace {

// The names of the fields whose `when` does not hold.
std::set<std::string> derive(Transition& transition, Draft& draft, const std::set<std::string>* named) {
  std::set<std::string> hidden;
  const Definition& definition = transition.definition();
  for (std::size_t i = 0; i < definition.form.size(); ++i) {
    const Field& field = definition.form[definition.form_order.empty() ? i : definition.form_order[i]];
    if (!is_shown(transition, draft, field)) {
      hidden.insert(field.name);
      draft.form().erase(field.name);
      if (auto empty = empty_value(field)) draft.form().insert_or_assign(field.name, std::move(*empty));
      continue;
    }
    if (field.computed) {
      draft.form().erase(field.name);  // what it was computed from may be absent now
      fill(transition, draft, field, *field.computed);
    }
    if (field.default_value && named != nullptr && !named->contains(field.name)) {
      fill(transition, draft, field, *field.default_value);
    }
  }
  return hidden;
}

}  // namespace

Fields derive_form(Transition& transition, Fields proposed, const PersonId& requester) {
  Draft draft(transition.context(), transition.state(), std::move(proposed), requester);
  derive(transition, draft, nullptr);
  return std::move(draft.form());
}

Fields complete_form(Transition& transition, Fields form) {
  const Definition& definition = transition.definition();
  Draft draft(transition.context(), transition.state(), std::move(form), transition.state().requester);
  for (std::size_t i = 0; i < definition.form.size(); ++i) {
    const Field& field = definition.form[definition.form_order.empty() ? i : definition.form_order[i]];
    const auto value = draft.form().find(field.name);
    if (!is_empty(value == draft.form().end() ? nullptr : &value->second)) continue;
    if (!field.computed && !field.default_value) continue;
    if (is_shown(transition, draft, field))
      fill(transition, draft, field, field.computed ? *field.computed : *field.default_value);
  }
  return std::move(draft.form());
}

Fields settle_form(Transition& transition, Fields proposed, const PersonId& requester,
                   const std::set<std::string>* named, const std::function<bool(const Field&)>& is_asked) {
  const Definition& definition = transition.definition();
  Draft draft(transition.context(), transition.state(), std::move(proposed), requester);
  const std::set<std::string> hidden = derive(transition, draft, named);
  if (transition.stopped()) return {};
  std::vector<FormProblem> problems = check_required(definition.form, draft.form(), [&](const Field& field) {
    return !hidden.contains(field.name) && is_asked(field);
  });
  const Person* person = transition.context().directory.find(requester);
  for (std::size_t i = 0; i < definition.refuse_when.size(); ++i) {
    const RefuseRule& rule = definition.refuse_when[i];
    if (!problems.empty()) break;  // the rules speak of a form that is complete
    const Result<cel::Value> value = draft.evaluation().evaluate(rule.when);
    if (!value && value.error().code == ErrorCode::not_found) continue;
    if (!value) {
      transition.raise(fmt::format("refuse_when: {}", value.error().message));
    } else if (value->is(cel::Kind::bool_) && value->as_bool()) {
      const auto say = draft.evaluation().text(rule.say, person == nullptr ? "" : person->locale,
                                               Evaluation::Landing::plain);
      problems.push_back({"/form",
                          say ? *say : "the form is refused by a rule of the workflow",
                          say ? FormFault::said : FormFault::other,
                          {std::to_string(i + 1)}});
      break;
    }
  }
  if (!problems.empty()) {
    const std::string first = problems.front().detail;
    transition.refuse(ErrorCode::invalid_input, fmt::format("the form cannot be submitted: {}", first),
                      std::move(problems));
  }
  return std::move(draft.form());
}

FormChanged difference(const Fields& before, const Fields& after, const Actor& by) {
  FormChanged changed;
  changed.by = by;
  for (const auto& [name, value] : after) {
    const auto old = before.find(name);
    if (old == before.end() || !(old->second == value)) changed.values.emplace(name, value);
  }
  for (const auto& [name, value] : before) {
    if (!after.contains(name)) changed.removed.push_back(name);
  }
  return changed;
}

void change_form(Transition& transition, FormChanged changed) {
  if (changed.values.empty() && changed.removed.empty()) return;
  transition.emit(std::move(changed));
  claims::change(transition, transition.state().form);
}

}  // namespace countersign
