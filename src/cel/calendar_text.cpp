// The texts of instants, durations and days.

#include <charconv>
#include <chrono>

#include <fmt/format.h>

#include "base/text.h"
#include "base/time.h"
#include "cel/calendar.h"

namespace countersign::cel {
namespace {

// ".5" for 500,000,000; "" for 0.
std::string decimals(std::int32_t nanos) {
  if (nanos == 0) return {};
  std::string text = fmt::format(".{:09}", nanos);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

// Up to nine digits after a point, filled up to nanoseconds.
std::int32_t nanos_of(std::string_view digits) {
  std::int32_t nanos = 0;
  for (std::size_t i = 0; i < 9; ++i) nanos = nanos * 10 + (i < digits.size() ? digits[i] - '0' : 0);
  return nanos;
}

std::unexpected<Error> bad_span(std::string_view text) {
  return fail(
      ErrorCode::invalid_input,
      fmt::format("'{}' is no duration: write numbers with units h, m, s, ms, us or ns, such as '1h30m'",
                  text));
}

std::unexpected<Error> out_of_range(std::string_view text) {
  return fail(ErrorCode::invalid_input, fmt::format("the duration '{}' is out of range", text));
}

// How many nanoseconds one of the units at the beginning of `text` has; the unit is taken off.
std::optional<std::int64_t> take_unit(std::string_view& text) {
  static constexpr std::pair<std::string_view, std::int64_t> kUnits[] = {
      {"ns", 1},
      {"us", 1'000},
      {"\xc2\xb5s", 1'000},  // the micro sign and the Greek letter
      {"\xce\xbcs", 1'000},
      {"ms", 1'000'000},
      {"s", kNanosASecond},
      {"m", 60 * kNanosASecond},
      {"h", 3600 * kNanosASecond},
  };
  for (const auto& [unit, nanos] : kUnits) {
    if (text.starts_with(unit)) {
      text.remove_prefix(unit.size());
      return nanos;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string format_timestamp(Timestamp at) {
  const WallTime wall = wall_time(at);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", wall.year, wall.month, wall.day, wall.hour,
                     wall.minute, wall.second, decimals(at.nanos));
}

Result<Timestamp> parse_timestamp(std::string_view text) {
  // The decimals are ours (nanoseconds); base/time.h reads the rest.
  std::string rest(text);
  std::int32_t nanos = 0;
  constexpr std::size_t kPoint = 19;  // "2026-03-02T10:14:00."
  if (text.size() > kPoint && text[kPoint] == '.') {
    std::size_t end = kPoint + 1;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end == kPoint + 1 || end - kPoint - 1 > 9) {
      return fail(ErrorCode::invalid_input,
                  fmt::format("'{}' is no time: one to nine decimals of a second are allowed", text));
    }
    nanos = nanos_of(text.substr(kPoint + 1, end - kPoint - 1));
    rest.erase(kPoint, end - kPoint);
  }
  const auto instant = parse_rfc3339(rest);
  const auto at = instant ? make_timestamp(to_unix_ms(*instant) / 1000, nanos) : std::nullopt;
  if (!at) {
    return fail(
        ErrorCode::invalid_input,
        fmt::format("'{}' is no time of the years 1 to 9999: write it like '2026-03-02T10:14:00Z'", text));
  }
  return *at;
}

std::string format_span(Span span) {
  const bool negative = span.seconds < 0 || span.nanos < 0;
  return fmt::format("{}{}{}s", negative ? "-" : "", negative ? -span.seconds : span.seconds,
                     decimals(negative ? -span.nanos : span.nanos));
}

Result<Span> parse_span(std::string_view text) {
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return Span{};
  if (rest.empty()) return bad_span(text);
  std::int64_t seconds = 0;
  std::int64_t nanos = 0;
  while (!rest.empty()) {
    std::int64_t whole = 0;
    const auto number = std::from_chars(rest.data(), rest.data() + rest.size(), whole);
    const bool has_whole = is_digit(rest.front());
    if (has_whole && number.ec != std::errc()) return bad_span(text);
    if (has_whole) rest.remove_prefix(static_cast<std::size_t>(number.ptr - rest.data()));
    std::string_view fraction;
    if (rest.starts_with('.')) {
      std::size_t end = 1;
      while (end < rest.size() && is_digit(rest[end])) ++end;
      fraction = rest.substr(1, end - 1);
      rest.remove_prefix(end);
    }
    if (!has_whole && fraction.empty()) return bad_span(text);
    const auto unit = take_unit(rest);
    if (!unit) return bad_span(text);
    const std::int64_t units_a_second = kNanosASecond / std::min(*unit, kNanosASecond);
    const std::int64_t seconds_a_unit = *unit / kNanosASecond;
    if (seconds_a_unit > 0 && whole > kDurationSecondsMax / seconds_a_unit) return out_of_range(text);
    seconds += *unit >= kNanosASecond ? whole * seconds_a_unit : whole / units_a_second;
    nanos += *unit >= kNanosASecond ? 0 : whole % units_a_second * *unit;
    // The unit's fraction, cut to nanoseconds: 0.5h is 1800 s.
    std::int64_t scale = *unit;
    for (const char digit : fraction) {
      const std::int64_t before = scale;
      scale /= 10;
      nanos += (digit - '0') * before / 10;
      if (scale == 0) break;
    }
    seconds += nanos / kNanosASecond;
    nanos %= kNanosASecond;
    if (seconds > kDurationSecondsMax) break;
  }
  const auto span = make_span(negative ? -seconds : seconds, negative ? -nanos : nanos);
  if (!span) return out_of_range(text);
  return *span;
}

std::string format_date(Date date) {
  const WallTime wall = wall_time(date);
  return fmt::format("{:04}-{:02}-{:02}", wall.year, wall.month, wall.day);
}

Result<Date> parse_date(std::string_view text) {
  const auto bad = [&] {
    return fail(ErrorCode::invalid_input, fmt::format("'{}' is no date: write it like '2026-03-02'", text));
  };
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return bad();
  for (const std::size_t i : {0, 1, 2, 3, 5, 6, 8, 9}) {
    if (!is_digit(text[i])) return bad();
  }
  const auto midnight = parse_rfc3339(std::string(text) + "T00:00:00Z");
  if (!midnight) return bad();
  const auto days = std::chrono::floor<std::chrono::days>(*midnight).time_since_epoch().count();
  return Date{static_cast<std::int32_t>(days)};
}

}  // namespace countersign::cel
