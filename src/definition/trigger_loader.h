#pragma once
// What starts an instance and what reaches it: `start`, `events`, `on_event`. Internal to the loader.

#include "definition/step_loader.h"

namespace countersign {

KeyTable form_trigger_keys();
KeyTable event_trigger_keys();
KeyTable webhook_trigger_keys();
KeyTable event_handler_keys();

void read_declared_events(Loading& loading, const YamlNode& node);
void read_triggers(Loading& loading, const YamlNode& node);
// After the steps, so that numbers of steps do not depend on it.
void read_event_handlers(Loading& loading, const YamlNode& node);

}  // namespace countersign
