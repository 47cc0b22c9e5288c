#pragma once
// The page of an opened link: what is asked, or what became of it.

#include "web/action_link.h"
#include "web/action_page_data.h"
#include "web/page_acts.h"

namespace countersign::web {

struct PageSettings {
  const Surroundings& around;
  std::size_t file_bytes_max = 0;  // of one file that is sent with the form
};

Presentation presentation_of(const Surroundings& around, const OpenedLink& opened);

// `typed`: what somebody sent that was not accepted, nullptr for nothing; `just_now`: this person has decided
// with this very request, or done `act`. Reads the database.
HttpReply show_page(const PageSettings& settings, const OpenedLink& opened, int status, const Typed* typed,
                    PageProblems problems, bool just_now, const TypedAct& act = {});

}  // namespace countersign::web
