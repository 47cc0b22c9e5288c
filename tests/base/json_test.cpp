#include "base/json.h"

#include <gtest/gtest.h>

namespace countersign {
namespace {

std::string canonical(std::string_view text) {
  auto value = parse_json(text);
  EXPECT_TRUE(value) << text << ": " << (value ? "" : value.error().message);
  return value ? canonical_json(*value) : std::string();
}

Error refusal(std::string_view text, const JsonLimits& limits = {}) {
  auto value = parse_json(text, limits);
  EXPECT_FALSE(value) << text;
  return value ? Error{} : value.error();
}

TEST(ParseJson, KeepsNumbersAsTheyAreWritten) {
  const auto value =
      parse_json(R"({"total":0.10,"big":1e400,"far":123456789012345678901234567890,"count":12})");
  ASSERT_TRUE(value);
  EXPECT_EQ(number_text(*find(*value, "total")), "0.10");
  EXPECT_EQ(number_text(*find(*value, "big")), "1e400");
  EXPECT_EQ(number_text(*find(*value, "far")), "123456789012345678901234567890");
  EXPECT_TRUE(find(*value, "count")->is_int64());
  EXPECT_EQ(number_text(*find(*value, "count")), "");
  EXPECT_EQ(write_json(*value),
            R"({"total":0.10,"big":1e400,"far":123456789012345678901234567890,"count":12})");
}

TEST(ParseJson, KeepsIntegersUpTo64BitsAsIntegers) {
  EXPECT_EQ(parse_json("9223372036854775807")->as_int64(), 9223372036854775807LL);
  EXPECT_EQ(parse_json("-9223372036854775808")->as_int64(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(number_text(*parse_json("9223372036854775808")), "9223372036854775808");
  EXPECT_EQ(number_text(*parse_json("18446744073709551616")), "18446744073709551616");
  EXPECT_EQ(number_text(*parse_json("-9223372036854775809")), "-9223372036854775809");
  EXPECT_EQ(number_text(*parse_json("1.0")), "1.0");
  EXPECT_EQ(number_text(*parse_json("-0.0")), "-0.0");
  EXPECT_EQ(number_text(*parse_json("[2E+3]")->as_array().begin()), "2E+3");
}

TEST(ParseJson, RefusesEqualKeysAndSaysWhere) {
  const auto error = refusal(R"({"a":{"b/c":1,"x":2,"b/c":3}})");
  EXPECT_EQ(error.code, ErrorCode::invalid_input);
  EXPECT_EQ(error.message,
            R"(cannot read the JSON text: the key "b/c" stands twice in one object (at byte 24))");
  EXPECT_EQ(error.pointer, "/a/b~1c");
  EXPECT_EQ(refusal(R"({"a":1,"\u0061":2})").pointer, "/a");
  EXPECT_EQ(canonical(R"([{"a":1},{"a":2}])"), R"([{"a":1},{"a":2}])");
}

TEST(ParseJson, RefusesTheKeyThatStandsForNumbers) {
  const auto error = refusal(R"([0,{"$number":"1.5"}])");
  EXPECT_EQ(error.code, ErrorCode::invalid_input);
  EXPECT_NE(error.message.find("reserved"), std::string::npos);
  EXPECT_EQ(error.pointer, "/1/$number");
}

TEST(ParseJson, RefusesWhatIsNoStrictJson) {
  for (const std::string_view text :
       {"",       " ",       "{",           "[1,]",     "{\"a\":1,}",   "nul",           "NaN", "01",
        "1.",     "+1",      ".5",          "'a'",      "{a:1}",        "// c\n1",       "1 2", "{} x",
        "\"\n\"", "\"\\x\"", "\"\\ud800\"", "\"\xff\"", "\"\xc0\xaf\"", "\xef\xbb\xbf{}"}) {
    EXPECT_EQ(refusal(text).code, ErrorCode::invalid_input) << text;
  }
  EXPECT_NE(refusal("{} x").message.find("(at byte 3)"), std::string::npos);
  EXPECT_NE(refusal("[1,\n x]").message.find("(at byte 5)"), std::string::npos)
      << refusal("[1,\n x]").message;
}

TEST(ParseJson, AllowsWhiteSpaceAround) {
  EXPECT_EQ(canonical(" \r\n\t[ 1 , 2 ] \n"), "[1,2]");
}

TEST(ParseJson, KeepsToItsLimits) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse_json(nested(64)));
  const auto deep = refusal(nested(65));
  EXPECT_EQ(deep.code, ErrorCode::too_large);
  EXPECT_NE(deep.message.find("deeper than 64 levels"), std::string::npos);
  EXPECT_EQ(refusal(nested(500'000)).code, ErrorCode::too_large);
  EXPECT_TRUE(parse_json("\"12345678\"", {.bytes_max = 10}));
  EXPECT_EQ(refusal("\"123456789\"", {.bytes_max = 10}).code, ErrorCode::too_large);
}

TEST(CanonicalJson, SortsKeysByBytesAndDropsSpace) {
  EXPECT_EQ(canonical(R"({ "b" : 1, "a" : { "z": [ ], "A": null }, "": true, "é": "x", "aa": false })"),
            R"({"":true,"a":{"A":null,"z":[]},"aa":false,"b":1,"é":"x"})");
}

TEST(CanonicalJson, SpellsEqualTextsEqually) {
  EXPECT_EQ(canonical(R"("\u4f1a\u7b7e\/\u0041\n")"), R"("会签/A\n")");
  EXPECT_EQ(canonical(R"("会签/A\n")"), R"("会签/A\n")");
}

TEST(WriteJson, KeepsTheOrderOfKeys) {
  const auto value = parse_json(R"({"b":1.50,"a":[true,null,"x\"y"]})");
  ASSERT_TRUE(value);
  EXPECT_EQ(write_json(*value), R"({"b":1.50,"a":[true,null,"x\"y"]})");
}

TEST(WriteJson, NeverWritesAsANumberWhatIsNone) {
  const json::value forged = {{"$number", "1,\"admin\":true"}};
  EXPECT_EQ(number_text(forged), "");
  EXPECT_EQ(write_json(forged), R"({"$number":"1,\"admin\":true"})");
  EXPECT_EQ(write_json(json::value{{"$number", "007"}}), R"({"$number":"007"})");
}

TEST(JsonAccess, DoesNotThrowOnTheWrongKind) {
  const auto value = parse_json(R"({"name":"li.na","age":3})");
  ASSERT_TRUE(value);
  EXPECT_EQ(string_at(*value, "name"), "li.na");
  EXPECT_EQ(string_at(*value, "age", "none"), "none");
  EXPECT_EQ(string_at(*value, "absent", "none"), "none");
  EXPECT_EQ(find(*value, "absent"), nullptr);
  EXPECT_EQ(find(json::value("text"), "name"), nullptr);
}

}  // namespace
}  // namespace countersign
