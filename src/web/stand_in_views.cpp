#include "web/stand_in_views.h"

#include "core/stand_in.h"

namespace countersign::web {

void add_stand_ins(json::object& shown, const InstanceReading& reading, const WorkItemRow& row, Instant now) {
  const auto item = reading.state.items.find(row.number);
  if (item == reading.state.items.end() || !reading.definition) return;
  std::vector<std::string> why_not;
  const StandInView view{*reading.definition, *reading.snapshot->directory, *reading.absences, reading.state,
                         now};
  json::array stand_ins, notes;
  for (const StandIn& each : stand_ins_of(view, item->second, &why_not)) {
    stand_ins.push_back({{"absent", each.absent.value},
                         {"stand_in", each.stand_in.value},
                         {"until", format_rfc3339(each.until)}});
  }
  for (const std::string& note : why_not) notes.emplace_back(note);
  shown["stand_ins"] = std::move(stand_ins);
  shown["stand_in_notes"] = std::move(notes);
}

bool acts_in_place(const InstanceReading& reading, const WorkItemRow& row, const PersonId& person,
                   Instant now) {
  const auto item = reading.state.items.find(row.number);
  if (item == reading.state.items.end() || !reading.definition) return false;
  const StandInView view{*reading.definition, *reading.snapshot->directory, *reading.absences, reading.state,
                         now};
  return !acts_for(view, item->second, person).empty();
}

}  // namespace countersign::web
