// `wait`: for a time, until an instant, for an event: whichever comes first.
#include <array>

#include <fmt/format.h>

#include "definition/grammar.h"
#include "definition/step_loader.h"
#include "definition/steps/event_name.h"

namespace countersign {
namespace {

constexpr std::array kWaitKeys = {
    Key{"for", Shape::time, Need::optional, "so long", ""},
    Key{"until", Shape::expression, Need::optional, "an instant or a date", ""},
    Key{"event", Shape::text, Need::optional, "CONNECTOR.NAME, or an event of `events`", ""},
    Key{"where", Shape::expression, Need::optional, "only an event for which this is true", ""},
    Key{"since", Shape::word, Need::optional, "start: also an event that came before this step", "start"},
};

void read_event(const StepReading& reading, const MapReader& map, Wait& wait) {
  for (const std::string_view key : {"where", "since"}) {
    if (map.has(key) && !map.has("event")) {
      reading.diagnostics().error(Code::keys_conflict, map.key_at(key),
                                  fmt::format("'{}' needs an 'event'", key));
    }
  }
  const YamlNode* name = map.find("event");
  if (name == nullptr) return;
  WaitEvent event;
  const auto found = find_event(reading.loading, name->text, name->at);
  if (found) {
    event.connector = found->connector;
    event.name = found->name;
    if (found->data != nullptr) reading.loading.replies[reading.index] = *found->data;
    if (const YamlNode* where = map.find("where")) {
      Spot spot = reading.spot;
      spot.place = Place::step_event;
      spot.event = found->data;
      event.where = read_expression(reading.loading, *where, spot, expects_condition(), "'where'");
    }
  }
  event.since_start = map.has("since");
  wait.event = std::move(event);
}

const Grammar& wait_grammar() {
  static const Grammar kGrammar{"wait", {value_of(Shape::time), map_of({kWaitKeys})}};
  return kGrammar;
}

StepKind read_wait(const StepReading& reading) {
  Wait wait;
  if (reading.value.is_scalar()) {
    wait.span = read_time(reading.loading, reading.value, reading.spot, filled(expects_time()), "'wait'");
    return wait;
  }
  const MapReader map(reading.value, "'wait'", kWaitKeys, reading.diagnostics());
  if (!map.is_map()) return wait;
  if (!map.has("for") && !map.has("until") && !map.has("event")) {
    reading.diagnostics().error(Code::missing_key, map.node().at,
                                "'wait' needs one of 'for', 'until' and 'event'");
  }
  if (const YamlNode* span = map.find("for")) {
    wait.span = read_time(reading.loading, *span, reading.spot, filled(expects_time()), "'for'");
  }
  if (const YamlNode* until = map.find("until")) {
    wait.until = read_expression(reading.loading, *until, reading.spot, filled(expects_instant()), "'until'");
  }
  read_event(reading, map, wait);
  return wait;
}

}  // namespace

const StepWord& wait_word() {
  static const StepWord kWord{"wait", Shape::any,  "waits for a time or an event", kWaitKeys, {}, read_wait,
                              false,  wait_grammar};
  return kWord;
}

}  // namespace countersign
