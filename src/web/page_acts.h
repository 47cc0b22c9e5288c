#pragma once
// The part of a link's page for what may be done with the item beside deciding it.

#include <string>

#include "web/action_link.h"

namespace countersign::web {

// What somebody typed that was not accepted, and why; `why` "" for nothing.
struct RefusedAct {
  std::string why, who, note;
};

// HTML; "" where nothing may be done.
std::string acts_html(const Surroundings& around, const OpenedLink& opened, const Presentation& shown,
                      const RefusedAct& refused);

// The form's request; nullopt where it asks for no such act.
std::optional<ItemActRequest> read_act(const OpenedLink& opened,
                                       const std::vector<std::pair<std::string, std::string>>& pairs,
                                       std::uint32_t version);

}  // namespace countersign::web
