// `notify`: tells people, or posts to a room.
#include <array>

#include <fmt/format.h>

#include "definition/step_loader.h"

namespace countersign {
namespace {

constexpr std::array kNotifyKeys = {
    Key{"to", Shape::expressions, Need::optional, "who is told", ""},
    Key{"via", Shape::text, Need::optional, "a connector that posts to a room", ""},
    Key{"message", Shape::text, Need::optional, "the name of a file messages/NAME.LANG.md", ""},
    Key{"subject", Shape::local_text, Need::optional, "instead of message: the subject", ""},
    Key{"text", Shape::local_text, Need::optional, "instead of message: the text, in Markdown", ""},
};

void read_via(const StepReading& reading, const MapReader& map, Notify& notify) {
  notify.via = map.text("via");
  if (notify.via.empty()) return;
  const auto& connectors = reading.loading.catalogue.connectors;
  const auto found = connectors.find(notify.via);
  if (found == connectors.end()) {
    report_unknown_name(reading.diagnostics(), Code::unknown_connector, map.at("via"),
                        fmt::format("unknown connector '{}'", notify.via), notify.via,
                        known_names(connectors));
  } else if (!found->second.posts) {
    reading.diagnostics().error(
        Code::unknown_connector, map.at("via"),
        fmt::format("the connector '{}' posts no messages: name one that has an action 'post' with "
                    "'subject' and 'text', or tell people with 'to'",
                    notify.via));
  }
}

StepKind read_notify(const StepReading& reading) {
  Notify notify;
  const MapReader map(reading.value, "'notify'", kNotifyKeys, reading.diagnostics());
  if (!map.is_map()) return notify;
  if (const YamlNode* to = map.find("to")) {
    notify.to = read_expressions(reading.loading, *to, reading.spot, expects_people(), "'to'");
  }
  read_via(reading, map, notify);
  const auto lacks = [&](std::string_view key) { return !map.has(key) && !map.is_misspelt(key); };
  if (lacks("to") && lacks("via")) {
    reading.diagnostics().error(Code::missing_key, map.node().at,
                                "'notify' needs 'to' (people) or 'via' (a connector)");
  }
  if (map.has("message") && (map.has("text") || map.has("subject"))) {
    reading.diagnostics().error(
        Code::keys_conflict, map.key_at("message"),
        "'message' brings its own subject and text; write either 'message' or 'subject' and 'text'");
  } else if (lacks("message") && lacks("text")) {
    reading.diagnostics().error(Code::missing_key, map.node().at,
                                "'notify' needs 'message', or 'subject' and 'text'");
  }
  const bool bare = map.has("text") && map.has("to") && lacks("subject") && lacks("message");
  if (bare && !reading.loading.catalogue.in_force) {
    reading.diagnostics().error(Code::missing_key, map.key_at("text"),
                                "a mail needs 'subject' beside 'text'");
  }
  notify.message = map.text("message");
  if (!notify.message.empty()) {
    reading.loading.message_users[notify.message].push_back(reading.index);
    reading.loading.message_places.emplace(notify.message, map.at("message"));
  }
  if (const YamlNode* subject = map.find("subject")) {
    notify.subject = read_local_text(reading.loading, *subject, reading.spot, "'subject'");
  }
  if (const YamlNode* text = map.find("text")) {
    notify.text = read_local_text(reading.loading, *text, reading.spot, "'text'");
  }
  return notify;
}

}  // namespace

const StepWord& notify_word() {
  static const StepWord kWord{"notify", Shape::map, "tells people", kNotifyKeys, {}, read_notify, false};
  return kWord;
}

}  // namespace countersign
