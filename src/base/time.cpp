#include "base/time.h"

#include <optional>

#include <date/date.h>
#include <fmt/format.h>

namespace countersign {
namespace {

// Reads exactly `digits` digits at `at` and moves past them.
std::optional<int> read_digits(std::string_view text, std::size_t& at, int digits) {
  int value = 0;
  for (int i = 0; i < digits; ++i, ++at) {
    if (at >= text.size() || text[at] < '0' || text[at] > '9') return std::nullopt;
    value = value * 10 + (text[at] - '0');
  }
  return value;
}

bool read_char(std::string_view text, std::size_t& at, char a, char b) {
  if (at >= text.size() || (text[at] != a && text[at] != b)) return false;
  ++at;
  return true;
}

}  // namespace

std::string format_rfc3339(Instant at) {
  const auto day = date::floor<date::days>(at);
  const date::year_month_day ymd(day);
  const date::hh_mm_ss<Duration> time(at - day);
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(ymd.year()),
                                 static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                                 time.hours().count(), time.minutes().count(), time.seconds().count());
  if (time.subseconds().count() != 0) text += fmt::format(".{:03}", time.subseconds().count());
  return text + "Z";
}

Result<Instant> parse_rfc3339(std::string_view text) {
  const auto bad = [&](std::string_view why) {
    return fail(
        ErrorCode::invalid_input,
        fmt::format("'{}' is not a time: {} (expected 2026-03-02T10:14:00Z)", text.substr(0, 40), why));
  };
  std::size_t at = 0;
  const auto year = read_digits(text, at, 4);
  if (!year || *year < 1 || !read_char(text, at, '-', '-')) return bad("the year is missing");
  const auto month = read_digits(text, at, 2);
  if (!month || !read_char(text, at, '-', '-')) return bad("the month is missing");
  const auto day = read_digits(text, at, 2);
  if (!day || !read_char(text, at, 'T', 't')) return bad("the day or the T is missing");
  const auto hour = read_digits(text, at, 2);
  if (!hour || *hour > 23 || !read_char(text, at, ':', ':')) return bad("the hour is not 00 to 23");
  const auto minute = read_digits(text, at, 2);
  if (!minute || *minute > 59 || !read_char(text, at, ':', ':')) return bad("the minute is not 00 to 59");
  const auto second = read_digits(text, at, 2);
  if (!second || *second > 59) return bad("the second is not 00 to 59");
  int ms = 0;
  if (at < text.size() && text[at] == '.') {
    ++at;
    int places = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++places) {
      if (places < 3) ms = ms * 10 + (text[at] - '0');
    }
    if (places == 0) return bad("no digit follows the point");
    for (; places < 3; ++places) ms *= 10;
  }
  int offset_minutes = 0;
  if (at < text.size() && (text[at] == 'Z' || text[at] == 'z')) {
    ++at;
  } else if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
    const int sign = text[at++] == '-' ? -1 : 1;
    const auto oh = read_digits(text, at, 2);
    if (!oh || *oh > 23 || !read_char(text, at, ':', ':')) return bad("the offset is not +hh:mm");
    const auto om = read_digits(text, at, 2);
    if (!om || *om > 59) return bad("the offset is not +hh:mm");
    offset_minutes = sign * (*oh * 60 + *om);
  } else {
    return bad("the zone is missing");
  }
  if (at != text.size()) return bad("something follows the zone");
  const date::year_month_day ymd(date::year(*year), date::month(static_cast<unsigned>(*month)),
                                 date::day(static_cast<unsigned>(*day)));
  if (!ymd.ok()) return bad("there is no such day");
  return Instant(date::sys_days(ymd).time_since_epoch() + std::chrono::hours(*hour) +
                 std::chrono::minutes(*minute) + std::chrono::seconds(*second) + Duration(ms) -
                 std::chrono::minutes(offset_minutes));
}

Instant SystemClock::now() const {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

Instant ManualClock::now() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

void ManualClock::set(Instant at) {
  const std::lock_guard lock(mutex_);
  now_ = at;
}

void ManualClock::advance(Duration by) {
  const std::lock_guard lock(mutex_);
  now_ += by;
}

}  // namespace countersign
