// What --dev offers to whoever tries the product: the mailbox of everything that would have been sent, and a
// clock that can be moved.

#include "core/time_words.h"
#include "web/page_reply.h"
#include "web/page_templates.h"
#include "web/routes.h"
#include "web/uri_text.h"

namespace countersign::web {

namespace {

// Links to pages of this site, so that one can follow them from the mailbox.
json::array links_in(const std::string& text, const std::string& public_url) {
  json::array links;
  const std::string start = public_url + "/a/";
  for (std::size_t at = text.find(start); at != std::string::npos; at = text.find(start, at + 1)) {
    const std::size_t end = text.find_first_not_of(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", at + start.size());
    const std::string link = text.substr(at, end == std::string::npos ? end : end - at);
    if (links.empty() || links.back() != json::value(link)) links.emplace_back(link);
  }
  return links;
}

json::object message_json(const MailboxMessage& message, const std::string& public_url) {
  return {{"id", message.id},
          {"at", format_rfc3339(message.at)},
          {"channel", message.channel},
          {"to", message.to},
          {"subject", message.subject},
          {"text", message.text},
          {"html", message.html},
          {"raw", message.raw},
          {"links", links_in(message.text, public_url)}};
}

HttpReply as_json(const Surroundings& around, const Call& call) {
  json::array list;
  for (const MailboxMessage& message : around.backend.mailbox->list(query_text(call, "to"))) {
    list.push_back(message_json(message, around.backend.links.public_url()));
  }
  return json_reply(200, json::object{{"messages", std::move(list)}});
}

HttpReply as_page(const Surroundings& around, const Call& call) {
  json::array list;
  for (const MailboxMessage& message : around.backend.mailbox->list(query_text(call, "to"))) {
    json::object shown = message_json(message, around.backend.links.public_url());
    shown["has_links"] = !shown["links"].as_array().empty();
    list.push_back(std::move(shown));
  }
  const std::string base = path_of_url(around.backend.links.public_url());
  json::object data{{"to", query_text(call, "to")}, {"has_messages", !list.empty()}};
  data["messages"] = std::move(list);
  return page(200, {"en", "Mailbox", base}, mailbox_template(), std::move(data));
}

// {"advance": "2 days 3 hours"}: what is due on the way happens at once.
void advance_clock(const Surroundings& around, const Call& call) {
  const auto parsed = read_json(call);
  if (!parsed) return;
  JsonBody body(*parsed);
  const std::string words = body.text("advance", true);
  if (!body.ok()) return call.respond(body.problem_reply(call.request.path));
  const auto span = parse_time_span(words);
  if (!span || (span->unit != TimeSpan::Unit::seconds && span->unit != TimeSpan::Unit::days)) {
    body.refuse("advance",
                span ? "only seconds, minutes, hours, days and weeks can pass here" : span.error().message);
    return call.respond(body.problem_reply(call.request.path));
  }
  const bool is_days = span->unit == TimeSpan::Unit::days;
  const Duration passed =
      is_days ? Duration(std::chrono::hours(24 * span->count)) : std::chrono::seconds(span->count);
  around.backend.advance_clock(passed);
  if (around.committed) around.committed();
  call.respond(json_reply(200, json::object{{"now", format_rfc3339(around.backend.clock.now())}}));
}

}  // namespace

std::vector<Route> dev_routes(const Surroundings& around) {
  std::vector<Route> routes;
  if (!around.backend.dev) return routes;
  if (around.backend.advance_clock) {
    routes.push_back({"POST",
                      "/dev/clock",
                      Scope::everyone,
                      "Lets time pass (--dev)",
                      kJsonBytesMax,
                      json_only(),
                      "Advance",
                      "Done",
                      {},
                      [&around](Call call) {
                        const Respond respond = call.respond;
                        const std::string path = call.request.path;
                        const bool taken = around.pool.run(
                            [&around, held = std::move(call)] { advance_clock(around, held); });
                        if (!taken) respond(problem(503, "try again in a moment", path));
                      }});
  }
  if (around.backend.mailbox == nullptr) return routes;
  routes.push_back({"GET",
                    "/dev/mailbox",
                    Scope::everyone,
                    "What would have been sent (--dev)",
                    0,
                    {},
                    "",
                    "Page",
                    {"to"},
                    on_pool(around, [&around](const Call& call) { return as_page(around, call); })});
  routes.push_back({"GET",
                    "/dev/mailbox.json",
                    Scope::everyone,
                    "The same as JSON (--dev)",
                    0,
                    {},
                    "",
                    "Messages",
                    {"to"},
                    on_pool(around, [&around](const Call& call) { return as_json(around, call); })});
  return routes;
}

}  // namespace countersign::web
