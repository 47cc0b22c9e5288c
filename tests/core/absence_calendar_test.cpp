// Absences as calendar programs export them.

#include "core/absence_calendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace countersign {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Instant kNow = *parse_rfc3339("2026-11-22T12:00:00Z");

std::string calendar_of_events(const std::string& events) {
  return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n" + events + "END:VCALENDAR\r\n";
}
std::string calendar_event(const std::string& lines, const std::string& uid = "1@example.com") {
  return "BEGIN:VEVENT\r\nUID:" + uid + "\r\nSUMMARY:Holiday\r\n" + lines + "END:VEVENT\r\n";
}
Result<CalendarAbsences> read_events(const std::string& events) {
  return parse_absences(calendar_of_events(events), kNow);
}
std::string fault_of(const std::string& lines) {
  const auto read = read_events(calendar_event(lines));
  return read ? "" : read.error().message;
}
// "from/until" of each.
std::vector<std::string> spans_of(const std::string& events) {
  const auto read = read_events(events);
  EXPECT_TRUE(read) << read.error().message;
  std::vector<std::string> spans;
  if (!read) return spans;
  for (const CalendarAbsence& each : read->absences) spans.push_back(each.from + "/" + each.until);
  return spans;
}
std::vector<std::string> uids_of(const std::string& events) {
  const auto read = read_events(events);
  EXPECT_TRUE(read) << read.error().message;
  std::vector<std::string> uids;
  if (!read) return uids;
  for (const CalendarAbsence& each : read->absences) uids.push_back(each.uid);
  return uids;
}

TEST(AbsenceCalendar, ReadsWholeDaysWithTheLastOneIncluded) {
  const auto read =
      read_events(calendar_event("DTSTART;VALUE=DATE:20261123\r\nDTEND;VALUE=DATE:20261205\r\n") +
                  calendar_event("DTSTART;VALUE=DATE:20261224\r\n", "2"));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_THAT(read->absences,
              ElementsAre(CalendarAbsence{"1@example.com", "2026-11-23", "2026-12-04", "Holiday"},
                          CalendarAbsence{"2", "2026-12-24", "2026-12-24", "Holiday"}));
}

TEST(AbsenceCalendar, ReadsTimesInUtcAndInAZone) {
  const std::string in_shanghai = "2026-11-23T01:00:00Z/2026-11-23T10:00:00Z";
  EXPECT_THAT(
      spans_of(calendar_event("DTSTART:20261123T010000Z\r\nDTEND:20261123T100000Z\r\n") +
               calendar_event("DTSTART;TZID=Asia/Shanghai:20261123T090000\r\nDURATION:PT9H\r\n", "2") +
               calendar_event("DTSTART;TZID=China Standard Time:20261123T090000\r\n"
                              "DTEND;TZID=China Standard Time:20261123T180000\r\n",
                              "3")),
      ElementsAre(in_shanghai, in_shanghai, in_shanghai));
}

// Outlook's zones are what the file says, whatever else has the name.
TEST(AbsenceCalendar, ReadsTimesInAZoneThatTheFileDescribes) {
  const std::string zone =
      "BEGIN:VTIMEZONE\r\nTZID:Customized Time Zone\r\n"
      "BEGIN:STANDARD\r\nDTSTART:16011028T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n"
      "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\n"
      "BEGIN:DAYLIGHT\r\nDTSTART:16010325T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n"
      "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n";
  const auto at = [](const std::string& day) {
    return "DTSTART;TZID=Customized Time Zone:" + day + "T090000\r\n" +
           "DTEND;TZID=Customized Time Zone:" + day + "T100000\r\n";
  };
  EXPECT_THAT(
      spans_of(zone + calendar_event(at("20261123")) + calendar_event(at("20270705"), "2")),
      ElementsAre("2026-11-23T08:00:00Z/2026-11-23T09:00:00Z", "2027-07-05T07:00:00Z/2027-07-05T08:00:00Z"));
  const std::string china =
      "BEGIN:VTIMEZONE\r\nTZID:China Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\n"
      "TZOFFSETFROM:+0700\r\nTZOFFSETTO:+0700\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
  EXPECT_THAT(spans_of(china + calendar_event("DTSTART;TZID=China Standard Time:20261123T090000\r\n"
                                              "DTEND;TZID=China Standard Time:20261123T100000\r\n")),
              ElementsAre("2026-11-23T02:00:00Z/2026-11-23T03:00:00Z"));
}

