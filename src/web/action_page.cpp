#include "web/action_page.h"

#include <charconv>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "core/ask.h"
#include "core/form_encoded.h"
#include "web/action_page_data.h"
#include "web/file_reply.h"
#include "web/instance_reading.h"
#include "web/json_views.h"
#include "web/page_assets.h"
#include "web/page_phrases.h"
#include "web/page_reply.h"
#include "web/page_templates.h"
#include "web/uri_text.h"

namespace countersign::web {

namespace {

constexpr std::size_t kFormBytesMax = 1 << 20;
constexpr std::size_t kTokenSize = 22;

// A link that leads somewhere, with what it leads to.
struct Opened {
  std::string token;
  LinkRow link;
  InstanceReading reading;
  std::string locale = "en";
  std::string base;  // the public address's path

  const WorkItemRow* item() const { return reading.item(link.item); }
  std::string address() const { return base + "/a/" + token; }
  PageFrame frame(std::string_view title) const { return {locale, title, base}; }
};

// Chinese where the browser asks for it first: for pages that know no person.
std::string locale_of(const HttpRequest& request) {
  const auto accepted = first_header(request.headers, "Accept-Language");
  return accepted && lower_ascii(accepted->substr(0, 2)) == "zh" ? "zh-CN" : "en";
}

HttpReply message_page(int status, const std::string& base, std::string_view locale, std::string_view heading,
                       std::string_view text) {
  const std::string_view title = page_phrase(heading, locale);
  return page(status, {locale, title, base}, result_template(),
              message_json(title, page_phrase(text, locale)));
}

// A token that is bound to this page of this link: whoever cannot read the page cannot make it (keyed by the
// links' own key, in a domain of its own because no nonce of a link begins like that).
std::string csrf_token(const Surroundings& around, const LinkRow& link, std::string_view token) {
  return around.backend.links.token(link.instance, link.item, link.round, link.person,
                                    "csrf of the page of " + std::string(token));
}

// The link's page as it stands, or the page that says why there is none.
std::expected<Opened, HttpReply> open_link(const Surroundings& around, const Call& call) {
  const Backend& backend = around.backend;
  const std::string base = path_of_url(backend.links.public_url());
  const std::string browser_locale = locale_of(call.request);
  const std::string& token = call.at("token");
  const auto unknown = [&] {
    return std::unexpected(message_page(404, base, browser_locale, "unknown_title", "unknown_text"));
  };
  if (token.size() != kTokenSize || !from_base64url(token)) return unknown();
  auto link = backend.reader.link(Links::hash(token));
  if (!link) return std::unexpected(message_page(503, base, browser_locale, "refused_title", "busy"));
  if (!link->has_value()) return unknown();
  auto reading = read_instance(backend, (*link)->instance);
  if (!reading && reading.error().code == ErrorCode::not_found) return unknown();
  if (!reading) return std::unexpected(message_page(503, base, browser_locale, "refused_title", "busy"));

  Opened opened{token, std::move(**link), std::move(*reading), browser_locale, base};
  const Person* person = opened.reading.snapshot->directory->find(opened.link.person);
  if (person != nullptr && !person->locale.empty()) opened.locale = person->locale;
  const WorkItemRow* item = opened.item();
  const bool is_active = person != nullptr && person->active;
  const bool is_open_and_revoked = item != nullptr && is_open(item->status) && opened.link.revoked;
  if (item == nullptr || !is_active || is_open_and_revoked) {
    return std::unexpected(message_page(410, base, opened.locale, "gone_title", "gone_text"));
  }
  return opened;
}

Presentation presentation_of(const Surroundings& around, const Opened& opened) {
  return present_item(opened.reading.presenting(opened.link.person, around.backend.clock.now()),
                      *opened.item());
}

HttpReply show(const Surroundings& around, const Opened& opened, int status, const Typed* typed,
               PageProblems problems, bool just_now) {
  const Presentation shown = presentation_of(around, opened);
  const std::string title = shown.reference + " · " + shown.workflow_title;
  if (shown.item_status != ItemStatus::open) {
    return page(status, opened.frame(title), result_template(), outcome_json(shown, just_now));
  }
  const ActionPage data{
      shown, opened.address(),   csrf_token(around, opened.link, opened.token), opened.link.sent_to,
      typed, std::move(problems)};
  return page(status, opened.frame(title), action_template(), action_page_json(data));
}

HttpReply open_page(const Surroundings& around, const Call& call) {
  const auto opened = open_link(around, call);
  if (!opened) return opened.error();
  return show(around, *opened, 200, nullptr, {}, false);
}

// Only what the page shows: a link is no key to other files.
HttpReply download(const Surroundings& around, const Call& call) {
  const auto opened = open_link(around, call);
  if (!opened) return opened.error();
  const Presentation shown = presentation_of(around, *opened);
  const std::string& id = call.at("id");
  const auto names_it = [&id](const std::vector<PresentedFile>& files) {
    return std::ranges::find(files, id, &PresentedFile::id) != files.end();
  };
  bool is_shown = false;
  for (const PresentedField& field : shown.fields) is_shown = is_shown || names_it(field.files);
  for (const PresentedInput& input : shown.edits) is_shown = is_shown || names_it(input.files);
  if (!is_shown || shown.item_status != ItemStatus::open) {
    return message_page(404, opened->base, opened->locale, "unknown_title", "unknown_text");
  }
  return file_reply(around, id, call.request.path);
}

// Browsers name where a form came from. With our Referrer-Policy they write "null" for our own pages, so only
// another site's name is refused; the CSRF token decides in any case.
bool comes_from_elsewhere(const Surroundings& around, const HttpRequest& request) {
  const auto origin = first_header(request.headers, "Origin");
  if (origin && *origin != "null" && *origin != origin_of_url(around.backend.links.public_url())) return true;
  return first_header(request.headers, "Sec-Fetch-Site").value_or("") == "cross-site";
}

struct Posted {
  Typed typed;
  std::string csrf;
  std::optional<std::uint32_t> version;
};

Posted read_posted(const NamedTexts& pairs, const Opened& opened) {
  Posted posted;
  FormPairs answers, edits;
  for (const auto& [name, value] : pairs) {
    if (name == "csrf") posted.csrf = value;
    if (name == "outcome") posted.typed.outcome = value;
    if (name == "comment") posted.typed.comment = value;
    if (name == "return_to") posted.typed.return_to = value;
    if (name == "check") posted.typed.checklist.push_back(value);
    if (name == "version") {
      std::uint32_t version = 0;
      const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), version);
      if (fault == std::errc() && end == value.data() + value.size()) posted.version = version;
    }
    if (name.starts_with("a.")) answers.emplace_back(name.substr(2), value);
    if (name.starts_with("f.")) edits.emplace_back(name.substr(2), value);
  }
  std::vector<Field> asked, editable;
  if (opened.reading.definition) {
    if (const Step* step = step_named(*opened.reading.definition, opened.item()->step)) {
      const auto item = opened.reading.state.items.find(opened.link.item);
      if (item != opened.reading.state.items.end()) asked = asked_fields(*step, item->second.entries);
      editable = editable_fields(*opened.reading.definition, *step);
    }
  }
  posted.typed.answers = from_form_encoded(asked, answers);
  posted.typed.form = from_form_encoded(editable, edits);
  // Lists that lost every tick and every row are sent as nothing at all: an empty list is meant.
  for (const Field& field : editable) {
    const bool is_list = field.type == FieldType::choices || field.type == FieldType::files ||
                         field.type == FieldType::table || field.type == FieldType::people;
    if (is_list) posted.typed.form.as_object().emplace(field.name, json::array());
    if (field.type == FieldType::file) posted.typed.form.as_object().emplace(field.name, nullptr);
  }
  return posted;
}

