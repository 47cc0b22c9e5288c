#include "core/windows_zones.h"

#include <date/tz.h>
#include <gtest/gtest.h>

namespace countersign {
namespace {

TEST(WindowsZones, HaveTheirNamesOfTheOperatingSystem) {
  EXPECT_EQ(iana_zone_of_windows("China Standard Time"), "Asia/Shanghai");
  EXPECT_EQ(iana_zone_of_windows("AUS Central Standard Time"), "Australia/Darwin") << "the first";
  EXPECT_EQ(iana_zone_of_windows("Yukon Standard Time"), "America/Whitehorse") << "the last";
  EXPECT_EQ(iana_zone_of_windows("Asia/Shanghai"), "");
  EXPECT_EQ(iana_zone_of_windows(""), "");
  for (const char* name : {"India Standard Time", "FLE Standard Time", "US Eastern Standard Time",
                           "Greenland Standard Time", "UTC", "UTC+13", "Dateline Standard Time"}) {
    EXPECT_NO_THROW((void)date::locate_zone(iana_zone_of_windows(name))) << name;
  }
}

}  // namespace
}  // namespace countersign
