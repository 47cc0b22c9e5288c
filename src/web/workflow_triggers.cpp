#include "web/workflow_triggers.h"

#include <algorithm>

#include "core/schedule.h"

namespace countersign::web {

namespace {

// More are owed only where a whole company's directory is wrong; the first of them tell why.
constexpr std::size_t kOwedMax = 1000;

json::object schedule_json(const Calendar& calendar, const Definition& definition, const Trigger& trigger,
                           const ScheduleProgress& progress, Instant now) {
  json::object shown{{"kind", "schedule"},
                     {"name", trigger.name},
                     {"rule", trigger.schedule->text},
                     {"zone", calendar.zone()},
                     {"each_person", !trigger.each.empty()}};
  const auto row = std::ranges::find_if(progress.rows, [&](const ScheduleRow& each) {
    return each.workflow == definition.id && each.name == trigger.name;
  });
  const bool known = row != progress.rows.end();
  auto due = next_due(*trigger.schedule, calendar, known ? std::max(now, row->until) : now);
  while (known && due && due->period.name == row->period) {
    due = next_due(*trigger.schedule, calendar, due->at);
  }
  shown["next_due_at"] = due ? json::value(format_rfc3339(due->at)) : json::value();
  shown["next_period"] = due ? json::value(due->period.name) : json::value();
  const bool has_run = known && !row->period.empty();
  shown["last_period"] = has_run ? json::value(row->period) : json::value();
  json::array owed;
  for (const OwedStartRow& start : progress.owed) {
    if (start.workflow != definition.id || start.name != trigger.name) continue;
    owed.push_back({{"person", start.person.empty() ? json::value() : json::value(start.person.value)},
                    {"period", start.period},
                    {"error", start.error},
                    {"failed_at", format_rfc3339(start.failed_at)}});
  }
  shown["owed"] = std::move(owed);
  return shown;
}

}  // namespace

Result<ScheduleProgress> read_schedule_progress(const Reader& reader) {
  auto rows = reader.schedules();
  if (!rows) return std::unexpected(rows.error());
  auto owed = reader.owed_starts(kOwedMax);
  if (!owed) return std::unexpected(owed.error());
  return ScheduleProgress{std::move(*rows), std::move(*owed)};
}

json::array triggers_json(const Snapshot& snapshot, const Definition& definition,
                          const ScheduleProgress& progress, Instant now) {
  auto calendar = snapshot.calendars.find(definition.calendar);
  if (calendar == snapshot.calendars.end()) calendar = snapshot.calendars.find("");
  json::array shown;
  for (const Trigger& trigger : definition.triggers) {
    switch (trigger.kind) {
      case Trigger::Kind::form:
        shown.push_back(json::object{{"kind", "form"}});
        break;
      case Trigger::Kind::event:
        if (trigger.webhook != nullptr) {
          shown.push_back({{"kind", "webhook"}, {"source", trigger.connector}});
        } else {
          const std::string name =
              trigger.connector.empty() ? trigger.event : trigger.connector + "." + trigger.event;
          shown.push_back({{"kind", "event"}, {"event", name}});
        }
        break;
      case Trigger::Kind::schedule:
        shown.push_back(schedule_json(*calendar->second, definition, trigger, progress, now));
        break;
    }
  }
  return shown;
}

}  // namespace countersign::web
