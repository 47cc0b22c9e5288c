#include "web/seen_events.h"

#include <map>
#include <optional>

#include "core/visibility.h"
#include "web/instance_reading.h"
#include "web/json_views.h"
#include "web/reading_right.h"

namespace countersign::web {

namespace {

// One instance of a workflow that hides something, read for one reader.
struct Veil {
  Veil(InstanceReading read, const PersonId& reader, Instant now)
      : reading(std::move(read)),
        context{*reading.definition, *reading.snapshot->directory, reading.snapshot->calendars, facts, now},
        visibility(context, reading.state, reader) {}
  Veil(const Veil&) = delete;
  Veil& operator=(const Veil&) = delete;

  InstanceReading reading;
  Facts facts;
  Context context;
  Visibility visibility;
};

void erase_members(json::object& data, std::string_view member, const std::vector<std::string>& hidden) {
  json::value* of = data.if_contains(member);
  if (of == nullptr || !of->is_object()) return;
  for (const std::string& name : hidden) of->as_object().erase(name);
}

// The step of an event about a decision; nullptr where it cannot be told any more.
const Step* decided_step(const Veil& veil, const json::object& data) {
  const Definition& definition = *veil.reading.definition;
  if (const json::value* number = data.if_contains("item"); number != nullptr && number->is_int64()) {
    const WorkItemRow* item = veil.reading.item(static_cast<std::uint32_t>(number->as_int64()));
    return item == nullptr ? nullptr : step_named(definition, item->step);
  }
  const json::value* activation = data.if_contains("activation");
  if (activation == nullptr || !activation->is_int64()) return nullptr;
  const ActivationId id(static_cast<std::uint32_t>(activation->as_int64()));
  if (const auto open = veil.reading.state.activations.find(id); open != veil.reading.state.activations.end())
    return &definition.step(open->second.step);
  for (const auto& [step, result] : veil.reading.state.results) {
    if (result.activation == id) return &definition.step(step);
  }
  for (const auto& [step, of_items] : veil.reading.state.item_results) {
    for (const auto& [path, result] : of_items) {
      if (result.activation == id) return &definition.step(step);
    }
  }
  return nullptr;
}

// Of a decision: everything where the step is hidden or unknown, else the hidden answers.
void draw_over_decision(const Veil& veil, json::object& data) {
  const Step* step = decided_step(veil, data);
  if (step == nullptr || !veil.visibility.sees(*step)) {
    for (const std::string_view member : {"outcome", "by", "comment", "fields", "confirmed", "answers",
                                          "reason", "roster", "seat", "decided"})
      data.erase(member);
    return;
  }
  std::vector<std::string> hidden;
  for (const Field& answer : result_fields(*step)) {
    if (!veil.visibility.sees(*step, answer)) hidden.push_back(answer.name);
  }
  erase_members(data, "fields", hidden);
  erase_members(data, "answers", hidden);
  // It may quote what stands in the form.
  if (hides_anything(*veil.reading.definition)) data.erase("confirmed");
}

// Votes stand in rosters too.
bool is_about_a_decision(std::string_view type) {
  return type == "outcome_reached" || type == "item_changed" || type == "decision_taken_back" ||
         type == "seat_passed" || type == "roster_set";
}

// What somebody wrote to whom they asked.
void draw_over_note(const Veil& veil, json::object& data) {
  json::value* item = data.if_contains("item");
  if (item == nullptr || !item->is_object() || !item->as_object().contains("note")) return;
  const json::value* number = item->as_object().if_contains("number");
  const WorkItemRow* row = number == nullptr || !number->is_int64()
                               ? nullptr
                               : veil.reading.item(static_cast<std::uint32_t>(number->as_int64()));
  const Step* step = row == nullptr ? nullptr : step_named(*veil.reading.definition, row->step);
  if (step == nullptr || !veil.visibility.sees(*step)) item->as_object().erase("note");
}

// Whether anything was taken out.
bool draw_over(const Veil& veil, const EventRow& row, json::object& event) {
  json::value* data = event.if_contains("data");
  if (data == nullptr || !data->is_object()) return false;
  const json::object before = data->as_object();
  std::vector<std::string> hidden;
  for (const Field& field : veil.reading.definition->form) {
    if (!veil.visibility.sees(field)) hidden.push_back(field.name);
  }
  if (row.type == "started") erase_members(data->as_object(), "form", hidden);
  if (row.type == "form_changed") erase_members(data->as_object(), "values", hidden);
  if (row.type == "item_opened") draw_over_note(veil, data->as_object());
  if (is_about_a_decision(row.type)) draw_over_decision(veil, data->as_object());
  return !(before == data->as_object());
}

bool may_hold_hidden(std::string_view type) {
  return type == "started" || type == "form_changed" || type == "item_opened" || is_about_a_decision(type);
}

// nullptr where the workflow hides nothing.
std::unique_ptr<Veil> veil_of(const Backend& backend, const InstanceId& id, const Principal& reader) {
  const auto state = backend.reader.instance(id);
  if (!state || !state->has_value()) return nullptr;
  const auto definition = backend.library.version((*state)->workflow, (*state)->version);
  if (definition == nullptr || !hides_anything(*definition)) return nullptr;
  auto reading = read_instance(backend, id);
  if (!reading || reading->definition == nullptr) return nullptr;
  return std::make_unique<Veil>(std::move(*reading), reader.actor.person, backend.clock.now());
}

}  // namespace

json::array events_seen_by(const Backend& backend, const Principal& reader, const std::vector<EventRow>& rows,
                           bool with_proof) {
  json::array events = events_json(rows, with_proof);
  if (reader.has("admin")) return events;
  std::map<InstanceId, std::unique_ptr<Veil>> veils;
  ReadingRight right(backend, reader);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!right.covers(rows[i].instance)) {
      events[i] = nullptr;
      continue;
    }
    if (!may_hold_hidden(rows[i].type)) continue;
    auto known = veils.find(rows[i].instance);
    if (known == veils.end()) {
      known = veils.emplace(rows[i].instance, veil_of(backend, rows[i].instance, reader)).first;
    }
    if (known->second == nullptr) continue;
    json::object& event = events[i].as_object();
    if (draw_over(*known->second, rows[i], event)) event.erase("proof");
  }
  return events;
}

}  // namespace countersign::web
