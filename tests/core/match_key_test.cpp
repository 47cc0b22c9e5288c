#include "core/match_key.h"

#include <gtest/gtest.h>

namespace countersign {
namespace {

TEST(MatchKey, LeavesOutWhatNobodySees) {
  EXPECT_EQ(match_key(" 12 34\t5\n"), "12345");
  EXPECT_EQ(match_key("\u3000\u00a0\u200b\ufeff\u2028"), "");
  EXPECT_EQ(match_key(""), "");
}

TEST(MatchKey, KnowsOneWidthAndOneCase) {
  EXPECT_EQ(match_key("１２３ＡＢ"), "123ab");
  EXPECT_EQ(match_key("Straße"), match_key("STRASSE"));
  EXPECT_EQ(match_key("e\u0301"), match_key("\u00e9"));
  EXPECT_NE(match_key("票据1"), match_key("票据2"));
}

TEST(MatchKey, LeavesBytesThatAreNoTextAsTheyAre) {
  EXPECT_EQ(match_key("\xff A"), "\xff A");
}

}  // namespace
}  // namespace countersign
