#pragma once
// The state of loading one workflow file. Internal to the loader.
//
// A file is read twice by the same code: the first reading gives the outline (ids, lists, outcomes, fields)
// on which the flow is computed; the second compiles expressions, which may read any step's result and need
// to know whether that step must have run. A file that sets variables is read once more in between, to know
// their types. Steps get the same indices each time. Only the last reading's diagnostics count.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/definition.h"
#include "core/scope.h"
#include "definition/catalogue.h"
#include "definition/flow.h"
#include "definition/map_reader.h"
#include "definition/table_loader.h"
#include "definition/yaml.h"

namespace countersign {

// A name that stands for a step, looked up when all steps are read.
struct StepReference {
  std::string name;
  SourceSpan at;
};

// What a `set` gives to a variable.
struct Assigned {
  cel::Type type;
  SourceSpan at;
};

struct Loading {
  Loading(const YamlDocument& read, Diagnostics& reports, const Catalogue& known,
          const std::map<std::pair<std::string, std::string>, std::string>& messages,
          const TableTexts& tables)
      : document(read),
        diagnostics(reports),
        catalogue(known),
        message_texts(messages),
        table_texts(tables) {}

  const YamlDocument& document;
  Diagnostics& diagnostics;
  const Catalogue& catalogue;
  // Name and language of a message -> its text.
  const std::map<std::pair<std::string, std::string>, std::string>& message_texts;
  const TableTexts& table_texts;

  // Of the second reading; nullptr in the first.
  const Definition* outline = nullptr;
  const Flow* flow = nullptr;
  // Fields of a step's result that come from a connector, by step; of the outline.
  const std::map<StepIndex, std::vector<Field>>* outline_replies = nullptr;

  Definition definition;
  std::map<StepIndex, std::vector<Field>> replies;
  std::map<StepIndex, StepReference> go_targets;
  std::map<StepIndex, StepReference> visible_from;
  std::map<StepIndex, StepReference> commit_targets;  // of budget steps
  std::map<StepIndex, std::vector<StepReference>>
      return_targets;  // in the order of return_to, requester left out
  std::map<std::string, std::vector<StepIndex>> message_users;  // message -> the steps that send it
  std::map<std::string, SourceSpan> message_places;             // where each is named first
  std::set<std::string> used_statuses;
  std::set<std::string, std::less<>> broken_tables;  // named and reported

  // Of the reading before: what the `set` steps give to the variables; nullptr: that is not known yet, and
  // any may be read.
  const std::map<std::string, std::vector<Assigned>>* variable_types = nullptr;

  std::map<std::string, std::vector<Assigned>> assigned;  // by variable: what each `set` gives to it
  // Fields of the form that an expression reads; "" stands for the form as a whole.
  std::set<std::string> read_fields;

  // Fields of the form that may be empty although nothing has to be filled in there: computed from what may
  // be empty, or with a default that may give nothing.
  std::set<std::string, std::less<>> may_be_empty;
  // Selections that `when` of the step and of what is around it has found to be there: "form.discount".
  std::vector<std::string> guards;

  std::map<StepIndex, cel::Type> item_types;  // of for_each steps, in the second reading

  bool too_many_steps = false;  // reported
  // While the list of an event is read: its steps see the event.
  bool in_event = false;
  const std::vector<Field>* event_data = nullptr;
  bool statuses_known = false;  // `statuses` could be read

  bool compiles() const { return outline != nullptr; }
  const SourceText& source() const { return document.source; }
};

inline SourcePosition position_of(SourceSpan at) {
  return {at.line, at.column};
}
inline SourceSpan span_of(SourcePosition at, std::uint32_t length = 1) {
  return {at.line, at.column, length};
}

}  // namespace countersign
