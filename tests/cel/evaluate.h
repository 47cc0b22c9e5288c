#pragma once
// What the tests of expressions share: variables, a small directory, and one-line compiling and evaluating.

#include <map>
#include <string>
#include <vector>

#include "cel/program.h"

namespace countersign::cel {

class Variables final : public Bindings {
 public:
  Variables() = default;
  Variables(std::initializer_list<std::pair<const std::string, Value>> values) : values_(values) {}
  std::optional<Value> find(std::string_view name) const override;
  void set(const std::string& name, Value value) { values_.insert_or_assign(name, std::move(value)); }

 private:
  std::map<std::string, Value, std::less<>> values_;
};

// li.na (manager zhang.wei, limit 5000) and zhang.wei (no manager); the group sales has li.na in it.
class Directory final : public Host {
 public:
  Result<std::optional<Value>> person_field(const PersonId& person, std::string_view field) const override;
  Result<Value> call(std::string_view function, std::span<const Value> arguments) const override;
  Result<std::vector<PersonId>> members(std::string_view group) const override;
};

// form (title, amount money(CNY), rate decimal, count int, day date, lines, requester), finance (cost_center
// maybe, by maybe), event (dyn), requester, today, now; functions group and person.
Environment product_environment();
Variables product_variables();

Value decimal(std::string_view text);
Value money(std::string_view amount, std::string_view currency);
Value map_of(std::initializer_list<std::pair<std::string_view, Value>> entries);

// What evaluating gives, as encoded JSON; "error: ..." or "issue: ..." otherwise.
std::string outcome(std::string_view source, const Environment& environment, const Bindings& bindings,
                    bool check = true);
// In the product's environment, with its variables.
std::string product(std::string_view source);
std::string product_unchecked(std::string_view source);
// Core CEL without variables.
std::string core(std::string_view source);

// "begin-end: message (did you mean 'x'?)", one a line.
std::string issues_of(std::string_view source, const Environment& environment,
                      const CompileOptions& options = {});
std::string product_issues(std::string_view source);

}  // namespace countersign::cel
