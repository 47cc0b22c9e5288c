#include "web/uri_text.h"

#include <gtest/gtest.h>

namespace countersign::web {
namespace {

TEST(UriText, UnescapesOnlyWhatIsWellFormed) {
  EXPECT_EQ(unescape("a%20b%2fc+d"), "a b/c+d");
  EXPECT_EQ(unescape("%E5%8F%91"), "发");
  for (const char* bad : {"%", "%2", "%zz", "%00", "%ff", "%c0%af"})
    EXPECT_EQ(unescape(bad), std::nullopt) << bad;
}

TEST(UriText, KeepsRepeatedNamesInTheirOrder) {
  EXPECT_EQ(parse_named_texts("check=a&check=b&c=1+2&&d&e=x%3Dy"),
            (NamedTexts{{"check", "a"}, {"check", "b"}, {"c", "1 2"}, {"d", ""}, {"e", "x=y"}}));
  EXPECT_EQ(parse_named_texts(""), NamedTexts{});
  EXPECT_EQ(parse_named_texts("a=%"), std::nullopt);
}

// An escaped slash is part of a segment and never splits a path.
TEST(UriText, SplitsAPathBeforeItUnescapes) {
  EXPECT_EQ(path_segments("/a/b%2Fc/"), (std::vector<std::string>{"a", "b/c", ""}));
  EXPECT_EQ(path_segments("a/b"), std::nullopt);
  EXPECT_EQ(path_segments("/%00"), std::nullopt);
}

TEST(UriText, EscapesEverythingThatIsNotPlain) {
  EXPECT_EQ(escape_segment("a b/ä\"'<>"), "a%20b%2F%C3%A4%22%27%3C%3E");
  EXPECT_EQ(unescape(escape_segment("发票 (1).pdf")), "发票 (1).pdf");
}

TEST(UriText, TakesPathAndOriginFromThePublicAddress) {
  EXPECT_EQ(path_of_url("https://host/flow/"), "/flow");
  EXPECT_EQ(path_of_url("https://host"), "");
  EXPECT_EQ(origin_of_url("https://Host:443/flow"), "https://host");
  EXPECT_EQ(origin_of_url("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
}

}  // namespace
}  // namespace countersign::web
