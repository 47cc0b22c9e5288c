// `task`: somebody does something and says with which outcome.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "definition/grammar.h"
#include "definition/steps/people_rules.h"

namespace countersign {
namespace {

constexpr std::array kItemKeys = {
    Key{"id", Shape::text, Need::required, "the item's name", ""},
    Key{"text", Shape::local_text, Need::required, "what is to be done", ""},
    Key{"for", Shape::expressions, Need::optional, "who does it (the task's people)", ""},
    Key{"file", Shape::boolean, Need::optional, "a file must be attached", ""},
    Key{"note", Shape::boolean, Need::optional, "a note must be written", ""},
};

const Grammar& item_grammar() {
  static const Grammar kGrammar{"checklist_item", {map_of({kItemKeys})}};
  return kGrammar;
}
const Grammar& checklist_grammar() {
  static const Grammar kGrammar{"checklist", {list_of(item_grammar)}};
  return kGrammar;
}

constexpr std::array kTaskKeys = {
    Key{"for", Shape::expressions, Need::required, "who does it; any one of them", ""},
    Key{"title", Shape::local_text, Need::optional, "what is to be done", ""},
    Key{"show", Shape::texts, Need::optional, "fields of the form that are seen (all)", ""},
    Key{"edit", Shape::texts, Need::optional, "fields of the form that are completed here", ""},
    Key{"ask", Shape::map, Need::optional, "fields that are filled in with the outcome", "", fields_grammar},
    Key{"checklist", Shape::list, Need::optional, "what must be ticked off", "", checklist_grammar},
    Key{"outcomes", Shape::texts, Need::optional, "how it can end (done)", ""},
    Key{"return_to", Shape::texts, Need::optional, "where it may be sent back to", ""},
    Key{"if_nobody", Shape::any, Need::optional,
        "nobody to ask: admin, fail, manager_up, skip, reject, {to: ...}", "", if_nobody_grammar},
    Key{"may", Shape::texts, Need::optional, "what its people may do beside: transfer, delegate (all)", "",
        may_of_task_grammar},
};

std::vector<ChecklistItem> read_checklist(const StepReading& reading, const YamlNode& list) {
  std::vector<ChecklistItem> items;
  for (const YamlNode& node : list.items) {
    const MapReader map(node, "a checklist item", kItemKeys, reading.diagnostics());
    if (!map.is_map()) continue;
    ChecklistItem item;
    item.id = map.text("id");
    if (std::ranges::find(items, item.id, &ChecklistItem::id) != items.end()) {
      reading.diagnostics().error(
          Code::duplicate_name, map.at("id"),
          fmt::format("the checklist item '{}' stands here twice: give one another id", item.id));
    }
    if (const YamlNode* text = map.find("text"))
      item.text = read_local_text(reading.loading, *text, reading.spot, "'text'");
    if (const YamlNode* owner = map.find("for")) {
      item.owner = read_expressions(reading.loading, *owner, reading.spot, expects_people(), "'for'");
    }
    item.file = map.boolean("file");
    item.note = map.boolean("note");
    items.push_back(std::move(item));
  }
  return items;
}

void read_outcomes(const StepReading& reading, const MapReader& map, Task& task) {
  const YamlNode* list = map.find("outcomes");
  if (list == nullptr) {
    task.outcomes = {"done"};
    return;
  }
  if (list->items.empty())
    reading.diagnostics().error(Code::bad_value, list->at, "'outcomes' is an empty list");
  for (const YamlNode& item : list->items) {
    if (!item.is_scalar()) continue;
    if (item.text == "timeout") {
      reading.diagnostics().error(Code::reserved_name, item.at,
                                  "'timeout' belongs to 'deadline' and is no outcome of its own");
    } else if (std::ranges::find(task.outcomes, item.text) != task.outcomes.end()) {
      reading.diagnostics().error(
          Code::duplicate_name, item.at,
          fmt::format("the outcome '{}' stands here twice: take one away", item.text));
    } else {
      task.outcomes.push_back(item.text);
    }
  }
  if (task.outcomes.empty()) task.outcomes = {"done"};
}

StepKind read_task(const StepReading& reading) {
  Task task;
  const MapReader map(reading.value, "'task'", kTaskKeys, reading.diagnostics());
  if (const YamlNode* owner = map.find("for")) {
    task.owner = read_expressions(reading.loading, *owner, reading.spot, expects_people(), "'for'");
  }
  warn_of_empty_groups(reading, map, "for", map.has("if_nobody"));
  if (const YamlNode* title = map.find("title"))
    task.title = read_local_text(reading.loading, *title, reading.spot, "'title'");
  read_outcomes(reading, map, task);
  task.return_to = read_return_to(reading, map);
  const bool returns = std::ranges::find(task.outcomes, "returned") != task.outcomes.end();
  if (returns && task.return_to.empty()) task.return_to = {ReturnTarget{}};
  task.show = read_form_fields(reading, map, "show");
  task.edit = read_form_fields(reading, map, "edit");
  if (const YamlNode* ask = map.find("ask")) {
    std::vector<std::string> outcomes = task.outcomes;
    if (!task.return_to.empty() && !returns) outcomes.emplace_back("returned");
    FieldRules rules;
    rules.ask = true;
    rules.visible = true;
    rules.spot = reading.spot;
    rules.outcomes = &outcomes;
    task.ask = read_fields(reading.loading, *ask, rules, "'ask'");
  }
  if (const YamlNode* list = map.find("checklist")) task.checklist = read_checklist(reading, *list);
  task.may = read_may(reading, map, false);
  task.if_nobody = read_if_nobody(reading, map, task.if_nobody_to);
  return task;
}

}  // namespace

const StepWord& task_word() {
  static const StepWord kWord{"task", Shape::map, "somebody does something", kTaskKeys, {}, read_task, true};
  return kWord;
}

}  // namespace countersign
