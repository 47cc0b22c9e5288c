#pragma once
// API keys in memory: looked up on every request, changed rarely. Thread-safe.

#include <map>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "store/rows.h"

namespace countersign {

class KeyRing {
 public:
  void load(std::vector<KeyRow> rows);
  void add(KeyRow row);
  void revoke(std::string_view id, Instant at);
  // The row of a key in force at `now` (whole key as sent, "csk_…"); nullopt where unknown, revoked or
  // expired.
  std::optional<KeyRow> find(std::string_view key, Instant now) const;

  // A new key's text: "csk_" and 43 characters of base64url (32 random bytes). Its id is its first 12
  // characters.
  static std::string new_key(RandomSource& random);
  static std::string hash(std::string_view key);

 private:
  mutable std::shared_mutex mutex_;
  std::map<std::string, KeyRow, std::less<>> by_hash_;
};

}  // namespace countersign
