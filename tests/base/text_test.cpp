#include "base/text.h"

#include <gtest/gtest.h>

namespace countersign {
namespace {

TEST(Nearest, FindsTypingMistakes) {
  const std::vector<std::string> words = {"business", "days", "hours", "approve", "approval"};
  EXPECT_EQ(nearest("buisness", words), "business");
  EXPECT_EQ(nearest("hous", words), "hours");
  EXPECT_EQ(nearest("dyas", words), "days");
  EXPECT_EQ(nearest("aprove", words), "approve");
  EXPECT_EQ(nearest("weeks", words), std::nullopt);
  EXPECT_EQ(nearest("", words), std::nullopt);
  EXPECT_EQ(nearest("business", std::span<const std::string>()), std::nullopt);
}

TEST(Nearest, GivesTiesToTheEarlier) {
  const std::vector<std::string> words = {"cart", "card", "care"};
  EXPECT_EQ(nearest("carx", words), "cart");
}

TEST(Nearest, AllowsOneEditInShortWordsAndAThirdInLongOnes) {
  const std::vector<std::string> words = {"cc", "separation"};
  EXPECT_EQ(nearest("ccc", words), "cc");
  EXPECT_EQ(nearest("bb", words), std::nullopt);
  EXPECT_EQ(nearest("seperaton", words), "separation");
  EXPECT_EQ(nearest("sxxxratxon", words), std::nullopt);
}

TEST(Nearest, CountsCharactersAndNotBytes) {
  const std::vector<std::string> words = {"财务经理"};
  EXPECT_EQ(nearest("财物经理", words), "财务经理");
}

TEST(Nearest, DoesNotOfferTheWordItself) {
  const std::vector<std::string> words = {"finance", "finances"};
  EXPECT_EQ(nearest("finance", words), "finances");
}

TEST(Utf8, IsCheckedStrictly) {
  for (const std::string_view good :
       {"", "abc", "会签", "\xf0\x9f\x98\x80", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_valid_utf8(good)) << good;
  }
  for (const std::string_view bad :
       {"\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe4\xbc", "a\xff"}) {
    EXPECT_FALSE(is_valid_utf8(bad));
  }
}

TEST(Utf8, CountsCharacters) {
  EXPECT_EQ(count_characters(""), 0U);
  EXPECT_EQ(count_characters("a会签é"), 4U);
}

TEST(ControlCharacters, AreFound) {
  EXPECT_FALSE(has_control_characters("Li Na <li.na@example.org> 会签"));
  for (const std::string_view bad : {std::string_view("a\r\nBcc: x"), std::string_view("a\tb"),
                                     std::string_view("\x7f"), std::string_view("\0", 1)}) {
    EXPECT_TRUE(has_control_characters(bad));
  }
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string>{""}));
  EXPECT_EQ(split(",", ','), (std::vector<std::string>{"", ""}));
}

TEST(Text, IsTrimmedJoinedAndLowered) {
  EXPECT_EQ(trimmed(" \t a b\r\n"), "a b");
  EXPECT_EQ(trimmed("  "), "");
  const std::vector<std::string> parts = {"a", "b", "c"};
  EXPECT_EQ(join(parts, ", "), "a, b, c");
  EXPECT_EQ(join({}, ", "), "");
  EXPECT_EQ(lower_ascii("Li.NA@Example.ÉÀ"), "li.na@example.ÉÀ");
}

}  // namespace
}  // namespace countersign
