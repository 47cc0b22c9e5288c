#include "base/decimal.h"

#include <cmath>
#include <limits>
#include <random>
#include <unordered_set>

#include <gtest/gtest.h>

#include "base/money.h"

namespace countersign {
namespace {

Decimal dec(std::string_view text) {
  auto value = Decimal::parse(text);
  EXPECT_TRUE(value) << text << ": " << (value ? "" : value.error().message);
  return value.value_or(Decimal());
}

std::string sum(std::string_view a, std::string_view b) {
  return Decimal::add(dec(a), dec(b))->to_text();
}
std::string product(std::string_view a, std::string_view b) {
  return Decimal::multiply(dec(a), dec(b))->to_text();
}
std::string quotient(std::string_view a, std::string_view b) {
  return Decimal::divide(dec(a), dec(b))->to_text();
}

const std::string kNines(34, '9');

TEST(Decimal, KeepsTrailingZeros) {
  EXPECT_EQ(dec("12.50").to_text(), "12.50");
  EXPECT_EQ(dec("-0.10").to_text(), "-0.10");
  EXPECT_EQ(dec("0.00").to_text(), "0.00");
  EXPECT_EQ(dec("12.50").scale(), 2);
  EXPECT_EQ(dec("1e3").scale(), 0);
  EXPECT_EQ(dec("1e3").to_text(), "1000");
  EXPECT_EQ(dec("007.5").to_text(), "7.5");
}

TEST(Decimal, WritesLongNumbersScientifically) {
  EXPECT_EQ(dec("1e59").to_text(), "1" + std::string(59, '0'));
  EXPECT_EQ(dec("1e60").to_text(), "1e60");
  EXPECT_EQ(dec("-1.5e-100").to_text(), "-1.5e-100");
  EXPECT_EQ(dec("0.0000001").to_text(), "0.0000001");
  EXPECT_EQ(dec("1.23e400"), dec(dec("1.23e400").to_text()));
}

TEST(Decimal, RefusesWhatIsNoNumber) {
  for (const auto* text :
       {"", "-", "+1", ".5", "5.", "1e", "1e+", " 1", "1 ", "1,000", "NaN", "inf", "0x10", "1.2.3", "--1"}) {
    const auto value = Decimal::parse(text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().code, ErrorCode::invalid_input);
  }
}

TEST(Decimal, KeepsToItsExponentRange) {
  EXPECT_TRUE(Decimal::parse("9e6144"));
  EXPECT_FALSE(Decimal::parse("1e6145"));
  EXPECT_FALSE(Decimal::parse("1e99999999999999999999"));
  EXPECT_TRUE(dec("1e-99999999999999999999").is_zero());
  EXPECT_FALSE(dec("1e-6176").is_zero());
  EXPECT_TRUE(dec("5e-6177").is_zero()) << "a half rounds to the even zero";
  EXPECT_EQ(dec("6e-6177"), dec("1e-6176"));
  EXPECT_EQ(dec("15e-6177"), dec("2e-6176"));
  EXPECT_EQ(dec("0e9999"), Decimal());
  const auto too_large = Decimal::multiply(dec("1e6000"), dec("1e200"));
  ASSERT_FALSE(too_large);
  EXPECT_NE(too_large.error().message.find("number too large"), std::string::npos);
}

TEST(Decimal, RoundsHalfToEvenBeyond34Digits) {
  const std::string digits = "1234567890123456789012345678901234";
  EXPECT_EQ(dec(digits + "5").to_text(), digits + "0");  // 4 is even
  EXPECT_EQ(dec(digits + "50000000000000001"), dec("1234567890123456789012345678901235e17"));
  EXPECT_EQ(dec("1234567890123456789012345678901233"
                "5"),
            dec(digits + "0"));
  EXPECT_EQ(dec(kNines + "5"), dec("1e35"));
  EXPECT_EQ(dec("0." + kNines + "4").to_text(), "0." + kNines);
}

TEST(Decimal, RoundsHalfToEvenAtAPlace) {
  EXPECT_EQ(dec("0.125").rounded(2).to_text(), "0.12");
  EXPECT_EQ(dec("0.135").rounded(2).to_text(), "0.14");
  EXPECT_EQ(dec("0.1250000001").rounded(2).to_text(), "0.13");
  EXPECT_EQ(dec("-0.125").rounded(2).to_text(), "-0.12");
  EXPECT_EQ(dec("2.5").rounded(0).to_text(), "2");
  EXPECT_EQ(dec("3.5").rounded(0).to_text(), "4");
  EXPECT_EQ(dec("7").rounded(2).to_text(), "7.00");
  EXPECT_EQ(dec("0").rounded(2).to_text(), "0.00");
  EXPECT_EQ(dec("150").rounded(-2).to_text(), "200");
  EXPECT_EQ(dec("9.99").rounded(1).to_text(), "10.0");
  EXPECT_EQ(dec("1e-300").rounded(2).to_text(), "0.00");
  EXPECT_EQ(dec(kNines).rounded(2), dec(kNines)) << "no room for zeros";
}

TEST(Decimal, AddsExactly) {
  EXPECT_EQ(sum("0.1", "0.2"), "0.3");
  EXPECT_EQ(sum("12.50", "0.5"), "13.00");
  EXPECT_EQ(sum("5", "-5.00"), "0.00");
  EXPECT_EQ(sum("-3", "1.25"), "-1.75");
  EXPECT_EQ(sum("1.25", "-3"), "-1.75");
  EXPECT_EQ(sum("1.5", "0.00"), "1.50");
  EXPECT_EQ(Decimal::subtract(dec("1000.00"), dec("0.01"))->to_text(), "999.99");
}

TEST(Decimal, AddsNumbersFarApart) {
  EXPECT_EQ(dec(sum("1e100", "1")), dec("1e100"));
  EXPECT_EQ(dec(sum("1", "1e-100")), dec("1"));
  // Just below 1e100 rounds back to it; a sum one digit further away does not.
  EXPECT_EQ(dec(sum("1e100", "-1e-50")), dec("1e100"));
  EXPECT_EQ(dec(sum("1e42", "1234567890123456789012345678901234")),
            dec("1000000001234567890123456789012346e9"));
  EXPECT_EQ(dec(sum("1e50", "1e20")), dec("1000000000000000000000000000001e20"));
  // The half is decided by a digit far behind it: 2.5 and a little, in the last place.
  EXPECT_EQ(dec(sum("1000000000000000000000000000000002e60", "5e59")),
            dec("1000000000000000000000000000000002.5e60"));
  EXPECT_EQ(sum("0", "7e-300"), "7e-300");
  EXPECT_EQ(sum("7e300", "0.00"), "7e300");
}

TEST(Decimal, Multiplies) {
  EXPECT_EQ(product("12.50", "3"), "37.50");
  EXPECT_EQ(product("-0.5", "0.5"), "-0.25");
  EXPECT_EQ(dec(product(kNines, kNines)), dec("9999999999999999999999999999999998e34"));
  EXPECT_EQ(product("19.99", "0"), "0.00");
  EXPECT_TRUE(Decimal::multiply(dec("1e-6000"), dec("1e-6000"))->is_zero());
}

TEST(Decimal, Divides) {
  EXPECT_EQ(quotient("10", "4"), "2.5");
  EXPECT_EQ(quotient("6.00", "2.00"), "3.00");
  EXPECT_EQ(quotient("100", "10"), "10");
  EXPECT_EQ(quotient("1", "3"), "0." + std::string(34, '3'));
  EXPECT_EQ(quotient("2", "3"), "0." + std::string(33, '6') + "7");
  EXPECT_EQ(quotient("-1", "8"), "-0.125");
  EXPECT_EQ(quotient("0.00", "7"), "0.00");
  EXPECT_EQ(quotient(kNines, "1"), kNines);
  EXPECT_EQ(quotient("1", kNines), "1.000000000000000000000000000000000e-34");
  const auto by_zero = Decimal::divide(dec("1"), dec("0.00"));
  ASSERT_FALSE(by_zero);
  EXPECT_EQ(by_zero.error().code, ErrorCode::invalid_input);
  EXPECT_EQ(by_zero.error().message, "division by zero");
}

TEST(Decimal, OrdersByValue) {
  EXPECT_EQ(dec("1.50"), dec("1.5"));
  EXPECT_EQ(dec("1e3"), dec("1000.000"));
  EXPECT_EQ(dec("0"), dec("-0.00"));
  EXPECT_LT(dec("-2"), dec("-1"));
  EXPECT_LT(dec("-1"), dec("0"));
  EXPECT_LT(dec("0"), dec("1e-6000"));
  EXPECT_LT(dec("9.99"), dec("10"));
  EXPECT_LT(dec("999999999999999999999999999999999.9"), dec("1e33"));
  EXPECT_GT(dec("1e6000"), dec("1e-6000"));
  EXPECT_LT(dec("-1e6000"), dec("-1e-6000"));
}

TEST(Decimal, HashesEqualValuesEqually) {
  EXPECT_EQ(dec("1.50").hash(), dec("1.5").hash());
  EXPECT_EQ(dec("1e3").hash(), dec("1000.0").hash());
  EXPECT_EQ(dec("0.000").hash(), dec("0").hash());
  std::unordered_set<std::size_t> hashes;
  for (int i = 0; i < 1000; ++i) hashes.insert(Decimal::from_int(i).hash());
  EXPECT_GT(hashes.size(), 990U);
}

TEST(Decimal, ConvertsToIntegersThatFit) {
  EXPECT_EQ(dec("12.99").to_int().value(), 12);
  EXPECT_EQ(dec("-12.99").to_int().value(), -12);
  EXPECT_EQ(dec("-9223372036854775808").to_int().value(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(dec("9223372036854775807.9").to_int().value(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(dec("92233720368547758e2").to_int().value(), 9223372036854775800);
  EXPECT_FALSE(dec("9223372036854775808").to_int());
  EXPECT_FALSE(dec("1e19").to_int());
  EXPECT_FALSE(dec("1e6000").to_int());
  EXPECT_EQ(dec("1e-6000").to_int().value(), 0);
  EXPECT_EQ(dec("0e30").to_int().value(), 0);
  EXPECT_EQ(Decimal::from_int(std::numeric_limits<std::int64_t>::min()).to_text(), "-9223372036854775808");
}

TEST(Decimal, ConvertsToDouble) {
  EXPECT_DOUBLE_EQ(dec("1280.50").to_double(), 1280.5);
  EXPECT_DOUBLE_EQ(dec("-0.1").to_double(), -0.1);
  EXPECT_TRUE(std::isinf(dec("1e400").to_double()));
}

TEST(Decimal, AgreesWithIntegersOnRandomAmounts) {
  constexpr std::uint64_t kSeed = 20260302;
  std::mt19937_64 random(kSeed);
  std::uniform_int_distribution<std::int64_t> amount(-1'000'000'000, 1'000'000'000);
  for (int i = 0; i < 5000; ++i) {
    const std::int64_t a = amount(random);
    const std::int64_t b = amount(random);
    const Decimal x = Decimal::from_int(a);
    const Decimal y = Decimal::from_int(b);
    ASSERT_EQ(*Decimal::add(x, y), Decimal::from_int(a + b)) << "seed " << kSeed;
    ASSERT_EQ(*Decimal::multiply(x, y), Decimal::from_int(a * b)) << "seed " << kSeed;
    ASSERT_EQ(x < y, a < b) << "seed " << kSeed;
    ASSERT_EQ(dec(x.to_text()), x);
    if (b != 0) {
      const auto product_of_both = *Decimal::multiply(x, y);
      ASSERT_EQ(*Decimal::divide(product_of_both, y), x) << "seed " << kSeed;
    }
  }
}

TEST(Money, KnowsTheDigitsOfCurrencies) {
  EXPECT_EQ(minor_digits("EUR"), 2);
  EXPECT_EQ(minor_digits("CNY"), 2);
  EXPECT_EQ(minor_digits("JPY"), 0);
  EXPECT_EQ(minor_digits("XPF"), 0);
  EXPECT_EQ(minor_digits("KWD"), 3);
  EXPECT_EQ(minor_digits("CLF"), 4);
}

TEST(Money, IsEqualByValueAndCurrency) {
  EXPECT_EQ((Money{dec("1280.5"), "EUR"}), (Money{dec("1280.50"), "EUR"}));
  EXPECT_NE((Money{dec("1280.5"), "EUR"}), (Money{dec("1280.5"), "CNY"}));
  EXPECT_EQ((Money{dec("1280.50"), "EUR"}).to_text(), "1280.50 EUR");
}

}  // namespace
}  // namespace countersign
