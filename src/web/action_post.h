#pragma once
// What the form of a link's page sends: checked, its files stored, then the decision, as the person whom the
// link names.

#include "web/action_show.h"

namespace countersign::web {

// Blocks while it reads the database and stores files; the answer comes once the decision is durable.
void post_page(const PageSettings& settings, const Call& call);

}  // namespace countersign::web
