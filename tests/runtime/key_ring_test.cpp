#include "runtime/key_ring.h"

#include <gtest/gtest.h>

namespace countersign {
namespace {

const Instant kNow = *parse_rfc3339("2026-03-02T09:00:00Z");

KeyRow row_of(const std::string& key) {
  KeyRow row;
  row.id = key.substr(0, 12);
  row.hash = KeyRing::hash(key);
  return row;
}

TEST(KeyRing, FindsAKeyByTheWholeOfIt) {
  SeededRandom random(1);
  const std::string key = KeyRing::new_key(random);
  EXPECT_TRUE(key.starts_with("csk_"));
  EXPECT_EQ(key.size(), 47U);
  KeyRing ring;
  ring.add(row_of(key));
  ASSERT_TRUE(ring.find(key, kNow).has_value());
  EXPECT_EQ(ring.find(key, kNow)->id, key.substr(0, 12));
  EXPECT_FALSE(ring.find(key.substr(0, 46), kNow).has_value());
  EXPECT_FALSE(ring.find(KeyRing::new_key(random), kNow).has_value());
}

TEST(KeyRing, ForgetsKeysThatAreRevokedOrExpired) {
  SeededRandom random(1);
  const std::string revoked = KeyRing::new_key(random);
  const std::string expiring = KeyRing::new_key(random);
  KeyRow row = row_of(expiring);
  row.expires_at = kNow;
  KeyRing ring;
  ring.add(row_of(revoked));
  ring.add(row);
  ring.revoke(revoked.substr(0, 12), kNow);
  EXPECT_FALSE(ring.find(revoked, kNow).has_value());
  EXPECT_TRUE(ring.find(expiring, kNow - Duration(1)).has_value());
  EXPECT_FALSE(ring.find(expiring, kNow).has_value());
}

TEST(KeyRing, HoldsWhatWasLoadedLastAndNothingElse) {
  SeededRandom random(1);
  const std::string before = KeyRing::new_key(random);
  const std::string after = KeyRing::new_key(random);
  KeyRing ring;
  ring.add(row_of(before));
  ring.load({row_of(after)});
  EXPECT_FALSE(ring.find(before, kNow).has_value());
  EXPECT_TRUE(ring.find(after, kNow).has_value());
}

}  // namespace
}  // namespace countersign
