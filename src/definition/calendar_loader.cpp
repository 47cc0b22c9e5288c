#include "definition/calendar_loader.h"

#include <fmt/format.h>

#include "core/address_syntax.h"
#include "core/holidays.h"
#include "definition/grammar.h"
#include "definition/people_draft.h"

namespace countersign {
namespace {

const Grammar& day_hours_grammar() {
  static const Grammar kGrammar{"day_hours", {value_of(Shape::text), value_of(Shape::texts)}};
  return kGrammar;
}
const Grammar& hours_grammar() {
  static const Grammar kGrammar{"hours", {names_of(day_hours_grammar)}};
  return kGrammar;
}

constexpr Key kCalendarKeys[] = {
    {"zone", Shape::text, Need::required, "IANA name: Asia/Shanghai"},
    {"hours", Shape::map, Need::required, "days of the week -> hours, {mon-fri: \"09:00-18:00\"}", "",
     hours_grammar},
    {"holidays", Shape::texts, Need::optional, "iCalendar files and days"},
    {"workdays", Shape::texts, Need::optional, "worked although a weekend or holiday"},
};

class CalendarReader {
 public:
  CalendarReader(const YamlNode::Entry& entry, const std::string& folder, const FileReader& read,
                 Diagnostics& diagnostics)
      : entry_(entry),
        folder_(folder),
        read_(read),
        diagnostics_(diagnostics),
        map_(entry.value, fmt::format("calendar '{}'", excerpt(entry.key)), kCalendarKeys, diagnostics) {}

  std::shared_ptr<const Calendar> read() {
    const std::size_t errors_before = diagnostics_.reported_errors();
    settings_.name = entry_.key;
    settings_.zone = map_.text("zone");
    if (const auto* zone = map_.find("zone")) check_zone(*zone);
    if (const auto* hours = map_.find("hours")) {
      for (const auto& days : hours->entries) read_hours(days);
    }
    if (const auto* holidays = map_.find("holidays")) {
      for (const auto& item : holidays->items) read_holiday(item);
    }
    if (const auto* workdays = map_.find("workdays")) {
      for (const auto& item : workdays->items) {
        if (const auto day = read_day(item)) settings_.workdays.push_back({*day, -1});
      }
    }
    if (diagnostics_.reported_errors() > errors_before) return nullptr;
    auto calendar = Calendar::make(std::move(settings_));
    if (!calendar) {
      diagnostics_.error(Code::bad_value, entry_.key_at, calendar.error().message);
      return nullptr;
    }
    return std::make_shared<const Calendar>(std::move(*calendar));
  }

 private:
  void check_zone(const YamlNode& zone) {
    auto plain = CalendarSettings::standard(zone.text);
    plain.name = entry_.key;
    const auto known = Calendar::make(std::move(plain));
    if (known) return;
    auto [message, suggestion] = take_suggestion(known.error().message);
    diagnostics_.error(Code::bad_value, zone.at, std::move(message), std::move(suggestion));
  }

  void read_hours(const YamlNode::Entry& days) {
    const auto weekdays = parse_weekdays(days.key);
    if (!weekdays) {
      auto [message, suggestion] = take_suggestion(weekdays.error().message);
      diagnostics_.error(Code::bad_value, days.key_at, std::move(message), std::move(suggestion));
    }
    std::vector<const YamlNode*> spans;
    if (days.value.is_scalar()) spans.push_back(&days.value);
    for (const auto& item : days.value.items) spans.push_back(&item);
    if (spans.empty() && !days.value.is_sequence()) {
      report_wrong_kind(days.value, fmt::format("'{}'", days.key),
                        "hours such as \"09:00-12:00\", or a list of them", diagnostics_);
    }
    for (const auto* span : spans) {
      const auto hours = parse_working_hours(span->text);
      if (!hours) {
        diagnostics_.error(Code::bad_value, span->at, hours.error().message);
      } else if (weekdays) {
        for (const int day : *weekdays) settings_.hours[static_cast<std::size_t>(day)].push_back(*hours);
      }
    }
  }

  void read_holiday(const YamlNode& item) {
    if (!item.is_scalar()) return;
    if (!item.text.ends_with(".ics")) {
      if (const auto day = read_day(item)) settings_.holidays.insert(*day);
      return;
    }
    const auto text = read_(path_below(folder_, item.text));
    const auto days = text ? parse_holidays(*text) : Result<std::vector<Day>>(std::unexpected(text.error()));
    if (!days) {
      diagnostics_.error(
          Code::bad_value, item.at,
          text ? fmt::format("{}: {}", item.text, days.error().message) : days.error().message);
      return;
    }
    settings_.holidays.insert(days->begin(), days->end());
  }

  std::optional<Day> read_day(const YamlNode& item) {
    if (!item.is_scalar()) return std::nullopt;
    const auto day = parse_day(item.text);
    if (day) return *day;
    diagnostics_.error(Code::bad_value, item.at, day.error().message);
    return std::nullopt;
  }

  const YamlNode::Entry& entry_;
  const std::string& folder_;
  const FileReader& read_;
  Diagnostics& diagnostics_;
  MapReader map_;
  CalendarSettings settings_;
};

}  // namespace

const Grammar& calendar_grammar() {
  static const Grammar kGrammar{"calendar", {map_of({kCalendarKeys})}};
  return kGrammar;
}

std::string path_below(const std::string& folder, const std::string& path) {
  if (folder.empty() || path.starts_with('/')) return path;
  return folder + "/" + path;
}

Calendars read_calendars(const YamlNode& node, const std::string& folder, const FileReader& read,
                         Diagnostics& diagnostics) {
  Calendars calendars;
  for (const auto& entry : node.entries) {
    if (!is_id(entry.key)) {
      diagnostics.error(Code::reserved_name, entry.key_at,
                        fmt::format("'{}' cannot be the name of a calendar", excerpt(entry.key)));
      continue;
    }
    auto calendar = CalendarReader(entry, folder, read, diagnostics).read();
    if (calendar) calendars.emplace(entry.key, std::move(calendar));
  }
  return calendars;
}

}  // namespace countersign
