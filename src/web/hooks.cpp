// POST /hooks/{source} and /hooks/{source}/{secret}: webhooks of other systems, and the GET by which some of
// them check the address first. The signature is checked over
// the bytes as they came, before anything of them is parsed; what is good goes to the engine, which stores it
// before it answers.

#include <atomic>

#include <fmt/format.h>

#include "base/text.h"
#include "delivery/inbound_body.h"
#include "delivery/signature.h"
#include "web/routes.h"
#include "web/uri_text.h"

namespace countersign::web {

namespace {

// What is kept of the headers for mapping and replay: nothing that proves or grants anything.
json::object kept_headers(const Headers& headers, const std::string& content_type, bool weak) {
  static constexpr std::string_view kSecretWords[] = {"authorization", "cookie",   "token",   "secret",
                                                      "signature",     "password", "api-key", "x-forwarded"};
  json::object kept;
  for (const Header& header : headers) {
    const std::string name = lower_ascii(header.first);
    bool is_secret = false;
    for (const std::string_view word : kSecretWords)
      is_secret = is_secret || name.find(word) != std::string::npos;
    if (!is_secret && name != kProofHeader) kept[name] = header.second;
  }
  kept["content-type"] = content_type;
  if (weak) kept[kProofHeader] = "weak";
  return kept;
}

Result<Verifier> verifier_of(const Surroundings& around, const Verification& verify) {
  VerifierSettings settings;
  for (const std::string& name : verify.secrets) {
    auto secret = around.backend.secret(name);
    if (!secret) return std::unexpected(std::move(secret.error()).within("cannot check the signature"));
    settings.secrets.push_back(std::move(*secret));
  }
  settings.options = verify.options;
  for (const auto& [option, name] : verify.secret_options) {
    auto secret = around.backend.secret(name);
    if (!secret) return std::unexpected(std::move(secret.error()).within("cannot check the signature"));
    settings.options[option] = std::move(*secret);
  }
  return make_verifier(verify.scheme, settings);
}

// The public address of what was asked for; never from the Host field.
std::string public_address(const Surroundings& around, const HttpRequest& request) {
  const std::string& base = around.backend.links.public_url();
  const std::string prefix = path_of_url(base);
  std::string url = base;
  if (!prefix.empty() && request.path.starts_with(prefix + "/")) url.resize(url.size() - prefix.size());
  url += request.path;
  if (!request.query.empty()) url += "?" + request.query;
  return url;
}

HttpReply as_reply(const InboundReply& inbound) {
  HttpReply reply;
  reply.status = inbound.status;
  reply.content_type = inbound.content_type;
  reply.body = inbound.body;
  return reply;
}

// All parts of one request, answered together once the last is stored.
struct Parts {
  std::atomic<std::size_t> missing{0};
  std::vector<Answer> answers;
  std::function<void(const std::vector<Answer>&)> done;
};

HttpReply reply_to(const std::vector<Answer>& answers, const std::optional<InboundReply>& acknowledgement,
                   std::string_view path) {
  json::array instances;
  for (const Answer& answer : answers) {
    if (!answer) return problem_of(answer.error(), path);
    if (answers.size() == 1 && !acknowledgement) return reply_of(answer, path);
    boost::system::error_code ignored;
    const json::value body = json::parse(answer->body, ignored);
    const json::value* list = find(body, "instances");
    if (list == nullptr || !list->is_array()) continue;
    for (const json::value& instance : list->as_array()) instances.push_back(instance);
  }
  if (acknowledgement) return as_reply(*acknowledgement);
  return json_reply(202, json::object{{"instances", std::move(instances)}});
}

void receive(const Surroundings& around, Call& call) {
  const std::string source = call.at("source");
  const std::string path = "/hooks/" + source;  // without the secret, wherever it may be shown
  const auto snapshot = around.backend.library.current();
  const auto mapping = snapshot->inbound(source);
  if (!mapping) {
    return call.respond(problem(404, fmt::format("there is no inbound connector '{}'", source), path));
  }
  if (call.request.method != "POST" && !asks_before_it_sends(mapping->verify.scheme)) {
    HttpReply reply = problem(405, fmt::format("'{}' takes events by POST alone", source), path);
    reply.headers.emplace_back("Allow", "POST");
    return call.respond(std::move(reply));
  }
  const bool by_path = is_proven_by_path(mapping->verify.scheme);
  if (!by_path && !call.at("secret").empty()) {
    return call.respond(problem(404, fmt::format("'{}' takes nothing at such a path", source), path));
  }
  auto verifier = verifier_of(around, mapping->verify);
  if (!verifier) {
    // No secret, no endpoint: and the reason is the admin's to read, not the sender's.
    return call.respond(problem(404, fmt::format("the inbound connector '{}' is not set up", source), path));
  }
  if (by_path && call.at("secret").empty()) {
    return call.respond(problem(401, fmt::format("'{}' wants its secret behind the path", source), path));
  }
  const InboundRequest inbound{call.request.method, public_address(around, call.request),
                               call.request.headers, call.request.body};
  auto verified = verifier->verify(inbound, around.backend.clock.now());
  if (!verified) {
    const int status = verified.error().code == ErrorCode::unauthenticated ? 401 : 400;
    return call.respond(problem(status, verified.error().message, path));
  }
  if (verified->challenge) return call.respond(as_reply(*verified->challenge));
  if (call.request.method != "POST") {
    return call.respond(problem(400, fmt::format("'{}' was asked nothing", source), path));
  }

  Actor actor;
  actor.channel = "event";
  actor.authenticated = "webhook " + source;
  std::vector<InboundDelivery> deliveries;
  const auto add = [&](const std::string& delivery_id, const std::string& content_type,
                       const std::string& body) -> Result<void> {
    auto parsed = parse_inbound_body(content_type, body);
    if (!parsed) return std::unexpected(parsed.error());
    const bool is_json = content_type.empty() || content_type.find("json") != std::string::npos;
    deliveries.push_back({source, delivery_id,
                          write_json(kept_headers(call.request.headers, "application/json", verified->weak)),
                          is_json ? body : write_json(*parsed), verified->weak});
    return {};
  };
  Result<void> readable;
  for (const InboundPart& part : verified->parts) {
    if (readable) readable = add(part.delivery_id, "application/json", part.body);
  }
  if (verified->parts.empty()) readable = add(verified->delivery_id, verified->content_type, verified->body);
  if (!readable) return call.respond(problem(400, readable.error().message, path));

  const auto parts = std::make_shared<Parts>();
  parts->missing = deliveries.size();
  parts->answers.resize(deliveries.size(), std::unexpected(Refusal{}));
  parts->done = [respond = call.respond, path,
                 acknowledgement = verified->acknowledgement](const std::vector<Answer>& answers) {
    respond(reply_to(answers, acknowledgement, path));
  };
  for (std::size_t i = 0; i < deliveries.size(); ++i) {
    Caller caller;
    caller.actor = actor;
    caller.route = "POST /hooks/{source}";
    submit(around, std::move(caller), std::move(deliveries[i]), [parts, i](Answer answer) {
      parts->answers[i] = std::move(answer);
      if (parts->missing.fetch_sub(1) == 1) parts->done(parts->answers);
    });
  }
}

}  // namespace

std::vector<Route> hook_routes(const Surroundings& around, std::size_t body_bytes_max) {
  const RouteAction action = [&around](Call call) {
    // Secrets are read from files, so this may block.
    const Respond respond = call.respond;
    const std::string path = "/hooks/" + call.at("source");
    const bool taken =
        around.pool.run([&around, held = std::move(call)]() mutable { receive(around, held); });
    if (!taken) respond(problem(503, "too much comes in at once; try again in a moment", path));
  };
  const auto route = [&](std::string pattern, std::string summary) {
    return Route{"POST",
                 std::move(pattern),
                 Scope::everyone,
                 std::move(summary),
                 body_bytes_max,
                 {"*"},
                 "Any",
                 "HookAnswer",
                 {},
                 action};
  };
  std::vector<Route> routes;
  routes.push_back(route("/hooks/{source}", "An event of another system, signed as its connector says"));
  routes.push_back(
      route("/hooks/{source}/{secret}", "The same, where the end of the path is the sender's proof"));
  routes.push_back({"GET",
                    "/hooks/{source}",
                    Scope::everyone,
                    "The check of the address by a sender that makes one (WeCom): what it sent, decrypted",
                    0,
                    {},
                    "",
                    "Text",
                    {},
                    action});
  return routes;
}

}  // namespace countersign::web
