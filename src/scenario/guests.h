#pragma once
// How scenarios write people: by their id, and a guest, who has none that anybody would write, by the mail
// address alone.

#include <string>

#include "core/guest.h"
#include "store/store.h"

namespace countersign::scenario {

// "li.na", "anna@customer.example".
std::string written(const PersonId& person);

// Whom a scenario means: where nobody has that id, the guest of that address whom the instance asks or has
// asked. `person` itself where there is none.
PersonId person_meant(const PersonId& person, const Directory& directory, const Reader& reader,
                      const InstanceId& instance);

}  // namespace countersign::scenario
