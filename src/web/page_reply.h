#pragma once
// A page as a reply, with the headers that every page has. Pure.

#include <string>
#include <string_view>

#include "base/json.h"
#include "web/http_message.h"

namespace countersign::web {

struct PageFrame {
  std::string_view locale = "en";
  std::string_view title;
  std::string_view base;     // the public address's path, "" for none: before every address on the page
  bool runs_script = false;  // one of page_assets.h, which may post to us
};

// `data` gets the phrases as `t`. A template that cannot be rendered becomes a 500.
HttpReply page(int status, const PageFrame& frame, std::string_view template_text, json::object data);

}  // namespace countersign::web
