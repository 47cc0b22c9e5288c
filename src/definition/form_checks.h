#pragma once
// What the fields of a form need of each other. Internal to the loader.

#include "definition/loading.h"

namespace countersign {

// Once the form is read: the order in which its `when`, `default` and `computed` are evaluated, each behind
// what it reads (circles are reported), and which of its fields may be empty although they have a value of
// themselves.
void settle_form_order(Loading& loading);

}  // namespace countersign
