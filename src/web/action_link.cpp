#include "web/action_link.h"

#include "base/digest.h"
#include "base/text.h"
#include "core/stand_in.h"
#include "web/action_page_data.h"
#include "web/page_phrases.h"
#include "web/page_templates.h"
#include "web/uri_text.h"

namespace countersign::web {

namespace {

constexpr std::size_t kTokenSize = 22;

// Chinese where the browser asks for it first: for pages that know no person.
std::string locale_of(const HttpRequest& request) {
  const auto accepted = first_header(request.headers, "Accept-Language");
  return accepted && lower_ascii(accepted->substr(0, 2)) == "zh" ? "zh-CN" : "en";
}

// Whether the item is or was before the link's person: theirs, their group's, or somebody's for whom they
// stand in.
bool is_asked(const OpenedLink& opened, const WorkItemRow& row, Instant now) {
  const InstanceReading& reading = opened.reading;
  const PersonId& person = opened.link.person;
  if (row.assignee == person || row.decided_by == person) return true;
  const Directory& directory = *reading.snapshot->directory;
  if (!row.group.empty() && directory.is_member(person, row.group)) return true;
  const auto item = reading.state.items.find(opened.link.item);
  if (item == reading.state.items.end() || !reading.definition) return false;
  const StandInView view{*reading.definition, directory, *reading.absences, reading.state, now};
  return !acts_for(view, item->second, person).empty();
}

// Whoever has left the group that was asked sees what they see of the request in any case. A link never shows
// more than its person may see.
bool may_see(const OpenedLink& opened, const WorkItemRow& row, Instant now) {
  if (is_asked(opened, row, now)) return true;
  if (is_open(row.status) || !opened.reading.definition) return false;
  return may_read(opened.reading, opened.link.person, now);
}

bool leads_on(const OpenedLink& opened, Opens opens, Instant now) {
  if (opened.is_readers())
    return opens == Opens::readers_too && !opened.link.revoked &&
           may_read(opened.reading, opened.link.person, now);
  const WorkItemRow* item = opened.item();
  return item != nullptr && !(is_open(item->status) && opened.link.revoked) && may_see(opened, *item, now);
}

// How the link has come to them: a mail address, or a messaging channel and the address there.
std::string way_of(const LinkRow& link) {
  if (link.sent_to.empty()) return "link";
  const bool is_mail = link.sent_to.find(' ') == std::string::npos;
  return (is_mail ? "link mailed to " : "link sent to ") + link.sent_to;
}

}  // namespace

bool is_token(std::string_view text) {
  return text.size() == kTokenSize && from_base64url(text);
}

HttpReply message_page(int status, const std::string& base, std::string_view locale, std::string_view heading,
                       std::string_view text) {
  const std::string_view title = page_phrase(heading, locale);
  return page(status, {locale, title, base}, result_template(),
              message_json(title, page_phrase(text, locale)));
}

// Keyed by the links' own key, in a domain of its own because no nonce of a link begins like that.
std::string csrf_token(const Surroundings& around, const LinkRow& link, std::string_view token) {
  return around.backend.links.token(link.instance, link.item, link.round, link.person,
                                    "csrf of the page of " + std::string(token));
}

Caller caller_of_link(const LinkRow& link, std::string route) {
  Caller caller;
  caller.actor = {
      .kind = Actor::Kind::person, .person = link.person, .channel = "link", .authenticated = way_of(link)};
  caller.route = std::move(route);
  return caller;
}

// Browsers name where a form came from. With our Referrer-Policy they write "null" for our own pages, so only
// another site's name is refused; the CSRF token decides in any case.
bool comes_from_elsewhere(const Surroundings& around, const HttpRequest& request) {
  const auto origin = first_header(request.headers, "Origin");
  if (origin && *origin != "null" && *origin != origin_of_url(around.backend.links.public_url())) return true;
  return first_header(request.headers, "Sec-Fetch-Site").value_or("") == "cross-site";
}

std::expected<OpenedLink, HttpReply> open_link(const Surroundings& around, const Call& call, Opens opens) {
  const Backend& backend = around.backend;
  const std::string base = path_of_url(backend.links.public_url());
  const std::string browser_locale = locale_of(call.request);
  const std::string& token = call.at("token");
  const auto unknown = [&] {
    return std::unexpected(message_page(404, base, browser_locale, "unknown_title", "unknown_text"));
  };
  if (!is_token(token)) return unknown();
  auto link = backend.reader.link(Links::hash(token));
  if (!link) return std::unexpected(message_page(503, base, browser_locale, "refused_title", "busy"));
  if (!link->has_value()) return unknown();
  auto reading = read_instance(backend, (*link)->instance);
  if (!reading && reading.error().code == ErrorCode::not_found) return unknown();
  if (!reading) return std::unexpected(message_page(503, base, browser_locale, "refused_title", "busy"));

  OpenedLink opened{token, std::move(**link), std::move(*reading), browser_locale, base};
  const Person* person = opened.reading.snapshot->directory->find(opened.link.person);
  if (person != nullptr && !person->locale.empty()) opened.locale = person->locale;
  const bool is_active = person != nullptr && person->active;
  if (!is_active || !leads_on(opened, opens, backend.clock.now()))
    return std::unexpected(message_page(410, base, opened.locale, "gone_title", "gone_text"));
  return opened;
}

}  // namespace countersign::web
