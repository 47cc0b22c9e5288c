#pragma once
// Cron expressions of five fields: minute, hour, day of the month, month, day of the week. Each is `*`, a
// number, a range `1-5`, a list `1,15`, with a step `*/15`, `9-18/3` or `5/10` (from 5 to the end); months
// and days of the week may be named by three letters, and Sunday is 0 or 7. Where the day of the month and
// the day of the week are both restricted (neither begins with `*`), either suffices, as crontab(5) has it.
// What other programs add (seconds, `L`, `W`, `#`, `?`, `@daily`) is refused. Pure.

#include <bitset>
#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "core/calendar_settings.h"

namespace countersign {

struct Cron {
  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days;     // of the month, from 1
  std::bitset<13> months;   // from 1
  std::bitset<7> weekdays;  // from Sunday
  bool restricts_days = false;
  bool restricts_weekdays = false;
  bool operator==(const Cron&) const = default;
};

struct CronProblem {
  std::size_t begin = 0;  // bytes of the text that are wrong
  std::size_t end = 0;
  std::string message;
};
// Also a problem: a day that no year has, such as 30 February.
std::expected<Cron, CronProblem> parse_cron(std::string_view text);

// Whether it fires at all on that day.
bool fires_on(const Cron& cron, Day day);

}  // namespace countersign
