#include "core/calendar_file.h"

#include <algorithm>
#include <mutex>

#include <fmt/format.h>

#include "base/text.h"

namespace countersign {
namespace {

constexpr int kNestingMax = 8;  // a calendar, an event and its alarms need three

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

std::vector<std::size_t> lines_of_events(std::string_view ics) {
  std::vector<std::size_t> lines;
  std::size_t line = 0;
  for (std::size_t at = 0; at < ics.size();) {
    const std::size_t end = std::min(ics.find('\n', at), ics.size());
    ++line;
    const std::string_view text = ics.substr(at, std::min<std::size_t>(end - at, 16));
    if (lower_ascii(trimmed(text)) == "begin:vevent") lines.push_back(line);
    at = end + 1;
  }
  return lines;
}

void add_events(icalcomponent* calendar, std::vector<icalcomponent*>& events) {
  for (auto* event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); event != nullptr;
       event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
    events.push_back(event);
  }
}

}  // namespace

std::string summary_of(icalcomponent* event) {
  const char* summary = icalcomponent_get_summary(event);
  if (summary == nullptr) return "without a title";
  std::string title(summary);
  std::size_t end = std::min<std::size_t>(title.size(), 60);
  while (end > 0 && end < title.size() && (static_cast<unsigned char>(title[end]) & 0xC0) == 0x80) --end;
  title.resize(end);
  return title;
}

bool is_day(const icaltimetype& time) {
  const date::year_month_day ymd(date::year(time.year), date::month(static_cast<unsigned>(time.month)),
                                 date::day(static_cast<unsigned>(time.day)));
  return icaltime_is_null_time(time) == 0 && time.is_date != 0 && ymd.ok();
}

Day day_of(const icaltimetype& time) {
  return Day(date::year(time.year) / time.month / time.day);
}

// libical replaces a property whose value it cannot read by a note. Without a description an event is still
// an event; without its rule or its end it would be another one.
Result<void> check_dates_were_read(icalcomponent* event, std::string_view attempted) {
  for (auto* note = icalcomponent_get_first_property(event, ICAL_XLICERROR_PROPERTY); note != nullptr;
       note = icalcomponent_get_next_property(event, ICAL_XLICERROR_PROPERTY)) {
    const char* text = icalproperty_get_xlicerror(note);
    const std::string_view what = text != nullptr ? text : "";
    for (const std::string_view name :
         {"DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "RDATE", "RECUR"}) {
      if (what.find(name) == std::string_view::npos) continue;
      return fail(ErrorCode::invalid_input,
                  fmt::format("cannot read {}: the {} of the event '{}' cannot be read: {}", attempted, name,
                              summary_of(event), what.substr(0, 200)));
    }
  }
  return {};
}

Result<CalendarFile> CalendarFile::parse(std::string_view ics, std::size_t bytes_max, std::string_view what) {
  const auto bad = [&](std::string_view why) {
    return fail(ErrorCode::invalid_input, fmt::format("cannot read {}: {}", what, why));
  };
  if (ics.size() > bytes_max) {
    return fail(ErrorCode::too_large,
                fmt::format("cannot read {}: the text has {} bytes, at most {} are allowed", what, ics.size(),
                            bytes_max));
  }
  if (ics.find('\0') != std::string_view::npos || !is_valid_utf8(ics)) return bad("the text is not UTF-8");
  if (is_nested_too_deep(ics)) return bad("its components are nested too deep");
  keep_errors_as_values();
  icalerror_clear_errno();
  CalendarFile file;
  file.root_.reset(icalparser_parse_string(std::string(ics).c_str()));
  icalcomponent* root = file.root_.get();
  if (root == nullptr) return bad("the text is not in the iCalendar format (it begins with BEGIN:VCALENDAR)");
  // Several calendars in one text come under a root component of their own kind.
  const bool several = icalcomponent_isa(root) == ICAL_XROOT_COMPONENT;
  if (!several && icalcomponent_isa(root) != ICAL_VCALENDAR_COMPONENT) {
    return bad("the text holds no VCALENDAR");
  }
  if (!several) add_events(root, file.events_);
  for (auto* calendar = icalcomponent_get_first_component(root, ICAL_VCALENDAR_COMPONENT);
       several && calendar != nullptr;
       calendar = icalcomponent_get_next_component(root, ICAL_VCALENDAR_COMPONENT)) {
    add_events(calendar, file.events_);
  }
  file.lines_ = lines_of_events(ics);
  if (file.lines_.size() != file.events_.size()) file.lines_.clear();
  return file;
}

std::string CalendarFile::name() const {
  icalcomponent* calendar = root_.get();
  if (icalcomponent_isa(calendar) == ICAL_XROOT_COMPONENT)
    calendar = icalcomponent_get_first_component(calendar, ICAL_VCALENDAR_COMPONENT);
  if (calendar == nullptr) return {};
  for (auto* property = icalcomponent_get_first_property(calendar, ICAL_X_PROPERTY); property != nullptr;
       property = icalcomponent_get_next_property(calendar, ICAL_X_PROPERTY)) {
    const char* name = icalproperty_get_x_name(property);
    const char* value = icalproperty_get_x(property);
    if (name != nullptr && value != nullptr && lower_ascii(name) == "x-wr-calname")
      return std::string(trimmed(value));
  }
  return {};
}

}  // namespace countersign
