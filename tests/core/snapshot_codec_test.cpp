#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/codec/json_writer.h"
#include "core/event_codec.h"
#include "tests/core/event_samples.h"

namespace countersign {
namespace {

using cel::Value;

TEST(SnapshotCodec, AFullStateComesBackEqual) {
  const State state = test::full_state();
  const auto decoded = decode_state(encode_state(state));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_TRUE(*decoded == state) << encode_state(state);
}

TEST(SnapshotCodec, AnEmptyStateComesBackEqual) {
  const auto decoded = decode_state(encode_state(State{}));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_TRUE(*decoded == State{});
}

TEST(SnapshotCodec, EqualStatesHaveEqualText) {
  const std::string text = encode_state(test::full_state());
  EXPECT_EQ(encode_state(*decode_state(text)), text);
}

TEST(SnapshotCodec, RefusesAnotherCodecVersion) {
  std::string text = encode_state(State{});
  const std::string own = fmt::format("\"codec\":{}", kSnapshotVersion);
  ASSERT_NE(text.find(own), std::string::npos) << text;
  text.replace(text.find(own), own.size(), "\"codec\":99");
  const auto decoded = decode_state(text);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::corrupt);
  EXPECT_NE(decoded.error().message.find("codec version 99"), std::string::npos) << decoded.error().message;
}

TEST(SnapshotCodec, RefusesTheSameIdTwice) {
  const auto decoded = decode_state(
      R"({"codec":4,"state":{"id":"i_1","seq":1,"frames":[{"id":1,"list":0},{"id":1,"list":2}]}})");
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().pointer, "/state/frames/1");
}

TEST(SnapshotCodec, RefusesAStepThatIsNoNumber) {
  for (const auto* step : {"x", "", "01", "-1", "4294967296", "1 "}) {
    EXPECT_FALSE(decode_state(
        fmt::format(R"({{"codec":4,"state":{{"id":"i_1","seq":1,"visits":{{"{}":1}}}}}})", step)))
        << step;
  }
  EXPECT_TRUE(decode_state(R"({"codec":4,"state":{"id":"i_1","seq":1,"visits":{"0":1,"12":2}}})"));
}

TEST(SnapshotCodec, RefusesEveryCutOffText) {
  const std::string text = encode_state(test::full_state());
  for (std::size_t length = 0; length < text.size(); ++length) {
    const auto decoded = decode_state(std::string_view(text).substr(0, length));
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().code, ErrorCode::corrupt);
  }
}

TEST(SnapshotCodec, SurvivesDamagedBytes) {
  std::mt19937 random(20260302);
  const std::string whole = encode_state(test::full_state());
  for (int i = 0; i < 5000; ++i) {
    auto text = whole;
    for (int flips = 0; flips < 3; ++flips) text[random() % text.size()] = static_cast<char>(random() % 256);
    const auto decoded = decode_state(text);
    EXPECT_TRUE(decoded || decoded.error().code == ErrorCode::corrupt) << text;
  }
}

TEST(SnapshotCodec, SurvivesDeepNesting) {
  std::string text = R"({"codec":4,"state":{"id":"i_1","seq":1,"vars":{"x":)" + std::string(100'000, '[');
  EXPECT_FALSE(decode_state(text));
  text += std::string(100'000, ']') + "}}}";
  EXPECT_FALSE(decode_state(text));
}

std::string written(const Value& value) {
  std::string text;
  codec::JsonWriter(text).value(value);
  return text;
}

TEST(JsonWriter, SpellsValuesAsCelEncodeDoes) {
  cel::Map plain;
  plain.set("a", Value::integer(1));
  plain.set("b", Value());
  cel::Map numbered;
  numbered.set(Value::integer(1), Value::string("x"));
  cel::Map dollar;
  dollar.set("$money", Value::string("x"));
  const std::vector<Value> values{
      Value(),
      Value::boolean(false),
      Value::integer(-9'223'372'036'854'775'807),
      Value::unsigned_integer(18'446'744'073'709'551'615U),
      Value::number(0.1),
      Value::number(-1e300),
      Value::string("审批 \"x\"\\\n\t\x01"),
      Value::bytes(std::string("\x00\xff", 2)),
      Value::list({Value::integer(1), Value::list({}), Value::map({})}),
      Value::map(plain),
      Value::map(numbered),
      Value::map(dollar),
      Value::timestamp(cel::Timestamp{1, 500}),
      Value::duration(cel::Span{-1, -500}),
      Value::type("int"),
      Value::optional_none(),
      Value::optional_of(Value::string("x")),
      Value::decimal(*Decimal::parse("12.50")),
      Value::money({*Decimal::parse("12.50"), "CNY"}),
      Value::date({20514}),
      Value::person(PersonId("li.na")),
      Value::group("finance"),
  };
  for (const auto& value : values) {
    EXPECT_EQ(boost::json::parse(written(value)), cel::encode(value)) << written(value);
  }
}

TEST(JsonWriter, SpellsInstantsAsRfc3339) {
  for (const auto* text : {"1970-01-01T00:00:00Z", "2026-03-02T10:14:00Z", "2026-12-31T23:59:59.999Z",
                           "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.001Z", "1969-12-31T23:59:59.500Z"}) {
    std::string out;
    codec::JsonWriter(out).instant(*parse_rfc3339(text));
    EXPECT_EQ(out, '"' + std::string(text) + '"');
  }
}

}  // namespace
}  // namespace countersign
