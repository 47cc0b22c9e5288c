#include "runtime/links.h"

#include <array>

#include "base/digest.h"

namespace countersign {

Links::Links(std::string key, std::string public_url)
    : key_(std::move(key)), public_url_(std::move(public_url)) {
  while (public_url_.ends_with('/')) public_url_.pop_back();
}

std::string Links::token(const InstanceId& instance, std::uint32_t item, std::uint32_t round,
                         const PersonId& person, std::string_view nonce) const {
  // sha256_pieces puts each piece's length before it, so that no two links share an input.
  const Digest input = sha256_pieces(
      "countersign link", {instance.value, std::to_string(item), std::to_string(round), person.value, nonce});
  const Digest mac = hmac_sha256(key_, as_text(input));
  return to_base64url(as_text(mac).substr(0, 16));
}

std::string Links::hash(std::string_view token) {
  return std::string(as_text(sha256(token)));
}

std::string Links::new_nonce(RandomSource& random) {
  std::array<unsigned char, 16> bytes{};
  random.fill(bytes);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string Links::url(std::string_view token) const {
  return public_url_ + "/a/" + std::string(token);
}

}  // namespace countersign
