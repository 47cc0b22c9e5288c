#include "core/holidays.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>

#include <fmt/format.h>

#include "core/calendar_file.h"

namespace countersign {
namespace {

constexpr std::string_view kWhat = "the holidays";
constexpr int kYearFirst = 2000;
constexpr int kYearLast = 2100;
constexpr int kEventDaysMax = 366;
constexpr int kRepeatsMax = 2'000;  // of one yearly rule; some name several days a year
constexpr int kRulesMax = 200;      // libical may follow a rule that hardly ever applies for centuries

struct IteratorDeleter {
  void operator()(icalrecur_iterator* iterator) const { icalrecur_iterator_free(iterator); }
};
using Iterator = std::unique_ptr<icalrecur_iterator, IteratorDeleter>;

std::unexpected<Error> bad(std::string_view why) {
  return fail(ErrorCode::invalid_input, fmt::format("cannot read {}: {}", kWhat, why));
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

Result<void> read_event(icalcomponent* event, Days& days) {
  if (auto checked = check_dates_were_read(event, kWhat); !checked) return checked;
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
  const auto file = CalendarFile::parse(ics, kHolidayBytesMax, kWhat);
  if (!file) return std::unexpected(file.error());
  Days days;
  for (icalcomponent* event : file->events()) {
    if (auto read = read_event(event, days); !read) return std::unexpected(read.error());
  }
  return days.sorted();
}

}  // namespace countersign
