#pragma once
// Numbers across their types: comparison, conversion without loss, and texts of doubles. Pure functions.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cel/value.h"

namespace countersign::cel {

constexpr bool is_plain_number(Kind kind) {
  return kind == Kind::int_ || kind == Kind::uint_ || kind == Kind::double_;
}
constexpr bool is_number(Kind kind) {
  return is_plain_number(kind) || kind == Kind::decimal;
}

// The integer equal to `value`, if there is one.
std::optional<std::int64_t> exact_int(double value);
std::optional<std::uint64_t> exact_uint(double value);

// By value; unordered for NaN. An int or uint beside a double counts as the double nearest to it, a double
// beside a decimal as its shortest text. Requires two numbers.
std::partial_ordering compare_numbers(const Value& a, const Value& b);

// An int, uint, finite double (its shortest text) or decimal as a decimal; nullopt for anything else.
std::optional<Decimal> as_exact(const Value& value);
Decimal decimal_from_uint(std::uint64_t value);

// The shortest digits that read back to `value`. general: an exponent below 1e-4 and from 1e6 on where the
// digits do not reach that far ("1e+06"), as CEL's string(double); plain: never an exponent. NaN, Infinity,
// -Infinity.
std::string general_text(double value);
std::string plain_text(double value);
// What a reader of JSON and our own codec expect: always with a point or exponent ("1.0", "1e+300").
std::string lossless_text(double value);

// "1", "-1.5e3", ".5", "NaN", "inf", "Infinity"; nullopt for anything else, white space included.
std::optional<double> parse_double(std::string_view text);

}  // namespace countersign::cel
