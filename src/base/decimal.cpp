#include "base/decimal.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>

#include "base/magnitude.h"

namespace countersign {
namespace {

using wide::count_digits;
using wide::drop_digits;
using wide::Int128;
using wide::Magnitude;
using wide::magnitude_of;
using wide::power_of_ten;
using wide::product;
using wide::Uint128;

constexpr std::size_t kPlainCharactersMax = 60;

std::string digits_of(Uint128 value) {
  std::string text;
  do {
    text += static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
  } while (value != 0);
  return {text.rbegin(), text.rend()};
}

}  // namespace

struct Decimal::Wide {
  Magnitude magnitude;
  bool negative = false;
  int exponent = 0;
  // The exact value is a little further from zero; only beside a magnitude of more than 34 digits.
  bool sticky = false;
};

Result<Decimal> Decimal::normalised(Wide wide) {
  const int digits = wide.magnitude.digit_count();
  // Both reasons to round at once: rounding twice could round a half that is none.
  const int drop = std::max(digits - kDigitsMax, kExponentMin - wide.exponent);
  if (drop > digits) {
    wide.magnitude = {};
    wide.exponent = kExponentMin;
  } else if (drop > 0) {
    drop_digits(wide.magnitude, drop, wide.sticky);
    wide.exponent += drop;
  }
  Uint128 coefficient = wide.magnitude.low();
  if (coefficient == power_of_ten(kDigitsMax)) {
    coefficient /= 10;
    ++wide.exponent;
  }
  while (wide.exponent > kExponentMax && coefficient != 0 && coefficient < power_of_ten(kDigitsMax - 1)) {
    coefficient *= 10;
    --wide.exponent;
  }
  if (coefficient == 0) wide.exponent = std::min(wide.exponent, kExponentMax);
  if (wide.exponent > kExponentMax) {
    return fail(ErrorCode::invalid_input, "number too large: a decimal goes up to 9.99e6144");
  }
  const auto value = static_cast<Int128>(coefficient);
  return Decimal(wide.negative ? -value : value, wide.exponent);
}

Decimal Decimal::from_int(std::int64_t value) {
  return {value, 0};
}

Result<Decimal> Decimal::parse(std::string_view text) {
  const auto bad = [&](std::string_view why) {
    return fail(ErrorCode::invalid_input,
                fmt::format("'{}' is not a decimal number: {} (expected digits like 1280.50)",
                            text.substr(0, 40), why));
  };
  const auto is_digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
  // Far outside the range, yet safe to add and subtract.
  constexpr long kExponentCap = 1'000'000'000;

  Wide wide;
  std::size_t at = 0;
  if (at < text.size() && text[at] == '-') {
    wide.negative = true;
    ++at;
  }
  if (!is_digit(at)) return bad("it does not begin with a digit");
  Uint128 coefficient = 0;
  long exponent = 0;
  const auto take = [&](bool behind_point) {
    for (; is_digit(at); ++at) {
      const auto digit = static_cast<unsigned>(text[at] - '0');
      // Two digits more than are kept decide the rounding, with `sticky` for all behind them.
      if (coefficient < power_of_ten(kDigitsMax + 2)) {
        coefficient = coefficient * 10 + digit;
        if (behind_point) --exponent;
      } else {
        wide.sticky = wide.sticky || digit != 0;
        if (!behind_point) ++exponent;
      }
    }
  };
  take(false);
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (!is_digit(at)) return bad("no digit follows the point");
    take(true);
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    const bool negative = at < text.size() && text[at] == '-';
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (!is_digit(at)) return bad("no digit follows the e");
    long written = 0;
    for (; is_digit(at); ++at) written = std::min(written * 10 + (text[at] - '0'), kExponentCap);
    exponent += negative ? -written : written;
  }
  if (at != text.size()) return bad("something else follows the digits");
  wide.magnitude = Magnitude(coefficient);
  wide.exponent = static_cast<int>(std::clamp(exponent, -kExponentCap, kExponentCap));
  auto value = normalised(wide);
  if (!value) return bad(value.error().message);
  return value;
}

