#pragma once
// What the sample workflows of these tests may name: a small company, two connectors, one other workflow.

#include "definition/catalogue.h"

namespace countersign::testing {

Catalogue sample_catalogue();

}  // namespace countersign::testing
