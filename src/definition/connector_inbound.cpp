// The `inbound` half of a connector file.
#include <algorithm>

#include <fmt/format.h>

#include "core/address_syntax.h"
#include "definition/connector_parts.h"
#include "definition/field_loader.h"

namespace countersign {
namespace {

using Tag = cel::Type::Tag;

constexpr Key kInboundKeys[] = {
    {"verify", Shape::map, Need::required, "how the sender proves who it is"},
    {"each", Shape::expression, Need::optional, "a list: one event for each element"},
    {"id", Shape::expression, Need::optional, "the same when the sender repeats itself"},
    {"order", Shape::map, Need::optional, "what must not be overtaken by something older"},
    {"events", Shape::map, Need::required, "what workflows hear of"},
};
constexpr Key kOrderKeys[] = {
    {"key", Shape::expression, Need::required, "the thing that has an order"},
    {"by", Shape::expression, Need::required, "its time or number"},
};
constexpr Key kEventKeys[] = {
    {"when", Shape::expression, Need::optional, "which elements are this event"},
    {"key", Shape::expression, Need::optional, "the business key of the instance that it concerns"},
    {"data", Shape::map, Need::optional, "what workflows read as event.NAME"},
};

std::vector<std::string> scheme_names() {
  std::vector<std::string> names;
  for (const auto& scheme : inbound_schemes()) names.emplace_back(scheme.name);
  return names;
}

Verification read_verification(ConnectorReading& reading, const YamlNode& node) {
  Verification verification;
  const auto* named = node.find("scheme");
  const auto schemes = inbound_schemes();
  const auto found = named == nullptr
                         ? schemes.end()
                         : std::ranges::find(schemes, std::string_view(named->text), &InboundScheme::name);
  std::vector<Key> keys = {
      {"scheme", Shape::text, Need::required, "whose rules of proof hold"},
      {"secret", Shape::any, Need::required, "the name of a secret, or a list of two while it is changed"},
  };
  if (found != schemes.end()) {
    for (const auto option : found->required_options)
      keys.push_back({option, Shape::text, Need::required, ""});
    for (const auto option : found->other_options) keys.push_back({option, Shape::text, Need::optional, ""});
  } else if (named != nullptr && named->is_scalar()) {
    const auto names = scheme_names();
    reading.diagnostics.error(Code::unknown_word, named->at,
                              fmt::format("unknown scheme '{}'", excerpt(named->text)),
                              nearest_of(named->text, names));
    // Which other keys may stand depends on it.
    return verification;
  }
  const MapReader map(node, "'verify'", keys, reading.diagnostics);
  verification.scheme = map.text("scheme");
  if (const auto* secret = map.find("secret")) {
    verification.secrets = read_secret_names(*secret, "'secret'", 2, reading.diagnostics);
  }
  for (const auto& key : std::span(keys).subspan(2)) {
    const std::string name(key.name);
    if (!map.find(name)) continue;
    if (is_secret_option(name)) {
      verification.secret_options[name] = read_secret_name(map, name);
    } else {
      verification.options[name] = map.text(name);
    }
  }
  return verification;
}

InboundEvent read_event(ConnectorReading& reading, const YamlNode::Entry& entry) {
  InboundEvent event;
  event.name = entry.key;
  event.at = {entry.key_at.line, entry.key_at.column};
  check_name(entry.key, entry.key_at, "event", reading.diagnostics);
  const MapReader map(entry.value, fmt::format("event '{}'", excerpt(entry.key)), kEventKeys,
                      reading.diagnostics);
  const auto environment = inbound_environment(true);
  if (const auto* when = map.find("when")) {
    event.when = reading.expressions.expression(*when, environment, "'when'", cel::Type::scalar(Tag::bool_));
  }
  if (const auto* key = map.find("key"))
    event.key = reading.expressions.expression(*key, environment, "'key'");
  if (const auto* data = map.find("data")) {
    event.data = read_mapped_fields(reading, *data, environment, "'data'");
  }
  return event;
}

}  // namespace

Inbound read_inbound(ConnectorReading& reading, const YamlNode& node) {
  Inbound inbound;
  const MapReader map(node, "'inbound'", kInboundKeys, reading.diagnostics);
  if (const auto* verify = map.find("verify")) inbound.verify = read_verification(reading, *verify);
  const auto whole = inbound_environment(false);
  const auto element = inbound_environment(true);
  if (const auto* each = map.find("each")) {
    inbound.each = reading.expressions.expression(*each, whole, "'each'", cel::Type::list(cel::Type()));
  }
  if (const auto* id = map.find("id")) inbound.id = reading.expressions.expression(*id, element, "'id'");
  if (const auto* order = map.find("order")) {
    const MapReader keys(*order, "'order'", kOrderKeys, reading.diagnostics);
    const auto* key = keys.find("key");
    const auto* by = keys.find("by");
    if (key != nullptr) inbound.order_key = reading.expressions.expression(*key, element, "'key'");
    if (by != nullptr) inbound.order_by = reading.expressions.expression(*by, element, "'by'");
  }
  if (const auto* events = map.find("events")) {
    if (events->entries.empty()) {
      reading.diagnostics.error(Code::missing_key, events->at, "'events' names no event");
    }
    for (const auto& entry : events->entries) inbound.events.push_back(read_event(reading, entry));
  }
  return inbound;
}

}  // namespace countersign
