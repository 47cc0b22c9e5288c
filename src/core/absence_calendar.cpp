#include "core/absence_calendar.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "core/calendar_file.h"
#include "core/calendar_repeats.h"
#include "core/calendar_zones.h"

namespace countersign {
namespace {

constexpr std::string_view kAttempted = "the absences";
constexpr date::days kMargin{2};  // whatever zone the person and whatever clock the caller has

// An event, and how messages name it.
struct FoundEvent {
  icalcomponent* component;
  std::size_t line;

  std::unexpected<Error> refused(std::string_view why) const {
    const std::string place = line == 0 ? std::string() : fmt::format(" in line {}", line);
    return fail(ErrorCode::invalid_input, fmt::format("cannot read {}: the event '{}'{} {}", kAttempted,
                                                      summary_of(component), place, why));
  }
  icalproperty* property(icalproperty_kind kind) const {
    return icalcomponent_get_first_property(component, kind);
  }
  std::string uid() const {
    const char* text = icalcomponent_get_uid(component);
    return text == nullptr ? std::string() : std::string(trimmed(text));
  }
};

bool is_out_of_office(icalcomponent* event) {
  for (auto* property = icalcomponent_get_first_property(event, ICAL_X_PROPERTY); property != nullptr;
       property = icalcomponent_get_next_property(event, ICAL_X_PROPERTY)) {
    const char* name = icalproperty_get_x_name(property);
    const char* value = icalproperty_get_x(property);
    if (name == nullptr || value == nullptr) continue;
    if (lower_ascii(name) == "x-microsoft-cdo-busystatus" && lower_ascii(trimmed(value)) == "oof")
      return true;
  }
  return false;
}

bool is_passed_over(icalcomponent* event) {
  if (icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED) return true;
  auto* property = icalcomponent_get_first_property(event, ICAL_TRANSP_PROPERTY);
  return property != nullptr && icalproperty_get_transp(property) == ICAL_TRANSP_TRANSPARENT;
}

// How long an event lasts, at whichever of its beginnings.
struct Span {
  date::days further_days{0};  // of whole days: behind the first one
  Duration duration{0};        // of times
};

Result<Span> span_of(const FoundEvent& event, const CalendarStart& start) {
  auto* ends = event.property(ICAL_DTEND_PROPERTY);
  const bool has_end = ends != nullptr || event.property(ICAL_DURATION_PROPERTY) != nullptr;
  const icaltimetype end = icalcomponent_get_dtend(event.component);
  if (!start.at) {
    // DTEND is exclusive; without it the event is one day, and some programs write the day itself.
    if (!has_end) return Span{};
    if (!is_day(end)) return event.refused("begins with a day and ends with a time");
    if (day_of(end) < start.day) return event.refused("ends before it begins");
    return Span{.further_days = std::max(day_of(end) - start.day - date::days(1), date::days(0)),
                .duration = {}};
  }
  if (icaltime_is_null_time(end) != 0) return event.refused("has no beginning or no end");
  const std::string zone = zone_named_at(event.property(ICAL_DTSTART_PROPERTY));
  const std::string zone_of_end = ends == nullptr ? std::string() : zone_named_at(ends);
  const auto until = moment_in_calendar(event.component, end, zone_of_end.empty() ? zone : zone_of_end);
  if (!until) return event.refused(until.error().message);
  if (*until <= *start.at) return event.refused("ends before it begins");
  return Span{.further_days = {}, .duration = *until - *start.at};
}

class AbsenceReading {
 public:
  explicit AbsenceReading(Instant now) : now_(now) {}

  // Which occurrences of which events have an event of their own.
  Result<void> note_replacement(const FoundEvent& event) {
    auto* property = event.property(ICAL_RECURRENCEID_PROPERTY);
    if (property == nullptr) return {};
    if (icalproperty_get_first_parameter(property, ICAL_RANGE_PARAMETER) != nullptr)
      return event.refused("changes all occurrences from one on (RANGE), which is not read");
    auto start = start_of(event.component, property, icalproperty_get_recurrenceid(property));
    if (!start) return event.refused(start.error().message);
    replaced_[event.uid()].push_back(std::move(*start));
    return {};
  }

