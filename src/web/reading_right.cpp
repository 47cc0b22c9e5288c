#include "web/reading_right.h"

#include <algorithm>

#include "core/visibility.h"
#include "web/stand_in_views.h"

namespace countersign::web {

namespace {

// Whether the workflow names the person where it hides something from others.
bool is_named(const InstanceReading& reading, const PersonId& person, Instant now) {
  if (!reading.definition || person.empty()) return false;
  static const Facts kNoFacts;
  Context context{*reading.definition, *reading.snapshot->directory, reading.snapshot->calendars, kNoFacts,
                  now};
  context.absences = reading.absences.get();
  return Visibility(context, reading.state, person).names_reader();
}

}  // namespace

ReadingRight::ReadingRight(const Backend& backend, const Principal& reader)
    : backend_(backend),
      person_(reader.actor.person),
      for_all_(reader.key.person.empty() || reader.has("admin")) {}

bool ReadingRight::covers(const InstanceId& instance) {
  if (for_all_) return true;
  const auto known = known_.find(instance);
  if (known != known_.end()) return known->second;
  const auto reading = read_instance(backend_, instance);
  return known_.emplace(instance, reading && covers(*reading)).first->second;
}

bool ReadingRight::covers(const InstanceReading& reading) const {
  if (for_all_) return true;
  const Instant now = backend_.clock.now();
  if (may_read(reading, person_, now) || is_named(reading, person_, now)) return true;
  return std::ranges::any_of(reading.items, [&](const WorkItemRow& row) {
    return is_open(row.status) && acts_in_place(reading, row, person_, now);
  });
}

}  // namespace countersign::web
