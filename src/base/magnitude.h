#pragma once
// Whole numbers of 128 and 256 bits for the arithmetic of Decimal: no use outside base/decimal.cpp. Plain
// values.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace countersign::wide {

__extension__ using Int128 = __int128;
__extension__ using Uint128 = unsigned __int128;

inline constexpr auto kPowersOfTen = [] {
  std::array<Uint128, 39> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

inline Uint128 power_of_ten(int exponent) {
  return kPowersOfTen[static_cast<std::size_t>(exponent)];
}

inline Uint128 magnitude_of(Int128 value) {
  return value < 0 ? -static_cast<Uint128>(value) : static_cast<Uint128>(value);
}

inline int count_digits(Uint128 value) {
  int digits = 1;
  while (digits < 39 && value >= power_of_ten(digits)) ++digits;
  return digits;
}

// 256 unsigned bits, least significant limb first: room for a product of two coefficients (68 digits) and for
// a dividend that was scaled up (at most 75 digits).
struct Magnitude {
  std::array<std::uint64_t, 4> limbs{};

  Magnitude() = default;
  explicit Magnitude(Uint128 value)
      : limbs{static_cast<std::uint64_t>(value), static_cast<std::uint64_t>(value >> 64), 0, 0} {}

  bool is_zero() const { return limbs == std::array<std::uint64_t, 4>{}; }
  bool fits_128() const { return limbs[2] == 0 && limbs[3] == 0; }
  Uint128 low() const { return static_cast<Uint128>(limbs[1]) << 64 | limbs[0]; }

  void multiply(std::uint64_t factor) {
    Uint128 carry = 0;
    for (auto& limb : limbs) {
      carry += static_cast<Uint128>(limb) * factor;
      limb = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
  }
  void scale_up(int digits) {
    for (; digits >= 18; digits -= 18) multiply(1'000'000'000'000'000'000U);
    multiply(static_cast<std::uint64_t>(power_of_ten(digits)));
  }
  // Divides in place and returns the remainder.
  std::uint64_t divide(std::uint64_t divisor) {
    Uint128 rest = 0;
    for (auto limb = limbs.rbegin(); limb != limbs.rend(); ++limb) {
      rest = rest << 64 | *limb;
      *limb = static_cast<std::uint64_t>(rest / divisor);
      rest %= divisor;
    }
    return static_cast<std::uint64_t>(rest);
  }
  // Divides in place and returns the remainder; `divisor` is below 2^127, so a doubled remainder never
  // overflows.
  Uint128 divide_wide(Uint128 divisor) {
    Uint128 rest = 0;
    for (int bit = 255; bit >= 0; --bit) {
      auto& limb = limbs[static_cast<std::size_t>(bit / 64)];
      const std::uint64_t mask = std::uint64_t{1} << (bit % 64);
      rest = rest << 1 | ((limb & mask) != 0 ? 1U : 0U);
      limb &= ~mask;
      if (rest >= divisor) {
        rest -= divisor;
        limb |= mask;
      }
    }
    return rest;
  }
  void add(const Magnitude& other) {
    Uint128 carry = 0;
    for (std::size_t i = 0; i < limbs.size(); ++i) {
      carry += static_cast<Uint128>(limbs[i]) + other.limbs[i];
      limbs[i] = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
  }
  // `other` is not greater.
  void subtract(const Magnitude& other) {
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < limbs.size(); ++i) {
      const Uint128 taken = static_cast<Uint128>(other.limbs[i]) + borrow;
      borrow = limbs[i] < taken ? 1 : 0;
      limbs[i] -= static_cast<std::uint64_t>(taken);
    }
  }
  friend bool operator<(const Magnitude& a, const Magnitude& b) {
    return std::ranges::lexicographical_compare(a.limbs.rbegin(), a.limbs.rend(), b.limbs.rbegin(),
                                                b.limbs.rend());
  }
  int digit_count() const {
    Magnitude rest = *this;
    int digits = 0;
    while (!rest.fits_128()) {
      rest.divide(1'000'000'000'000'000'000U);
      digits += 18;
    }
    return digits + count_digits(rest.low());
  }
};

inline Magnitude product(Uint128 a, Uint128 b) {
  Magnitude high(a);
  high.multiply(static_cast<std::uint64_t>(b >> 64));
  Magnitude shifted;
  for (std::size_t i = 1; i < 4; ++i) shifted.limbs[i] = high.limbs[i - 1];
  Magnitude result(a);
  result.multiply(static_cast<std::uint64_t>(b));
  result.add(shifted);
  return result;
}

// Drops that many decimal digits, rounding half to even; `sticky` says that something was cut off before.
inline void drop_digits(Magnitude& value, int digits, bool sticky) {
  if (digits <= 0) return;
  std::uint64_t last = 0;
  for (int i = 0; i < digits; ++i) {
    sticky = sticky || last != 0;
    last = value.divide(10);
  }
  const bool odd = (value.limbs[0] & 1U) != 0;
  if (last > 5 || (last == 5 && (sticky || odd))) value.add(Magnitude(1));
}

}  // namespace countersign::wide
