#include "core/ask.h"

#include <algorithm>

namespace countersign {
namespace {

bool names(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

std::vector<Field> named_fields(const Definition& definition, const std::vector<std::string>& list) {
  std::vector<Field> fields;
  for (const std::string& name : list) {
    if (const Field* field = definition.find_field(name)) fields.push_back(*field);
  }
  return fields;
}

const std::vector<std::string>* show_of(const Step& step) {
  if (const auto* approve = std::get_if<Approve>(&step.kind)) return &approve->show;
  if (const auto* task = std::get_if<Task>(&step.kind)) return &task->show;
  return nullptr;
}

}  // namespace

std::vector<std::string> choices_of(const Definition& definition, const Step& step, const State& state) {
  if (std::holds_alternative<Revise>(step.kind)) return {"resubmitted"};
  std::vector<std::string> choices = outcomes_of(definition, step);
  const std::vector<ReturnTarget>* targets = nullptr;
  if (const auto* approve = std::get_if<Approve>(&step.kind)) targets = &approve->return_to;
  if (const auto* task = std::get_if<Task>(&step.kind)) targets = &task->return_to;
  const bool returnable =
      step.on.contains("returned") ||
      (targets != nullptr && std::any_of(targets->begin(), targets->end(), [&](const ReturnTarget& target) {
         return !target.requester || !state.requester.empty();
       }));
  std::erase_if(choices, [&](const std::string& outcome) {
    return outcome == "timeout" || (outcome == "returned" && !returnable);
  });
  return choices;
}

std::vector<Field> asked_fields(const Step& step, const std::vector<std::string>& entries) {
  if (const auto* approve = std::get_if<Approve>(&step.kind)) return approve->ask;
  const auto* task = std::get_if<Task>(&step.kind);
  if (task == nullptr) return {};
  std::vector<Field> fields = task->ask;
  for (const ChecklistItem& entry : task->checklist) {
    if (!names(entries, entry.id)) continue;
    const auto add = [&](std::string name, FieldType type) {
      Field field;
      field.name = std::move(name);
      field.type = type;
      field.label = entry.text;
      for (const std::string& outcome : task->outcomes) field.required_on.push_back(outcome);
      fields.push_back(std::move(field));
    };
    if (entry.note) add(entry.id, FieldType::long_text);
    if (entry.file) add(entry.id + "_file", FieldType::file);
  }
  return fields;
}

std::vector<std::string> checklist_ids(const Definition& definition, std::string_view step) {
  std::vector<std::string> ids;
  const Step* listed = definition.find_step(step);
  const auto* task = listed == nullptr ? nullptr : std::get_if<Task>(&listed->kind);
  if (task == nullptr) return ids;
  for (const ChecklistItem& entry : task->checklist) ids.push_back(entry.id);
  return ids;
}

std::vector<Field> editable_fields(const Definition& definition, const Step& step) {
  if (const auto* approve = std::get_if<Approve>(&step.kind)) return named_fields(definition, approve->edit);
  if (const auto* task = std::get_if<Task>(&step.kind)) return named_fields(definition, task->edit);
  if (!std::holds_alternative<Revise>(step.kind)) return {};
  std::vector<Field> fields;
  std::copy_if(definition.form.begin(), definition.form.end(), std::back_inserter(fields),
               [](const Field& field) { return !field.computed; });
  return fields;
}

bool names_what_it_shows(const Step& step) {
  const std::vector<std::string>* show = show_of(step);
  return show != nullptr && !show->empty();
}

std::vector<Field> shown_fields(const Definition& definition, const Step& step) {
  const std::vector<std::string>* show = show_of(step);
  return show == nullptr || show->empty() ? definition.form : named_fields(definition, *show);
}

}  // namespace countersign
