#include "core/time_words.h"

#include <gtest/gtest.h>

namespace countersign {
namespace {

using Unit = TimeSpan::Unit;

TimeSpan span(std::string_view text) {
  auto parsed = parse_time_span(text);
  EXPECT_TRUE(parsed) << text << ": " << (parsed ? "" : parsed.error().message);
  return parsed.value_or(TimeSpan{});
}

std::string refusal(std::string_view text) {
  auto parsed = parse_time_span(text);
  EXPECT_FALSE(parsed) << text;
  if (parsed) return {};
  EXPECT_EQ(parsed.error().code, ErrorCode::invalid_input);
  return parsed.error().message;
}

TEST(TimeSpan, IsReadFromWords) {
  EXPECT_EQ(span("3 days"), (TimeSpan{Unit::days, 3}));
  EXPECT_EQ(span("1 day"), (TimeSpan{Unit::days, 1}));
  EXPECT_EQ(span("0 days"), (TimeSpan{Unit::days, 0}));
  EXPECT_EQ(span("2 business days"), (TimeSpan{Unit::business_days, 2}));
  EXPECT_EQ(span("1 business day"), (TimeSpan{Unit::business_days, 1}));
  EXPECT_EQ(span("4 business hours"), (TimeSpan{Unit::business_minutes, 240}));
  EXPECT_EQ(span("45 business minutes"), (TimeSpan{Unit::business_minutes, 45}));
  EXPECT_EQ(span("30 minutes"), (TimeSpan{Unit::seconds, 1800}));
  EXPECT_EQ(span("10 seconds"), (TimeSpan{Unit::seconds, 10}));
  EXPECT_EQ(span("1 week"), (TimeSpan{Unit::days, 7}));
  EXPECT_EQ(span("2 months"), (TimeSpan{Unit::months, 2}));
  EXPECT_EQ(span("1 year"), (TimeSpan{Unit::months, 12}));
  EXPECT_EQ(span("  2   business \t days "), (TimeSpan{Unit::business_days, 2}));
}

TEST(TimeSpan, IsReadFromLargerAndSmallerUnitsOfOneKind) {
  EXPECT_EQ(span("1 hour 30 minutes"), (TimeSpan{Unit::seconds, 5400}));
  EXPECT_EQ(span("2 weeks 3 days"), (TimeSpan{Unit::days, 17}));
  EXPECT_EQ(span("1 business hour 30 business minutes"), (TimeSpan{Unit::business_minutes, 90}));
  for (const auto* text : {"1 day 2 hours", "1 business day 2 business hours", "30 minutes 1 hour",
                           "1 hour 1 hour", "1 business hour 30 minutes"}) {
    EXPECT_NE(refusal(text).find("of one kind go together"), std::string::npos) << text;
  }
}

TEST(TimeSpan, NamesTheWrongWordAndWhatMayBeMeant) {
  EXPECT_EQ(refusal("2 buisness days"),
            "'2 buisness days' is not a duration: unknown word 'buisness' (did you mean 'business'?)");
  EXPECT_EQ(refusal("2 business dyas"),
            "'2 business dyas' is not a duration: unknown word 'dyas' (did you mean 'days'?)");
  EXPECT_EQ(refusal("3 h"), "'3 h' is not a duration: unknown word 'h' (did you mean 'hours'?)");
  EXPECT_EQ(refusal("2 workdays"),
            "'2 workdays' is not a duration: unknown word 'workdays' (did you mean 'business days'?)");
  EXPECT_EQ(refusal("2 fortnights"), "'2 fortnights' is not a duration: unknown word 'fortnights'");
  EXPECT_EQ(refusal("2 business weeks"),
            "'2 business weeks' is not a duration: there are no business weeks, only business minutes, hours "
            "and days");
}

TEST(TimeSpan, RefusesNumbersThatAreNotWhole) {
  for (const auto* text :
       {"1.5 hours", "-1 days", "+1 day", "a day", "days", "1,000 days", "2days", "99999999999 days"}) {
    EXPECT_NE(refusal(text).find("is not a whole number"), std::string::npos) << text;
  }
  EXPECT_NE(refusal("").find("it is empty"), std::string::npos);
  EXPECT_NE(refusal("2").find("no unit follows '2'"), std::string::npos);
  EXPECT_NE(refusal("2 business").find("no unit follows 'business'"), std::string::npos);
}

TEST(TimeSpan, IsAtMostTenYears) {
  EXPECT_TRUE(parse_time_span("10 years"));
  for (const auto* text : {"11 years", "4000 days", "2601 business days", "999999999 seconds"}) {
    EXPECT_NE(refusal(text).find("longer than ten years"), std::string::npos) << text;
  }
}

TEST(TimeSpan, IsWrittenInTheShortestWords) {
  EXPECT_EQ(to_words(span("90 minutes")), "1 hour 30 minutes");
  EXPECT_EQ(to_words(span("1 business days")), "1 business day");
  EXPECT_EQ(to_words(span("7 days")), "1 week");
  EXPECT_EQ(to_words(span("14 months")), "1 year 2 months");
  EXPECT_EQ(to_words(span("0 days")), "0 days");
  EXPECT_EQ(to_words(span("0 business hours")), "0 business minutes");
}

TEST(TimeSpan, ReadsBackWhatItWrites) {
  for (const Unit unit :
       {Unit::seconds, Unit::days, Unit::months, Unit::business_minutes, Unit::business_days}) {
    for (std::int64_t count = 0; count <= 120; ++count) {
      const TimeSpan original{unit, count};
      ASSERT_EQ(span(to_words(original)), original) << to_words(original);
    }
  }
}

}  // namespace
}  // namespace countersign
