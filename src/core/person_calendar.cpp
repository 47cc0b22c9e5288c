#include "core/person_calendar.h"

namespace countersign {

std::shared_ptr<const Calendar> calendar_of(const Calendars& calendars, const Person* person,
                                            const std::string& otherwise) {
  auto found =
      person == nullptr || person->calendar.empty() ? calendars.end() : calendars.find(person->calendar);
  if (found == calendars.end()) found = calendars.find(otherwise);
  if (found == calendars.end()) found = calendars.find("");
  if (found == calendars.end()) return nullptr;
  if (person == nullptr || person->zone.empty() || person->zone == found->second->zone())
    return found->second;
  auto there = found->second->in_zone(person->zone);
  // A zone that this machine has lost since the directory was read: the calendar's own is nearest.
  if (!there) return found->second;
  return std::make_shared<const Calendar>(std::move(*there));
}

}  // namespace countersign
