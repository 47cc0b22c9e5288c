// The `outbound` half of a connector file.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "core/address_syntax.h"
#include "definition/clock_duration.h"
#include "definition/connector_parts.h"
#include "definition/field_loader.h"
#include "definition/grammar.h"

namespace countersign {
namespace {

using Tag = cel::Type::Tag;

constexpr Key kBaseKeys[] = {
    {"secret", Shape::text, Need::required, "the name of the secret that holds the address"},
};
constexpr Key kNameAndSecretKeys[] = {
    {"name", Shape::text, Need::required, "of the header or parameter"},
    {"secret", Shape::text, Need::required, "the name of a secret"},
};
constexpr Key kBasicKeys[] = {
    {"user", Shape::text, Need::required, "the user's name"},
    {"password", Shape::text, Need::required, "the name of a secret"},
};

const Grammar& base_grammar() {
  static const Grammar kGrammar{"base", {value_of(Shape::text), map_of({kBaseKeys})}};
  return kGrammar;
}
const Grammar& name_and_secret_grammar() {
  static const Grammar kGrammar{"name_and_secret", {map_of({kNameAndSecretKeys})}};
  return kGrammar;
}
const Grammar& basic_grammar() {
  static const Grammar kGrammar{"basic", {map_of({kBasicKeys})}};
  return kGrammar;
}

constexpr Key kAuthKeys[] = {
    {"bearer", Shape::text, Need::optional, "Authorization: Bearer"},
    {"header", Shape::map, Need::optional, "a header of its own: name, secret", "", name_and_secret_grammar},
    {"basic", Shape::map, Need::optional, "user and password", "", basic_grammar},
    {"query", Shape::map, Need::optional, "a parameter of the address: name, secret", "",
     name_and_secret_grammar},
    {"standard-webhooks", Shape::any, Need::optional, "a signature by the Standard Webhooks rules", "",
     secrets_grammar},
    {"dingtalk-sign", Shape::text, Need::optional, "a DingTalk robot's signature"},
    {"feishu-sign", Shape::text, Need::optional, "a Feishu bot's signature"},
};
constexpr Key kRequestKeys[] = {
    {"method", Shape::word, Need::optional, "default POST", "GET|POST|PUT|PATCH|DELETE"},
    {"path", Shape::prose, Need::optional, "behind the base"},
    {"query", Shape::map, Need::optional, "parameters of the address", "", prose_by_name},
    {"headers", Shape::map, Need::optional, "header fields", "", prose_by_name},
    {"json", Shape::any, Need::optional, "the body; every leaf is an expression"},
    {"form", Shape::map, Need::optional, "the body, as a page's form sends it", "", prose_by_name},
    {"text", Shape::prose, Need::optional, "the body, as it is"},
};
constexpr Key kRetryKeys[] = {
    {"for", Shape::duration, Need::optional, "how long; default 1 day"},
    {"when", Shape::expression, Need::optional, "which answers are worth another try"},
};

const Grammar& request_grammar() {
  static const Grammar kGrammar{"request", {map_of({kRequestKeys})}};
  return kGrammar;
}
const Grammar& retry_grammar() {
  static const Grammar kGrammar{"retry", {map_of({kRetryKeys})}};
  return kGrammar;
}

constexpr Key kActionKeys[] = {
    {"input", Shape::map, Need::optional, "what `with` gives", "", fields_grammar},
    {"request", Shape::map, Need::required, "what is sent", "", request_grammar},
    {"ok", Shape::expression, Need::optional, "whether it worked; default: a status from 200 to 299"},
    {"output", Shape::map, Need::optional, "what the step's result holds", "", mapped_fields_grammar},
    {"retry", Shape::map, Need::optional, "how long to try again", "", retry_grammar},
    {"timeout", Shape::duration, Need::optional, "for one try; default 30 seconds"},
};

const Grammar& auth_grammar() {
  static const Grammar kGrammar{"auth", {map_of({kAuthKeys})}};
  return kGrammar;
}
const Grammar& action_grammar() {
  static const Grammar kGrammar{"action", {map_of({kActionKeys})}};
  return kGrammar;
}
const Grammar& actions_grammar() {
  static const Grammar kGrammar{"actions", {names_of(action_grammar)}};
  return kGrammar;
}

constexpr Key kOutboundKeys[] = {
    {"base", Shape::any, Need::required, "what all addresses begin with, or {secret: NAME}", "",
     base_grammar},
    {"auth", Shape::map, Need::optional, "how we prove who we are", "", auth_grammar},
    {"actions", Shape::map, Need::required, "what may be asked", "", actions_grammar},
};

// What the client of HTTP writes itself.
constexpr std::string_view kOwnHeaders[] = {"host", "content-length", "transfer-encoding", "connection",
                                            "expect"};

bool is_header_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

void check_header_name(std::string_view name, SourceSpan at, Diagnostics& diagnostics) {
  if (!is_header_name(name)) {
    diagnostics.error(Code::bad_value, at, fmt::format("'{}' is no name of a header field", excerpt(name)));
  } else if (std::ranges::find(kOwnHeaders, lower_ascii(name)) != std::end(kOwnHeaders)) {
    diagnostics.error(Code::bad_value, at, fmt::format("the header '{}' is set by the program itself", name));
  }
}

class ActionReader {
 public:
  ActionReader(ConnectorReading& reading, const YamlNode::Entry& entry, const OutboundAuth& auth)
      : reading_(reading), entry_(entry), auth_(auth) {}

