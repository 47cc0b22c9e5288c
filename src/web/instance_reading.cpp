#include "web/instance_reading.h"

#include <fmt/format.h>

#include "core/questions.h"

namespace countersign::web {

Presenting InstanceReading::presenting(const PersonId& reader, Instant now) const {
  return {*snapshot, definition.get(), state, items, reader, now, store, absences.get()};
}

const WorkItemRow* InstanceReading::item(std::uint32_t number) const {
  for (const WorkItemRow& row : items) {
    if (row.number == number) return &row;
  }
  return nullptr;
}

bool may_read(const InstanceReading& reading, const PersonId& person, Instant now) {
  if (!reading.definition) return false;
  static const Facts kNoFacts;
  Context context{*reading.definition, *reading.snapshot->directory, reading.snapshot->calendars, kNoFacts,
                  now};
  context.absences = reading.absences.get();
  return may_read(context, reading.state, person);
}

Result<InstanceReading> read_instance(const Backend& backend, const InstanceId& id) {
  auto state = backend.reader.instance(id);
  if (!state) return std::unexpected(state.error());
  if (!state->has_value())
    return fail(ErrorCode::not_found, fmt::format("there is no instance '{}'", id.value));
  auto items = all_items(backend.reader, id);
  if (!items) return std::unexpected(items.error());
  InstanceReading reading;
  reading.store = &backend.reader;
  reading.state = std::move(**state);
  reading.snapshot = backend.library.current();
  reading.absences = backend.library.absences();
  reading.definition = backend.library.version(reading.state.workflow, reading.state.version);
  reading.items = std::move(*items);
  return reading;
}

bool is_instance_id(std::string_view text) {
  return text.starts_with("i_");
}

Result<InstanceId> instance_named(const Backend& backend, const std::string& id_or_reference) {
  if (is_instance_id(id_or_reference)) return InstanceId(id_or_reference);
  auto found = backend.reader.instance_by_reference(id_or_reference);
  if (!found) return std::unexpected(found.error());
  if (!found->has_value()) {
    return fail(ErrorCode::not_found, fmt::format("there is no instance '{}'", id_or_reference));
  }
  return **found;
}

}  // namespace countersign::web
