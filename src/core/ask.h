#pragma once
// What a work item asks of the person before it: outcomes, fields to fill in, fields of the form that may be
// changed. One answer for the core, the API, pages and mails. Pure, thread-safe.

#include <string>
#include <vector>

#include "core/definition.h"
#include "core/state.h"

namespace countersign {

// The outcomes that a person may choose at this step: those of outcomes_of without what only time brings
// about, and "returned" only where there is somewhere to return to. "resubmitted" for a revision.
std::vector<std::string> choices_of(const Definition& definition, const Step& step, const State& state);

// The fields filled in with the decision: `ask`, and for the checklist `entries` that want a note (ENTRY) or
// a file (ENTRY_file) one each.
std::vector<Field> asked_fields(const Step& step, const std::vector<std::string>& entries);

// The ids of that step's checklist; empty where it has none.
std::vector<std::string> checklist_ids(const Definition& definition, std::string_view step);

// The form's fields that may be changed with the decision; the whole form (without computed fields) in a
// revision.
std::vector<Field> editable_fields(const Definition& definition, const Step& step);

// Whether the step has a `show` of its own.
bool names_what_it_shows(const Step& step);

// The fields of the form that the step shows: `show`, or all.
std::vector<Field> shown_fields(const Definition& definition, const Step& step);

}  // namespace countersign