  Action read() {
    action_.name = entry_.key;
    action_.at = {entry_.key_at.line, entry_.key_at.column};
    check_name(entry_.key, entry_.key_at, "action", reading_.diagnostics);
    const auto what = fmt::format("action '{}'", excerpt(entry_.key));
    const MapReader map(entry_.value, what, kActionKeys, reading_.diagnostics);
    if (const auto* input = map.find("input")) action_.input = read_input_fields(reading_, *input, "'input'");
    const auto answer = outbound_environment(action_.input, true);
    if (const auto* request = map.find("request")) read_request(*request);
    if (const auto* ok = map.find("ok")) {
      action_.ok = reading_.expressions.expression(*ok, answer, "'ok'", cel::Type::scalar(Tag::bool_));
    }
    if (const auto* output = map.find("output")) {
      action_.output = read_mapped_fields(reading_, *output, answer, "'output'");
    }
    if (const auto* retry = map.find("retry")) {
      const MapReader keys(*retry, "'retry'", kRetryKeys, reading_.diagnostics);
      action_.retry_for = read_clock_duration(keys, "for", action_.retry_for, std::chrono::hours(24 * 30));
      if (const auto* when = keys.find("when")) {
        action_.retry_when =
            reading_.expressions.expression(*when, answer, "'when'", cel::Type::scalar(Tag::bool_));
      }
    }
    action_.timeout = read_clock_duration(map, "timeout", action_.timeout, std::chrono::minutes(5));
    return std::move(action_);
  }

 private:
  void read_request(const YamlNode& node) {
    const MapReader map(node, "'request'", kRequestKeys, reading_.diagnostics);
    environment_ = outbound_environment(action_.input, false);
    auto& request = action_.request;
    request.method = map.text("method", "POST");
    if (const auto* path = map.find("path")) {
      request.path = reading_.expressions.prose(*path, environment_, "'path'");
      check_path(*path);
    }
    request.query = read_pairs(map, "query");
    request.headers = read_pairs(map, "headers");
    if (const auto* headers = map.find("headers")) {
      for (const auto& header : headers->entries) check_header(header);
    }
    if (const auto* json = map.find("json")) request.json = read_json(*json);
    request.form = read_pairs(map, "form");
    if (const auto* text = map.find("text")) {
      request.text = reading_.expressions.prose(*text, environment_, "'text'");
    }
    check_body(map);
  }

