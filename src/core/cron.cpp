#include "core/cron.h"

#include <array>
#include <optional>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace countersign {
namespace {

struct FieldRange {
  std::string_view name;
  int min = 0;
  int max = 0;
  std::span<const std::string_view> words;  // from `min` on
};
constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kCronWeekdays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr std::array<FieldRange, 5> kFields{{{"minute", 0, 59, {}},
                                             {"hour", 0, 23, {}},
                                             {"day of the month", 1, 31, {}},
                                             {"month", 1, 12, kMonths},
                                             {"day of the week", 0, 7, kCronWeekdays}}};

struct Piece {
  std::size_t begin = 0;
  std::string_view text;
  std::size_t end() const { return begin + text.size(); }
};

std::vector<Piece> split_at(const Piece& whole, char separator) {
  std::vector<Piece> pieces;
  std::size_t from = 0;
  for (std::size_t i = 0; i <= whole.text.size(); ++i) {
    if (i < whole.text.size() && whole.text[i] != separator) continue;
    pieces.push_back({whole.begin + from, whole.text.substr(from, i - from)});
    from = i + 1;
  }
  return pieces;
}

std::vector<Piece> split_at_spaces(std::string_view text) {
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == ' ' || text[i] == '\t') {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && text[end] != ' ' && text[end] != '\t') ++end;
    pieces.push_back({i, text.substr(i, end - i)});
    i = end;
  }
  return pieces;
}

std::unexpected<CronProblem> problem(const Piece& at, std::string message) {
  return std::unexpected(CronProblem{at.begin, at.end(), std::move(message)});
}

std::string range_of(const FieldRange& field) {
  std::string text = fmt::format("{} to {}", field.min, field.max);
  if (!field.words.empty()) text += fmt::format(", or {} to {}", field.words.front(), field.words.back());
  return text;
}

std::optional<int> number_in(std::string_view text) {
  if (text.empty() || text.size() > 2) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::expected<int, CronProblem> read_value(const Piece& piece, const FieldRange& field) {
  if (const auto value = number_in(piece.text); value && *value >= field.min && *value <= field.max) {
    return *value;
  }
  const std::string word = lower_ascii(piece.text);
  for (std::size_t i = 0; i < field.words.size(); ++i) {
    if (word == field.words[i]) return field.min + static_cast<int>(i);
  }
  return problem(piece, fmt::format("'{}' is no {} ({})", piece.text, field.name, range_of(field)));
}

// One entry of a list: a value, a range or `*`, with a step or without.
std::expected<void, CronProblem> read_entry(const Piece& piece, const FieldRange& field,
                                            std::bitset<60>& values) {
  const std::vector<Piece> steps = split_at(piece, '/');
  if (steps.size() > 2) return problem(piece, fmt::format("'{}' has two steps", piece.text));
  int step = 1;
  if (steps.size() == 2) {
    const auto written = number_in(steps[1].text);
    if (!written || *written == 0) {
      return problem(steps[1], fmt::format("the step '{}' is no number from 1 on", steps[1].text));
    }
    step = *written;
  }
  const std::vector<Piece> ends = split_at(steps[0], '-');
  int first = field.min;
  int last = field.max == 7 ? 6 : field.max;  // Sunday is 0 and 7
  if (ends.size() > 2) return problem(steps[0], fmt::format("'{}' is no range", steps[0].text));
  if (steps[0].text != "*") {
    const auto from = read_value(ends[0], field);
    if (!from) return std::unexpected(from.error());
    first = *from;
    if (ends.size() == 2) {
      auto to = read_value(ends[1], field);
      if (!to) return std::unexpected(to.error());
      // By name Sunday is the last day of a range as well as the first: fri-sun.
      if (field.max == 7 && *to == 0 && first != 0) to = 7;
      last = *to;
    } else {
      if (field.max == 7) first %= 7;
      if (steps.size() == 1) last = first;
    }
    if (last < first) {
      return problem(steps[0],
                     fmt::format("the range '{}' runs backwards: write '{}-{},{}-{}'", steps[0].text,
                                 ends[0].text, field.max == 7 ? 6 : field.max, field.min, ends[1].text));
    }
  }
  for (int value = first; value <= last; value += step) {
    values.set(static_cast<std::size_t>(field.max == 7 ? value % 7 : value));
  }
  return {};
}

std::expected<std::bitset<60>, CronProblem> read_field(const Piece& piece, const FieldRange& field) {
  std::bitset<60> values;
  for (const Piece& entry : split_at(piece, ',')) {
    const auto read = read_entry(entry.text.empty() ? piece : entry, field, values);
    if (!read) return std::unexpected(read.error());
  }
  return values;
}

template <std::size_t N>
std::bitset<N> narrowed(const std::bitset<60>& values) {
  std::bitset<N> result;
  for (std::size_t i = 0; i < N; ++i) result[i] = values[i];
  return result;
}

// The most days that a month ever has.
unsigned longest(std::size_t month) {
  static constexpr std::array<unsigned, 13> kDays{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[month];
}

bool ever_comes(const Cron& cron) {
  if (cron.restricts_weekdays) return true;
  for (std::size_t month = 1; month <= 12; ++month) {
    for (std::size_t day = 1; cron.months[month] && day <= longest(month); ++day) {
      if (cron.days[day]) return true;
    }
  }
  return false;
}

}  // namespace

std::expected<Cron, CronProblem> parse_cron(std::string_view text) {
  const Piece whole{0, text};
  const std::vector<Piece> pieces = split_at_spaces(text);
  if (text.starts_with('@')) {
    return problem(whole, fmt::format("'{}' is a word of other programs: write 'every: day' or the like, or "
                                      "five fields",
                                      text));
  }
  if (pieces.size() != kFields.size()) {
    return problem(whole,
                   fmt::format("a cron expression has five fields, minute hour day month weekday, and "
                               "'{}' has {}{}",
                               text, pieces.size(), pieces.size() == 6 ? " (there are no seconds)" : ""));
  }
  std::array<std::bitset<60>, 5> values;
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    auto read = read_field(pieces[i], kFields[i]);
    if (!read) return std::unexpected(read.error());
    values[i] = *read;
  }
  Cron cron{values[0],
            narrowed<24>(values[1]),
            narrowed<32>(values[2]),
            narrowed<13>(values[3]),
            narrowed<7>(values[4]),
            !pieces[2].text.starts_with('*'),
            !pieces[4].text.starts_with('*')};
  if (!ever_comes(cron)) {
    const Piece days{pieces[2].begin, text.substr(pieces[2].begin, pieces[3].end() - pieces[2].begin)};
    return problem(
        days, fmt::format("no year has such a day (day {} of month {})", pieces[2].text, pieces[3].text));
  }
  return cron;
}

bool fires_on(const Cron& cron, Day day) {
  const date::year_month_day ymd(day);
  if (!cron.months[static_cast<unsigned>(ymd.month())]) return false;
  const bool by_day = cron.days[static_cast<unsigned>(ymd.day())];
  const bool by_weekday = cron.weekdays[date::weekday(day).c_encoding()];
  if (cron.restricts_days && cron.restricts_weekdays) return by_day || by_weekday;
  return by_day && by_weekday;
}

}  // namespace countersign
