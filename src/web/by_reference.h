#pragma once
// People and CRMs know an instance by its reference ("EXP-2026-14"); acts know it by its id.

#include <vector>

#include "web/answering.h"

namespace countersign::web {

// Lets every act on an instance take its reference in place of the id. References can be guessed: for whoever
// may not read the instance there is none of that name. What comes with an id is not looked at.
void accept_references(const Surroundings& around, std::vector<Route>& routes);

}  // namespace countersign::web
