#include "core/questions.h"

#include <algorithm>

#include "core/policy.h"
#include "core/visibility.h"

namespace countersign {
namespace {

bool holds(const cel::Value& value, std::string_view file) {
  if (value.is(cel::Kind::list))
    return std::ranges::any_of(value.as_list(), [&](const cel::Value& each) { return holds(each, file); });
  if (!value.is(cel::Kind::map)) return false;
  return std::ranges::any_of(value.as_map(), [&](const auto& member) {
    const auto& [key, of] = member;
    const bool names = key.is(cel::Kind::string) && key.as_string() == "id";
    return (names && of.is(cel::Kind::string) && of.as_string() == file) || holds(of, file);
  });
}

bool holds(const Fields& fields, std::string_view file) {
  return std::ranges::any_of(fields, [&](const auto& field) { return holds(field.second, file); });
}

}  // namespace

bool may_read(const Context& context, const State& state, const PersonId& person) {
  Transition transition(context, state);
  return sees_instance(transition, person);
}

bool shows_file(const Context& context, const State& state, const PersonId& person, std::string_view file) {
  const Visibility visibility(context, state, person);
  const bool is_admitted = std::ranges::binary_search(state.involved, person) ||
                           may_read(context, state, person) || visibility.names_reader();
  if (!is_admitted) return false;
  const State seen = visibility.visible_state();
  const auto in_result = [&](const auto& entry) { return holds(entry.second.fields, file); };
  return holds(seen.form, file) || std::ranges::any_of(seen.results, in_result) ||
         std::ranges::any_of(seen.item_results, [&](const auto& of_items) {
           return std::ranges::any_of(of_items.second, in_result);
         });
}

bool would_accept(const Context& context, const State& state, const Command& command) {
  const Outcome outcome = decide(context, state, command);
  if (const auto* decision = std::get_if<Decision>(&outcome)) return !decision->refusal;
  return std::holds_alternative<NeedFacts>(outcome);
}

}  // namespace countersign