TEST(AbsenceCalendar, TakesOutOfOfficeEventsAloneWhereThereAreAny) {
  const std::string day = "DTSTART;VALUE=DATE:20261123\r\n";
  EXPECT_THAT(
      spans_of(calendar_event(day + "X-MICROSOFT-CDO-BUSYSTATUS:OOF\r\n") +
               calendar_event("DTSTART;VALUE=DATE:20261124\r\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\n", "2")),
      ElementsAre("2026-11-23/2026-11-23"));
  EXPECT_THAT(spans_of(calendar_event(day + "TRANSP:TRANSPARENT\r\n") +
                       calendar_event(day + "STATUS:CANCELLED\r\n", "2")),
              IsEmpty());
}

TEST(AbsenceCalendar, PassesOverWhatIsOverInEveryZone) {
  EXPECT_THAT(spans_of(calendar_event("DTSTART;VALUE=DATE:20261119\r\n") +
                       calendar_event("DTSTART;VALUE=DATE:20261120\r\n", "2") +
                       calendar_event("DTSTART:20261120T010000Z\r\nDTEND:20261120T110000Z\r\n", "3")),
              ElementsAre("2026-11-20/2026-11-20"));
}

TEST(AbsenceCalendar, TakesEachOccurrenceOfWhatRepeatsAYearAhead) {
  const auto read = read_events(calendar_event(
      "DTSTART;VALUE=DATE:20251221\r\nDTEND;VALUE=DATE:20251223\r\nRRULE:FREQ=WEEKLY\r\n", "w"));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_THAT(read->notes, IsEmpty());
  ASSERT_EQ(read->absences.size(), 53U) << "of one that has begun the rest too";
  EXPECT_EQ(read->absences.front(), (CalendarAbsence{"w/2026-11-22", "2026-11-22", "2026-11-23", "Holiday"}));
  EXPECT_EQ(read->absences.back().from, "2027-11-21");
}

TEST(AbsenceCalendar, OccurrencesKeepTheTimeOfTheirZoneAndEndWithTheirRule) {
  EXPECT_THAT(
      spans_of(calendar_event("DTSTART;TZID=Europe/Berlin:20270322T090000\r\n"
                              "DTEND;TZID=Europe/Berlin:20270322T100000\r\n"
                              "RRULE:FREQ=WEEKLY;UNTIL=20270405T070000Z\r\n")),
      ElementsAre("2027-03-22T08:00:00Z/2027-03-22T09:00:00Z", "2027-03-29T07:00:00Z/2027-03-29T08:00:00Z",
                  "2027-04-05T07:00:00Z/2027-04-05T08:00:00Z"));
  EXPECT_EQ(spans_of(calendar_event("DTSTART:20261123T090000Z\r\nDTEND:20261123T100000Z\r\n"
                                    "RRULE:FREQ=DAILY;COUNT=3\r\n"))
                .size(),
            3U);
  EXPECT_THAT(spans_of(calendar_event("DTSTART;VALUE=DATE:20261123\r\nRRULE:FREQ=DAILY;UNTIL=20261124\r\n")),
              ElementsAre("2026-11-23/2026-11-23", "2026-11-24/2026-11-24"));
}

TEST(AbsenceCalendar, OccurrencesAreExceptedAddedAndChanged) {
  const std::string weekly = calendar_event(
      "DTSTART;TZID=China Standard Time:20261123T090000\r\n"
      "DTEND;TZID=China Standard Time:20261123T100000\r\nRRULE:FREQ=WEEKLY;COUNT=4\r\n"
      "EXDATE;TZID=China Standard Time:20261130T090000\r\n"
      "RDATE;TZID=China Standard Time:20261210T090000\r\n",
      "w");
  const std::string moved = calendar_event(
      "RECURRENCE-ID;TZID=China Standard Time:20261207T090000\r\n"
      "DTSTART;TZID=China Standard Time:20261208T090000\r\n"
      "DTEND;TZID=China Standard Time:20261208T120000\r\n",
      "w");
  const std::string dropped = calendar_event(
      "RECURRENCE-ID:20261214T010000Z\r\nDTSTART:20261214T010000Z\r\nSTATUS:CANCELLED\r\n", "w");
  EXPECT_THAT(spans_of(weekly + moved + dropped), ElementsAre("2026-11-23T01:00:00Z/2026-11-23T02:00:00Z",
                                                              "2026-12-10T01:00:00Z/2026-12-10T02:00:00Z",
                                                              "2026-12-08T01:00:00Z/2026-12-08T04:00:00Z"));
  EXPECT_THAT(uids_of(weekly + moved + dropped),
              ElementsAre("w/2026-11-23T01:00:00Z", "w/2026-12-10T01:00:00Z", "w/2026-12-07T01:00:00Z"))
      << "what moved keeps its name";
}

