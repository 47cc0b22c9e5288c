#include "core/calendar_repeats.h"

#include <algorithm>
#include <memory>

#include "core/calendar_file.h"
#include "core/calendar_zones.h"

namespace countersign {
namespace {

constexpr std::size_t kExceptionsMax = 5'000;  // each is compared with each occurrence
constexpr int kStepsMax = 20'000;              // of one rule, from its beginning on: every day of 54 years

struct RepeatsDeleter {
  void operator()(icalrecur_iterator* iterator) const { icalrecur_iterator_free(iterator); }
};

std::unexpected<Error> no_sense(std::string_view why) {
  return fail(ErrorCode::invalid_input, std::string(why));
}

Instant moment_of_start(const CalendarStart& start) {
  return start.at.value_or(Instant(std::chrono::duration_cast<Duration>(start.day.time_since_epoch())));
}

// UNTIL counts by what it names: a moment, a day, or what the event's own clocks show.
bool is_behind(const icaltimetype& until, const icaltimetype& wall, const CalendarStart& start) {
  if (icaltime_is_null_time(until) != 0) return false;
  if (until.is_date != 0 || !start.at) return day_of(wall) > day_of(until);
  if (icaltime_is_utc(until) != 0) {
    const auto last = moment_in_calendar(nullptr, until, "");
    return last && *start.at > *last;
  }
  return icaltime_compare(wall, until) > 0;
}

struct Window {
  Instant since, before;
};

Result<void> follow_rule(icalcomponent* event, icalproperty* begins, icalrecurrencetype rule,
                         const Window& window, std::vector<CalendarStart>& found) {
  if (rule.freq == ICAL_SECONDLY_RECURRENCE || rule.freq == ICAL_MINUTELY_RECURRENCE)
    return no_sense("repeats by the minute, and nobody is away so");
  const icaltimetype until = rule.until;
  rule.until = icaltime_null_time();
  icaltimetype first = icalproperty_get_dtstart(begins);
  const bool is_in_utc = icaltime_is_utc(first) != 0;
  first.zone = nullptr;  // the rule goes by the clocks of the event's zone
  const std::unique_ptr<icalrecur_iterator, RepeatsDeleter> iterator(icalrecur_iterator_new(rule, first));
  if (!iterator) return no_sense("has an RRULE that makes no sense");
  for (int steps = 0;; ++steps) {
    icaltimetype wall = icalrecur_iterator_next(iterator.get());
    if (icaltime_is_null_time(wall) != 0) return {};
    if (steps == kStepsMax) return no_sense("repeats too often to be followed");
    if (is_in_utc) wall.zone = icaltimezone_get_utc_timezone();
    auto start = start_of(event, begins, wall);
    if (!start) return std::unexpected(start.error());
    const Instant at = moment_of_start(*start);
    if (is_behind(until, wall, *start) || at >= window.before) return {};
    if (at >= window.since) found.push_back(std::move(*start));
  }
}

Result<std::vector<CalendarStart>> exceptions_of(icalcomponent* event) {
  std::vector<CalendarStart> found;
  for (auto* property = icalcomponent_get_first_property(event, ICAL_EXDATE_PROPERTY); property != nullptr;
       property = icalcomponent_get_next_property(event, ICAL_EXDATE_PROPERTY)) {
    auto start = start_of(event, property, icalproperty_get_exdate(property));
    if (!start) return std::unexpected(start.error());
    if (found.size() == kExceptionsMax) return no_sense("has too many EXDATEs");
    found.push_back(std::move(*start));
  }
  return found;
}

}  // namespace

std::string CalendarStart::text() const {
  return at ? format_rfc3339(*at) : format_day(day);
}

bool CalendarStart::is(const CalendarStart& named) const {
  return at && named.at ? at == named.at : day == named.day;
}

Result<CalendarStart> start_of(icalcomponent* event, icalproperty* property, const icaltimetype& time) {
  if (is_day(time)) return CalendarStart{day_of(time), std::nullopt};
  if (icaltime_is_null_time(time) != 0) return no_sense("has a date that cannot be read");
  const auto at = moment_in_calendar(event, time, zone_named_at(property));
  if (!at) return std::unexpected(at.error());
  return CalendarStart{day_of(time), *at};
}

bool does_repeat(icalcomponent* event) {
  return icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY) != nullptr ||
         icalcomponent_get_first_property(event, ICAL_RDATE_PROPERTY) != nullptr;
}

Result<Repeats> repeats_of(icalcomponent* event, Instant since, Instant before, std::size_t at_most,
                           const std::vector<CalendarStart>& replaced) {
  auto* begins = icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY);
  if (begins == nullptr) return no_sense("has no DTSTART");
  if (icalcomponent_get_first_property(event, ICAL_EXRULE_PROPERTY) != nullptr)
    return no_sense("has an EXRULE: write what is excepted as EXDATE");
  const Window window{since, before};
  std::vector<CalendarStart> found;
  const auto add = [&](CalendarStart start) {
    const Instant at = moment_of_start(start);
    if (at >= since && at < before) found.push_back(std::move(start));
  };
  auto first = start_of(event, begins, icalproperty_get_dtstart(begins));
  if (!first) return std::unexpected(first.error());
  add(*first);
  for (auto* property = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY); property != nullptr;
       property = icalcomponent_get_next_property(event, ICAL_RRULE_PROPERTY)) {
    if (auto done = follow_rule(event, begins, icalproperty_get_rrule(property), window, found); !done)
      return std::unexpected(done.error());
  }
  for (auto* property = icalcomponent_get_first_property(event, ICAL_RDATE_PROPERTY); property != nullptr;
       property = icalcomponent_get_next_property(event, ICAL_RDATE_PROPERTY)) {
    const icaldatetimeperiodtype named = icalproperty_get_rdate(property);
    const bool is_period = icaltime_is_null_time(named.time) != 0;
    auto start = start_of(event, property, is_period ? named.period.start : named.time);
    if (!start) return std::unexpected(start.error());
    if (is_period || start->at.has_value() != first->at.has_value())
      return no_sense("has an RDATE of another kind than its DTSTART");
    add(std::move(*start));
  }
  const auto exceptions = exceptions_of(event);
  if (!exceptions) return std::unexpected(exceptions.error());
  std::erase_if(found, [&](const CalendarStart& start) {
    const auto names_it = [&](const CalendarStart& named) { return start.is(named); };
    return std::ranges::any_of(*exceptions, names_it) || std::ranges::any_of(replaced, names_it);
  });
  std::ranges::sort(found, {}, moment_of_start);
  const auto same = std::ranges::unique(found);
  found.erase(same.begin(), same.end());
  Repeats repeats{.starts = {}, .is_cut = found.size() > at_most};
  if (repeats.is_cut) found.resize(at_most);
  repeats.starts = std::move(found);
  return repeats;
}

}  // namespace countersign
