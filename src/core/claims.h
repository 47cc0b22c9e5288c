#pragma once
// What one instance holds so that no other can: its business key, and the values of fields that are `unique`
// (files by their SHA-256, so that an invoice is not paid twice). Internal to the core.

#include <string>
#include <vector>

#include "core/transition.h"

namespace countersign::claims {

struct Claim {
  std::string scope;
  std::string key;
  std::string pointer;  // the field, for messages: "/form/invoices"
  auto operator<=>(const Claim&) const = default;
  bool is_same(const Claim& other) const { return scope == other.scope && key == other.key; }
};

std::string key_scope(const WorkflowId& workflow);
// Of what a workflow starts with once and for all (Start::once); never freed.
std::string once_scope(const WorkflowId& workflow);

// What the form's unique fields claim.
std::vector<Claim> of_form(const Definition& definition, const Fields& form);

// Takes what `form` claims and the instance does not hold, frees the reverse. Refuses, naming the fields,
// where another instance holds one; asks for facts where they are not known.
void change(Transition& transition, const Fields& form);
// A withdrawn request lets go of them; submitting it again takes them again.
void free_form(Transition& transition);

// The business key is free again at every end. Unique values are freed where the request came to nothing;
// else they are spent for good.
void free_at_end(Transition& transition, bool came_to_nothing);

}  // namespace countersign::claims
