#pragma once
// What the expressions of a workflow may name, place by place: one list for the loader, which checks
// expressions against it, and for the evaluator, which binds the same variables and answers the same
// functions. Pure.
//
// Functions beside CEL's own and its product functions (answered by cel::Host::call under the names below):
//   person(string) -> person                        by id or mail
//   guest(string, string) -> person                 mail and name of somebody outside of the directory
//   group(string) -> group
//   managers(person, int) -> list(person)           the chain of managers, at most so many levels
//   managers_up_to(person, decimal | money) -> list(person)
//   business_days(int), business_hours(int) -> business_time
//   add_business(timestamp | date, business_time) -> timestamp | date
// business_time is a value only add_business and keys that want a time take; the host gives it as a string in
// words ("2 business days", see time_words.h), and add_business receives that string.

#include <string>
#include <string_view>
#include <vector>

#include "cel/program.h"

namespace countersign {

namespace scope {
inline constexpr std::string_view kForm = "form";
inline constexpr std::string_view kRequester = "requester";
inline constexpr std::string_view kVars = "vars";
inline constexpr std::string_view kInstance = "instance";
inline constexpr std::string_view kNow = "now";
inline constexpr std::string_view kToday = "today";
inline constexpr std::string_view kEvent = "event";
inline constexpr std::string_view kYear = "year";
inline constexpr std::string_view kNumber = "number";
inline constexpr std::string_view kItem = "item";
inline constexpr std::string_view kPeriod = "period";
}  // namespace scope

// Where an expression stands.
enum class Place {
  setting,    // `owner`, a form trigger's `by`: now, today
  trigger,    // a trigger's `requester`, `when` and mapping: event, now, today
  form,       // `key`, `refuse_when`, a field's `when`, `default`, `computed`: form, requester, now, today
  reference,  // form, requester, now, today, year, number
  step,  // everything of the instance: form, requester, vars, instance, now, today and the steps' results
  step_event,     // the same and event: an on_event handler, and `where`
  schedule,       // a schedule's `requester` and `form`: period, now, today; its `each`: the same
  schedule_each,  // the same where there is an `each`: item (person) too
};

// The type of `instance`: id, reference, workflow, stage, status, round, url.
// `stages` and `statuses` are all that there are, where that is known.
cel::Type instance_type(std::vector<std::string> stages = {}, std::vector<std::string> statuses = {});
// The type of `period`: first and last (dates), name.
cel::Type period_type();
// What business_days() gives.
cel::Type business_time_type();

// The variables of a place. `form` is record_of("form", ...); `event` the event's record, dyn where nothing
// declares its data; `steps` the results that can be read there (of Place::step and step_event).
std::vector<cel::Variable> variables_of(Place place, const cel::Type& form, const cel::Type& event,
                                        const std::vector<cel::Variable>& steps);

// The functions of every place.
const std::vector<cel::Function>& workflow_functions();

// Names that no step may have, because expressions read something else by them.
bool is_reserved_name(std::string_view name);

}  // namespace countersign
