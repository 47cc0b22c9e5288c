#include "base/random.h"

#include <algorithm>
#include <array>
#include <set>

#include <gtest/gtest.h>

namespace countersign {
namespace {

// Gives the same byte again and again.
class FixedRandom final : public RandomSource {
 public:
  explicit FixedRandom(unsigned char byte) : byte_(byte) {}
  void fill(std::span<unsigned char> bytes) override { std::ranges::fill(bytes, byte_); }

 private:
  unsigned char byte_;
};

TEST(SeededRandom, RepeatsItselfForEqualSeeds) {
  std::array<unsigned char, 21> a{}, b{}, c{};
  SeededRandom(7).fill(a);
  SeededRandom(7).fill(b);
  SeededRandom(8).fill(c);
  EXPECT_EQ(a, b);
  EXPECT_NE(a, c);
}

TEST(SystemRandom, DoesNotRepeatItself) {
  SystemRandom random;
  std::array<unsigned char, 16> a{}, b{};
  random.fill(a);
  random.fill(b);
  EXPECT_NE(a, b);
}

TEST(SortableId, LaysOutTimeAndThenRandomBits) {
  FixedRandom zeros(0), ones(0xff);
  EXPECT_EQ(sortable_id(from_unix_ms(0), zeros), "00000000000000000000000000");
  EXPECT_EQ(sortable_id(from_unix_ms(1), ones), "0000000001ZZZZZZZZZZZZZZZZ");
  // 1469918176385 ms is 01ARYZ6S41 in Crockford's base 32.
  EXPECT_EQ(sortable_id(from_unix_ms(1'469'918'176'385), zeros), "01ARYZ6S410000000000000000");
  EXPECT_EQ(sortable_id(from_unix_ms((std::int64_t{1} << 48) - 1), ones), "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
}

TEST(SortableId, SortsByTheTimeOfCreation) {
  SeededRandom random(3);
  std::string last;
  std::set<std::string> ids;
  for (std::int64_t ms = 1'772'446'440'000; ms < 1'772'446'442'000; ++ms) {
    const std::string id = sortable_id(from_unix_ms(ms), random);
    ASSERT_EQ(id.size(), 26U);
    ASSERT_LT(last, id);
    last = id;
    ids.insert(sortable_id(from_unix_ms(0), random));
  }
  EXPECT_EQ(ids.size(), 2000U) << "ids of one millisecond differ";
}

}  // namespace
}  // namespace countersign