  void check_path(const YamlNode& node) {
    const auto& text = node.text;
    std::string plain;
    for (const auto& part : action_.request.path.parts) plain += part.text;
    const auto segments = split(plain, '/');
    const auto dots = [](const std::string& segment) { return segment == "." || segment == ".."; };
    if (!text.starts_with('/')) {
      reading_.diagnostics.error(Code::bad_value, node.at, "'path' begins with '/'");
    } else if (plain.find_first_of("?# ") != std::string::npos || has_control_characters(plain) ||
               std::ranges::any_of(segments, dots)) {
      reading_.diagnostics.error(
          Code::bad_value, node.at,
          "'path' has no '?', '#', space, '.' or '..' segment: parameters stand under 'query'");
    }
  }

  void check_header(const YamlNode::Entry& header) {
    check_header_name(header.key, header.key_at, reading_.diagnostics);
    const bool credentials =
        auth_.kind == OutboundAuth::Kind::bearer || auth_.kind == OutboundAuth::Kind::basic;
    const auto name = lower_ascii(header.key);
    const bool set_by_auth =
        (credentials && name == "authorization") ||
        (auth_.kind == OutboundAuth::Kind::header && name == lower_ascii(auth_.name)) ||
        (auth_.kind == OutboundAuth::Kind::standard_webhooks && name.starts_with("webhook-"));
    if (set_by_auth) {
      reading_.diagnostics.error(Code::keys_conflict, header.key_at,
                                 fmt::format("the header '{}' is set by 'auth' already", header.key));
    }
  }

  void check_body(const MapReader& map) {
    std::vector<std::string_view> bodies;
    for (const std::string_view key : {"json", "form", "text"}) {
      if (map.has(key)) bodies.push_back(key);
    }
    if (bodies.size() > 1) {
      reading_.diagnostics.error(
          Code::keys_conflict, map.key_at(bodies[1]),
          fmt::format("'{}' and '{}' stand together: a request has one body", bodies[0], bodies[1]));
    } else if (!bodies.empty() && action_.request.method == "GET") {
      reading_.diagnostics.error(Code::keys_conflict, map.key_at(bodies[0]), "a GET request has no body");
    }
    const auto& json = action_.request.json;
    const bool object = json && json->kind == JsonTemplate::Kind::object;
    if (auth_.kind == OutboundAuth::Kind::feishu_sign && !object) {
      reading_.diagnostics.error(Code::keys_conflict, map.node().at,
                                 "'feishu-sign' adds members to the body: it needs 'json' with an object");
    }
  }

  NamedProse read_pairs(const MapReader& map, std::string_view key) {
    NamedProse pairs;
    const auto* node = map.find(key);
    if (node == nullptr) return pairs;
    for (const auto& entry : node->entries) {
      auto prose = reading_.expressions.prose(entry.value, environment_, fmt::format("'{}'", entry.key));
      pairs.emplace_back(entry.key, std::move(prose));
    }
    return pairs;
  }

  JsonTemplate read_json(const YamlNode& node) {
    JsonTemplate tree;
    if (node.is_map()) {
      tree.kind = JsonTemplate::Kind::object;
      for (const auto& entry : node.entries) {
        tree.names.push_back(entry.key);
        tree.children.push_back(read_json(entry.value));
      }
    } else if (node.is_sequence()) {
      tree.kind = JsonTemplate::Kind::array;
      for (const auto& item : node.items) tree.children.push_back(read_json(item));
    } else if (node.is_null()) {
      tree.expression.program = cel::compile("null", environment_).program;
      tree.expression.at = {node.at.line, node.at.column};
    } else {
      tree.expression = reading_.expressions.expression(node, environment_, "'json'");
    }
    return tree;
  }

