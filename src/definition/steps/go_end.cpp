// `go: STEP` and `end: STATUS`.
#include <algorithm>

#include <fmt/format.h>

#include "definition/step_loader.h"

namespace countersign {
namespace {

StepKind read_go(const StepReading& reading) {
  reading.loading.go_targets[reading.index] = {reading.value.text, reading.value.at};
  return Go{};
}

StepKind read_end(const StepReading& reading) {
  const std::string& status = reading.value.text;
  const auto& statuses = reading.loading.definition.statuses;
  reading.loading.used_statuses.insert(status);
  if (reading.loading.statuses_known && std::ranges::find(statuses, status) == statuses.end()) {
    reading.diagnostics().error(
        Code::unknown_status, reading.value.at,
        statuses.empty()
            ? fmt::format("unknown status '{}': list it under 'statuses'", status)
            : fmt::format("unknown status '{}': 'statuses' has {}", status, join(statuses, ", ")),
        nearest_of(status, statuses));
  }
  return End{status};
}

}  // namespace

const StepWord& go_word() {
  static const StepWord kWord{"go", Shape::text, "goes on at another step", {}, {}, read_go, false};
  return kWord;
}

const StepWord& end_word() {
  static const StepWord kWord{"end", Shape::text, "ends the instance with a status", {}, {}, read_end, false};
  return kWord;
}

}  // namespace countersign
