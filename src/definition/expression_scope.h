#pragma once
// Which names an expression sees at its spot, with the types that hold there; and small questions about texts
// that hold expressions. Internal to the loader.

#include <optional>
#include <string_view>

#include "definition/expression_reader.h"

namespace countersign {

// Only with those steps' results whose id the text holds: a workflow may have a thousand steps.
// `filled`: where something empty stops the instance.
cel::Environment environment_of(const Loading& loading, const Spot& spot, std::string_view text,
                                bool filled = false);
cel::Environment full_environment_of(const Loading& loading, const Spot& spot, std::string_view text,
                                     bool filled = false);
bool names_variable(const Loading& loading, const Spot& spot, std::string_view name);

// The type of STEP's result where `spot` is: a field is `maybe` unless every outcome that the result may have
// there sets it.
cel::Type result_type_at(const Loading& loading, const Spot& spot, const Step& step);

// Of an optional what it holds, else the type itself.
cel::Type held_type(const cel::Type& type);

// The currency of what budget() gives in an expression, "" where it is known only when it runs: that of the
// ledgers that its calls name in quotes, else that of all ledgers where they have one in common.
std::string currency_of_ledgers(const Loading& loading, std::string_view text);

// The `}` that closes a `${` whose expression begins at `from`; strings and inner braces are respected.
std::optional<std::size_t> closing_brace(std::string_view text, std::size_t from);

// "en", "zh-CN", "sr-Latn-RS"
bool is_locale(std::string_view text);

}  // namespace countersign
