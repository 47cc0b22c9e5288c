#include "core/claims.h"

#include <algorithm>
#include <functional>

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

std::string scope_within(const Definition& definition, std::string what, Unique among) {
  return among == Unique::everywhere ? what : what + "@" + definition.id.value;
}

// Files are the same thing wherever they are handed in; other values only mean something beside their name.
std::string scope_of(const Definition& definition, const Field& field, const std::string& name) {
  return scope_within(definition, is_file(field) ? "file" : "field:" + name, field.unique);
}

// The columns of the rule's table, or the form's fields.
const std::vector<Field>& fields_of(const Definition& definition, const UniqueRule& rule) {
  const Field* table = rule.table.empty() ? nullptr : definition.find_field(rule.table);
  return table == nullptr ? definition.form : table->columns;
}

std::string scope_of(const Definition& definition, const UniqueRule& rule) {
  const Field* first = field_named(fields_of(definition, rule), rule.fields.front());
  const bool file = first != nullptr && is_file(*first);
  return scope_within(definition, file ? "file" : "unique:" + rule.id, rule.among);
}

bool is_blank(char32_t c) {
  return c == U' ' || (c >= U'\t' && c <= U'\r') || c == 0xA0 || c == 0xAD || (c >= 0x2000 && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202F) || (c >= 0x205F && c <= 0x2064) || c == 0x3000 || c == 0xFEFF;
}

// What is compared of a value: numbers are copied from paper with blanks around and inside, also such as
// cannot be seen, and input methods write digits and letters in full width (U+FF01 to U+FF5E).
std::string compared_text(const cel::Value& value) {
  const std::string text = cel::to_display(value);
  std::string compared;
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    const std::string_view bytes = std::string_view(text).substr(at, size);
    at += size;
    char32_t c = size == 1 ? lead : lead & (0x7FU >> size);
    for (const char byte : bytes.substr(1)) c = (c << 6) | (static_cast<unsigned char>(byte) & 0x3FU);
    if (is_blank(c)) continue;
    if (c >= 0xFF01 && c <= 0xFF5E) {
      compared += static_cast<char>(c - 0xFEE0);
    } else {
      compared += bytes;
    }
  }
  return compared;
}

// One form or one row of a table: `find` gives its values by name.
template <class Find>
void add_rule(const Definition& definition, const UniqueRule& rule, const std::string& pointer, Find find,
              std::vector<Claim>& claims) {
  const cel::Value* first = find(rule.fields.front());
  if (is_empty(first)) return;
  Claim claim{scope_of(definition, rule), {}, pointer_below(pointer, rule.fields.front())};
  const Field* field = field_named(fields_of(definition, rule), rule.fields.front());
  if (field != nullptr && is_file(*field)) return add_files(*first, claim, claims);
  for (const std::string& name : rule.fields) {
    const cel::Value* value = find(name);
    // No text holds this separator, so that no two different rows look alike.
    if (!claim.key.empty()) claim.key += '\x1f';
    if (!is_empty(value)) claim.key += compared_text(*value);
  }
  // A number without a code is the same whether or not the form asks for one.
  while (claim.key.ends_with('\x1f')) claim.key.pop_back();
  claims.push_back(std::move(claim));
}

void add_rows(const Fields& form, const std::string& table,
              const std::function<void(const cel::Map& row, const std::string& pointer)>& add) {
  const auto rows = form.find(table);
  if (rows == form.end() || !rows->second.is(cel::Kind::list)) return;
  const std::string pointer = pointer_below("/form", table);
  for (std::size_t i = 0; i < rows->second.as_list().size(); ++i) {
    const cel::Value& row = rows->second.as_list()[i];
    if (row.is(cel::Kind::map)) add(row.as_map(), pointer_below(pointer, std::to_string(i)));
  }
}

void add_field(const Definition& definition, const Field& field, const std::string& name,
               const std::string& pointer, const cel::Value* value, std::vector<Claim>& claims) {
  if (field.unique == Unique::no || is_empty(value)) return;
  const Claim claim{scope_of(definition, field, name), {}, pointer};
  if (is_file(field)) return add_files(*value, claim, claims);
  claims.push_back({claim.scope, cel::to_display(*value), claim.pointer});
}

// Whether what is held in that scope stays the instance's for ever.
bool is_spent(const Definition& definition, const std::string& scope, std::string_view status,
              bool came_to_nothing) {
  bool ruled = false;
  for (const UniqueRule& rule : definition.unique) {
    if (rule.spent_on.empty() || scope_of(definition, rule) != scope) continue;
    ruled = true;
    if (std::ranges::find(rule.spent_on, status) != rule.spent_on.end()) return true;
  }
  return !ruled && !came_to_nothing;
}

// As somebody has written it; a file has no better name than its beginning.
std::string shown_key(const Claim& claim) {
  if (claim.scope.starts_with("file")) return claim.key.substr(0, 8);
  std::string shown;
  for (const char c : claim.key) shown += c == '\x1f' ? ' ' : c;
  return shown;
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
  const auto find = [&](const std::string& name) -> const cel::Value* {
    const auto value = form.find(name);
    return value == form.end() ? nullptr : &value->second;
  };
  for (const Field& field : definition.form) {
    add_field(definition, field, field.name, pointer_below("/form", field.name), find(field.name), claims);
    if (field.type != FieldType::table) continue;
    add_rows(form, field.name, [&](const cel::Map& row, const std::string& pointer) {
      for (const Field& column : field.columns) {
        add_field(definition, column, field.name + "." + column.name, pointer_below(pointer, column.name),
                  row.find(column.name), claims);
      }
    });
  }
  for (const UniqueRule& rule : definition.unique) {
    if (rule.table.empty()) {
      add_rule(definition, rule, "/form", find, claims);
      continue;
    }
    add_rows(form, rule.table, [&](const cel::Map& row, const std::string& pointer) {
      add_rule(definition, rule, pointer, [&](const std::string& name) { return row.find(name); }, claims);
    });
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
    // They are sorted: the same in two places stands side by side.
    if (&claim != &wanted.front() && (&claim)[-1].is_same(claim)) {
      problems.push_back({claim.pointer,
                          "stands in this request twice and may be used only once",
                          FormFault::twice,
                          {shown_key(claim)}});
      continue;
    }
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
    const bool before = std::ranges::any_of(
        problems, [](const FormProblem& problem) { return problem.fault == FormFault::used_before; });
    transition.refuse(ErrorCode::invalid_input,
                      before ? "something in the form was used before and may be used only once"
                             : "something stands in this request twice and may be used only once",
                      std::move(problems));
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

void free_at_end(Transition& transition, std::string_view status, bool came_to_nothing) {
  const State& state = transition.state();
  if (!state.key.empty()) transition.emit(ClaimFreed{key_scope(state.workflow), state.key});
  for (const Claim& claim : held_of_form(transition.state())) {
    if (is_spent(transition.definition(), claim.scope, status, came_to_nothing)) continue;
    transition.emit(ClaimFreed{claim.scope, claim.key});
  }
}

}  // namespace countersign::claims
