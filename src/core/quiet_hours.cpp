#include "core/quiet_hours.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace countersign {
namespace {

constexpr std::chrono::minutes kDayMinutes{24 * 60};

// "08:30", up to 24:00.
std::optional<std::chrono::minutes> quiet_time(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const std::size_t i : {0, 1, 3, 4}) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
  }
  const int hours = (text[0] - '0') * 10 + (text[1] - '0');
  const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
  const std::chrono::minutes time{hours * 60 + minutes};
  if (minutes > 59 || time > kDayMinutes) return std::nullopt;
  return time;
}

}  // namespace

Result<QuietHours> parse_quiet_hours(std::string_view text) {
  if (text == "none") return QuietHours{};
  const auto bad = [&](std::string_view why) {
    return fail(
        ErrorCode::invalid_input,
        fmt::format("'{}' are no quiet hours: {} (expected 20:00-08:00, or none)", text.substr(0, 40), why));
  };
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return bad("the - between beginning and end is missing");
  const auto from = quiet_time(trimmed(text.substr(0, dash)));
  const auto until = quiet_time(trimmed(text.substr(dash + 1)));
  if (!from) return bad("the beginning is not a time of day");
  if (!until) return bad("the end is not a time of day");
  if (*from == *until || (*from == kDayMinutes && until->count() == 0) ||
      (*until == kDayMinutes && from->count() == 0))
    return bad("they never end, or never begin");
  // Midnight ends a day and begins the next.
  return QuietHours{*from == kDayMinutes ? std::chrono::minutes(0) : *from, *until};
}

std::string to_text(const QuietHours& hours) {
  if (hours.is_none()) return "none";
  const auto clock = [](std::chrono::minutes time) {
    return fmt::format("{:02}:{:02}", time.count() / 60, time.count() % 60);
  };
  return clock(hours.from) + "-" + clock(hours.until);
}

Instant end_of_quiet(const Calendar& calendar, const QuietHours& hours, Instant at) {
  if (hours.is_none()) return at;
  const Day day = calendar.day_of(at);
  const auto now = calendar.wall_time_of(at) - date::local_time<Duration>(day);
  const bool over_midnight = hours.until < hours.from;
  Day last = day;
  if (!over_midnight) {
    if (now < hours.from || now >= hours.until) return at;
  } else if (now >= hours.from) {
    last = day + date::days(1);
  } else if (now >= hours.until) {
    return at;
  }
  // Where the clock is set back, the end may have come once already: the hour that comes again is no quiet
  // one.
  return std::max(at, calendar.instant_of(last, hours.until));
}

}  // namespace countersign
