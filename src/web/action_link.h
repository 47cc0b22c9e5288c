#pragma once
// The link of a message, opened: what stands behind a token, or the page that says why there is nothing.

#include <expected>
#include <string>
#include <string_view>

#include "runtime/presentation.h"
#include "web/answering.h"
#include "web/instance_reading.h"
#include "web/page_reply.h"

namespace countersign::web {

// A link that leads somewhere, with what it leads to.
struct OpenedLink {
  std::string token;
  LinkRow link;
  InstanceReading reading;
  std::string locale = "en";
  std::string base;  // the public address's path

  // nullptr for a reader's, see below.
  const WorkItemRow* item() const { return reading.item(link.item); }
  // Of somebody who got a copy or was mentioned: leads to the request, to read it.
  bool is_readers() const { return link.item == kReadersItem; }
  std::string address() const { return base + "/a/" + token; }
  PageFrame frame(std::string_view title) const { return {locale, title, base}; }
};

// Reads the database. Links of readers are opened only where the caller asks for them: by the others they
// lead nowhere.
enum class Opens { items, readers_too };
std::expected<OpenedLink, HttpReply> open_link(const Surroundings& around, const Call& call,
                                               Opens opens = Opens::items);

// Whether the text can be a link's token at all.
bool is_token(std::string_view text);

// A token that is bound to this page of this link: whoever cannot read the page cannot make it.
std::string csrf_token(const Surroundings& around, const LinkRow& link, std::string_view token);

// The person of the link, for the engine. `route`: of the request, with its placeholders.
Caller caller_of_link(const LinkRow& link, std::string route);

// Whether another site sent this form.
bool comes_from_elsewhere(const Surroundings& around, const HttpRequest& request);

// A page with a heading and a text of page_phrases.h.
HttpReply message_page(int status, const std::string& base, std::string_view locale, std::string_view heading,
                       std::string_view text);

}  // namespace countersign::web
