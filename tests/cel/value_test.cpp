// Values: equality, maps, codecs and texts.

#include <limits>

#include <gtest/gtest.h>

#include "base/json.h"
#include "cel/calendar.h"
#include "tests/cel/evaluate.h"

namespace countersign::cel {
namespace {

std::vector<Value> one_of_each() {
  Map mixed;
  mixed.set(Value::integer(1), Value::string("one"));
  mixed.set(Value::boolean(true), Value());
  mixed.set(Value::unsigned_integer(7), Value::list({Value::number(0.5)}));
  return {
      Value(),
      Value::boolean(true),
      Value::integer(std::numeric_limits<std::int64_t>::min()),
      Value::unsigned_integer(std::numeric_limits<std::uint64_t>::max()),
      Value::number(0.1),
      Value::number(-0.0),
      Value::number(std::numeric_limits<double>::infinity()),
      Value::number(5e-324),
      Value::string("会签 \"x\""),
      Value::bytes(std::string_view("\0\xff", 2)),
      Value::list({Value::integer(1), Value::list({})}),
      map_of({{"a", Value::integer(1)}, {"b", map_of({})}}),
      map_of({{"$decimal", Value::string("no decimal at all")}}),
      Value::map(mixed),
      Value::timestamp(Timestamp{-62'135'596'800, 1}),
      Value::timestamp(Timestamp{253'402'300'799, 999'999'999}),
      Value::duration(Span{-1, -500'000'000}),
      Value::duration(Span{0, 1}),
      Value::type("int"),
      Value::optional_none(),
      Value::optional_of(Value::optional_of(Value::integer(1))),
      decimal("12.50"),
      decimal("-1E+20"),
      money("12.50", "CNY"),
      Value::date(Date{-1}),
      Value::person(PersonId("li.na")),
      Value::group("finance"),
  };
}

TEST(ValueCodec, LosesNothing) {
  for (const Value& value : one_of_each()) {
    const json::value encoded = encode(value);
    // Through text, as the store has it.
    const auto decoded = decode(json::parse(json::serialize(encoded)));
    ASSERT_TRUE(decoded.has_value()) << json::serialize(encoded) << ": " << decoded.error().message;
    EXPECT_EQ(decoded->kind(), value.kind());
    EXPECT_TRUE(*decoded == value) << json::serialize(encoded);
    EXPECT_EQ(json::serialize(encode(*decoded)), json::serialize(encoded));
  }
}

TEST(ValueCodec, WritesWhatTheHeaderSays) {
  const auto text = [](const Value& value) { return json::serialize(encode(value)); };
  EXPECT_EQ(text(money("12.50", "CNY")), R"({"$money":["12.50","CNY"]})");
  EXPECT_EQ(text(Value::duration(Span{1, 500'000'000})), R"({"$span":"1.5s"})");
  EXPECT_EQ(text(Value::timestamp(Timestamp{0, 0})), R"({"$time":"1970-01-01T00:00:00Z"})");
  EXPECT_EQ(text(Value::number(0.1)), R"({"$double":"0.1"})");
  EXPECT_EQ(text(Value::optional_none()), R"({"$optional":[]})");
  EXPECT_EQ(text(map_of({{"$x", Value::integer(1)}})), R"({"$map":[["$x",1]]})");
}

TEST(ValueCodec, RefusesWhatItNeverWrites) {
  for (const char* text :
       {R"({"$decimal":"x"})", R"({"$what":1})", R"({"$money":["1"]})", R"({"$map":[[1]]})", "1.5",
        R"({"$date":"2026-02-30"})", R"({"$uint":"-1"})", R"({"$map":[[[1],2]]})", R"({"$bytes":"*"})"}) {
    const auto decoded = decode(json::parse(text));
    ASSERT_FALSE(decoded.has_value()) << text;
    EXPECT_EQ(decoded.error().code, ErrorCode::corrupt);
  }
}

TEST(PlainJson, SpellsValuesForOtherSystems) {
  const auto text = [](const Value& value) { return json::serialize(to_plain_json(value)); };
  EXPECT_EQ(text(money("12.50", "CNY")), R"("12.50")");
  EXPECT_EQ(text(decimal("1.10")), R"("1.10")");
  EXPECT_EQ(text(Value::date(Date{0})), R"("1970-01-01")");
  EXPECT_EQ(text(Value::person(PersonId("li.na"))), R"("li.na")");
  EXPECT_EQ(text(Value::optional_none()), "null");
  EXPECT_EQ(text(Value::optional_of(Value::integer(1))), "1");
  EXPECT_EQ(text(Value::number(std::numeric_limits<double>::quiet_NaN())), R"("NaN")");
}

TEST(PlainJson, KeepsNumbersAsTheyWereWritten) {
  const auto parsed =
      parse_json(R"({"i": 5, "d": 12.50, "big": 123456789012345678901, "e": 1e3, "l": [null, true]})");
  ASSERT_TRUE(parsed.has_value());
  const Value value = from_plain_json(*parsed);
  const Map& map = value.as_map();
  EXPECT_EQ(map.find("i")->as_int(), 5);
  EXPECT_EQ(map.find("d")->as_decimal().to_text(), "12.50");
  EXPECT_EQ(map.find("big")->as_decimal().to_text(), "123456789012345678901");
  EXPECT_EQ(map.find("e")->kind(), Kind::decimal);
  EXPECT_EQ(map.find("l")->as_list().size(), 2U);
}

TEST(Display, IsWhatProseShows) {
  EXPECT_EQ(to_display(money("1280.50", "EUR")), "1280.50 EUR");
  EXPECT_EQ(to_display(Value::list({Value::string("a"), Value::boolean(true), Value::integer(3)})),
            "a, true, 3");
  EXPECT_EQ(to_display(Value::optional_none()), "");
  EXPECT_EQ(to_display(Value()), "");
  EXPECT_EQ(to_display(Value::date(*parse_date("2026-03-02"))), "2026-03-02");
  EXPECT_EQ(to_display(Value::person(PersonId("li.na"))), "li.na");
}

TEST(Equality, IsByValueAcrossNumbers) {
  EXPECT_TRUE(Value::integer(1) == Value::unsigned_integer(1));
  EXPECT_TRUE(Value::integer(1) == Value::number(1.0));
  EXPECT_TRUE(decimal("1.0") == Value::integer(1));
  EXPECT_TRUE(decimal("0.1") == Value::number(0.1));
  EXPECT_FALSE(Value::integer(-1) == Value::unsigned_integer(std::numeric_limits<std::uint64_t>::max()));
  const Value nan = Value::number(std::numeric_limits<double>::quiet_NaN());
  EXPECT_FALSE(nan == nan);
  EXPECT_FALSE(Value::string("1") == Value::integer(1));
  EXPECT_FALSE(Value::string("li.na") == Value::person(PersonId("li.na")));
  EXPECT_TRUE(money("1.50", "CNY") == money("1.5", "CNY"));
  EXPECT_FALSE(money("1.5", "CNY") == money("1.5", "EUR"));
}

TEST(MapOfValues, KeepsOrderAndFindsEqualKeysWhateverItsSize) {
  for (const int size : {3, 15, 16, 17, 500}) {
    Map map;
    for (int i = 0; i < size; ++i) {
      map.set("key" + std::to_string(i), Value::integer(i));
      map.set(Value::integer(i), Value::integer(-i));
    }
    EXPECT_EQ(map.size(), static_cast<std::size_t>(size) * 2);
    map.set(Value::unsigned_integer(1), Value::string("replaced"));
    EXPECT_EQ(map.size(), static_cast<std::size_t>(size) * 2);
    EXPECT_EQ(map.find(Value::number(1.0))->as_string(), "replaced");
    EXPECT_EQ(map.find(Value::number(1.5)), nullptr);
    EXPECT_EQ(map.find("key2")->as_int(), 2);
    EXPECT_EQ(map.find("absent"), nullptr);
    EXPECT_EQ(map.find(Value::bytes("key2")), nullptr);
    EXPECT_TRUE(map.erase("key0"));
    EXPECT_FALSE(map.erase("key0"));
    EXPECT_EQ(map.find("key0"), nullptr);
    EXPECT_EQ(map.begin()->first.as_int(), 0);
    EXPECT_EQ(map.find("key2")->as_int(), 2);
  }
}

TEST(MapOfValues, FindsNearWhereItWas) {
  const Value first = map_of({{"a", Value::integer(1)}, {"b", Value::integer(2)}});
  const Value other = map_of({{"b", Value::integer(3)}});
  std::size_t place = 0;
  EXPECT_EQ(first.as_map().find_near("b", place)->as_int(), 2);
  EXPECT_EQ(place, 1U);
  EXPECT_EQ(other.as_map().find_near("b", place)->as_int(), 3);
  EXPECT_EQ(place, 0U);
  EXPECT_EQ(other.as_map().find_near("a", place), nullptr);
}

TEST(Values, AreSmallAndMoveToNull) {
  EXPECT_EQ(sizeof(Value), 16U);
  Value text = Value::string("x");
  const Value moved = std::move(text);
  EXPECT_EQ(moved.as_string(), "x");
  Value self = moved;
  const Value& alias = self;
  self = alias;
  EXPECT_EQ(self.as_string(), "x");
}

TEST(CalendarTexts, ReadAndWriteDurations) {
  const auto read = [](std::string_view text) {
    const auto span = parse_span(text);
    return span ? format_span(*span) : "error";
  };
  EXPECT_EQ(read("1h45m47s"), "6347s");
  EXPECT_EQ(read("-1.5h"), "-5400s");
  EXPECT_EQ(read("1ms"), "0.001s");
  EXPECT_EQ(read("-0.5s"), "-0.5s");
  EXPECT_EQ(read("0"), "0s");
  EXPECT_EQ(read(".5s"), "0.5s");
  EXPECT_EQ(read("999999999ns"), "0.999999999s");
  EXPECT_EQ(read("315576000000s"), "315576000000s");
  for (const char* bad : {"", "1", "h", "1x", "-", "1h-3m", "315576000001s", "99999999999999999999s",
                          "9999999999999h", "1.s2"}) {
    EXPECT_EQ(read(bad), "error") << bad;
  }
}

TEST(CalendarTexts, ReadAndWriteDates) {
  EXPECT_EQ(format_date(*parse_date("0001-01-01")), "0001-01-01");
  EXPECT_EQ(format_date(*parse_date("9999-12-31")), "9999-12-31");
  for (const char* bad : {"2026-2-3", "2026-02-30", "20260203", "2026-02-03x", "", "02/03/2026"}) {
    EXPECT_FALSE(parse_date(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace countersign::cel