// After the engine has answered: reads again, since the decision may have moved everything.
void show_answer(const Surroundings& around, const Call& call, const Opened& before, const Typed& typed,
                 const Answer& answer) {
  Opened opened = before;
  if (auto fresh = read_instance(around.backend, opened.link.instance)) opened.reading = std::move(*fresh);
  if (answer) return call.respond(show(around, opened, 200, nullptr, {}, true));
  const Error& error = answer.error().error;
  const int status = status_of(error.code);
  if (error.code == ErrorCode::conflict) {
    const auto text = std::string(page_phrase("changed_meanwhile", opened.locale));
    return call.respond(show(around, opened, status, &typed, {text, {}}, false));
  }
  if (error.code == ErrorCode::unavailable || error.code == ErrorCode::storage) {
    const auto text = std::string(page_phrase("busy", opened.locale));
    return call.respond(show(around, opened, status, &typed, {text, {}}, false));
  }
  PageProblems problems{std::string(page_phrase("not_accepted", opened.locale)), answer.error().problems};
  if (problems.fields.empty()) problems.message = error.message;
  call.respond(show(around, opened, status, &typed, std::move(problems), false));
}

void decide(const Surroundings& around, const Call& call) {
  auto opened = open_link(around, call);
  if (!opened) return call.respond(std::move(opened.error()));
  const auto refuse = [&](int status, std::string_view text) {
    call.respond(message_page(status, opened->base, opened->locale, "refused_title", text));
  };
  if (comes_from_elsewhere(around, call.request)) return refuse(403, "expired_form");
  const auto pairs = parse_named_texts(call.request.body);
  if (!pairs) return refuse(400, "expired_form");
  Posted posted = read_posted(*pairs, *opened);
  if (!equal_in_constant_time(posted.csrf, csrf_token(around, opened->link, opened->token))) {
    return refuse(403, "expired_form");
  }
  if (opened->item()->status != ItemStatus::open) {
    return call.respond(show(around, *opened, 200, nullptr, {}, false));
  }
  if (!posted.version) return refuse(400, "expired_form");

  DecisionRequest request;
  request.instance = opened->link.instance;
  request.item = opened->link.item;
  request.version = posted.version;
  request.outcome = posted.typed.outcome;
  request.comment = posted.typed.comment;
  request.answers = posted.typed.answers;
  request.form = posted.typed.form;
  request.checklist = posted.typed.checklist;
  if (request.outcome == "returned" && !posted.typed.return_to.empty())
    request.return_to = posted.typed.return_to;
  Caller caller;
  caller.actor.kind = Actor::Kind::person;
  caller.actor.person = opened->link.person;
  caller.actor.channel = "link";
  caller.actor.authenticated = "link mailed to " + opened->link.sent_to;
  caller.route = "POST /a/{token}";
  submit(around, std::move(caller), std::move(request),
         [&around, call, held = std::move(*opened), typed = std::move(posted.typed)](const Answer& answer) {
           const bool taken = around.pool.run(
               [&around, call, held, typed, answer] { show_answer(around, call, held, typed, answer); });
           if (!taken) call.respond(message_page(503, held.base, held.locale, "refused_title", "busy"));
         });
}

