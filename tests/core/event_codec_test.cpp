#include "core/event_codec.h"

#include <random>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "core/codec/event_members.h"
#include "tests/core/event_samples.h"
#include "tests/core/golden_file.h"

namespace countersign {
namespace member_probe {

// Counting the members of an aggregate: as many initialisers as it takes. These convert to anything, in
// unevaluated expressions only; with internal linkage clang would ask for a definition.
template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
struct AnyValue {
  template <class T>
    requires(!kIsOptional<T>)
  operator T() const;
};
struct AnyOptional {
  template <class T>
    requires kIsOptional<T>
  operator T() const;
};

}  // namespace member_probe

namespace {

using member_probe::AnyOptional;
using member_probe::AnyValue;

using test::for_each_full_event;

Result<EventBody> decode_again(const EncodedEvent& encoded) {
  return decode_event(encoded.type, encoded.version, encoded.payload);
}

template <class T, class... Found>
constexpr std::size_t member_count() {
  if constexpr (requires { T{Found{}..., AnyValue{}}; }) {
    return member_count<T, Found..., AnyValue>();
  } else if constexpr (requires { T{Found{}..., AnyOptional{}}; }) {
    return member_count<T, Found..., AnyOptional>();
  } else {
    return sizeof...(Found);
  }
}
template <class T>
constexpr bool all_members_are_listed() {
  return member_count<T>() == std::tuple_size_v<std::decay_t<decltype(codec::Members<T>::kList)>>;
}
template <class... T>
constexpr bool all_events_are_listed(const std::variant<T...>*) {
  return (all_members_are_listed<T>() && ...);
}
static_assert(all_events_are_listed(static_cast<const EventBody*>(nullptr)));
static_assert(all_members_are_listed<Actor>());
static_assert(all_members_are_listed<Seat>());
static_assert(all_members_are_listed<Roster>());
static_assert(all_members_are_listed<Item>());
static_assert(all_members_are_listed<TimerKey>());
static_assert(all_members_are_listed<Timer>());
static_assert(all_members_are_listed<Activation>());
static_assert(all_members_are_listed<Frame>());
static_assert(all_members_are_listed<StepTimes>());
static_assert(all_members_are_listed<StepResult>());
static_assert(all_members_are_listed<State>());

template <class T>
void expect_every_member_set(const T& sample) {
  const auto expect_set = [&](const auto& member) {
    EXPECT_FALSE(sample.*member.pointer == codec::kDefault<T>.*member.pointer)
        << "the sample leaves '" << member.key << "' at its default";
  };
  std::apply([&](const auto&... member) { (expect_set(member), ...); }, codec::Members<T>::kList);
}

TEST(EventCodec, SamplesSetEveryMember) {
  for_each_full_event([](const auto& sample) {
    SCOPED_TRACE(type_of(sample));
    expect_every_member_set(sample);
  });
  expect_every_member_set(test::full_state());
  expect_every_member_set(test::full_state().activations.begin()->second);
  expect_every_member_set(test::full_state().frames.begin()->second);
  expect_every_member_set(test::full_state().results.begin()->second);
  expect_every_member_set(test::full_actor());
  expect_every_member_set(test::full_item());
  expect_every_member_set(test::full_roster());
}

TEST(EventCodec, FullEventsComeBackEqual) {
  for_each_full_event([](const auto& sample) {
    const EventBody body = sample;
    const auto encoded = encode_event(body);
    EXPECT_EQ(encoded.type, type_of(body));
    const auto decoded = decode_again(encoded);
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_TRUE(*decoded == body) << encoded.payload;
  });
}

TEST(EventCodec, EmptyEventsComeBackEqual) {
  for_each_full_event([]<class T>(const T&) {
    const EventBody body = T{};
    const auto encoded = encode_event(body);
    const auto decoded = decode_again(encoded);
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_TRUE(*decoded == body) << encoded.payload;
  });
}

TEST(EventCodec, TypesAreDistinct) {
  std::set<std::string_view> types;
  for_each_full_event([&](const auto& sample) { types.insert(type_of(sample)); });
  EXPECT_EQ(types.size(), std::variant_size_v<EventBody>);
}

TEST(EventCodec, LeavesOutWhatIsEmpty) {
  ItemChanged event;
  event.item = 8;
  event.outcome = "approved";
  event.by = {.kind = Actor::Kind::person,
              .person = PersonId("li.na"),
              .channel = "",
              .authenticated = "",
              .on_behalf_of = {}};
  EXPECT_EQ(encode_event(event).payload,
            R"({"item":8,"act":"decide","status":"decided","outcome":"approved",)"
            R"("by":{"kind":"person","person":"li.na"}})");
}

// Samples are written once, when an event or a version is new, and never changed afterwards.
TEST(EventCodec, GoldenSamplesDecodeAndEncodeIdentically) {
  for_each_full_event([](const auto& sample) {
    const auto encoded = encode_event(sample);
    const auto path =
        test::source_path(fmt::format("tests/golden/events/{}.v{}.json", encoded.type, encoded.version));
    if (test::rewrite_golden() && !std::filesystem::exists(path))
      test::write_file(path, encoded.payload + "\n");
    const auto stored = test::read_file(path);
    ASSERT_TRUE(stored) << path << " is missing; COUNTERSIGN_REWRITE_GOLDEN=1 writes it";
    const auto decoded = decode_event(encoded.type, encoded.version, *stored);
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(encode_event(*decoded).payload + "\n", *stored);
  });
}

TEST(EventCodec, EveryGoldenSampleIsOfAKnownVersion) {
  for (const auto& entry : std::filesystem::directory_iterator(test::source_path("tests/golden/events"))) {
    const std::string name = entry.path().filename().string();
    const auto dot = name.find(".v");
    ASSERT_NE(dot, std::string::npos) << name;
    const auto version = static_cast<std::uint32_t>(std::stoul(name.substr(dot + 2)));
    const auto decoded = decode_event(name.substr(0, dot), version, *test::read_file(entry.path()));
    EXPECT_TRUE(decoded) << name << ": " << decoded.error().message;
  }
}

void expect_corrupt(const EncodedEvent& encoded, std::string_view payload) {
  const auto decoded = decode_event(encoded.type, encoded.version, payload);
  ASSERT_FALSE(decoded) << encoded.type << " accepts " << payload;
  EXPECT_EQ(decoded.error().code, ErrorCode::corrupt);
  EXPECT_NE(decoded.error().message.find(encoded.type), std::string::npos) << decoded.error().message;
}

TEST(EventCodec, RefusesEveryCutOffPayload) {
  for_each_full_event([](const auto& sample) {
    const auto encoded = encode_event(sample);
    for (std::size_t length = 0; length < encoded.payload.size(); ++length) {
      expect_corrupt(encoded, std::string_view(encoded.payload).substr(0, length));
    }
    expect_corrupt(encoded, encoded.payload + "}");
  });
}

TEST(EventCodec, RefusesOtherJsonThanAnObject) {
  for_each_full_event([](const auto& sample) {
    for (const auto* payload : {"null", "[]", "1", "\"x\"", "[{}]", "\xff"}) {
      expect_corrupt(encode_event(sample), payload);
    }
  });
}

TEST(EventCodec, RefusesUnknownMembers) {
  for_each_full_event([](const auto& sample) {
    auto encoded = encode_event(sample);
    expect_corrupt(encoded, "{\"surprise\":1," + encoded.payload.substr(1));
  });
}

TEST(EventCodec, RefusesAMissingRequiredMember) {
  for_each_full_event([]<class T>(const T& sample) {
    const auto encoded = encode_event(sample);
    const auto whole = json::parse(encoded.payload).as_object();
    std::apply(
        [&](const auto&... member) {
          const auto without = [&](const auto& one) {
            if (!one.required) return;
            auto rest = whole;
            rest.erase(one.key);
            expect_corrupt(encoded, json::serialize(rest));
          };
          (without(member), ...);
        },
        codec::Members<T>::kList);
  });
}

// -1.5 is a value of no kind at all: fractions are never stored as JSON numbers.
TEST(EventCodec, RefusesAMemberOfAnotherKind) {
  for_each_full_event([](const auto& sample) {
    const auto encoded = encode_event(sample);
    const auto whole = json::parse(encoded.payload).as_object();
    for (const auto& member : whole) {
      auto changed = whole;
      changed[member.key()] = -1.5;
      expect_corrupt(encoded, json::serialize(changed));
    }
  });
}

TEST(EventCodec, NamesThePlaceOfAFault) {
  const auto decoded = decode_event("commented", 1, R"({"by":{"kind":"robot"},"text":"x"})");
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().pointer, "/by/kind");
  EXPECT_EQ(decoded.error().message,
            "cannot read a stored event of type 'commented' version 1: /by/kind: 'robot' is none of the "
            "known words");
}

TEST(EventCodec, RefusesUnknownTypesAndVersions) {
  EXPECT_EQ(decode_event("item_exploded", 1, "{}").error().code, ErrorCode::corrupt);
  EXPECT_EQ(decode_event("", 1, "{}").error().code, ErrorCode::corrupt);
  EXPECT_EQ(decode_event("stage_entered", 2, R"({"stage":"x"})").error().code, ErrorCode::corrupt);
  EXPECT_EQ(decode_event("stage_entered", 0, R"({"stage":"x"})").error().code, ErrorCode::corrupt);
}

TEST(EventCodec, RefusesNumbersThatDoNotFit) {
  EXPECT_FALSE(decode_event("frame_closed", 1, R"({"frame":4294967296})"));
  EXPECT_FALSE(decode_event("frame_closed", 1, R"({"frame":-1})"));
  EXPECT_FALSE(decode_event("counter_taken", 1, R"({"scope":"x","value":18446744073709551616})"));
  EXPECT_TRUE(decode_event("counter_taken", 1, R"({"scope":"x","value":18446744073709551615})"));
}

TEST(EventCodec, SurvivesDamagedBytes) {
  std::mt19937 random(20260302);
  for_each_full_event([&](const auto& sample) {
    const auto encoded = encode_event(sample);
    for (int i = 0; i < 300; ++i) {
      auto payload = encoded.payload;
      for (int flips = 0; flips < 3; ++flips) {
        payload[random() % payload.size()] = static_cast<char>(random() % 256);
      }
      const auto decoded = decode_event(encoded.type, encoded.version, payload);
      EXPECT_TRUE(decoded || decoded.error().code == ErrorCode::corrupt) << payload;
    }
  });
}

// An answer in a foreign encoding must not make the record unreadable.
TEST(EventCodec, KeepsTextReadableThatIsNoUtf8) {
  EffectFinished event;
  event.effect = EffectId(1);
  event.detail = "r\xe9ponse \xe5\xae\xa1 \xed\xa0\x80";
  const auto decoded = decode_again(encode_event(event));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(std::get<EffectFinished>(*decoded).detail, "r\uFFFDponse 审 \uFFFD\uFFFD\uFFFD");
}

TEST(EventCodec, KeepsControlCharacters) {
  Commented event;
  for (int c = 0; c < 128; ++c) event.text += static_cast<char>(c);
  EXPECT_TRUE(*decode_again(encode_event(event)) == EventBody(event));
}

template <class T>
void expect_all_enumerators() {
  std::set<std::string_view> words;
  for (const T value : codec::Enumerators<T>::kAll) words.insert(to_string(value));
  EXPECT_EQ(words.size(), codec::Enumerators<T>::kAll.size());
  // A further enumerator would have a word of its own.
  EXPECT_TRUE(words.contains(to_string(static_cast<T>(words.size()))))
      << to_string(static_cast<T>(words.size()));
}

TEST(EventCodec, KnowsEveryEnumerator) {
  expect_all_enumerators<Actor::Kind>();
  expect_all_enumerators<Seat::Vote>();
  expect_all_enumerators<AddedAs>();
  expect_all_enumerators<TimerKind>();
  expect_all_enumerators<ItemStatus>();
  expect_all_enumerators<ItemAct>();
}

}  // namespace
}  // namespace countersign
