#include "definition/connector_loader.h"

#include <fmt/format.h>

#include "base/text.h"
#include "core/address_syntax.h"
#include "definition/connector_parts.h"
#include "definition/expression_scope.h"
#include "definition/grammar.h"

namespace countersign {
namespace {

constexpr Key kCommonKeys[] = {
    {"connector", Shape::text, Need::required, "its name, which is the file's"},
    {"kind", Shape::word, Need::optional, "http (default), or email for a mail server", "http|email"},
    {"title", Shape::local_text, Need::optional, "as people read it"},
};
constexpr Key kHttpKeys[] = {
    {"inbound", Shape::map, Need::optional, "what it may tell us", "", inbound_grammar},
    {"outbound", Shape::map, Need::optional, "what we may ask of it", "", outbound_half_grammar},
};
constexpr Key kMailKeys[] = {
    {"host", Shape::text, Need::required, "the mail server's name"},
    {"port", Shape::integer, Need::optional, "default 587, or 465 with tls: implicit"},
    {"tls", Shape::word, Need::optional, "default starttls", "none|starttls|implicit"},
    {"user", Shape::text, Need::optional, "who signs in"},
    {"password", Shape::text, Need::optional, "the name of a secret"},
    {"from", Shape::text, Need::optional, "the sender, where the configuration names none"},
    {"ca_file", Shape::text, Need::optional, "certificates to trust instead of the system's (PEM)"},
};

// "connectors/hubspot.yaml" -> "hubspot"
std::string_view stem_of(std::string_view file) {
  const std::size_t slash = file.rfind('/');
  if (slash != std::string_view::npos) file.remove_prefix(slash + 1);
  return file.substr(0, file.rfind('.'));
}

// "Approvals <approvals@example.com>" or the address alone.
bool is_sender(std::string_view text) {
  if (has_control_characters(text)) return false;
  const std::size_t open = text.find('<');
  if (open == std::string_view::npos) return !mail_address_fault(text);
  return text.ends_with('>') && !mail_address_fault(text.substr(open + 1, text.size() - open - 2));
}

MailServer read_mail_server(const MapReader& map, Diagnostics& diagnostics) {
  using Tls = MailServer::Tls;
  MailServer server;
  server.host = map.text("host");
  const bool odd =
      has_control_characters(server.host) || server.host.find_first_of("/@ :") != std::string::npos;
  if (map.find("host") && (odd || server.host.empty())) {
    diagnostics.error(
        Code::bad_value, map.at("host"),
        fmt::format("'{}' is no name of a host (the port stands under 'port')", excerpt(server.host)));
  }
  server.tls = map.word("tls", Tls::starttls,
                        {{"none", Tls::none}, {"starttls", Tls::starttls}, {"implicit", Tls::implicit}});
  server.port = static_cast<int>(map.integer("port", server.tls == Tls::implicit ? 465 : 587, 1, 65535));
  server.user = map.text("user");
  server.password = read_secret_name(map, "password");
  if (map.has("user") != map.has("password")) {
    diagnostics.error(Code::keys_conflict, map.key_at(map.has("user") ? "user" : "password"),
                      "'user' and 'password' stand together or not at all");
  }
  server.from = map.text("from");
  if (map.find("from") && !is_sender(server.from)) {
    diagnostics.error(
        Code::bad_value, map.at("from"),
        fmt::format("'{}' is no sender (expected Approvals <approvals@example.com>)", excerpt(server.from)));
  }
  server.ca_file = map.text("ca_file");
  return server;
}

LocalText read_title(ConnectorReading& reading, const YamlNode& node) {
  LocalText title;
  const cel::Environment nothing;
  if (node.is_scalar()) {
    title.by_locale.emplace("", reading.expressions.prose(node, nothing, "'title'"));
    return title;
  }
  for (const auto& entry : node.entries) {
    if (!is_locale(entry.key)) {
      reading.diagnostics.error(
          Code::bad_value, entry.key_at,
          fmt::format("'title': '{}' is no language such as en or zh-CN", excerpt(entry.key)));
      continue;
    }
    title.by_locale.emplace(entry.key, reading.expressions.prose(entry.value, nothing, "'title'"));
  }
  return title;
}

Connector read_connector(ConnectorReading& reading) {
  const YamlNode& root = reading.document.root;
  Diagnostics& diagnostics = reading.diagnostics;
  Connector connector;
  const auto* kind = root.find("kind");
  const bool mail = kind != nullptr && kind->text == "email";
  const MapReader map(root, "the connector", {kCommonKeys, mail ? KeyTable(kMailKeys) : KeyTable(kHttpKeys)},
                      diagnostics);
  if (!map.is_map()) return connector;
  connector.name = map.text("connector");
  const auto stem = stem_of(reading.document.source.file());
  if (map.find("connector") && connector.name != stem) {
    diagnostics.error(
        Code::wrong_file_name, map.at("connector"),
        fmt::format("the connector is called '{}', but its file '{}'", excerpt(connector.name), stem));
  }
  if (const auto* title = map.find("title")) connector.title = read_title(reading, *title);
  if (mail) {
    connector.mail = read_mail_server(map, diagnostics);
    return connector;
  }
  if (!map.has("inbound") && !map.has("outbound")) {
    diagnostics.error(Code::missing_key, root.at, "the connector needs 'inbound' or 'outbound'");
  }
  if (const auto* inbound = map.find("inbound")) connector.inbound = read_inbound(reading, *inbound);
  if (const auto* outbound = map.find("outbound")) connector.outbound = read_outbound(reading, *outbound);
  return connector;
}

}  // namespace

const Grammar& connector_grammar() {
  static const Grammar kGrammar{"connector",
                                {map_of({kCommonKeys, kHttpKeys}), map_of({kCommonKeys, kMailKeys})}};
  return kGrammar;
}

std::shared_ptr<const Connector> load_connector(std::string_view file, std::string_view text,
                                                Diagnostics& diagnostics) {
  const auto document = read_yaml(file, text, diagnostics);
  if (!document) return nullptr;
  ConnectorReading reading{*document, diagnostics};
  auto connector = read_connector(reading);
  if (diagnostics.has_errors()) return nullptr;
  return std::make_shared<const Connector>(std::move(connector));
}

ConnectorOutline outline_of(const Connector& connector) {
  ConnectorOutline outline;
  if (connector.inbound) {
    for (const auto& event : connector.inbound->events) outline.events[event.name] = {fields_of(event.data)};
  }
  if (connector.outbound) {
    for (const auto& action : connector.outbound->actions) {
      outline.actions[action.name] = {action.input, fields_of(action.output)};
    }
  }
  outline.posts = connector.is_room();
  return outline;
}

}  // namespace countersign
