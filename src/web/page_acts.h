#pragma once
// The part of a link's page for what may be done with the item and its request beside deciding it.

#include <string>

#include "web/action_link.h"
#include "web/uri_text.h"

namespace countersign::web {

// What a form of that part sent, to be shown again where it was not accepted.
struct TypedAct {
  std::string act;  // "transfer"; "" for none
  std::string who, note, reason, text;
  std::string why_not;  // "" where it was done
};

// HTML; "" where nothing may be done. Reads the database.
std::string acts_html(const Surroundings& around, const OpenedLink& opened, const Presentation& shown,
                      const TypedAct& typed);

// One act, as the form asks for it.
struct PageAct {
  Request request;
  TypedAct typed;
  std::string
      once;  // the same for the same form sent twice, "" for none: the instance had not changed between
};
// nullopt where the form asks for no such act.
std::optional<PageAct> read_act(const OpenedLink& opened, const NamedTexts& pairs, std::uint32_t version);

}  // namespace countersign::web
