// The `inbound` half of a connector file.
#include <algorithm>

#include <fmt/format.h>

#include "core/address_syntax.h"
#include "definition/connector_parts.h"
#include "definition/field_loader.h"
#include "definition/grammar.h"

namespace countersign {
namespace {

using Tag = cel::Type::Tag;

constexpr Key kVerifyKeys[] = {
    {"scheme", Shape::text, Need::required, "whose rules of proof hold"},
    {"secret", Shape::any, Need::required, "the name of a secret, or a list of two while it is changed", "",
     secrets_grammar},
};
constexpr Key kWeakKey{"allow_weak", Shape::boolean, Need::optional, "its weak proof is enough by itself"};
constexpr Key kOrderKeys[] = {
    {"key", Shape::expression, Need::required, "the thing that has an order"},
    {"by", Shape::expression, Need::required, "its time or number"},
};

// A scheme's own keys, as far as no other file decides about them: what each requires, the reader knows.
const std::vector<Key>& scheme_keys() {
  static const std::vector<Key> kKeys = [] {
    std::vector<Key> keys{kWeakKey};
    const auto add = [&](std::string_view option) {
      if (std::ranges::find(keys, option, &Key::name) != keys.end()) return;
      keys.push_back({option, Shape::text, Need::optional, "of the scheme"});
    };
    for (const InboundScheme& scheme : inbound_schemes()) {
      for (const auto option : scheme.required_options) add(option);
      for (const auto option : scheme.other_options) add(option);
    }
    return keys;
  }();
  return kKeys;
}
const Grammar& verify_grammar() {
  static const Grammar kGrammar{"verify", {map_of({kVerifyKeys, scheme_keys()})}};
  return kGrammar;
}
const Grammar& order_grammar() {
  static const Grammar kGrammar{"order", {map_of({kOrderKeys})}};
  return kGrammar;
}

constexpr Key kSenderKeys[] = {
    {"verify", Shape::map, Need::required, "how the sender proves who it is", "", verify_grammar},
    {"each", Shape::expression, Need::optional, "a list: one event for each element"},
    {"id", Shape::expression, Need::optional, "the same when the sender repeats itself"},
    {"order", Shape::map, Need::optional, "what must not be overtaken by something older", "", order_grammar},
};
constexpr Key kEventKeys[] = {
    {"when", Shape::expression, Need::optional, "which elements are this event"},
    {"key", Shape::expression, Need::optional, "the business key of the instance that it concerns"},
    {"data", Shape::map, Need::optional, "what workflows read as event.NAME", "", mapped_fields_grammar},
};
const Grammar& event_grammar() {
  static const Grammar kGrammar{"event", {map_of({kEventKeys})}};
  return kGrammar;
}
const Grammar& inbound_events_grammar() {
  static const Grammar kGrammar{"inbound_events", {names_of(event_grammar)}};
  return kGrammar;
}

constexpr Key kInboundKeys[] = {
    {"events", Shape::map, Need::required, "what workflows hear of", "", inbound_events_grammar},
};
constexpr Key kWebhookKeys[] = {
    {"when", Shape::expression, Need::optional, "which elements are meant"},
    {"data", Shape::map, Need::optional, "event.NAME by type (without it: event is the element)", "",
     mapped_fields_grammar},
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
  std::vector<Key> keys(std::begin(kVerifyKeys), std::end(kVerifyKeys));
  if (named != nullptr && is_weak_scheme(named->text)) {
    keys.push_back(kWeakKey);
  }
  const std::size_t own_keys = keys.size();
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
  verification.allow_weak = map.has("allow_weak") && map.boolean("allow_weak");
  for (const auto& key : std::span(keys).subspan(own_keys)) {
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

// What is of interest, and its data.
void read_selection(ConnectorReading& reading, const MapReader& map, InboundEvent& event) {
  const auto environment = inbound_environment(true);
  if (const auto* when = map.find("when")) {
    event.when = reading.expressions.expression(*when, environment, "'when'", cel::Type::scalar(Tag::bool_));
  }
  if (const auto* data = map.find("data")) {
    event.data = read_mapped_fields(reading, *data, environment, "'data'");
  }
}

InboundEvent read_event(ConnectorReading& reading, const YamlNode::Entry& entry) {
  InboundEvent event;
  event.name = entry.key;
  event.at = {entry.key_at.line, entry.key_at.column};
  check_name(entry.key, entry.key_at, "event", reading.diagnostics);
  const MapReader map(entry.value, fmt::format("event '{}'", excerpt(entry.key)), kEventKeys,
                      reading.diagnostics);
  read_selection(reading, map, event);
  if (const auto* key = map.find("key"))
    event.key = reading.expressions.expression(*key, inbound_environment(true), "'key'");
  return event;
}

// The sender, and how its messages fall into elements.
Inbound read_sender(ConnectorReading& reading, const MapReader& map) {
  Inbound inbound;
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
  return inbound;
}

}  // namespace

Inbound read_inbound(ConnectorReading& reading, const YamlNode& node) {
  const MapReader map(node, "'inbound'", {kSenderKeys, kInboundKeys}, reading.diagnostics);
  Inbound inbound = read_sender(reading, map);
  if (const auto* events = map.find("events")) {
    if (events->entries.empty()) {
      reading.diagnostics.error(Code::missing_key, events->at, "'events' names no event");
    }
    for (const auto& entry : events->entries) inbound.events.push_back(read_event(reading, entry));
  }
  return inbound;
}

const Grammar& inbound_grammar() {
  static const Grammar kGrammar{"inbound", {map_of({kSenderKeys, kInboundKeys})}};
  return kGrammar;
}
const Grammar& webhook_grammar() {
  static const Grammar kGrammar{"webhook", {map_of({kSenderKeys, kWebhookKeys})}};
  return kGrammar;
}

KeyTable sender_keys() {
  return kSenderKeys;
}
KeyTable webhook_keys() {
  return kWebhookKeys;
}

Inbound read_webhook(ConnectorReading& reading, const YamlNode& node) {
  const MapReader map(node, "'webhook'", {kSenderKeys, kWebhookKeys}, reading.diagnostics);
  Inbound inbound = read_sender(reading, map);
  InboundEvent event;
  event.name = kWebhookEvent;
  event.at = {node.at.line, node.at.column};
  read_selection(reading, map, event);
  event.whole = !map.has("data");
  inbound.events.push_back(std::move(event));
  return inbound;
}

}  // namespace countersign
