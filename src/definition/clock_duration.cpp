#include "definition/clock_duration.h"

#include <fmt/format.h>

#include "core/time_words.h"

namespace countersign {

Duration read_clock_duration(const MapReader& map, std::string_view key, Duration otherwise, Duration max) {
  const auto* node = map.find(key);
  if (node == nullptr) return otherwise;
  const auto span = parse_time_span(node->text);
  if (!span) {
    map.diagnostics().error(Code::bad_duration, node->at, span.error().message);
    return otherwise;
  }
  Duration duration{};
  if (span->unit == TimeSpan::Unit::seconds) duration = std::chrono::seconds(span->count);
  if (span->unit == TimeSpan::Unit::days) duration = std::chrono::hours(24 * span->count);
  if (duration >= std::chrono::seconds(1) && duration <= max) return duration;
  const auto whole_days = max.count() % (24 * 3'600'000) == 0;
  const TimeSpan longest = whole_days ? TimeSpan{TimeSpan::Unit::days, max.count() / (24 * 3'600'000)}
                                      : TimeSpan{TimeSpan::Unit::seconds, max.count() / 1000};
  map.diagnostics().error(
      Code::bad_value, node->at,
      fmt::format("'{}' is a time by the clock from 1 second to {}", key, to_words(longest)));
  return otherwise;
}

}  // namespace countersign
