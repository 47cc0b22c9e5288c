#include "core/holidays.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include <fmt/format.h>
#include <libical/ical.h>

#include "base/text.h"

namespace countersign {
namespace {

constexpr int kYearFirst = 2000;
constexpr int kYearLast = 2100;
constexpr int kNestingMax = 8;  // a calendar, an event and its alarms need three
constexpr int kEventDaysMax = 366;
constexpr int kRepeatsMax = 2'000;  // of one yearly rule; some name several days a year
constexpr int kRulesMax = 200;      // libical may follow a rule that hardly ever applies for centuries

struct ComponentDeleter {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
struct IteratorDeleter {
  void operator()(icalrecur_iterator* iterator) const { icalrecur_iterator_free(iterator); }
};
using Component = std::unique_ptr<icalcomponent, ComponentDeleter>;
using Iterator = std::unique_ptr<icalrecur_iterator, IteratorDeleter>;

std::unexpected<Error> bad(std::string_view why) {
  return fail(ErrorCode::invalid_input, fmt::format("cannot read the holidays: {}", why));
}

// libical may end the process on bad input, depending on how it was built; this setting is the process's.
void keep_errors_as_values() {
  static std::once_flag once;
  std::call_once(once, [] { icalerror_set_errors_are_fatal(0); });
}

// libical frees nested components by recursion, so the nesting of foreign text is limited before it is
// parsed.
bool is_nested_too_deep(std::string_view ics) {
  int depth = 0;
  for (std::size_t at = 0; at < ics.size();) {
    const std::size_t end = std::min(ics.find_first_of("\r\n", at), ics.size());
    const std::string head = lower_ascii(trimmed(ics.substr(at, std::min<std::size_t>(end - at, 16))));
    if (head.starts_with("begin")) ++depth;
    if (head.starts_with("end:")) --depth;
    if (depth > kNestingMax) return true;
    at = end + 1;
  }
  return false;
}

std::string summary_of(icalcomponent* event) {
  const char* summary = icalcomponent_get_summary(event);
  return summary != nullptr ? std::string(summary).substr(0, 60) : std::string("without a title");
}

bool is_day(const icaltimetype& time) {
  const date::year_month_day ymd(date::year(time.year), date::month(static_cast<unsigned>(time.month)),
                                 date::day(static_cast<unsigned>(time.day)));
  return icaltime_is_null_time(time) == 0 && time.is_date != 0 && ymd.ok();
}

Day day_of(const icaltimetype& time) {
  return Day(date::year(time.year) / time.month / time.day);
}

// Collects days within the years that count, up to the limit.
class Days {
 public:
  bool add(Day first, int length) {
    for (int i = 0; i < length; ++i) {
      const Day day = first + date::days(i);
      const int year = static_cast<int>(date::year_month_day(day).year());
      if (year >= kYearFirst && year <= kYearLast) days_.insert(day);
    }
    return days_.size() <= kHolidayDatesMax;
  }
  bool count_rule() { return ++rules_ <= kRulesMax; }
  std::vector<Day> sorted() const { return {days_.begin(), days_.end()}; }

