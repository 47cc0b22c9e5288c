#include "definition/trigger_loader.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "definition/connector_parts.h"
#include "definition/grammar.h"
#include "definition/schedule_loader.h"
#include "definition/steps/arguments.h"
#include "definition/steps/event_name.h"

namespace countersign {
namespace {

constexpr std::array kFormInnerKeys = {
    Key{"by", Shape::expressions, Need::optional, "who may (everybody)", ""},
};
const Grammar& form_trigger_grammar() {
  static const Grammar kGrammar{"form_trigger", {nothing(), map_of({kFormInnerKeys})}};
  return kGrammar;
}
constexpr std::array kFormKeys = {
    Key{"form", Shape::any, Need::required, "people fill in the form", "", form_trigger_grammar},
};
constexpr std::array kEventKeys = {
    Key{"event", Shape::text, Need::required, "CONNECTOR.NAME, or an event of `events`", ""},
    Key{"when", Shape::expression, Need::optional, "only then", ""},
    Key{"requester", Shape::expression, Need::required, "on whose behalf", ""},
    Key{"form", Shape::map, Need::optional, "field: expression over the event", "", expressions_by_name},
};
constexpr std::array kWebhookTriggerKeys = {
    Key{"webhook", Shape::map, Need::required, "a sender of its own, without a connector file", "",
        webhook_grammar},
    Key{"when", Shape::expression, Need::optional, "only then", ""},
    Key{"requester", Shape::expression, Need::required, "on whose behalf", ""},
    Key{"form", Shape::map, Need::optional, "field: expression over the event", "", expressions_by_name},
};
constexpr std::array kHandlerKeys = {
    Key{"where", Shape::expression, Need::optional, "only an event for which this is true", ""},
    Key{"steps", Shape::steps, Need::optional, "what happens", ""},
    Key{"go", Shape::text, Need::optional, "or: the step to go to", ""},
    Key{"end", Shape::text, Need::optional, "or: the status to end with", ""},
};

void read_form_trigger(Loading& loading, const YamlNode& node) {
  Trigger trigger;
  if (node.is_map()) {
    const MapReader map(node, "the trigger 'form'", kFormKeys, loading.diagnostics);
    const YamlNode* form = map.find("form");
    if (form != nullptr && !form->is_null()) {
      const MapReader inner(*form, "'form'", kFormInnerKeys, loading.diagnostics);
      if (const YamlNode* by = inner.find("by")) {
        trigger.by = read_expressions(loading, *by, {Place::setting}, expects_people(), "'by'");
      }
    }
  }
  loading.definition.triggers.push_back(std::move(trigger));
}

// What stands beside `event` or `webhook`.
void read_start_of(Loading& loading, const MapReader& map, const std::vector<Field>* data, Trigger trigger) {
  Spot spot{.place = Place::trigger};
  spot.event = data;
  const auto guards = loading.guards;
  if (const YamlNode* when = map.find("when")) {
    trigger.when = read_expression(loading, *when, spot, expects_condition(), "'when'");
    add_guards(loading, *trigger.when);
  }
  if (const YamlNode* requester = map.find("requester")) {
    trigger.requester = read_expression(loading, *requester, spot, filled(expects_person()), "'requester'");
  }
  trigger.form =
      read_arguments(loading, map.find("form"), loading.definition.form, "form", spot, map.node().at, true);
  loading.guards = guards;
  loading.definition.triggers.push_back(std::move(trigger));
}

void read_event_trigger(Loading& loading, const YamlNode& node) {
  const MapReader map(node, "the trigger 'event'", kEventKeys, loading.diagnostics);
  Trigger trigger;
  trigger.kind = Trigger::Kind::event;
  std::optional<NamedEvent> event;
  if (const YamlNode* name = map.find("event")) {
    event = find_event(loading, name->text, name->at);
    if (!event) return;
    trigger.connector = event->connector;
    trigger.event = event->name;
  }
  read_start_of(loading, map, event ? event->data : nullptr, std::move(trigger));
}

void read_webhook_trigger(Loading& loading, const YamlNode& node) {
  const MapReader map(node, "the trigger 'webhook'", kWebhookTriggerKeys, loading.diagnostics);
  const bool second = std::ranges::any_of(loading.definition.triggers,
                                          [](const Trigger& trigger) { return trigger.webhook != nullptr; });
  if (second) {
    loading.diagnostics.error(Code::keys_conflict, map.key_at("webhook"),
                              "a workflow has one 'webhook' at most: a second sender needs a connector file");
    return;
  }
  Trigger trigger;
  trigger.kind = Trigger::Kind::event;
  trigger.connector = webhook_source(loading.definition.id);
  trigger.event = kWebhookEvent;
  auto webhook = std::make_shared<Inbound>();
  if (const YamlNode* sender = map.find("webhook")) {
    ConnectorReading reading{loading.document, loading.diagnostics};
    *webhook = read_webhook(reading, *sender);
  }
  trigger.webhook = webhook;
  const bool whole = webhook->events.empty() || webhook->events.front().whole;
  const std::vector<Field> data = whole ? std::vector<Field>() : fields_of(webhook->events.front().data);
  read_start_of(loading, map, whole ? nullptr : &data, std::move(trigger));
}

void read_handler(Loading& loading, const YamlNode::Entry& entry) {
  const std::optional<NamedEvent> event = find_event(loading, entry.key, entry.key_at);
  EventHandler handler;
  if (event) {
    handler.connector = event->connector;
    handler.name = event->name;
  }
  const std::string role = "event:" + entry.key;
  const std::string path = "on_event/" + entry.key;
  const YamlNode& value = entry.value;
  loading.in_event = true;
  loading.event_data = event ? event->data : nullptr;
  const bool plain = !value.is_map() || (value.entries.size() == 1 && (value.entries.front().key == "go" ||
                                                                       value.entries.front().key == "end"));
  if (plain) {
    handler.list = read_steps(loading, value, kNoStep, role, path);
  } else {
    const MapReader map(value, fmt::format("'on_event' of {}", entry.key), kHandlerKeys, loading.diagnostics);
    if (const YamlNode* where = map.find("where")) {
      Spot spot{.place = Place::step_event};
      spot.event = event ? event->data : nullptr;
      handler.where = read_expression(loading, *where, spot, expects_condition(), "'where'");
    }
    int ways = 0;
    for (const std::string_view key : {"steps", "go", "end"}) ways += map.has(key) ? 1 : 0;
    if (ways != 1) {
      loading.diagnostics.error(ways == 0 ? Code::missing_key : Code::keys_conflict, entry.key_at,
                                fmt::format("{} needs one of 'steps', 'go' and 'end'", map.what()));
    }
    if (const YamlNode* steps = map.find("steps")) {
      handler.list = read_steps(loading, *steps, kNoStep, role, path);
    } else if (map.find("go") != nullptr || map.find("end") != nullptr) {
      // {where, go} means the list with the one target.
      YamlNode target;
      target.kind = YamlNode::Kind::map;
      target.at = value.at;
      for (const YamlNode::Entry& each : value.entries) {
        if (each.key == "go" || each.key == "end") target.entries.push_back(each);
      }
      target.entries.resize(std::min<std::size_t>(1, target.entries.size()));
      handler.list = read_steps(loading, target, kNoStep, role, path);
    }
  }
  loading.in_event = false;
  loading.event_data = nullptr;
  loading.definition.on_event.push_back(std::move(handler));
}

}  // namespace

const Grammar& trigger_grammar() {
  static const Grammar kGrammar{"trigger",
                                {value_of(Shape::word, "form"), map_of({kFormKeys}), map_of({kEventKeys}),
                                 map_of({kWebhookTriggerKeys}), map_of({schedule_trigger_keys()})}};
  return kGrammar;
}

KeyTable form_trigger_keys() {
  return kFormInnerKeys;
}
KeyTable event_trigger_keys() {
  return kEventKeys;
}
KeyTable webhook_trigger_keys() {
  return kWebhookTriggerKeys;
}
KeyTable event_handler_keys() {
  return kHandlerKeys;
}

void read_declared_events(Loading& loading, const YamlNode& node) {
  for (const YamlNode::Entry& entry : node.entries) {
    check_name(entry.key, entry.key_at, "the event name", loading.diagnostics);
    EventDeclaration declaration;
    if (!entry.value.is_null()) {
      declaration.fields =
          read_fields(loading, entry.value, FieldRules{}, fmt::format("the event '{}'", entry.key));
    }
    loading.definition.events.insert_or_assign(entry.key, std::move(declaration));
  }
}

void read_triggers(Loading& loading, const YamlNode& node) {
  if (node.items.empty()) loading.diagnostics.error(Code::never_starts, node.at, "'start' has no trigger");
  for (const YamlNode& item : node.items) {
    if (item.is_scalar() && item.text == "form") {
      read_form_trigger(loading, item);
    } else if (!item.is_map()) {
      report_wrong_kind(item, "a trigger", "'form', or a map such as {event: CONNECTOR.NAME, ...}",
                        loading.diagnostics);
    } else if (item.find("event") != nullptr) {
      read_event_trigger(loading, item);
    } else if (item.find("webhook") != nullptr) {
      read_webhook_trigger(loading, item);
    } else if (item.find("schedule") != nullptr) {
      read_schedule_trigger(loading, item);
    } else if (item.find("form") != nullptr) {
      read_form_trigger(loading, item);
    } else {
      static constexpr std::array<std::string_view, 4> kWords{"form", "event", "schedule", "webhook"};
      const bool named = !item.entries.empty();
      loading.diagnostics.error(Code::missing_key, named ? item.entries.front().key_at : item.at,
                                "a trigger is one of form, event, schedule, webhook",
                                named ? nearest_of(item.entries.front().key, kWords) : "");
    }
  }
}

void read_event_handlers(Loading& loading, const YamlNode& node) {
  for (const YamlNode::Entry& entry : node.entries) read_handler(loading, entry);
}

}  // namespace countersign
