#pragma once
// What the form of a link's page sends: checked, its files stored, then the decision, as the person whom the
// link names.

#include "web/action_show.h"

namespace countersign::web {

// Blocks while it reads the database and stores files; the answer comes once the decision is durable.
void post_page(const PageSettings& settings, const Call& call);

// The page's script says that somebody has touched it. 204, or 403 where it is not ours that says so.
void post_view(const PageSettings& settings, const Call& call);

}  // namespace countersign::web
