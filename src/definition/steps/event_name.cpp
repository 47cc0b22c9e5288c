#include "definition/steps/event_name.h"

#include <fmt/format.h>

namespace countersign {

std::optional<NamedEvent> find_event(const Loading& loading, std::string_view text, SourceSpan at) {
  const std::size_t dot = text.find('.');
  const auto& connectors = loading.catalogue.connectors;
  if (dot == std::string_view::npos) {
    const auto& events = loading.definition.events;
    const auto declared = events.find(std::string(text));
    if (declared != events.end()) return NamedEvent{"", declared->first, &declared->second.fields};
    std::vector<std::string> known = known_names(events);
    for (const auto& [name, outline] : connectors) {
      for (const auto& [event, fields] : outline.events) known.push_back(name + "." + event);
    }
    loading.diagnostics.error(
        Code::unknown_event, at,
        fmt::format("unknown event '{}': an event is CONNECTOR.NAME, or declared under 'events'", text),
        nearest_of(text, known));
    return std::nullopt;
  }
  const std::string connector_name(text.substr(0, dot));
  const std::string event_name(text.substr(dot + 1));
  const auto connector = connectors.find(connector_name);
  if (connector == connectors.end()) {
    report_unknown_name(loading.diagnostics, Code::unknown_connector, at,
                        fmt::format("unknown connector '{}'", connector_name), connector_name,
                        known_names(connectors));
    return std::nullopt;
  }
  const auto event = connector->second.events.find(event_name);
  if (event == connector->second.events.end()) {
    report_unknown_name(loading.diagnostics, Code::unknown_event, at,
                        fmt::format("the connector '{}' has no event '{}'", connector_name, event_name),
                        event_name, known_names(connector->second.events));
    return std::nullopt;
  }
  const std::vector<Field>& data = event->second.data;
  return NamedEvent{connector_name, event_name, data.empty() ? nullptr : &data};
}

}  // namespace countersign