TEST(AbsenceCalendar, TakesTheNextOccurrencesAloneOfWhatRepeatsOften) {
  const auto read = read_events(calendar_event("DTSTART;VALUE=DATE:20200101\r\nRRULE:FREQ=DAILY\r\n"));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->absences.size(), kAbsenceOccurrencesMax);
  EXPECT_THAT(read->notes, ElementsAre("'Holiday' repeats often: its next 60 occurrences are taken, up to "
                                       "2027-01-19"));
  const std::string hour = "DTSTART:20200101T000000Z\r\nDTEND:20200101T000001Z\r\n";
  EXPECT_THAT(fault_of(hour + "RRULE:FREQ=HOURLY\r\n"), HasSubstr("too often"));
  // One that never comes would be looked for through all minutes of all years.
  EXPECT_THAT(fault_of(hour + "RRULE:FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30\r\n"), HasSubstr("by the minute"));
  EXPECT_THAT(fault_of(hour + "RRULE:FREQ=SECONDLY\r\n"), HasSubstr("by the minute"));
}

TEST(AbsenceCalendar, NamesEachEventOnce) {
  const std::string day = "DTSTART;VALUE=DATE:20261123\r\n";
  EXPECT_THAT(uids_of(calendar_event(day, "a") + calendar_event(day, "a") + "BEGIN:VEVENT\r\n" + day +
                      "END:VEVENT\r\n"),
              ElementsAre("a", "a#2", "2026-11-23"));
}

TEST(AbsenceCalendar, GivesTheCalendarsNameAndCutsTitlesBetweenCharacters) {
  const auto read = read_events("X-WR-CALNAME:Li Na\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:a" + [] {
    std::string title;
    for (int i = 0; i < 30; ++i) title += "休";
    return title;
  }() + "\r\nDTSTART;VALUE=DATE:20261123\r\nEND:VEVENT\r\n");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->name, "Li Na");
  EXPECT_EQ(read->absences.front().title.size(), 58U);
}

TEST(AbsenceCalendar, RefusesWhatItWouldHaveToGuess) {
  EXPECT_EQ(fault_of("DTSTART:20261123T090000\r\nDTEND:20261123T180000\r\n"),
            "cannot read the absences: the event 'Holiday' in line 4 has a time without a zone: use whole "
            "days, or times in UTC or in a zone");
  EXPECT_THAT(fault_of("DTSTART;VALUE=DATE:20261123\r\nDTEND;VALUE=DATE:20261120\r\n"),
              HasSubstr("ends before it begins"));
  EXPECT_THAT(fault_of("DTSTART;TZID=Nowhere/Else:20261123T090000\r\nDTEND:20261123T180000Z\r\n"),
              HasSubstr("'Holiday' in line 4 has times in the zone 'Nowhere/Else', which is neither"));
  EXPECT_THAT(fault_of("DTSTART;VALUE=DATE:20261123\r\nRECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:"
                       "20261123\r\n"),
              HasSubstr("RANGE"));
  EXPECT_THAT(fault_of("DTSTART;VALUE=DATE:20261123\r\nRRULE:FREQ=NEVER\r\n"), HasSubstr("RRULE"));
  EXPECT_THAT(fault_of(""), HasSubstr("DTSTART"));
  EXPECT_FALSE(parse_absences("no calendar", kNow));
}

// Half a file would end what the other half holds.
TEST(AbsenceCalendar, RefusesAFileThatWasCutOff) {
  std::string text = calendar_of_events(calendar_event("DTSTART;VALUE=DATE:20261123\r\n") +
                                        calendar_event("DTSTART;VALUE=DATE:20261124\r\n", "2"));
  const std::size_t second = text.rfind("BEGIN:VEVENT");
  EXPECT_TRUE(parse_absences(text, kNow));
  EXPECT_FALSE(parse_absences(text.substr(0, second), kNow));
  EXPECT_FALSE(parse_absences(text.substr(0, second + 30), kNow));
  EXPECT_FALSE(parse_absences("", kNow));
}

}  // namespace
}  // namespace countersign
