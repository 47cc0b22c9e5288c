#include "core/trigger.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/evaluation.h"
#include "core/form_rules.h"
#include "core/scope.h"

namespace countersign {

namespace {

using Problem = std::optional<Rejection>;

Rejection rejection(const Context& context, const std::string& origin, std::string_view what,
                    const std::string& why) {
  return Rejection{
      Error{ErrorCode::invalid_input,
            fmt::format("cannot start {} from {}: {}: {}", context.definition.id.value, origin, what, why),
            {}},
      {}};
}

// The trigger's requester and form into `start`; what does not fit otherwise.
Problem fill(const Context& context, const Trigger& trigger, const Evaluation& evaluation,
             const std::string& origin, Start& start) {
  if (trigger.requester) {
    const Result<cel::Value> requester = evaluation.evaluate(*trigger.requester);
    if (!requester) return rejection(context, origin, "requester", requester.error().message);
    if (!requester->is(cel::Kind::person)) return rejection(context, origin, "requester", "it is no person");
    start.requester = requester->as_person();
  }
  for (const Field& field : context.definition.form) {
    if (auto empty = empty_value(field)) start.form.insert_or_assign(field.name, std::move(*empty));
  }
  for (const Argument& argument : trigger.form) {
    const Result<cel::Value> value = evaluation.evaluate(argument.value);
    if (!value && value.error().code == ErrorCode::not_found) continue;  // nothing is said of it
    if (!value) return rejection(context, origin, argument.name, value.error().message);
    const Field* field = context.definition.find_field(argument.name);
    if (field == nullptr) return rejection(context, origin, argument.name, "the form has no such field");
    Result<cel::Value> fitting = fit_field(*field, *value, context.directory);
    if (!fitting && fitting.error().code == ErrorCode::not_found) continue;
    if (!fitting) return rejection(context, origin, argument.name, fitting.error().message);
    start.form.insert_or_assign(argument.name, std::move(*fitting));
  }
  return std::nullopt;
}

// How the sender has proven itself; the caller of the API says that of an event without a connector.
std::string sender_of(const Trigger& trigger) {
  if (trigger.connector.empty()) return {};
  return (trigger.webhook != nullptr ? "webhook " : "connector ") + trigger.connector;
}

cel::Value date_value(Day day) {
  return cel::Value::date(cel::Date{static_cast<std::int32_t>(day.time_since_epoch().count())});
}

cel::Value period_value(const Period& period) {
  cel::Map map;
  map.set("first", date_value(period.first));
  map.set("last", date_value(period.last));
  map.set("name", cel::Value::string(period.name));
  return cel::Value::map(std::move(map));
}

std::string schedule_origin(const Trigger& trigger, const Period& period) {
  return fmt::format("its schedule '{}' for {}", trigger.name, period.name);
}

void add_active(const Directory& directory, const PersonId& id, std::vector<PersonId>& people) {
  const Person* person = directory.find(id);
  if (person != nullptr && person->active) people.push_back(id);
}

// The active people that a value of `each` names, into `people`.
Result<void> add_people(const Evaluation& evaluation, const Directory& directory, const cel::Value& value,
                        std::vector<PersonId>& people) {
  switch (value.kind()) {
    case cel::Kind::person:
      add_active(directory, value.as_person(), people);
      return {};
    case cel::Kind::group: {
      const auto members = evaluation.members(value.as_string());
      if (!members) return std::unexpected(members.error());
      for (const PersonId& member : *members) add_active(directory, member, people);
      return {};
    }
    case cel::Kind::list:
      for (const cel::Value& each : value.as_list()) {
        if (auto added = add_people(evaluation, directory, each, people); !added) return added;
      }
      return {};
    default:
      return {};  // the checker admits nothing else
  }
}

}  // namespace

std::expected<std::optional<Start>, Rejection> start_from_event(const Context& context,
                                                                const Trigger& trigger,
                                                                const cel::Value& event) {
  const State nothing;
  Evaluation evaluation(context, nothing);
  evaluation.set_event(event);
  const std::string origin =
      trigger.connector.empty() ? trigger.event : trigger.connector + "." + trigger.event;
  if (trigger.when) {
    const Result<cel::Value> when = evaluation.evaluate(*trigger.when);
    if (!when) return std::unexpected(rejection(context, origin, "when", when.error().message));
    if (!when->is(cel::Kind::bool_) || !when->as_bool()) return std::nullopt;
  }
  Start start;
  start.workflow = context.definition.id;
  start.by = Actor{.kind = Actor::Kind::system, .channel = "event", .authenticated = sender_of(trigger)};
  start.trigger = origin;
  if (Problem problem = fill(context, trigger, evaluation, origin, start)) {
    return std::unexpected(std::move(*problem));
  }
  return start;
}

Result<std::vector<PersonId>> people_of_schedule(const Context& context, const Trigger& trigger,
                                                 const Period& period) {
  const State nothing;
  Evaluation evaluation(context, nothing);
  evaluation.set_local(std::string(scope::kPeriod), period_value(period));
  std::vector<PersonId> people;
  for (const Expression& each : trigger.each) {
    const Result<cel::Value> value = evaluation.evaluate(each);
    Result<void> added =
        value ? add_people(evaluation, context.directory, *value, people) : std::unexpected(value.error());
    if (!added) {
      return fail(
          added.error().code,
          rejection(context, schedule_origin(trigger, period), "each", added.error().message).error.message);
    }
  }
  std::ranges::sort(people);
  people.erase(std::unique(people.begin(), people.end()), people.end());
  return people;
}

std::expected<Start, Rejection> start_from_schedule(const Context& context, const Trigger& trigger,
                                                    const Period& period, const PersonId& person) {
  const State nothing;
  Evaluation evaluation(context, nothing);
  evaluation.set_local(std::string(scope::kPeriod), period_value(period));
  if (!person.empty()) evaluation.set_local(std::string(scope::kItem), cel::Value::person(person));
  Start start;
  start.workflow = context.definition.id;
  start.by = Actor{.kind = Actor::Kind::system, .channel = "schedule"};
  start.trigger = "schedule";
  start.once = fmt::format("{}/{}/{}", trigger.name, period.name, person.value);
  if (Problem problem = fill(context, trigger, evaluation, schedule_origin(trigger, period), start)) {
    return std::unexpected(std::move(*problem));
  }
  return start;
}

}  // namespace countersign
