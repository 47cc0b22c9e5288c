#include "tests/core/form_fixture.h"

namespace countersign::forms {
namespace {

using FormValue = FormTest;

TEST_F(FormValue, MoneyIsExactHoweverItIsSent) {
  const auto amount = money_field("x");
  EXPECT_EQ(shown(amount, "\"8200.00\""), "8200.00 CNY");
  EXPECT_EQ(shown(amount, "8200"), "8200.00 CNY");
  EXPECT_EQ(shown(amount, "8200.5"), "8200.50 CNY");
  EXPECT_EQ(shown(amount, "0.1"), "0.10 CNY");
  EXPECT_EQ(shown(amount, "123456789012345.67"), "123456789012345.67 CNY");
  EXPECT_EQ(shown(amount, "\" 8200.00 CNY \""), "8200.00 CNY");
  EXPECT_EQ(shown(amount, R"({"amount": "8200.00", "currency": "CNY"})"), "8200.00 CNY");
  EXPECT_EQ(shown(amount, R"({"amount": 8200.5, "currency": "CNY"})"), "8200.50 CNY");
  EXPECT_EQ(shown(amount, "-5"), "-5.00 CNY");
  EXPECT_EQ(shown(money_field("x", "JPY"), "8200"), "8200 JPY");
  EXPECT_EQ(shown(money_field("x", "KWD"), "1.234"), "1.234 KWD");
}

TEST_F(FormValue, MoneyThatIsNoneIsRefusedWithAHint) {
  const auto amount = money_field("x");
  EXPECT_EQ(
      problem_of(amount, "\"8,200\""),
      "'8,200' is not an amount: write it as 8200.00 (no grouping commas, and a point in front of decimals)");
  EXPECT_EQ(problem_of(amount, "\"8 200\""),
            "'8 200' is not an amount: write it as 8200.00 (no spaces or grouping marks)");
  EXPECT_EQ(problem_of(amount, "\"eight\""), "'eight' is not an amount: write it as 8200.00");
  EXPECT_EQ(problem_of(amount, "\"1e3\""), "'1e3' is not an amount: write it as 8200.00");
  EXPECT_EQ(problem_of(amount, "true"), "an amount is expected, not true");
  EXPECT_EQ(problem_of(amount, "[8200]"), "an amount is expected, not a list");
  EXPECT_EQ(problem_of(amount, "8200.005"),
            "8200.005 has more than 2 digits behind the point, more than CNY has");
  EXPECT_EQ(problem_of(money_field("x", "JPY"), "8200.5"),
            "8200.5 has digits behind the point, but JPY has none");
  EXPECT_EQ(problem_of(amount, "1e40"), "1e40 is too large for an amount");
  EXPECT_EQ(problem_of(amount, R"({"amount": "1", "currency": "EUR"})"),
            "the amount is in EUR, but CNY is expected");
  EXPECT_EQ(problem_of(amount, "\"1 USD\""), "the amount is in USD, but CNY is expected");
  EXPECT_EQ(problem_of(amount, R"({"amount": "1"})"),
            "an amount as an object has exactly the members \"amount\" and \"currency\"");
  EXPECT_EQ(problem_of(amount, R"({"amount": "1", "currency": "CNY", "tax": 1})"),
            "an amount as an object has exactly the members \"amount\" and \"currency\"");
}

TEST_F(FormValue, BoundsAreInclusive) {
  auto amount = money_field("x");
  amount.min = decimal("0.01");
  amount.max = decimal("100");
  EXPECT_EQ(shown(amount, "0.01"), "0.01 CNY");
  EXPECT_EQ(shown(amount, "100.00"), "100.00 CNY");
  EXPECT_EQ(problem_of(amount, "0"), "0.00 CNY is less than 0.01 CNY, the least allowed");
  EXPECT_EQ(problem_of(amount, "100.01"), "100.01 CNY is more than 100 CNY, the most allowed");

  auto seats = field_of("x", FieldType::integer);
  seats.min = decimal("1");
  seats.max = decimal("9");
  EXPECT_EQ(problem_of(seats, "0"), "0 is less than 1, the least allowed");
  EXPECT_EQ(problem_of(seats, "\"10\""), "10 is more than 9, the most allowed");
  EXPECT_EQ(shown(seats, "9"), "9");
}

TEST_F(FormValue, IntegersAreWhole) {
  const auto whole = field_of("x", FieldType::integer);
  EXPECT_EQ(shown(whole, "12"), "12");
  EXPECT_EQ(shown(whole, "\" -7 \""), "-7");
  EXPECT_EQ(shown(whole, "12.0"), "12");
  EXPECT_EQ(shown(whole, "9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(problem_of(whole, "12.5"), "12.5 is not a whole number");
  EXPECT_EQ(problem_of(whole, "\"1,000\""),
            "'1,000' is not a whole number (no grouping commas, and a point in front of decimals)");
  EXPECT_EQ(problem_of(whole, "9223372036854775808"),
            "9223372036854775808 is out of the range of whole numbers (64 bits)");
  EXPECT_EQ(problem_of(whole, "false"), "a whole number is expected, not false");
}

TEST_F(FormValue, NumbersKeepTheirDigits) {
  const auto number = field_of("x", FieldType::number);
  EXPECT_EQ(shown(number, "1.50"), "1.50");
  EXPECT_EQ(shown(number, "\"0.1234567890123456789\""), "0.1234567890123456789");
  EXPECT_EQ(problem_of(number, "1.23456789012345678901234567890123456"),
            "'1.23456789012345678901234567890123456' is not a number of at most 34 digits");
  EXPECT_EQ(problem_of(number, "\"NaN\""), "'NaN' is not a number of at most 34 digits");
}

TEST_F(FormValue, TextsAreCountedInCharacters) {
  auto text = field_of("x", FieldType::text);
  text.min = decimal("2");
  text.max = decimal("3");
  EXPECT_EQ(shown(text, "\"报销单\""), "报销单");
  EXPECT_EQ(problem_of(text, "\"报销单据\""), "the text has 4 characters, at most 3 are allowed");
  EXPECT_EQ(problem_of(text, "\"a\""), "the text has 1 character, at least 2 are needed");
  EXPECT_EQ(shown(text, "\"\""), "") << "an empty text is empty, not too short";
}

TEST_F(FormValue, TextsHaveALimitWithoutMax) {
  const auto text = field_of("x", FieldType::text);
  EXPECT_EQ(problem_of(text, '"' + std::string(2001, 'a') + '"'),
            "the text has 2001 characters, at most 2000 are allowed");
  const auto long_text = field_of("x", FieldType::long_text);
  EXPECT_EQ(problem_of(long_text, '"' + std::string(2001, 'a') + '"'), "");
  EXPECT_NE(problem_of(long_text, '"' + std::string(100'001, 'a') + '"'), "");
}

TEST_F(FormValue, OneLineHasNoControlCharacters) {
  EXPECT_EQ(problem_of(field_of("x", FieldType::text), R"("a\nBcc: b")"),
            "the text has a line end or another control character, but is one line");
  EXPECT_EQ(shown(field_of("x", FieldType::long_text), R"("a\n\tb")"), "a\n\tb");
  EXPECT_EQ(problem_of(field_of("x", FieldType::long_text), R"("a\u0007b")"),
            "the text has control characters other than line ends and tabs");
  EXPECT_EQ(problem_of(field_of("x", FieldType::text), "5"), "a text is expected, not the number 5");
  EXPECT_EQ(problem_of(field_of("x", FieldType::text), R"({"a": 1})"), "a text is expected, not an object");
}

TEST_F(FormValue, PatternsMatchTheWholeText) {
  auto text = field_of("x", FieldType::text);
  text.pattern = "[A-Z]{2}-[0-9]+";
  EXPECT_EQ(shown(text, "\"AB-12\""), "AB-12");
  EXPECT_EQ(problem_of(text, "\"xAB-12\""), "'xAB-12' does not match the pattern [A-Z]{2}-[0-9]+");
  EXPECT_EQ(problem_of(text, "\"AB-12 \""), "'AB-12 ' does not match the pattern [A-Z]{2}-[0-9]+");
}

TEST_F(FormValue, BooleansAreTrueOrFalse) {
  const auto truth = field_of("x", FieldType::boolean);
  EXPECT_EQ(shown(truth, "true"), "true");
  EXPECT_EQ(shown(truth, "\"false\""), "false");
  EXPECT_EQ(shown(truth, "null"), "false");
  EXPECT_EQ(problem_of(truth, "1"), "true or false is expected, not the number 1");
  EXPECT_EQ(problem_of(truth, "\"yes\""), "true or false is expected, not the text 'yes'");
}

TEST_F(FormValue, ChoicesSuggestTheNearestOption) {
  const auto category = choice_field("x", {"travel", "telecom", "2026"});
  EXPECT_EQ(shown(category, "\"travel\""), "travel");
  EXPECT_EQ(shown(category, "2026"), "2026");
  EXPECT_EQ(problem_of(category, "\"travle\""), "'travle' is none of the options (did you mean 'travel'?)");
  EXPECT_EQ(problem_of(category, "\"yacht\""), "'yacht' is none of the options: travel, telecom, 2026");
  EXPECT_EQ(problem_of(category, "[\"travel\"]"), "one of the options is expected, not a list");
}

TEST_F(FormValue, DatesAreDays) {
  auto day = field_of("x", FieldType::date);
  day.date_min = "2026-01-01";
  day.date_max = "2026-12-31";
  EXPECT_EQ(shown(day, "\"2026-03-02\""), "2026-03-02");
  EXPECT_EQ(problem_of(day, "\"2026-02-30\""),
            "a date such as 2026-03-02 is expected, not the text '2026-02-30'");
  EXPECT_EQ(problem_of(day, "\"02.03.2026\""),
            "a date such as 2026-03-02 is expected, not the text '02.03.2026'");
  EXPECT_EQ(problem_of(day, "20260302"), "a date such as 2026-03-02 is expected, not the number 20260302");
  EXPECT_EQ(problem_of(day, "\"2025-12-31\""), "2025-12-31 is before 2026-01-01, the first day allowed");
  EXPECT_EQ(problem_of(day, "\"2027-01-01\""), "2027-01-01 is after 2026-12-31, the last day allowed");
}

TEST_F(FormValue, TimesWithoutAnOffsetNeedACalendar) {
  const auto at = field_of("x", FieldType::datetime);
  EXPECT_EQ(shown(at, "\"2026-03-02T10:14:00+08:00\""), "2026-03-02T02:14:00Z");
  EXPECT_EQ(problem_of(at, "\"2026-03-02T10:14\""),
            "a time such as 2026-03-02T10:14:00+08:00 is expected, not the text '2026-03-02T10:14'");
  const auto office = Calendar::make(CalendarSettings::standard("Asia/Shanghai"));
  ASSERT_TRUE(office.has_value());
  context.calendar = &*office;
  EXPECT_EQ(shown(at, "\"2026-03-02T10:14\""), "2026-03-02T02:14:00Z");
  EXPECT_EQ(shown(at, "\"2026-03-02T10:14:30\""), "2026-03-02T02:14:30Z");
}

TEST_F(FormValue, AddressesAreChecked) {
  EXPECT_EQ(shown(field_of("x", FieldType::mail), "\" li.na@example.com \""), "li.na@example.com");
  EXPECT_EQ(problem_of(field_of("x", FieldType::mail), "\"li.na\""), "'li.na' has no @");
  EXPECT_EQ(shown(field_of("x", FieldType::url), "\"https://example.com/a?b\""), "https://example.com/a?b");
  EXPECT_EQ(problem_of(field_of("x", FieldType::url), "\"javascript:alert(1)\""),
            "'javascript:alert(1)' does not start with https:// or http://");
}

}  // namespace
}  // namespace countersign::forms
