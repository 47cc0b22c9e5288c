#pragma once
// Foreign iCalendar text (RFC 5545), read with libical under limits: what holidays and absences have in
// common. Thread-safe.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <libical/ical.h>

#include "base/error.h"
#include "core/calendar_settings.h"

namespace countersign {

struct CalendarFileDeleter {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};

// The text's events, in order; they live as long as it.
class CalendarFile {
 public:
  // `what` names what is read: "cannot read the holidays: ...". invalid_input for what is no iCalendar text,
  // too_large beyond `bytes_max`.
  static Result<CalendarFile> parse(std::string_view ics, std::size_t bytes_max, std::string_view what);
  const std::vector<icalcomponent*>& events() const { return events_; }
  // Where the event with that number in events() begins, from 1 on; 0 where that is not known.
  std::size_t line_of_event(std::size_t index) const { return index < lines_.size() ? lines_[index] : 0; }
  // As the calendar calls itself (X-WR-CALNAME), of several the first; "" for none.
  std::string name() const;

 private:
  std::unique_ptr<icalcomponent, CalendarFileDeleter> root_;
  std::vector<icalcomponent*> events_;
  std::vector<std::size_t> lines_;
};

// The event's title, cut to 60 bytes between two characters.
std::string summary_of(icalcomponent* event);

// libical replaces a property whose value it cannot read by a note. Without a description an event is still
// an event; without its rule or its end it would be another one.
Result<void> check_dates_were_read(icalcomponent* event, std::string_view what);

// A day, not a moment of one.
bool is_day(const icaltimetype& time);
Day day_of(const icaltimetype& time);

}  // namespace countersign
