#pragma once
// What is not wrong and yet hardly meant: approvals that nobody can give with today's people, fields that
// nobody reads or sees, targets that cancel what runs beside them. Warnings only. Internal to the loader.

#include "definition/loading.h"

namespace countersign {

// Of a whole file without errors, at the end of its second reading.
void warn_of_flow(Loading& loading);

}  // namespace countersign
