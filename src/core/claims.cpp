#include "core/claims.h"

#include <fmt/format.h>

#include <algorithm>

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

bool is_file(const Field& field) { return field.type == FieldType::file || field.type == FieldType::files; }

std::string scope_of(const Definition& definition, const Field& field) {
  // Files are the same thing wherever they are handed in; other values only mean something beside their name.
  const std::string what = is_file(field) ? "file" : "field:" + field.name;
  return field.unique == Unique::everywhere ? what : what + "@" + definition.id.value;
}

std::vector<Claim> without(const std::vector<Claim>& all, const std::vector<Claim>& those) {
  std::vector<Claim> rest;
  std::set_difference(all.begin(), all.end(), those.begin(), those.end(), std::back_inserter(rest));
  return rest;
}

}  // namespace

std::string key_scope(const WorkflowId& workflow) { return "key:" + workflow.value; }

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

void change(Transition& transition, const Fields& before, const Fields& after) {
  const std::vector<Claim> old_claims = of_form(transition.definition(), before);
  const std::vector<Claim> new_claims = of_form(transition.definition(), after);
  std::vector<FormProblem> problems;
  const std::vector<Claim> taken = without(new_claims, old_claims);
  for (const Claim& claim : taken) {
    const auto fact = transition.fact({FactKey::Kind::claim, claim.scope, claim.key});
    if (fact && !fact->holder.empty() && fact->holder != transition.state().id) {
      problems.push_back({claim.pointer, fmt::format("already used by another request ({})", fact->holder.value)});
    }
  }
  if (!problems.empty()) {
    transition.refuse(ErrorCode::invalid_input, "something in the form was used before and may be used only once",
                      std::move(problems));
  }
  if (transition.stopped()) return;
  for (const Claim& claim : without(old_claims, new_claims)) transition.emit(ClaimFreed{claim.scope, claim.key});
  for (const Claim& claim : taken) transition.emit(ClaimTaken{claim.scope, claim.key});
}

void free_at_end(Transition& transition, bool came_to_nothing) {
  const State& state = transition.state();
  if (!state.key.empty()) transition.emit(ClaimFreed{key_scope(state.workflow), state.key});
  if (!came_to_nothing) return;
  for (const Claim& claim : of_form(transition.definition(), state.form)) {
    transition.emit(ClaimFreed{claim.scope, claim.key});
  }
}

}  // namespace countersign::claims
