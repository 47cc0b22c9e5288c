// `call: CONNECTOR.ACTION`: asks another system; its typed reply is the result.
#include <array>

#include <fmt/format.h>

#include "definition/grammar.h"
#include "definition/step_loader.h"
#include "definition/steps/arguments.h"

namespace countersign {
namespace {

constexpr std::array kBeside = {
    Key{"with", Shape::map, Need::optional, "the action's input", "", expressions_by_name},
};

StepKind read_call(const StepReading& reading) {
  Call call;
  Loading& loading = reading.loading;
  const std::string& text = reading.value.text;
  const std::size_t dot = text.find('.');
  if (dot == std::string::npos || dot == 0 || dot + 1 == text.size()) {
    loading.diagnostics.error(Code::bad_value, reading.value.at,
                              fmt::format("'call' is CONNECTOR.ACTION, found '{}'", text));
    return call;
  }
  call.connector = text.substr(0, dot);
  call.action = text.substr(dot + 1);
  const auto& connectors = loading.catalogue.connectors;
  const auto connector = connectors.find(call.connector);
  if (connector == connectors.end()) {
    report_unknown_name(
        loading.diagnostics, Code::unknown_connector, loading.document.span_in(reading.value, 0, dot),
        fmt::format("unknown connector '{}'", call.connector), call.connector, known_names(connectors));
    return call;
  }
  const auto action = connector->second.actions.find(call.action);
  if (action == connector->second.actions.end()) {
    report_unknown_name(loading.diagnostics, Code::unknown_action,
                        loading.document.span_in(reading.value, dot + 1, text.size()),
                        fmt::format("the connector '{}' has no action '{}'", call.connector, call.action),
                        call.action, known_names(connector->second.actions));
    return call;
  }
  loading.replies[reading.index] = action->second.output;
  call.with = read_arguments(loading, reading.beside.find("with"), action->second.input,
                             "the action '" + text + "'", reading.spot, reading.value.at, false);
  return call;
}

}  // namespace

const StepWord& call_word() {
  static const StepWord kWord{"call", Shape::text, "asks another system", {}, kBeside, read_call, false};
  return kWord;
}

}  // namespace countersign
