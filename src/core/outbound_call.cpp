#include "core/outbound_call.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "core/address_syntax.h"
#include "core/connector_evaluation.h"

namespace countersign {
namespace {

constexpr std::size_t kPathBytesMax = 2'000;
constexpr std::size_t kBodyBytesMax = 1 << 20;

cel::Value fields_value(const Fields& fields) {
  cel::Map map;
  for (const auto& [name, value] : fields) map.set(name, value);
  return cel::Value::map(std::move(map));
}

Result<std::string> build_path(const ConnectorEvaluation& evaluation, const Prose& path) {
  std::string built;
  for (const auto& part : path.parts) {
    if (!part.expression) {
      built += part.text;
      continue;
    }
    const auto value = evaluation.evaluate(*part.expression);
    if (!value) return std::unexpected(value.error());
    const auto text = cel::to_display(*value);
    // An empty segment would address another resource.
    if (text.empty()) {
      return fail(ErrorCode::invalid_input, fmt::format("'{}' is empty", part.expression->program.source()));
    }
    built += percent_encoded(text);
  }
  for (const auto& segment : split(built, '/')) {
    if (segment == "." || segment == "..") {
      return fail(ErrorCode::invalid_input, fmt::format("a value gives the segment '{}'", segment));
    }
  }
  if (built.size() > kPathBytesMax) return fail(ErrorCode::invalid_input, "it has more than 2,000 bytes");
  return built;
}

// "a=b&c=d"; members whose value is absent are left out.
Result<std::string> build_pairs(const ConnectorEvaluation& evaluation, const NamedProse& pairs) {
  std::string built;
  for (const auto& [name, prose] : pairs) {
    const auto value = evaluation.prose(prose);
    if (!value) return std::unexpected(Error(value.error()).within(fmt::format("'{}'", name)));
    if (!*value) continue;
    if (!built.empty()) built += '&';
    built += percent_encoded(name) + '=' + percent_encoded(**value);
  }
  return built;
}

// nullopt: left out.
Result<std::optional<json::value>> build_json(const ConnectorEvaluation& evaluation,
                                              const JsonTemplate& tree) {
  if (tree.kind == JsonTemplate::Kind::object) {
    json::object built;
    for (std::size_t i = 0; i < tree.children.size(); ++i) {
      auto value = build_json(evaluation, tree.children[i]);
      if (!value) return std::unexpected(std::move(value.error()).within(fmt::format("'{}'", tree.names[i])));
      if (*value) built[tree.names[i]] = std::move(**value);
    }
    return std::optional<json::value>(std::move(built));
  }
  if (tree.kind == JsonTemplate::Kind::array) {
    json::array built;
    for (const auto& element : tree.children) {
      auto value = build_json(evaluation, element);
      if (!value) return std::unexpected(std::move(value.error()));
      if (*value) built.push_back(std::move(**value));
    }
    return std::optional<json::value>(std::move(built));
  }
  const auto value = evaluation.evaluate(tree.expression);
  if (!value) return std::unexpected(value.error());
  if (value->is(cel::Kind::optional) && value->as_optional() == nullptr) return std::optional<json::value>();
  return std::optional(cel::to_plain_json(*value));
}

bool has_header(const HttpCall& call, std::string_view name) {
  return std::ranges::any_of(
      call.headers, [&](const auto& header) { return lower_ascii(header.first) == lower_ascii(name); });
}

Result<void> add_header(HttpCall& call, const std::string& name, std::string value) {
  if (has_control_characters(value) || !is_valid_utf8(value)) {
    return fail(ErrorCode::invalid_input,
                fmt::format("the header '{}' would hold a control character", name));
  }
  call.headers.emplace_back(name, std::move(value));
  return {};
}

// Adds a query to an address that may have one.
void add_query(std::string& url, const std::string& query) {
  if (query.empty()) return;
  url += url.find('?') == std::string::npos ? '?' : '&';
  url += query;
}

Result<void> add_body(HttpCall& call, const ConnectorEvaluation& evaluation, const RequestTemplate& request) {
  std::string type;
  if (request.json) {
    auto value = build_json(evaluation, *request.json);
    if (!value) return std::unexpected(std::move(value.error()).within("'json'"));
    call.body = write_json(value->value_or(json::value()));
    type = "application/json";
  } else if (!request.form.empty()) {
    auto pairs = build_pairs(evaluation, request.form);
    if (!pairs) return std::unexpected(std::move(pairs.error()).within("'form'"));
    call.body = std::move(*pairs);
    type = "application/x-www-form-urlencoded";
  } else if (request.text) {
    auto text = evaluation.prose(*request.text);
    if (!text) return std::unexpected(std::move(text.error()).within("'text'"));
    call.body = text->value_or("");
    type = "text/plain; charset=utf-8";
  }
  if (call.body.size() > kBodyBytesMax) return fail(ErrorCode::too_large, "the body has more than 1 MiB");
  if (!type.empty() && !has_header(call, "Content-Type")) call.headers.emplace_back("Content-Type", type);
  return {};
}

Result<std::vector<std::string>> look_up(const std::vector<std::string>& names, const SecretLookup& lookup) {
  std::vector<std::string> secrets;
  for (const auto& name : names) {
    auto secret = lookup(name);
    if (!secret) return std::unexpected(std::move(secret.error()));
    secrets.push_back(std::move(*secret));
  }
  return secrets;
}

Result<void> add_auth(HttpCall& call, const OutboundAuth& auth, const SecretLookup& lookup) {
  auto secrets = look_up(auth.secrets, lookup);
  if (!secrets) return std::unexpected(std::move(secrets.error()));
  switch (auth.kind) {
    case OutboundAuth::Kind::none:
      return {};
    case OutboundAuth::Kind::bearer:
      return add_header(call, "Authorization", "Bearer " + secrets->front());
    case OutboundAuth::Kind::header:
      return add_header(call, auth.name, secrets->front());
    case OutboundAuth::Kind::basic:
      return add_header(call, "Authorization", "Basic " + to_base64(auth.user + ":" + secrets->front()));
    case OutboundAuth::Kind::query:
      add_query(call.url, percent_encoded(auth.name) + "=" + percent_encoded(secrets->front()));
      return {};
    case OutboundAuth::Kind::standard_webhooks:
    case OutboundAuth::Kind::dingtalk_sign:
    case OutboundAuth::Kind::feishu_sign:
      call.sign = auth.kind;
      call.sign_secrets = std::move(*secrets);
      return {};
  }
  return {};
}

Result<std::string> build_url(const Outbound& outbound, const Action& action,
                              const ConnectorEvaluation& evaluation, const SecretLookup& lookup) {
  std::string base = outbound.base;
  if (!outbound.base_secret.empty()) {
    auto secret = lookup(outbound.base_secret);
    if (!secret) return std::unexpected(std::move(secret.error()));
    base = std::move(*secret);
    if (web_address_fault(base)) {
      // The address is a secret: it does not stand in the message.
      return fail(ErrorCode::invalid_input,
                  fmt::format("the secret '{}' is no https:// or http:// address", outbound.base_secret));
    }
  }
  const auto path = build_path(evaluation, action.request.path);
  if (!path) return std::unexpected(Error(path.error()).within("'path'"));
  const auto query = build_pairs(evaluation, action.request.query);
  if (!query) return std::unexpected(Error(query.error()).within("'query'"));
  const std::size_t question = std::min(base.find('?'), base.size());
  std::string url = base.substr(0, question);
  if (!path->empty()) {
    while (url.ends_with('/')) url.pop_back();
    url += *path;
  }
  if (question < base.size()) add_query(url, base.substr(question + 1));
  add_query(url, *query);
  return url;
}

Result<HttpCall> build(const Outbound& outbound, const Action& action, const Fields& input,
                       const SecretLookup& lookup, const Directory& directory) {
  const auto read = read_values(action.input, input, directory, "the input");
  if (!read) return std::unexpected(read.error());
  ConnectorEvaluation evaluation(directory);
  evaluation.set("input", fields_value(*read));
  HttpCall call;
  call.method = action.request.method;
  call.timeout = action.timeout;
  auto url = build_url(outbound, action, evaluation, lookup);
  if (!url) return std::unexpected(std::move(url.error()));
  call.url = std::move(*url);
  for (const auto& [name, prose] : action.request.headers) {
    auto value = evaluation.prose(prose);
    if (!value) return std::unexpected(std::move(value.error()).within(fmt::format("'{}'", name)));
    if (!*value) continue;
    if (auto added = add_header(call, name, std::move(**value)); !added)
      return std::unexpected(added.error());
  }
  if (auto added = add_body(call, evaluation, action.request); !added) return std::unexpected(added.error());
  if (auto added = add_auth(call, outbound.auth, lookup); !added) return std::unexpected(added.error());
  return call;
}

bool is_temporary(int status) {
  return status == 408 || status == 425 || status == 429 || status >= 500;
}

cel::Value response_value(const HttpReply& reply) {
  cel::Map response;
  response.set("status", cel::Value::integer(reply.status));
  response.set("headers", headers_value(reply.headers));
  const auto body = parse_json(reply.body);
  response.set("json", body ? cel::from_plain_json(*body) : cel::Value());
  response.set("text", cel::Value::string(is_valid_utf8(reply.body) ? reply.body : std::string()));
  return cel::Value::map(std::move(response));
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                            c == '-' || c == '.' || c == '_' || c == '~';
    if (unreserved) {
      encoded += c;
    } else {
      const auto byte = static_cast<std::uint8_t>(c);
      encoded += '%';
      encoded += kHex[byte >> 4];
      encoded += kHex[byte & 0x0f];
    }
  }
  return encoded;
}

Result<HttpCall> build_request(const Outbound& outbound, std::string_view action, const Fields& input,
                               const SecretLookup& secrets, const Directory& directory) {
  const auto* found = outbound.find_action(action);
  if (found == nullptr) {
    std::vector<std::string> known;
    for (const auto& one : outbound.actions) known.push_back(one.name);
    const auto near = nearest(action, known);
    return fail(ErrorCode::not_found, fmt::format("the connector has no action '{}'{}", action,
                                                  near ? fmt::format(" (did you mean '{}'?)", *near) : ""));
  }
  auto call = build(outbound, *found, input, secrets, directory);
  if (!call) {
    return std::unexpected(
        std::move(call.error()).within(fmt::format("cannot build the request of '{}'", action)));
  }
  return call;
}

Result<std::string> with_members(std::string_view json_body,
                                 const std::vector<std::pair<std::string, std::string>>& members) {
  auto body = parse_json(json_body);
  auto* object = body ? body->if_object() : nullptr;
  if (object == nullptr || !number_text(*body).empty()) {
    return fail(ErrorCode::invalid_input, "cannot sign the request: its body is no JSON object");
  }
  for (const auto& [name, value] : members) (*object)[name] = json::string(value);
  return write_json(*body);
}

Result<Fields> read_reply(const Action& action, const Fields& input, const HttpReply& reply,
                          const Directory& directory) {
  ConnectorEvaluation evaluation(directory);
  evaluation.set("input", fields_value(input));
  evaluation.set("response", response_value(reply));
  const bool status_ok = reply.status >= 200 && reply.status <= 299;
  const auto ok = action.ok ? evaluation.holds(*action.ok) : Result<bool>(status_ok);
  if (!ok || !*ok) {
    // An expression that fails has not been said to hold: no other try follows from it.
    const auto again = action.retry_when ? evaluation.holds(*action.retry_when) : Result<bool>(false);
    const bool temporary = is_temporary(reply.status) || (again && *again);
    return fail(temporary ? ErrorCode::unavailable : ErrorCode::invalid_input,
                fmt::format("'{}' was not accepted: status {}, answer '{}'{}", action.name, reply.status,
                            is_valid_utf8(reply.body) ? excerpt(reply.body) : "(no text)",
                            ok ? "" : "; 'ok': " + ok.error().message));
  }
  auto output = evaluation.read(action.output, fmt::format("cannot read the answer to '{}'", action.name));
  // A missing member is the answer's fault and not somebody's who looked for something.
  if (!output) output.error().code = ErrorCode::invalid_input;
  return output;
}

}  // namespace countersign
