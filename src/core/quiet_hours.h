#pragma once
// When no reminder may reach a person, and how much they may be reminded at all. Plain values, pure
// functions.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/calendar.h"

namespace countersign {

// A part of every day by the person's wall clock. It may begin on one day and end on the next: 20:00-08:00.
// From and until alike: no time at all, which is how a person lifts the default.
struct QuietHours {
  std::chrono::minutes from{};
  std::chrono::minutes until{};
  bool is_none() const { return from == until; }
  bool operator==(const QuietHours&) const = default;
};

// Reads "20:00-08:00" or "none".
Result<QuietHours> parse_quiet_hours(std::string_view text);
// "20:00-08:00"; "none".
std::string to_text(const QuietHours& hours);

// When the quiet hours that `at` lies in end; `at` itself where it lies in none.
Instant end_of_quiet(const Calendar& calendar, const QuietHours& hours, Instant at);

// How people are reminded, as countersign.yaml says.
struct ReminderSettings {
  bool digest = true;             // reminders of an hour to one person leave as one mail
  std::uint32_t digest_from = 3;  // that many at least; fewer leave as single mails
  std::uint32_t per_day = 12;     // mails that remind one person on one of their days; a digest is one
  std::optional<QuietHours> quiet_hours;  // of everybody who has none of their own
};

}  // namespace countersign
