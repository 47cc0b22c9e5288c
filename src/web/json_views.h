#pragma once
// What the API shows of instances, work items, events and workflows. Pure functions over rows and states.

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "core/decide.h"
#include "core/definition.h"
#include "core/state.h"
#include "store/rows.h"

namespace countersign::web {

json::object row_json(const InstanceRow& row, std::string_view public_url);
json::object row_json(const WorkItemRow& row);
// Takes away how the item was decided, for readers from whom the workflow keeps it.
void hide_decision(json::object& item);
json::object row_json(const EventRow& row);
// Rows of the event log; `with_proof`: each with what verifies it (docs/design/0003-event-log.md).
json::array events_json(const std::vector<EventRow>& rows, bool with_proof);
json::object row_json(const KeyRow& row);
json::object row_json(const OutboxRow& row);
json::object row_json(const InboundRow& row);

// A whole instance. `definition`: nullptr where its version is not known any more: titles are then left out.
json::object instance_json(const State& state, const Definition* definition, std::string_view title,
                           std::string_view public_url);

// Fields by name, as other systems expect them.
json::object fields_json(const Fields& fields);

// The step of that name (Step::name), nullptr where there is none.
const Step* step_named(const Definition& definition, std::string_view name);

// The path of an instance below the public address.
std::string instance_url(std::string_view public_url, const InstanceId& id);

}  // namespace countersign::web
