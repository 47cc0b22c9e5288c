#pragma once
// Somebody outside of the directory whom a workflow asks: guest(mail, name). A guest's id spells both,
// "guest:anna@customer.example:Anna Lee", so that it needs no row anywhere. Guests belong to no group, have
// no manager, hold no API key, and see only what the step that asks them shows. Pure, thread-safe.

#include <string_view>

#include "base/error.h"
#include "core/directory.h"

namespace countersign {

// Whoever has that mail in the directory, else a guest. invalid_input where it is no mail address, or where
// the name is empty, longer than 200 bytes or not printable.
Result<PersonId> guest_id(const Directory& directory, std::string_view mail, std::string_view name);

bool is_guest(const PersonId& id);

}  // namespace countersign