 private:
  std::set<Day> days_;
  int rules_ = 0;
};

std::unexpected<Error> too_many() {
  return fail(ErrorCode::too_large,
              fmt::format("cannot read the holidays: they are more than {} days", kHolidayDatesMax));
}

// The number of days from DTSTART on; 0 where it is no positive number of days up to a year.
int length_of(icalcomponent* event, const icaltimetype& start) {
  const bool has_end = icalcomponent_get_first_property(event, ICAL_DTEND_PROPERTY) != nullptr ||
                       icalcomponent_get_first_property(event, ICAL_DURATION_PROPERTY) != nullptr;
  if (!has_end) return 1;
  const icaltimetype end = icalcomponent_get_dtend(event);
  if (!is_day(end)) return 0;
  const auto length = (day_of(end) - day_of(start)).count();
  // Some programs write the first day as the end of a day's event, too.
  if (length == 0) return 1;
  return length > 0 && length <= kEventDaysMax ? static_cast<int>(length) : 0;
}

std::set<Day> exceptions_of(icalcomponent* event) {
  std::set<Day> days;
  for (auto* property = icalcomponent_get_first_property(event, ICAL_EXDATE_PROPERTY); property != nullptr;
       property = icalcomponent_get_next_property(event, ICAL_EXDATE_PROPERTY)) {
    const icaltimetype time = icalproperty_get_exdate(property);
    if (is_day(time)) days.insert(day_of(time));
  }
  return days;
}

Result<void> read_repeats(icalcomponent* event, const icaltimetype& start, int length, Days& days) {
  const std::set<Day> exceptions = exceptions_of(event);
  const auto add = [&](const icaltimetype& time) {
    return exceptions.contains(day_of(time)) || days.add(day_of(time), length);
  };
  if (!add(start)) return too_many();
  for (auto* property = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY); property != nullptr;
       property = icalcomponent_get_next_property(event, ICAL_RRULE_PROPERTY)) {
    if (!days.count_rule()) {
      return fail(ErrorCode::too_large,
                  fmt::format("cannot read the holidays: more than {} events repeat", kRulesMax));
    }
    const icalrecurrencetype rule = icalproperty_get_rrule(property);
    if (rule.freq != ICAL_YEARLY_RECURRENCE) {
      return bad(fmt::format(
          "the event '{}' does not repeat yearly; other rules are not read, list its days instead",
          summary_of(event)));
    }
    const Iterator iterator(icalrecur_iterator_new(rule, start));
    if (!iterator) return bad(fmt::format("the rule of the event '{}' makes no sense", summary_of(event)));
    int repeats = 0;
    for (auto time = icalrecur_iterator_next(iterator.get()); is_day(time) && time.year <= kYearLast;
         time = icalrecur_iterator_next(iterator.get())) {
      if (++repeats > kRepeatsMax) {
        return fail(ErrorCode::too_large,
                    fmt::format("cannot read the holidays: the event '{}' repeats more than {} "
                                "times",
                                summary_of(event), kRepeatsMax));
      }
      if (!add(time)) return too_many();
    }
  }
  for (auto* property = icalcomponent_get_first_property(event, ICAL_RDATE_PROPERTY); property != nullptr;
       property = icalcomponent_get_next_property(event, ICAL_RDATE_PROPERTY)) {
    const icaltimetype time = icalproperty_get_rdate(property).time;
    if (is_day(time) && !add(time)) return too_many();
  }
  return {};
}

// libical replaces a property whose value it cannot read by a note. Without a description an event is still
// an event; without its rule or its end it would be another one.
Result<void> check_dates_were_read(icalcomponent* event) {
  for (auto* note = icalcomponent_get_first_property(event, ICAL_XLICERROR_PROPERTY); note != nullptr;
       note = icalcomponent_get_next_property(event, ICAL_XLICERROR_PROPERTY)) {
    const char* text = icalproperty_get_xlicerror(note);
    const std::string_view what = text != nullptr ? text : "";
    for (const std::string_view name :
         {"DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "RDATE", "RECUR"}) {
      if (what.find(name) == std::string_view::npos) continue;
      return bad(fmt::format("the {} of the event '{}' cannot be read: {}", name, summary_of(event),
                             what.substr(0, 200)));
    }
  }
  return {};
}

Result<void> read_event(icalcomponent* event, Days& days) {
  if (auto checked = check_dates_were_read(event); !checked) return checked;
  if (icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED) return {};
  auto* property = icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY);
  if (property == nullptr) return bad(fmt::format("the event '{}' has no DTSTART", summary_of(event)));
  const icaltimetype start = icalproperty_get_dtstart(property);
  if (icaltime_is_null_time(start) == 0 && start.is_date == 0) return {};
  if (!is_day(start)) return bad(fmt::format("the DTSTART of the event '{}' is no day", summary_of(event)));
  const int length = length_of(event, start);
  if (length == 0) {
    return bad(fmt::format("the event '{}' on {} does not end between one day and a year later",
                           summary_of(event), format_day(day_of(start))));
  }
  return read_repeats(event, start, length, days);
}

}  // namespace

Result<std::vector<Day>> parse_holidays(std::string_view ics) {
  if (ics.size() > kHolidayBytesMax) {
    return fail(ErrorCode::too_large,
                fmt::format("cannot read the holidays: the text has {} bytes, at most {} are "
                            "allowed",
                            ics.size(), kHolidayBytesMax));
  }
  if (ics.find('\0') != std::string_view::npos || !is_valid_utf8(ics)) return bad("the text is not UTF-8");
  if (is_nested_too_deep(ics)) return bad("its components are nested too deep");
  keep_errors_as_values();
  icalerror_clear_errno();
  const Component root(icalparser_parse_string(std::string(ics).c_str()));
  if (!root) return bad("the text is not in the iCalendar format (it begins with BEGIN:VCALENDAR)");
  // Several calendars in one text come under a root component of their own kind.
  const bool several = icalcomponent_isa(root.get()) == ICAL_XROOT_COMPONENT;
  if (!several && icalcomponent_isa(root.get()) != ICAL_VCALENDAR_COMPONENT) {
    return bad("the text holds no VCALENDAR");
  }
  Days days;
  const auto read_calendar = [&](icalcomponent* calendar) -> Result<void> {
    for (auto* event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); event != nullptr;
         event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
      if (auto read = read_event(event, days); !read) return read;
    }
    return {};
  };
  if (!several) {
    if (auto read = read_calendar(root.get()); !read) return std::unexpected(read.error());
    return days.sorted();
  }
  for (auto* calendar = icalcomponent_get_first_component(root.get(), ICAL_VCALENDAR_COMPONENT);
       calendar != nullptr;
       calendar = icalcomponent_get_next_component(root.get(), ICAL_VCALENDAR_COMPONENT)) {
    if (auto read = read_calendar(calendar); !read) return std::unexpected(read.error());
  }
  return days.sorted();
}

}  // namespace countersign
