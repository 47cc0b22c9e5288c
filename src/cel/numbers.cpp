#include "cel/numbers.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/text.h"

namespace countersign::cel {
namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kTwoTo64 = 18446744073709551616.0;

// Beyond the integer's range the double decides; within it the integer is compared as the double nearest to
// it, as CEL's conformance tests ask: 9223372036854775807 equals 9223372036854775808.0.
template <class Integer>
std::partial_ordering compare_to_integer(double a, Integer b, double lowest, double highest) {
  if (a < lowest) return std::partial_ordering::less;
  if (a > highest) return std::partial_ordering::greater;
  return a <=> static_cast<double>(b);
}

std::partial_ordering reversed(std::partial_ordering order) {
  return 0 <=> order;
}

std::partial_ordering compare_exact(const Value& a, const Value& b) {
  const auto special = [](const Value& value) {
    return value.is(Kind::double_) && !std::isfinite(value.as_double());
  };
  if (special(a)) return a.as_double() <=> 0.0;
  if (special(b)) return 0.0 <=> b.as_double();
  const auto left = as_exact(a);
  const auto right = as_exact(b);
  if (!left || !right) return std::partial_ordering::unordered;
  return *left <=> *right;
}

struct Digits {
  std::string digits;  // without a point, no trailing zeros
  int exponent = 0;    // of the first digit
  bool negative = false;
};

Digits shortest_digits(double value) {
  std::array<char, 64> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
  Digits result;
  std::string_view text(buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data()));
  if (text.front() == '-') {
    result.negative = true;
    text.remove_prefix(1);
  }
  const std::size_t e = text.find('e');
  for (const char c : text.substr(0, e)) {
    if (c != '.') result.digits += c;
  }
  std::string_view exponent = text.substr(e + 1);
  if (exponent.front() == '+') exponent.remove_prefix(1);
  std::from_chars(exponent.data(), exponent.data() + exponent.size(), result.exponent);
  return result;
}

std::optional<std::string> special_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return std::nullopt;
}

std::string with_exponent(const Digits& digits) {
  std::string text = digits.negative ? "-" : "";
  text += digits.digits[0];
  if (digits.digits.size() > 1) text += "." + digits.digits.substr(1);
  const int exponent = digits.exponent;
  text += exponent < 0 ? "e-" : "e+";
  const int magnitude = std::abs(exponent);
  if (magnitude < 10) text += '0';
  return text + std::to_string(magnitude);
}

std::string without_exponent(const Digits& digits) {
  std::string text = digits.negative ? "-" : "";
  if (digits.exponent < 0) {
    return text + "0." + std::string(static_cast<std::size_t>(-digits.exponent - 1), '0') + digits.digits;
  }
  const auto whole = static_cast<std::size_t>(digits.exponent) + 1;
  if (digits.digits.size() <= whole)
    return text + digits.digits + std::string(whole - digits.digits.size(), '0');
  return text + digits.digits.substr(0, whole) + "." + digits.digits.substr(whole);
}

}  // namespace

std::optional<std::int64_t> exact_int(double value) {
  if (!(value >= -kTwoTo63 && value < kTwoTo63) || std::trunc(value) != value) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

std::optional<std::uint64_t> exact_uint(double value) {
  if (!(value >= 0 && value < kTwoTo64) || std::trunc(value) != value) return std::nullopt;
  return static_cast<std::uint64_t>(value);
}

Decimal decimal_from_uint(std::uint64_t value) {
  if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return Decimal::from_int(static_cast<std::int64_t>(value));
  }
  return Decimal::parse(std::to_string(value)).value_or(Decimal());
}

std::optional<Decimal> as_exact(const Value& value) {
  switch (value.kind()) {
    case Kind::decimal:
      return value.as_decimal();
    case Kind::int_:
      return Decimal::from_int(value.as_int());
    case Kind::uint_:
      return decimal_from_uint(value.as_uint());
    case Kind::double_: {
      if (!std::isfinite(value.as_double())) return std::nullopt;
      auto parsed = Decimal::parse(general_text(value.as_double()));
      if (!parsed) return std::nullopt;
      return *parsed;
    }
    default:
      return std::nullopt;
  }
}

std::partial_ordering compare_numbers(const Value& a, const Value& b) {
  const Kind x = a.kind();
  const Kind y = b.kind();
  if (x == Kind::decimal || y == Kind::decimal) return compare_exact(a, b);
  if (x == Kind::int_) {
    if (y == Kind::int_) return a.as_int() <=> b.as_int();
    if (y == Kind::uint_) {
      if (a.as_int() < 0) return std::partial_ordering::less;
      return static_cast<std::uint64_t>(a.as_int()) <=> b.as_uint();
    }
    return reversed(compare_to_integer(b.as_double(), a.as_int(), -kTwoTo63, kTwoTo63));
  }
  if (x == Kind::uint_) {
    if (y == Kind::uint_) return a.as_uint() <=> b.as_uint();
    if (y == Kind::int_) return reversed(compare_numbers(b, a));
    return reversed(compare_to_integer(b.as_double(), a.as_uint(), 0.0, kTwoTo64));
  }
  if (y == Kind::double_) return a.as_double() <=> b.as_double();
  if (y == Kind::int_) return compare_to_integer(a.as_double(), b.as_int(), -kTwoTo63, kTwoTo63);
  return compare_to_integer(a.as_double(), b.as_uint(), 0.0, kTwoTo64);
}

std::string general_text(double value) {
  if (auto special = special_text(value)) return *special;
  if (value == 0) return std::signbit(value) ? "-0" : "0";
  const Digits digits = shortest_digits(value);
  // printf's %g with its default precision of six, but for the digits: all that are needed.
  if (digits.exponent < -4 || digits.exponent >= 6) return with_exponent(digits);
  return without_exponent(digits);
}

std::string plain_text(double value) {
  if (auto special = special_text(value)) return *special;
  if (value == 0) return std::signbit(value) ? "-0" : "0";
  return without_exponent(shortest_digits(value));
}

std::string lossless_text(double value) {
  if (auto special = special_text(value)) return *special;
  if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
  const Digits digits = shortest_digits(value);
  if (digits.exponent < -4 || digits.exponent > 15) return with_exponent(digits);
  std::string text = without_exponent(digits);
  if (text.find('.') == std::string::npos) text += ".0";
  return text;
}

std::optional<double> parse_double(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
  const std::string lower = lower_ascii(text);
  double value = 0;
  if (lower == "inf" || lower == "infinity") {
    value = std::numeric_limits<double>::infinity();
  } else if (lower == "nan") {
    value = std::numeric_limits<double>::quiet_NaN();
  } else {
    if (text.empty() || text.front() == '-') return std::nullopt;
    const auto end =
        std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::general);
    if (end.ptr != text.data() + text.size()) return std::nullopt;
    if (end.ec == std::errc::result_out_of_range) {
      value = std::strtod(std::string(text).c_str(), nullptr);  // from_chars does not say in which direction
      if (std::isinf(value)) return std::nullopt;
    } else if (end.ec != std::errc()) {
      return std::nullopt;
    }
  }
  return negative ? -value : value;
}

}  // namespace countersign::cel
