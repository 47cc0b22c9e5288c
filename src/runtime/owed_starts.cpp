#include "runtime/owed_starts.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/trigger.h"

namespace countersign {
namespace {

constexpr std::size_t kOwedMax = 10'000;

const Trigger* schedule_named(const Definition& definition, const std::string& name) {
  const auto found = std::ranges::find_if(definition.triggers, [&](const Trigger& trigger) {
    return trigger.kind == Trigger::Kind::schedule && trigger.name == name;
  });
  return found == definition.triggers.end() ? nullptr : &*found;
}

std::string named(const RetryOwedStart& request) {
  return fmt::format("the schedule '{}' of {}", request.schedule, request.workflow.value);
}

// Whom the start is for, as the files say it now.
std::expected<std::vector<PersonId>, Refusal> people_of(const Context& context, const Trigger& trigger,
                                                        const Period& period, const RetryOwedStart& request) {
  if (trigger.each.empty() && request.person.empty()) return std::vector<PersonId>{PersonId()};
  auto people = trigger.each.empty() ? Result<std::vector<PersonId>>(std::vector<PersonId>())
                                     : people_of_schedule(context, trigger, period);
  if (!people) return refuse(people.error());
  if (request.person.empty()) return *people;
  if (std::ranges::find(*people, request.person) == people->end()) {
    return refuse(ErrorCode::conflict, fmt::format("{} does not start for {} any more: a reload forgets this",
                                                   named(request), request.person.value));
  }
  return std::vector<PersonId>{request.person};
}

}  // namespace

Answer retry_owed_start(const JobContext& context, const RetryOwedStart& request, Transaction& transaction,
                        Instant now) {
  const auto owed = context.reader.owed_starts(kOwedMax);
  if (!owed) return refuse(owed.error());
  const auto row = std::ranges::find_if(*owed, [&](const OwedStartRow& each) {
    return each.workflow == request.workflow && each.name == request.schedule &&
           each.person == request.person;
  });
  if (row == owed->end()) {
    return refuse(ErrorCode::not_found,
                  fmt::format("{} owes no start{}", named(request),
                              request.person.empty() ? "" : " for " + request.person.value));
  }
  const auto snapshot = context.library.current();
  const auto definition = snapshot->workflow(request.workflow);
  const Trigger* trigger = definition == nullptr ? nullptr : schedule_named(*definition, request.schedule);
  if (trigger == nullptr)
    return refuse(ErrorCode::conflict, fmt::format("no file holds {} now", named(request)));
  static const Facts kNoFacts;
  const Context moment{*definition, *snapshot->directory, snapshot->calendars, kNoFacts, now};
  const Period period = period_of(*trigger->schedule, moment.calendar(definition->calendar), row->due);
  if (period.name != row->period) {
    return refuse(ErrorCode::conflict, fmt::format("{} has other periods now, and {} is none of them",
                                                   named(request), row->period));
  }
  const auto people = people_of(moment, *trigger, period, request);
  if (!people) return std::unexpected(people.error());
  json::array started;
  for (const PersonId& person : *people) {
    const auto command = start_from_schedule(moment, *trigger, period, person);
    if (!command) return refuse(command.error().error, command.error().problems);
    const InstanceId id("i_" + sortable_id(now, context.random));
    const auto executed = context.execution.start(transaction, id, *command, definition, now);
    if (!executed) return std::unexpected(executed.error());
    const InstanceId there = executed->existing.value_or(id);
    started.push_back({{"id", there.value},
                       {"person", person.empty() ? json::value() : json::value(person.value)},
                       {"existed", executed->existing.has_value()}});
  }
  if (auto settled = transaction.settle_start(request.workflow, request.schedule, request.person); !settled)
    return refuse(settled.error());
  return Reply{200, write_json(json::object{{"instances", std::move(started)}})};
}

}  // namespace countersign
