#pragma once
// Instants, durations and days: their texts, their ranges, their parts in a time zone. Zone names are IANA's,
// from the system's database. Pure functions but for that database, which is read once; thread-safe.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "cel/value.h"

namespace countersign::cel {

inline constexpr std::int64_t kNanosASecond = 1'000'000'000;
inline constexpr std::int64_t kTimestampSecondsMin = -62'135'596'800;  // 0001-01-01T00:00:00Z
inline constexpr std::int64_t kTimestampSecondsMax = 253'402'300'799;  // 9999-12-31T23:59:59Z
inline constexpr std::int64_t kDurationSecondsMax = 315'576'000'000;   // the range of protobuf's Duration

// RFC 3339 with as many decimals as needed, up to nine; reading accepts any offset.
std::string format_timestamp(Timestamp at);
Result<Timestamp> parse_timestamp(std::string_view text);

// Seconds with as many decimals as needed: "6347s", "-1.5s".
std::string format_span(Span span);
// "1h45m47s", "-1.5h", "100ms", "3us", "0": a sign, then numbers with units h m s ms us ns.
Result<Span> parse_span(std::string_view text);

// From any seconds and nanoseconds; nullopt outside the range.
std::optional<Timestamp> make_timestamp(std::int64_t seconds, std::int64_t nanos);
std::optional<Span> make_span(std::int64_t seconds, std::int64_t nanos);

std::optional<Timestamp> add(Timestamp at, Span span);
std::optional<Span> add(Span a, Span b);
Span negated(Span span);
// Differences are limited to what fits 64 bits of nanoseconds (292 years), as CEL's conformance tests ask.
std::optional<Span> difference(Timestamp a, Timestamp b);

// What a calendar on the wall shows.
struct WallTime {
  int year = 0;
  unsigned month = 1;   // 1 to 12
  unsigned day = 1;     // 1 to 31
  int day_of_year = 0;  // 0 to 365
  int day_of_week = 0;  // 0 is Sunday
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millisecond = 0;
  Date date;
};
WallTime wall_time(Timestamp at);  // UTC
// `zone`: "Asia/Shanghai", "UTC", "+08:00", "02:00", "-09:30".
Result<WallTime> wall_time(Timestamp at, std::string_view zone);
WallTime wall_time(Date date);
// Midnight at the beginning of the day there (the first instant of the day where clocks skip midnight).
Result<Timestamp> start_of_day(Date date, std::string_view zone);

// Days of 0001-01-01 to 9999-12-31; nullopt beyond. Months clamp to the month's end: 31 January + 1 month is
// the last day of February.
std::optional<Date> add_days(Date date, std::int64_t days);
std::optional<Date> add_months(Date date, std::int64_t months);

}  // namespace countersign::cel
