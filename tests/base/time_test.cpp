#include "base/time.h"

#include <gtest/gtest.h>

namespace countersign {
namespace {

TEST(Rfc3339, WritesMillisecondsOnlyWhereThereAreAny) {
  EXPECT_EQ(format_rfc3339(from_unix_ms(0)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_rfc3339(from_unix_ms(1'772'446'440'000)), "2026-03-02T10:14:00Z");
  EXPECT_EQ(format_rfc3339(from_unix_ms(1'772'446'440'007)), "2026-03-02T10:14:00.007Z");
  EXPECT_EQ(format_rfc3339(from_unix_ms(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(Rfc3339, ReadsAnyOffset) {
  const Instant utc = from_unix_ms(1'772'446'440'000);
  EXPECT_EQ(parse_rfc3339("2026-03-02T10:14:00Z").value(), utc);
  EXPECT_EQ(parse_rfc3339("2026-03-02T18:14:00+08:00").value(), utc);
  EXPECT_EQ(parse_rfc3339("2026-03-01T23:44:00-10:30").value(), utc);
  EXPECT_EQ(parse_rfc3339("2026-03-02t10:14:00z").value(), utc);
  EXPECT_EQ(to_unix_ms(*parse_rfc3339("2026-03-02T10:14:00.5Z")), 1'772'446'440'500);
  EXPECT_EQ(to_unix_ms(*parse_rfc3339("2026-03-02T10:14:00.123999Z")), 1'772'446'440'123);
  EXPECT_TRUE(parse_rfc3339("2028-02-29T00:00:00Z"));
}

TEST(Rfc3339, RefusesEverythingElse) {
  for (const auto* text : {"", "2026-03-02", "2026-03-02 10:14:00Z", "2026-03-02T10:14Z",
                           "2026-03-02T10:14:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
                           "2026-03-02T24:00:00Z", "2026-03-02T10:60:00Z", "2026-03-02T10:14:60Z",
                           "2026-03-02T10:14:00.Z", "2026-03-02T10:14:00+8:00", "2026-03-02T10:14:00+0800",
                           "2026-03-02T10:14:00ZZ", "0000-01-01T00:00:00Z", "+2026-03-02T10:14:00Z"}) {
    const auto at = parse_rfc3339(text);
    ASSERT_FALSE(at) << text;
    EXPECT_EQ(at.error().code, ErrorCode::invalid_input);
  }
}

TEST(Rfc3339, ReadsBackWhatItWrites) {
  for (const std::int64_t ms :
       {0LL, 1LL, -1LL, 951'782'400'000LL, 1'772'446'440'123LL, 253'402'300'799'999LL}) {
    EXPECT_EQ(to_unix_ms(parse_rfc3339(format_rfc3339(from_unix_ms(ms))).value()), ms);
  }
}

TEST(ManualClock, StandsStillUntilMoved) {
  ManualClock clock(from_unix_ms(1000));
  EXPECT_EQ(clock.now(), from_unix_ms(1000));
  clock.advance(Duration(500));
  EXPECT_EQ(clock.now(), from_unix_ms(1500));
  clock.set(from_unix_ms(10));
  EXPECT_EQ(clock.now(), from_unix_ms(10));
}

}  // namespace
}  // namespace countersign
