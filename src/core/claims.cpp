#include "core/claims.h"

#include <algorithm>

#include <fmt/format.h>

namespace countersign::claims {
namespace {

void add_files(const cel::Value& value, const Claim& claim, std::vector<Claim>& claims) {
  if (value.is(cel::Kind::list)) {
    for (const cel::Value& file : value.as_list()) add_files(file, claim, claims);
  } else if (value.is(cel::Kind::map)) {
    const cel::Value* hash = value.as_map().find("sha256");
    if (hash != nullptr) claims.push_back({claim.scope, std::string(hash->as_string()), claim.pointer});
  }
}

bool is_file(const Field& field) {
  return field.type == FieldType::file || field.type == FieldType::files;
}

std::string scope_of(const Definition& definition, const Field& field) {
  // Files are the same thing wherever they are handed in; other values only mean something beside their name.
  const std::string what = is_file(field) ? "file" : "field:" + field.name;
  return field.unique == Unique::everywhere ? what : what + "@" + definition.id.value;
}

// What the instance holds for its form: not its business key, nor what it was started once for.
std::vector<Claim> held_of_form(const State& state) {
  std::vector<Claim> held;
  for (const auto& [scope, keys] : state.claims) {
    if (scope == key_scope(state.workflow) || scope == once_scope(state.workflow)) continue;
    for (const std::string& key : keys) held.push_back({scope, key, {}});
  }
  return held;
}

}  // namespace

std::string key_scope(const WorkflowId& workflow) {
  return "key:" + workflow.value;
}

std::string once_scope(const WorkflowId& workflow) {
  return "once:" + workflow.value;
}

std::vector<Claim> of_form(const Definition& definition, const Fields& form) {
  std::vector<Claim> claims;
  for (const Field& field : definition.form) {
    if (field.unique == Unique::no) continue;
    const auto value = form.find(field.name);
    if (value == form.end() || is_empty(&value->second)) continue;
    const Claim claim{scope_of(definition, field), {}, "/form/" + field.name};
    if (is_file(field)) {
      add_files(value->second, claim, claims);
    } else {
      claims.push_back({claim.scope, cel::to_display(value->second), claim.pointer});
    }
  }
  std::sort(claims.begin(), claims.end());
  claims.erase(std::unique(claims.begin(), claims.end()), claims.end());
  return claims;
}

void change(Transition& transition, const Fields& form) {
  const std::vector<Claim> wanted = of_form(transition.definition(), form);
  std::vector<Claim> held = held_of_form(transition.state());
  std::vector<FormProblem> problems;
  std::vector<Claim> taken;
  for (const Claim& claim : wanted) {
    if (std::find_if(held.begin(), held.end(), [&](const Claim& own) { return own.is_same(claim); }) !=
        held.end())
      continue;
    taken.push_back(claim);
    const auto fact = transition.fact({FactKey::Kind::claim, claim.scope, claim.key});
    if (fact && !fact->holder.empty() && fact->holder != transition.state().id) {
      problems.push_back({claim.pointer,
                          fmt::format("already used by another request ({})", fact->holder.value),
                          FormFault::used_before});
    }
  }
  if (!problems.empty()) {
    transition.refuse(ErrorCode::invalid_input,
                      "something in the form was used before and may be used only once", std::move(problems));
  }
  if (transition.stopped()) return;
  std::erase_if(held, [&](const Claim& own) {
    return std::any_of(wanted.begin(), wanted.end(), [&](const Claim& claim) { return own.is_same(claim); });
  });
  for (const Claim& claim : held) transition.emit(ClaimFreed{claim.scope, claim.key});
  for (const Claim& claim : taken) transition.emit(ClaimTaken{claim.scope, claim.key});
}

void free_form(Transition& transition) {
  for (const Claim& claim : held_of_form(transition.state()))
    transition.emit(ClaimFreed{claim.scope, claim.key});
}

void free_at_end(Transition& transition, bool came_to_nothing) {
  const State& state = transition.state();
  if (!state.key.empty()) transition.emit(ClaimFreed{key_scope(state.workflow), state.key});
  if (came_to_nothing) free_form(transition);
}

}  // namespace countersign::claims
