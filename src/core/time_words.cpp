#include "core/time_words.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace countersign {
namespace {

constexpr std::string_view kExpected =
    "expected such as '2 business days', '4 business hours', '30 minutes' or '1 week'";

struct UnitWord {
  std::string_view singular;
  bool business;
  TimeSpan::Unit unit;
  std::int64_t factor;
};
// The larger of two units of one kind comes first.
constexpr std::array<UnitWord, 10> kUnitWords = {{
    {"year", false, TimeSpan::Unit::months, 12},
    {"month", false, TimeSpan::Unit::months, 1},
    {"week", false, TimeSpan::Unit::days, 7},
    {"day", false, TimeSpan::Unit::days, 1},
    {"hour", false, TimeSpan::Unit::seconds, 3600},
    {"minute", false, TimeSpan::Unit::seconds, 60},
    {"second", false, TimeSpan::Unit::seconds, 1},
    {"day", true, TimeSpan::Unit::business_days, 1},
    {"hour", true, TimeSpan::Unit::business_minutes, 60},
    {"minute", true, TimeSpan::Unit::business_minutes, 1},
}};

// Spellings that no edit distance leads to.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kOtherSpellings = {{
    {"s", "seconds"},
    {"sec", "seconds"},
    {"secs", "seconds"},
    {"m", "minutes"},
    {"min", "minutes"},
    {"mins", "minutes"},
    {"h", "hours"},
    {"hr", "hours"},
    {"hrs", "hours"},
    {"d", "days"},
    {"w", "weeks"},
    {"working", "business"},
    {"work", "business"},
    {"workdays", "business days"},
}};

std::int64_t count_max(TimeSpan::Unit unit) {
  switch (unit) {
    case TimeSpan::Unit::seconds:
      return kSpanDaysMax * 86'400;
    case TimeSpan::Unit::days:
      return kSpanDaysMax;
    case TimeSpan::Unit::months:
      return 120;
    case TimeSpan::Unit::business_minutes:
      return kSpanBusinessDaysMax * 24 * 60;
    case TimeSpan::Unit::business_days:
      return kSpanBusinessDaysMax;
  }
  return 0;
}

std::string suggestion_for(std::string_view word, bool business) {
  for (const auto& [other, meant] : kOtherSpellings) {
    if (word == other) return fmt::format(" (did you mean '{}'?)", meant);
  }
  std::vector<std::string> words;
  if (!business) words.emplace_back("business");
  for (const auto& unit : kUnitWords) {
    if (unit.business != business) continue;
    words.push_back(std::string(unit.singular) + "s");
    words.emplace_back(unit.singular);
  }
  const auto meant = nearest(word, words);
  return meant ? fmt::format(" (did you mean '{}'?)", *meant) : std::string();
}

const UnitWord* find_unit(std::string_view word, bool business) {
  const auto is_meant = [&](const UnitWord& unit) {
    return unit.business == business &&
           (word == unit.singular ||
            (word.ends_with('s') && word.substr(0, word.size() - 1) == unit.singular));
  };
  const auto* found = std::ranges::find_if(kUnitWords, is_meant);
  return found != kUnitWords.end() ? found : nullptr;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  if (text.empty() || text.size() > 9) return std::nullopt;
  std::int64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

std::vector<std::string> words_of(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '\t', ' ');
  std::vector<std::string> words = split(spaced, ' ');
  std::erase(words, std::string());
  return words;
}

}  // namespace

Result<TimeSpan> parse_time_span(std::string_view text) {
  const auto bad = [&](std::string_view why) {
    return fail(ErrorCode::invalid_input, fmt::format("'{}' is not a duration: {}", text.substr(0, 60), why));
  };
  if (text.size() > 200) return bad("it is too long");
  const std::vector<std::string> words = words_of(text);
  if (words.empty()) return bad(fmt::format("it is empty ({})", kExpected));

  TimeSpan span;
  const UnitWord* previous = nullptr;
  for (std::size_t at = 0; at < words.size();) {
    const auto number = whole_number(words[at]);
    if (!number) return bad(fmt::format("'{}' is not a whole number ({})", words[at], kExpected));
    ++at;
    const bool business = at < words.size() && words[at] == "business";
    if (business) ++at;
    if (at == words.size()) {
      return bad(fmt::format("no unit follows '{}' ({})", words[at - 1], kExpected));
    }
    const UnitWord* unit = find_unit(words[at], business);
    if (unit == nullptr) {
      if (business && find_unit(words[at], false) != nullptr) {
        return bad(fmt::format("there are no business {}, only business minutes, hours and days", words[at]));
      }
      return bad(fmt::format("unknown word '{}'{}", words[at], suggestion_for(words[at], business)));
    }
    ++at;
    if (previous != nullptr && (previous->unit != unit->unit || previous->factor <= unit->factor)) {
      return bad(
          "only larger and smaller units of one kind go together, such as '1 hour 30 minutes' or "
          "'1 week 2 days'");
    }
    previous = unit;
    span.unit = unit->unit;
    span.count += *number * unit->factor;
  }
  if (span.count > count_max(span.unit)) return bad("it is longer than ten years");
  return span;
}

std::string to_words(const TimeSpan& span) {
  std::string words;
  std::int64_t rest = span.count;
  const UnitWord* smallest = nullptr;
  for (const auto& unit : kUnitWords) {
    if (unit.unit != span.unit) continue;
    smallest = &unit;
    const std::int64_t number = rest / unit.factor;
    if (number == 0) continue;
    rest %= unit.factor;
    words += fmt::format("{}{} {}{}{}", words.empty() ? "" : " ", number, unit.business ? "business " : "",
                         unit.singular, number == 1 ? "" : "s");
  }
  if (!words.empty() || smallest == nullptr) return words;
  return fmt::format("0 {}{}s", smallest->business ? "business " : "", smallest->singular);
}

}  // namespace countersign
