#pragma once
// Action links: the token in a message that identifies one person for one work item in one round. A token is
// HMAC-SHA-256(key; instance, item, round, person, nonce) cut to 128 bits, in base64url (22 characters); the
// store keeps SHA-256(token) only, and the nonce lies with the unsent message, so that reading the database
// gives no token. Thread-safe.

#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/random.h"

namespace countersign {

// A link without an item leads those who only read to the request, whatever round it is in.
inline constexpr std::uint32_t kReadersItem = 0;
inline constexpr std::uint32_t kReadersRound = 0;

class Links {
 public:
  // `key`: 32 secret bytes kept outside the database. `public_url`: https://host/prefix without a slash at
  // the end.
  Links(std::string key, std::string public_url);

  std::string token(const InstanceId& instance, std::uint32_t item, std::uint32_t round,
                    const PersonId& person, std::string_view nonce) const;
  static std::string hash(std::string_view token);
  static std::string new_nonce(RandomSource& random);
  // PUBLIC_URL/a/TOKEN
  std::string url(std::string_view token) const;
  const std::string& public_url() const { return public_url_; }

 private:
  std::string key_;
  std::string public_url_;
};

}  // namespace countersign
