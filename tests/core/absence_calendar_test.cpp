// Absences as calendar programs export them.

#include "core/absence_calendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace countersign {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string calendar_of_events(const std::string& events) {
  return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n" + events + "END:VCALENDAR\r\n";
}
std::string calendar_event(const std::string& lines) {
  return "BEGIN:VEVENT\r\nUID:1@example.com\r\nSUMMARY:Holiday\r\n" + lines + "END:VEVENT\r\n";
}
std::string fault_of(const std::string& lines) {
  const auto read = parse_absences(calendar_of_events(calendar_event(lines)));
  return read ? "" : read.error().message;
}

TEST(AbsenceCalendar, ReadsWholeDaysWithTheLastOneIncluded) {
  const auto read = parse_absences(
      calendar_of_events(calendar_event("DTSTART;VALUE=DATE:20261123\r\nDTEND;VALUE=DATE:20261205\r\n") +
                         calendar_event("DTSTART;VALUE=DATE:20261224\r\n")));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_THAT(*read, ElementsAre(CalendarAbsence{"2026-11-23", "2026-12-04", "Holiday"},
                                 CalendarAbsence{"2026-12-24", "2026-12-24", "Holiday"}));
}

TEST(AbsenceCalendar, ReadsTimesInUtcAndInAZone) {
  const auto read = parse_absences(
      calendar_of_events(calendar_event("DTSTART:20261123T010000Z\r\nDTEND:20261123T100000Z\r\n") +
                         calendar_event("DTSTART;TZID=Asia/Shanghai:20261123T090000\r\n"
                                        "DTEND;TZID=Asia/Shanghai:20261123T180000\r\n")));
  ASSERT_TRUE(read) << read.error().message;
  for (const CalendarAbsence& each : *read) {
    EXPECT_EQ(each.from, "2026-11-23T01:00:00Z");
    EXPECT_EQ(each.until, "2026-11-23T10:00:00Z");
  }
}

TEST(AbsenceCalendar, TakesOutOfOfficeEventsAloneWhereThereAreAny) {
  const std::string day = "DTSTART;VALUE=DATE:20261123\r\n";
  const auto marked = parse_absences(calendar_of_events(
      calendar_event(day + "X-MICROSOFT-CDO-BUSYSTATUS:OOF\r\n") +
      calendar_event("DTSTART;VALUE=DATE:20261124\r\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\n")));
  ASSERT_TRUE(marked);
  EXPECT_EQ(marked->size(), 1U);
  EXPECT_EQ(marked->front().from, "2026-11-23");
  const auto free = parse_absences(calendar_of_events(calendar_event(day + "TRANSP:TRANSPARENT\r\n") +
                                                      calendar_event(day + "STATUS:CANCELLED\r\n")));
  ASSERT_TRUE(free);
  EXPECT_TRUE(free->empty());
}

TEST(AbsenceCalendar, RefusesWhatItWouldHaveToGuess) {
  EXPECT_THAT(fault_of("DTSTART:20261123T090000\r\nDTEND:20261123T180000\r\n"), HasSubstr("without a zone"));
  EXPECT_THAT(fault_of("DTSTART;VALUE=DATE:20261123\r\nRRULE:FREQ=WEEKLY\r\n"), HasSubstr("repeats"));
  EXPECT_THAT(fault_of("DTSTART;VALUE=DATE:20261123\r\nDTEND;VALUE=DATE:20261120\r\n"),
              HasSubstr("ends before it begins"));
  EXPECT_THAT(fault_of("DTSTART;TZID=Nowhere/Else:20261123T090000\r\nDTEND:20261123T180000Z\r\n"),
              HasSubstr("Nowhere/Else"));
  EXPECT_THAT(fault_of(""), HasSubstr("DTSTART"));
  EXPECT_FALSE(parse_absences("no calendar"));
}

}  // namespace
}  // namespace countersign
