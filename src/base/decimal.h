#pragma once
// Exact decimal numbers: up to 34 significant digits (IEEE 754-2008 decimal128's precision), rounded half to
// even where a result needs more. Plain values.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace countersign {

class Decimal {
 public:
  static constexpr int kDigitsMax = 34;
  static constexpr int kExponentMin = -6176;  // decimal128's range
  static constexpr int kExponentMax = 6111;

  Decimal() = default;  // 0
  static Decimal from_int(std::int64_t value);
  // "-12.50", "1e3". No spaces, no grouping, no NaN or infinity. Keeps trailing zeros: "12.50" prints as
  // "12.50".
  static Result<Decimal> parse(std::string_view text);

  // Plain notation without an exponent where it has at most 60 characters, else scientific.
  std::string to_text() const;
  double to_double() const;
  // The integer part if it fits, else invalid_input.
  Result<std::int64_t> to_int() const;

  bool is_zero() const { return coefficient_ == 0; }
  bool is_negative() const { return coefficient_ < 0; }
  // Digits behind the point: 2 for "12.50", 0 for "1e3".
  int scale() const { return exponent_ < 0 ? -exponent_ : 0; }
  // Rounded half to even to that many digits behind the point; fills with zeros.
  Decimal rounded(int digits_after_point) const;

  Decimal operator-() const;
  // Out of the exponent range: invalid_input "number too large".
  static Result<Decimal> add(const Decimal& a, const Decimal& b);
  static Result<Decimal> subtract(const Decimal& a, const Decimal& b);
  static Result<Decimal> multiply(const Decimal& a, const Decimal& b);
  // b = 0: invalid_input "division by zero". An exact quotient has no trailing zeros beyond the operands'
  // scale.
  static Result<Decimal> divide(const Decimal& a, const Decimal& b);

  // By value: 1.50 equals 1.5.
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);
  friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }
  // Equal for equal values.
  std::size_t hash() const;

 private:
  __extension__ using Int128 = __int128;
  Decimal(Int128 coefficient, int exponent) : coefficient_(coefficient), exponent_(exponent) {}
  struct Wide;  // a coefficient that may be wider than 34 digits, during a multiplication or division
  static Result<Decimal> normalised(Wide wide);

  Int128 coefficient_ = 0;  // |coefficient_| < 10^34
  int exponent_ = 0;        // value = coefficient_ * 10^exponent_
};

}  // namespace countersign
