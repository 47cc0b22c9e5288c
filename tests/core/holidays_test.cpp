#include "core/holidays.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace countersign {
namespace {

std::string calendar_of(std::string_view lines) {
  return fmt::format(
      "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//"
      "EN\r\nBEGIN:VEVENT\r\nSUMMARY:Holiday\r\n{}\r\nEND:VEVENT\r\n"
      "END:VCALENDAR\r\n",
      lines);
}

std::vector<std::string> days(std::string_view ics) {
  auto parsed = parse_holidays(ics);
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().message);
  std::vector<std::string> texts;
  if (parsed) {
    for (const Day day : *parsed) texts.push_back(format_day(day));
  }
  return texts;
}

Error refusal(std::string_view ics) {
  auto parsed = parse_holidays(ics);
  EXPECT_FALSE(parsed);
  return parsed ? Error{} : parsed.error();
}

using Texts = std::vector<std::string>;

TEST(Holidays, AreTheDaysOfAllDayEvents) {
  EXPECT_EQ(days(calendar_of("DTSTART;VALUE=DATE:20260217")), (Texts{"2026-02-17"}));
  EXPECT_EQ(days(calendar_of("DTSTART;VALUE=DATE:20260217\r\nDTEND;VALUE=DATE:20260220")),
            (Texts{"2026-02-17", "2026-02-18", "2026-02-19"}));
  EXPECT_EQ(days(calendar_of("DTSTART;VALUE=DATE:20260217\r\nDTEND;VALUE=DATE:20260217")),
            (Texts{"2026-02-17"}));
  EXPECT_EQ(days(calendar_of("DTSTART;VALUE=DATE:20260227\r\nDURATION:P3D")),
            (Texts{"2026-02-27", "2026-02-28", "2026-03-01"}));
  EXPECT_EQ(days("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260217\nEND:VEVENT\nEND:VCALENDAR\n"),
            (Texts{"2026-02-17"}))
      << "line feeds alone are common";
}

TEST(Holidays, PassOverTimedAndCancelledEvents) {
  EXPECT_EQ(days(calendar_of("DTSTART:20260217T090000Z\r\nDTEND:20260217T100000Z")), Texts{});
  EXPECT_EQ(days(calendar_of("DTSTART;VALUE=DATE:20260217\r\nSTATUS:CANCELLED")), Texts{});
}

TEST(Holidays, RepeatYearly) {
  const auto yearly = days(calendar_of("DTSTART;VALUE=DATE:19900501\r\nRRULE:FREQ=YEARLY"));
  ASSERT_EQ(yearly.size(), 101U);
  EXPECT_EQ(yearly.front(), "2000-05-01");
  EXPECT_EQ(yearly.back(), "2100-05-01");
  EXPECT_EQ(
      days(calendar_of("DTSTART;VALUE=DATE:20251126\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4WE;COUNT=2")),
      (Texts{"2025-11-26", "2026-11-25"}));
  EXPECT_EQ(days(calendar_of("DTSTART;VALUE=DATE:20260501\r\nDTEND;VALUE=DATE:20260503\r\n"
                             "RRULE:FREQ=YEARLY;UNTIL=20281231\r\nEXDATE;VALUE=DATE:20270501\r\n"
                             "RDATE;VALUE=DATE:20270510")),
            (Texts{"2026-05-01", "2026-05-02", "2027-05-10", "2027-05-11", "2028-05-01", "2028-05-02"}));
}

TEST(Holidays, AreSortedAndEachListedOnce) {
  const std::string two = calendar_of("DTSTART;VALUE=DATE:20260218") +
                          calendar_of("DTSTART;VALUE=DATE:20260217\r\nDTEND;VALUE=DATE:20260219");
  EXPECT_EQ(days(two), (Texts{"2026-02-17", "2026-02-18"}));
}

TEST(Holidays, RefuseWhatCannotBeRead) {
  for (const std::string& text :
       {std::string(), std::string("hello"), std::string("BEGIN:VCARD\r\nEND:VCARD\r\n"),
        std::string("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"), std::string("BEGIN:VCALENDAR\0", 16),
        calendar_of("DTSTART;VALUE=DATE:20260231"), calendar_of("DTSTART;VALUE=DATE:tomorrow"),
        calendar_of("UID:1"), calendar_of("DTSTART;VALUE=DATE:20260217\r\nDTEND;VALUE=DATE:20260216"),
        calendar_of("DTSTART;VALUE=DATE:20260217\r\nDTEND;VALUE=DATE:20290217"),
        calendar_of("DTSTART;VALUE=DATE:20260217\r\nRRULE:FREQ=SOMETIMES"),
        calendar_of("DTSTART;VALUE=DATE:20260217\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")}) {
    const Error error = refusal(text);
    EXPECT_EQ(error.code, ErrorCode::invalid_input) << text;
    EXPECT_TRUE(error.message.starts_with("cannot read the holidays: ")) << error.message;
  }
  EXPECT_NE(
      refusal(calendar_of("DTSTART;VALUE=DATE:20260217\r\nRRULE:FREQ=DAILY")).message.find("repeat yearly"),
      std::string::npos);
}

TEST(Holidays, ReadFilesWithEmptyDescriptions) {
  EXPECT_EQ(days(calendar_of("DTSTART;VALUE=DATE:20260217\r\nDESCRIPTION:\r\nLOCATION:")),
            (Texts{"2026-02-17"}));
}

TEST(Holidays, KeepToTheirLimits) {
  EXPECT_EQ(refusal(std::string(kHolidayBytesMax + 1, 'x')).code, ErrorCode::too_large);
  std::string many = "BEGIN:VCALENDAR\n";
  for (int year = 2000; year < 2040; ++year) {
    many += fmt::format("BEGIN:VEVENT\nDTSTART;VALUE=DATE:{}0101\nDTEND;VALUE=DATE:{}1231\nEND:VEVENT\n",
                        year, year);
  }
  EXPECT_EQ(refusal(many + "END:VCALENDAR\n").code, ErrorCode::too_large);
  std::string rules = "BEGIN:VCALENDAR\n";
  for (int i = 0; i < 201; ++i) {
    rules += "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20200101\nRRULE:FREQ=YEARLY;COUNT=2\nEND:VEVENT\n";
  }
  EXPECT_EQ(refusal(rules + "END:VCALENDAR\n").code, ErrorCode::too_large);
  std::string nested;
  for (int i = 0; i < 70'000; ++i) nested += "BEGIN:VEVENT\n";
  EXPECT_EQ(refusal(nested).code, ErrorCode::invalid_input);
}

}  // namespace
}  // namespace countersign