std::string Decimal::to_text() const {
  const std::string sign = is_negative() ? "-" : "";
  const std::string digits = digits_of(magnitude_of(coefficient_));
  const int count = static_cast<int>(digits.size());
  if (exponent_ >= 0) {
    if (is_zero()) return "0";
    if (sign.size() + digits.size() + static_cast<std::size_t>(exponent_) <= kPlainCharactersMax) {
      return sign + digits + std::string(static_cast<std::size_t>(exponent_), '0');
    }
  } else {
    const int whole = count + exponent_;  // digits before the point; none or fewer: zeros are filled in
    const std::string padding(whole > 0 ? 0 : static_cast<std::size_t>(1 - whole), '0');
    if (sign.size() + padding.size() + digits.size() + 1 <= kPlainCharactersMax) {
      const std::string all = padding + digits;
      const std::size_t point = all.size() - static_cast<std::size_t>(-exponent_);
      return sign + all.substr(0, point) + "." + all.substr(point);
    }
  }
  std::string text = sign + digits.substr(0, 1);
  if (count > 1) text += "." + digits.substr(1);
  return text + fmt::format("e{}", exponent_ + count - 1);
}

double Decimal::to_double() const {
  // Without a point, so that the process's locale does not matter; out of range gives an infinity or zero.
  const std::string text = fmt::format("{}e{}", digits_of(magnitude_of(coefficient_)), exponent_);
  const double magnitude = std::strtod(text.c_str(), nullptr);
  return is_negative() ? -magnitude : magnitude;
}

Result<std::int64_t> Decimal::to_int() const {
  Int128 whole = coefficient_;
  if (exponent_ < 0) {
    whole = exponent_ < -kDigitsMax ? 0 : whole / static_cast<Int128>(power_of_ten(-exponent_));
  } else if (whole != 0) {
    // A coefficient of 19 digits at most can fit, so anything longer need not be computed.
    const bool fits = exponent_ <= 19 && magnitude_of(whole) < power_of_ten(19);
    whole = fits ? whole * static_cast<Int128>(power_of_ten(exponent_)) : std::numeric_limits<Int128>::max();
  }
  if (whole < std::numeric_limits<std::int64_t>::min() || whole > std::numeric_limits<std::int64_t>::max()) {
    return fail(ErrorCode::invalid_input, fmt::format("{} does not fit into a 64-bit integer", to_text()));
  }
  return static_cast<std::int64_t>(whole);
}

Decimal Decimal::rounded(int digits_after_point) const {
  const int target = -std::clamp(digits_after_point, -kExponentMax, -kExponentMin);
  Magnitude magnitude(magnitude_of(coefficient_));
  int exponent = exponent_;
  if (exponent < target) {
    const int drop = target - exponent;
    if (drop > kDigitsMax + 1) {
      magnitude = {};
    } else {
      drop_digits(magnitude, drop, false);
    }
    exponent = target;
  } else if (is_zero()) {
    exponent = target;
  } else {
    // As many zeros as 34 digits leave room for.
    const int fill = std::min(exponent - target, kDigitsMax - count_digits(magnitude.low()));
    magnitude.scale_up(fill);
    exponent -= fill;
  }
  const auto value = static_cast<Int128>(magnitude.low());
  return {is_negative() ? -value : value, exponent};
}

Decimal Decimal::operator-() const {
  return {-coefficient_, exponent_};
}

Result<Decimal> Decimal::add(const Decimal& left, const Decimal& right) {
  const bool swapped = left.exponent_ < right.exponent_;
  Decimal high = swapped ? right : left;
  const Decimal low = swapped ? left : right;
  // Scaled by more than this, the high operand would not fit into 256 bits.
  constexpr int kShiftMax = 41;
  if (high.exponent_ - low.exponent_ > kShiftMax) {
    if (low.is_zero()) return high;
    if (high.is_zero()) return low;
    const int fill =
        std::min(high.exponent_ - low.exponent_, kDigitsMax - count_digits(magnitude_of(high.coefficient_)));
    high.coefficient_ *= static_cast<Int128>(power_of_ten(fill));
    high.exponent_ -= fill;
  }
  Wide sum;
  sum.negative = high.is_negative();
  sum.magnitude = Magnitude(magnitude_of(high.coefficient_));
  Magnitude other(magnitude_of(low.coefficient_));
  int shift = high.exponent_ - low.exponent_;
  if (shift > kShiftMax) {
    // The low operand lies wholly behind the digits that are kept: only its sign can matter, for the
    // rounding.
    shift = kShiftMax;
    other = Magnitude(1);
  }
  sum.magnitude.scale_up(shift);
  sum.exponent = high.exponent_ - shift;
  if (high.is_negative() == low.is_negative()) {
    sum.magnitude.add(other);
  } else if (sum.magnitude < other) {
    other.subtract(sum.magnitude);
    sum.magnitude = other;
    sum.negative = low.is_negative();
  } else {
    sum.magnitude.subtract(other);
  }
  return normalised(sum);
}