  ConnectorReading& reading_;
  const YamlNode::Entry& entry_;
  const OutboundAuth& auth_;
  cel::Environment environment_;
  Action action_;
};

OutboundAuth read_auth(const YamlNode& node, Diagnostics& diagnostics) {
  using Kind = OutboundAuth::Kind;
  OutboundAuth auth;
  const MapReader map(node, "'auth'", kAuthKeys, diagnostics);
  if (node.entries.size() > 1) {
    diagnostics.error(Code::keys_conflict, node.entries[1].key_at,
                      fmt::format("'{}' and '{}' stand together: 'auth' has one key", node.entries[0].key,
                                  node.entries[1].key));
  }
  const auto one_secret = [&](std::string_view key, Kind kind) {
    if (!map.find(key)) return;
    auth.kind = kind;
    auth.secrets = {read_secret_name(map, key)};
  };
  one_secret("bearer", Kind::bearer);
  one_secret("dingtalk-sign", Kind::dingtalk_sign);
  one_secret("feishu-sign", Kind::feishu_sign);
  if (const auto* secrets = map.find("standard-webhooks")) {
    auth.kind = Kind::standard_webhooks;
    auth.secrets = read_secret_names(*secrets, "'standard-webhooks'", 2, diagnostics);
  }
  for (const auto& [key, kind] : {std::pair{"header", Kind::header}, std::pair{"query", Kind::query}}) {
    const auto* named = map.find(key);
    if (named == nullptr) continue;
    const MapReader keys(*named, fmt::format("'{}'", key), kNameAndSecretKeys, diagnostics);
    auth.kind = kind;
    auth.name = keys.text("name");
    auth.secrets = {read_secret_name(keys, "secret")};
    if (kind == Kind::header && keys.find("name")) check_header_name(auth.name, keys.at("name"), diagnostics);
  }
  if (const auto* basic = map.find("basic")) {
    const MapReader keys(*basic, "'basic'", kBasicKeys, diagnostics);
    auth.kind = Kind::basic;
    auth.user = keys.text("user");
    auth.secrets = {read_secret_name(keys, "password")};
    if (auth.user.find(':') != std::string::npos) {
      diagnostics.error(Code::bad_value, keys.at("user"), "a user's name has no ':' (RFC 7617)");
    }
  }
  return auth;
}

void read_base(const MapReader& map, Outbound& outbound) {
  const auto* base = map.find("base");
  if (base == nullptr) return;
  if (base->is_map()) {
    const MapReader keys(*base, "'base'", kBaseKeys, map.diagnostics());
    outbound.base_secret = read_secret_name(keys, "secret");
    return;
  }
  if (!base->is_scalar()) {
    report_wrong_kind(*base, "'base'", "an address, or {secret: NAME}", map.diagnostics());
    return;
  }
  if (const auto fault = web_address_fault(base->text)) {
    map.diagnostics().error(Code::bad_value, base->at, *fault);
    return;
  }
  if (base->text.find_first_of("?#") != std::string::npos) {
    map.diagnostics().error(Code::bad_value, base->at,
                            "'base' has no '?' and no '#': parameters stand under 'query'");
    return;
  }
  outbound.base = base->text;
  while (outbound.base.ends_with('/')) outbound.base.pop_back();
}

}  // namespace

const Grammar& outbound_half_grammar() {
  static const Grammar kGrammar{"outbound", {map_of({kOutboundKeys})}};
  return kGrammar;
}

Outbound read_outbound(ConnectorReading& reading, const YamlNode& node) {
  Outbound outbound;
  const MapReader map(node, "'outbound'", kOutboundKeys, reading.diagnostics);
  read_base(map, outbound);
  if (const auto* auth = map.find("auth")) outbound.auth = read_auth(*auth, reading.diagnostics);
  if (const auto* actions = map.find("actions")) {
    if (actions->entries.empty()) {
      reading.diagnostics.error(Code::missing_key, actions->at, "'actions' names no action");
    }
    for (const auto& entry : actions->entries) {
      outbound.actions.push_back(ActionReader(reading, entry, outbound.auth).read());
    }
  }
  return outbound;
}

}  // namespace countersign
