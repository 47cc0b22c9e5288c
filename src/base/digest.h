#pragma once
// Hashes, keyed hashes and text encodings of bytes, over OpenSSL. Pure functions, thread-safe.

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace countersign {

using Digest = std::array<unsigned char, 32>;

Digest sha256(std::string_view bytes);
// SHA-256 over several pieces, each preceded by its length as 8 bytes big-endian, so that no two lists of
// pieces share an input. `domain` comes first as a piece of its own.
Digest sha256_pieces(std::string_view domain, std::initializer_list<std::string_view> pieces);
Digest hmac_sha256(std::string_view key, std::string_view bytes);
std::string hmac_sha1(std::string_view key,
                      std::string_view bytes);  // 20 bytes; only for vendors that ask for it

// Takes the same time wherever the first difference is. Different lengths are unequal.
bool equal_in_constant_time(std::string_view a, std::string_view b);

inline std::string_view as_text(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);
std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);  // with padding, strictly
std::string to_base64url(std::string_view bytes);               // RFC 4648 section 5, without padding
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace countersign
