#pragma once
// Evaluating a connector's expressions and prose: variables from a map, persons from the directory, no other
// functions. Shared by inbound_mapping.cpp and outbound_call.cpp.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "cel/program.h"
#include "core/connector.h"
#include "core/directory.h"
#include "core/state.h"

namespace countersign {

// Not thread-safe; make one per message.
class ConnectorEvaluation final : public cel::Bindings, public cel::Host {
 public:
  explicit ConnectorEvaluation(const Directory& directory) : directory_(directory) {}

  void set(std::string name, cel::Value value) {
    variables_.insert_or_assign(std::move(name), std::move(value));
  }

  Result<cel::Value> evaluate(const Expression& expression) const;
  // False where it does not evaluate to true.
  Result<bool> holds(const Expression& expression) const;
  // nullopt where the text is one expression and that is absent. `landing` is applied to each expression's
  // text.
  using Landing = std::string (*)(std::string_view text);
  Result<std::optional<std::string>> prose(const Prose& prose, Landing landing = nullptr) const;
  // Evaluates each and reads the results by the types of the fields. `what` begins the errors' messages.
  Result<Fields> read(const std::vector<MappedField>& mapped, std::string_view what) const;

  std::optional<cel::Value> find(std::string_view name) const override;
  Result<std::optional<cel::Value>> person_field(const PersonId& person,
                                                 std::string_view field) const override;
  Result<cel::Value> call(std::string_view function, std::span<const cel::Value> arguments) const override;
  Result<std::vector<PersonId>> members(std::string_view group) const override;

 private:
  const Directory& directory_;
  std::map<std::string, cel::Value, std::less<>> variables_;
  mutable cel::Cost cost_;
};

// Reads values that expressions gave by the types of `fields`; a number becomes the text of a text field.
Result<Fields> read_values(const std::vector<Field>& fields, const Fields& values, const Directory& directory,
                           std::string_view what);

// null and an absent optional.
bool is_absent(const cel::Value& value);

// A map of texts as expressions see it.
cel::Value headers_value(const std::map<std::string, std::string>& headers);

}  // namespace countersign
