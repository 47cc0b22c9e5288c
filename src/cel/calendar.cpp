#include "cel/calendar.h"

#include <limits>

#include <date/date.h>
#include <date/tz.h>
#include <fmt/format.h>

#include "base/text.h"

namespace countersign::cel {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int32_t kDateMin = -719'162;   // 0001-01-01
constexpr std::int32_t kDateMax = 2'932'896;  // 9999-12-31

std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

WallTime wall(std::int64_t seconds, std::int32_t nanos) {
  const std::int64_t day = floor_divide(seconds, kDay);
  WallTime result = wall_time(Date{static_cast<std::int32_t>(day)});
  const auto rest = static_cast<int>(seconds - day * kDay);
  result.hour = rest / 3600;
  result.minute = rest / 60 % 60;
  result.second = rest % 60;
  result.millisecond = nanos / 1'000'000;
  return result;
}

// "+08:00", "02:00", "-09:30" in seconds.
std::optional<std::int64_t> fixed_offset(std::string_view zone) {
  bool negative = false;
  if (!zone.empty() && (zone.front() == '+' || zone.front() == '-')) {
    negative = zone.front() == '-';
    zone.remove_prefix(1);
  }
  if (zone.size() != 5 || zone[2] != ':') return std::nullopt;
  for (const std::size_t i : {0, 1, 3, 4}) {
    if (!is_digit(zone[i])) return std::nullopt;
  }
  const int hours = (zone[0] - '0') * 10 + (zone[1] - '0');
  const int minutes = (zone[3] - '0') * 10 + (zone[4] - '0');
  if (hours > 23 || minutes > 59) return std::nullopt;
  return (negative ? -1 : 1) * (hours * 3600 + minutes * 60);
}

Result<const date::time_zone*> locate(std::string_view zone) {
  try {
    return date::locate_zone(zone);
  } catch (const std::exception&) {
    return fail(
        ErrorCode::invalid_input,
        fmt::format(
            "unknown time zone '{}': a name like 'Asia/Shanghai' or an offset like '+08:00' is needed",
            zone));
  }
}

}  // namespace

std::optional<Timestamp> make_timestamp(std::int64_t seconds, std::int64_t nanos) {
  const std::int64_t carry = floor_divide(nanos, kNanosASecond);
  if (seconds < kTimestampSecondsMin - carry || seconds > kTimestampSecondsMax - carry) return std::nullopt;
  return Timestamp{seconds + carry, static_cast<std::int32_t>(nanos - carry * kNanosASecond)};
}

std::optional<Span> make_span(std::int64_t seconds, std::int64_t nanos) {
  seconds += nanos / kNanosASecond;
  nanos %= kNanosASecond;
  if (seconds > 0 && nanos < 0) {
    --seconds;
    nanos += kNanosASecond;
  } else if (seconds < 0 && nanos > 0) {
    ++seconds;
    nanos -= kNanosASecond;
  }
  if (seconds > kDurationSecondsMax || seconds < -kDurationSecondsMax) return std::nullopt;
  if ((seconds == kDurationSecondsMax && nanos > 0) || (seconds == -kDurationSecondsMax && nanos < 0)) {
    return std::nullopt;
  }
  return Span{seconds, static_cast<std::int32_t>(nanos)};
}

std::optional<Timestamp> add(Timestamp at, Span span) {
  return make_timestamp(at.seconds + span.seconds, std::int64_t{at.nanos} + span.nanos);
}
std::optional<Span> add(Span a, Span b) {
  return make_span(a.seconds + b.seconds, std::int64_t{a.nanos} + b.nanos);
}
Span negated(Span span) {
  return {-span.seconds, -span.nanos};
}

std::optional<Span> difference(Timestamp a, Timestamp b) {
  const std::int64_t seconds = a.seconds - b.seconds;
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max() / kNanosASecond;
  if (seconds >= kMax || seconds <= -kMax) return std::nullopt;
  return make_span(seconds, std::int64_t{a.nanos} - b.nanos);
}

WallTime wall_time(Date date) {
  const date::sys_days days{date::days{date.days}};
  const date::year_month_day ymd{days};
  WallTime result;
  result.year = static_cast<int>(ymd.year());
  result.month = static_cast<unsigned>(ymd.month());
  result.day = static_cast<unsigned>(ymd.day());
  result.day_of_year = static_cast<int>((days - date::sys_days{ymd.year() / date::January / 1}).count());
  result.day_of_week = static_cast<int>(date::weekday{days}.c_encoding());
  result.date = date;
  return result;
}

WallTime wall_time(Timestamp at) {
  return wall(at.seconds, at.nanos);
}

Result<WallTime> wall_time(Timestamp at, std::string_view zone) {
  if (zone == "UTC") return wall_time(at);
  if (const auto offset = fixed_offset(zone)) return wall(at.seconds + *offset, at.nanos);
  const auto located = locate(zone);
  if (!located) return std::unexpected(located.error());
  const date::sys_seconds instant{std::chrono::seconds{at.seconds}};
  return wall(at.seconds + (*located)->get_info(instant).offset.count(), at.nanos);
}

Result<Timestamp> start_of_day(Date date, std::string_view zone) {
  const std::int64_t midnight = date.days * kDay;
  std::int64_t seconds = midnight;
  if (const auto offset = fixed_offset(zone)) {
    seconds = midnight - *offset;
  } else if (zone != "UTC") {
    const auto located = locate(zone);
    if (!located) return std::unexpected(located.error());
    const date::local_seconds local{std::chrono::seconds{midnight}};
    seconds = (*located)->to_sys(local, date::choose::earliest).time_since_epoch().count();
  }
  const auto at = make_timestamp(seconds, 0);
  if (!at) return fail(ErrorCode::invalid_input, "the time is outside of the years 1 to 9999");
  return *at;
}

std::optional<Date> add_days(Date date, std::int64_t days) {
  if (days > kDateMax - date.days || days < kDateMin - date.days) return std::nullopt;
  return Date{static_cast<std::int32_t>(date.days + days)};
}

std::optional<Date> add_months(Date date, std::int64_t months) {
  constexpr std::int64_t kMonthsMax = 12 * 10'000;
  if (months > kMonthsMax || months < -kMonthsMax) return std::nullopt;
  const date::year_month_day ymd{date::sys_days{date::days{date.days}}};
  const date::year_month target = ymd.year() / ymd.month() + date::months{static_cast<int>(months)};
  const int year = static_cast<int>(target.year());
  if (year < 1 || year > 9999) return std::nullopt;
  const date::day last = (target / date::last).day();
  const date::year_month_day moved = target / std::min(ymd.day(), last);
  return Date{date::sys_days{moved}.time_since_epoch().count()};
}

}  // namespace countersign::cel