HttpReply style_reply(const Call& call) {
  if (call.at("name") != style_sheet_name()) return problem(404, "there is no such file", call.request.path);
  HttpReply reply;
  reply.content_type = "text/css; charset=utf-8";
  reply.headers = {{"Cache-Control", "public, max-age=31536000, immutable"},
                   {"X-Content-Type-Options", "nosniff"}};
  reply.body = style_sheet();
  return reply;
}

}  // namespace

std::vector<Route> page_routes(const Surroundings& around) {
  std::vector<Route> routes;
  routes.push_back({"GET",
                    "/a/{token}",
                    Scope::everyone,
                    "The page of a link in a message; changes nothing",
                    0,
                    {},
                    "",
                    "Page",
                    {},
                    on_pool(around, [&around](const Call& call) { return open_page(around, call); })});
  routes.push_back({"POST",
                    "/a/{token}",
                    Scope::everyone,
                    "Decides, with what the page's form sends",
                    kFormBytesMax,
                    {"application/x-www-form-urlencoded"},
                    "PageForm",
                    "Page",
                    {},
                    [&around](Call call) {
                      const Respond respond = call.respond;
                      const std::string path = call.request.path;
                      const bool taken =
                          around.pool.run([&around, held = std::move(call)] { decide(around, held); });
                      if (!taken)
                        respond(problem(503, "too much comes in at once; try again in a moment", path));
                    }});
  routes.push_back({"GET",
                    "/a/{token}/files/{id}",
                    Scope::everyone,
                    "A file that the link's page shows",
                    0,
                    {},
                    "",
                    "FileBytes",
                    {},
                    on_pool(around, [&around](const Call& call) { return download(around, call); })});
  routes.push_back({"GET",
                    "/assets/{name}",
                    Scope::everyone,
                    "What pages load",
                    0,
                    {},
                    "",
                    "Text",
                    {},
                    [](const Call& call) { call.respond(style_reply(call)); }});
  return routes;
}

}  // namespace countersign::web