  Result<void> read(const FoundEvent& event) {
    if (auto checked = check_dates_were_read(event.component, kAttempted); !checked) return checked;
    auto* begins = event.property(ICAL_DTSTART_PROPERTY);
    if (begins == nullptr) return event.refused("has no DTSTART");
    const auto start = start_of(event.component, begins, icalproperty_get_dtstart(begins));
    if (!start) return event.refused(start.error().message);
    const auto span = span_of(event, *start);
    if (!span) return std::unexpected(span.error());
    auto* replaces = event.property(ICAL_RECURRENCEID_PROPERTY);
    if (replaces == nullptr && does_repeat(event.component)) return read_repeats(event, *span);
    std::string uid = event.uid();
    if (replaces != nullptr) {
      const auto of = start_of(event.component, replaces, icalproperty_get_recurrenceid(replaces));
      if (!of) return event.refused(of.error().message);
      uid += "/" + of->text();
    }
    return add(event, std::move(uid), *start, *span);
  }

  CalendarAbsences take() { return std::move(read_); }

 private:
  Result<void> read_repeats(const FoundEvent& event, const Span& span) {
    const Instant since = now_ - kMargin - span.further_days - span.duration;
    const auto repeats = repeats_of(event.component, since, now_ + kAbsenceHorizon, kAbsenceOccurrencesMax,
                                    replaced_[event.uid()]);
    if (!repeats) return event.refused(repeats.error().message);
    for (const CalendarStart& start : repeats->starts) {
      if (auto added = add(event, event.uid() + "/" + start.text(), start, span); !added) return added;
    }
    if (repeats->is_cut) {
      read_.notes.push_back(fmt::format("'{}' repeats often: its next {} occurrences are taken, up to {}",
                                        summary_of(event.component), repeats->starts.size(),
                                        format_day(repeats->starts.back().day)));
    }
    return {};
  }

  Result<void> add(const FoundEvent& event, std::string uid, const CalendarStart& start, const Span& span) {
    CalendarAbsence absence{
        .uid = {}, .from = start.text(), .until = {}, .title = summary_of(event.component)};
    Instant over{};
    if (start.at) {
      over = *start.at + span.duration;
      absence.until = format_rfc3339(over);
    } else {
      const Day last = start.day + span.further_days;
      over = Instant(std::chrono::duration_cast<Duration>(last.time_since_epoch() + date::days(1)));
      absence.until = format_day(last);
    }
    if (over + kMargin <= now_) return {};
    if (read_.absences.size() == kAbsenceEventsMax) {
      return fail(ErrorCode::too_large,
                  fmt::format("cannot read {}: there are more than {} that are not over", kAttempted,
                              kAbsenceEventsMax));
    }
    // An event should have a name of its own; not every program gives it one.
    if (uid.empty()) uid = absence.from;
    absence.uid = uid;
    for (int n = 2; !uids_.insert(absence.uid).second; ++n) absence.uid = fmt::format("{}#{}", uid, n);
    read_.absences.push_back(std::move(absence));
    return {};
  }

  Instant now_;
  std::map<std::string, std::vector<CalendarStart>> replaced_;  // by UID
  std::set<std::string> uids_;
  CalendarAbsences read_;
};

}  // namespace

Result<CalendarAbsences> parse_absences(std::string_view ics, Instant now) {
  const auto file = CalendarFile::parse(ics, kAbsenceCalendarBytesMax, kAttempted);
  if (!file) return std::unexpected(file.error());
  const bool any_marked = std::ranges::any_of(file->events(), is_out_of_office);
  AbsenceReading reading(now);
  std::vector<FoundEvent> wanted;
  for (std::size_t i = 0; i < file->events().size(); ++i) {
    const FoundEvent event{file->events()[i], file->line_of_event(i)};
    if (auto noted = reading.note_replacement(event); !noted) return std::unexpected(noted.error());
    if (is_passed_over(event.component) || (any_marked && !is_out_of_office(event.component))) continue;
    wanted.push_back(event);
  }
  for (const FoundEvent& event : wanted) {
    if (auto done = reading.read(event); !done) return std::unexpected(done.error());
  }
  CalendarAbsences read = reading.take();
  read.name = file->name();
  return read;
}

}  // namespace countersign