Result<Decimal> Decimal::subtract(const Decimal& a, const Decimal& b) {
  return add(a, -b);
}

Result<Decimal> Decimal::multiply(const Decimal& a, const Decimal& b) {
  Wide wide;
  wide.magnitude = product(magnitude_of(a.coefficient_), magnitude_of(b.coefficient_));
  wide.negative = a.is_negative() != b.is_negative();
  wide.exponent = a.exponent_ + b.exponent_;
  return normalised(wide);
}

Result<Decimal> Decimal::divide(const Decimal& a, const Decimal& b) {
  if (b.is_zero()) return fail(ErrorCode::invalid_input, "division by zero");
  const int natural = std::min(a.exponent_, b.exponent_);
  if (a.is_zero()) return Decimal(0, natural);
  const Uint128 divisor = magnitude_of(b.coefficient_);
  // The quotient gets at least 35 digits and the dividend at most 69.
  const int shift =
      std::max(0, kDigitsMax + 1 + count_digits(divisor) - count_digits(magnitude_of(a.coefficient_)));
  Wide wide;
  wide.negative = a.is_negative() != b.is_negative();
  wide.exponent = a.exponent_ - b.exponent_ - shift;
  wide.magnitude = Magnitude(magnitude_of(a.coefficient_));
  wide.magnitude.scale_up(shift);
  wide.sticky = wide.magnitude.divide_wide(divisor) != 0;
  while (!wide.sticky && wide.exponent < natural) {
    Magnitude shorter = wide.magnitude;
    if (shorter.divide(10) != 0) break;
    wide.magnitude = shorter;
    ++wide.exponent;
  }
  return normalised(wide);
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  const auto sign = [](const Decimal& d) { return d.is_negative() ? -1 : d.is_zero() ? 0 : 1; };
  if (sign(a) != sign(b)) return sign(a) <=> sign(b);
  if (a.is_zero()) return std::strong_ordering::equal;
  Uint128 left = magnitude_of(a.coefficient_);
  Uint128 right = magnitude_of(b.coefficient_);
  const int left_top = count_digits(left) + a.exponent_;
  const int right_top = count_digits(right) + b.exponent_;
  std::strong_ordering order = left_top <=> right_top;
  if (order == 0) {
    // Equal leading positions: the exponents differ by less than 34, and the scaled coefficient has 34
    // digits.
    if (a.exponent_ > b.exponent_) left *= power_of_ten(a.exponent_ - b.exponent_);
    if (b.exponent_ > a.exponent_) right *= power_of_ten(b.exponent_ - a.exponent_);
    order = left < right   ? std::strong_ordering::less
            : left > right ? std::strong_ordering::greater
                           : std::strong_ordering::equal;
  }
  return a.is_negative() ? 0 <=> order : order;
}

std::size_t Decimal::hash() const {
  if (is_zero()) return 0;
  Int128 coefficient = coefficient_;
  int exponent = exponent_;
  while (coefficient % 10 == 0) {
    coefficient /= 10;
    ++exponent;
  }
  const auto bits = static_cast<Uint128>(coefficient);
  std::size_t hash =
      static_cast<std::size_t>(bits) ^ (static_cast<std::size_t>(bits >> 64) * 0x9e3779b97f4a7c15U);
  hash ^= static_cast<std::size_t>(exponent) + 0x9e3779b97f4a7c15U + (hash << 6) + (hash >> 2);
  return hash;
}

}  // namespace countersign
