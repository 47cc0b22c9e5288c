#pragma once
// The form as a whole: defaults, computed and conditional fields, what is required, and the rules that refuse
// it. Internal to the core; a single field's input is form.h's.

#include <functional>
#include <set>
#include <string>

#include "core/transition.h"

namespace countersign {

// `proposed` after defaults (only for fields that `named` does not hold; nullptr: no defaults, the form is an
// old one) and computed fields, without the fields whose `when` does not hold. Refuses, with all problems,
// what is missing and what `refuse_when` names, in the requester's language. Only fields that `is_asked`
// admits can be missing.
Fields settle_form(Transition& transition, Fields proposed, const PersonId& requester,
                   const std::set<std::string>* named, const std::function<bool(const Field&)>& is_asked);

// `proposed` with its computed fields, and without the fields whose `when` does not hold; nothing is refused.
// For changes that a step makes.
Fields derive_form(Transition& transition, Fields proposed, const PersonId& requester);

// `form` with the defaults and computed values of fields that it lacks and that their `when` shows.
Fields complete_form(Transition& transition, Fields form);

// The step is a task whose people fill the field in.
bool is_filled_in_by(const Step& step, const Field& field);
// Some task has people fill it in: `required` is checked there and not at the start. An approval that lets
// its people correct the field changes nothing of what has to be there before.
bool is_filled_in_later(const Definition& definition, const Field& field);
// Of the step, a task or an approval: its people may change the field, and what is required is there when
// they finish.
bool is_edited_by(const Step& step, const Field& field);
// Some step lets people change it.
bool is_edited(const Definition& definition, const Field& field);

// Records the change and the claims that go with it; nothing where nothing changes.
void change_form(Transition& transition, FormChanged changed);
// The change that leads from the form as it is to `after`.
FormChanged difference(const Fields& before, const Fields& after, const Actor& by);

// A computed value as the field keeps it: money gets its currency, an id becomes a person.
Result<cel::Value> fit_field(const Field& field, const cel::Value& value, const Directory& directory);

}  // namespace countersign
