#pragma once
// What one instance holds so that no other can: its business key, the values of fields and columns that are
// `unique`, and those of the workflow's rules of `unique` (files by their SHA-256, so that an invoice is not
// paid twice). Taken when a request is submitted, kept while it is sent back, freed when it is withdrawn or
// comes to nothing, else spent for good; a rule with `spent_on` is spent by those ends alone. Internal to the
// core.

#include <string>
#include <string_view>
#include <vector>

#include "core/transition.h"

namespace countersign::claims {

struct Claim {
  std::string scope;
  std::string key;
  std::string pointer;  // the field or cell, for messages: "/form/invoices", "/form/lines/0/number"
  auto operator<=>(const Claim&) const = default;
  bool is_same(const Claim& other) const { return scope == other.scope && key == other.key; }
};

std::string key_scope(const WorkflowId& workflow);
// Of what a workflow starts with once and for all (Start::once); never freed.
std::string once_scope(const WorkflowId& workflow);

// What the form's unique fields and the rules of `unique` claim.
std::vector<Claim> of_form(const Definition& definition, const Fields& form);

// Takes what `form` claims and the instance does not hold, frees the reverse. Refuses, naming the fields,
// where another instance holds one or the form itself names one twice; asks for facts where they are not
// known.
void change(Transition& transition, const Fields& form);
// A withdrawn request lets go of them; submitting it again takes them again.
void free_form(Transition& transition);

// The business key is free again at every end. Unique values are freed where the request came to nothing, or
// ended with another status than those that spend them; else they are spent for good.
void free_at_end(Transition& transition, std::string_view status, bool came_to_nothing);

}  // namespace countersign::claims
