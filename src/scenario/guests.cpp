#include "scenario/guests.h"

#include "runtime/presentation.h"

namespace countersign::scenario {

std::string written(const PersonId& person) {
  if (!is_guest(person)) return person.value;
  const std::string_view spelt = std::string_view(person.value).substr(kGuestPrefix.size());
  return std::string(spelt.substr(0, spelt.find(':')));
}

PersonId person_meant(const PersonId& person, const Directory& directory, const Reader& reader,
                      const InstanceId& instance) {
  if (directory.find(person) != nullptr) return person;
  const auto items = all_items(reader, instance);
  if (!items) return person;
  for (const WorkItemRow& item : *items) {
    if (is_guest(item.assignee) && written(item.assignee) == person.value) return item.assignee;
  }
  return person;
}

}  // namespace countersign::scenario
