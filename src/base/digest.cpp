#include "base/digest.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/error.h"

namespace countersign {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// Looked up once: OpenSSL searches its providers for EVP_sha256() at every use.
const EVP_MD* sha256_algorithm() {
  static const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm(
      EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free);
  return algorithm.get();
}

// A running SHA-256, of which a thread has one at a time: the context is kept. OpenSSL's calls fail only
// without memory or without the algorithm: nothing to go on with.
class Sha256 {
 public:
  Sha256() {
    COUNTERSIGN_INVARIANT(context_ && EVP_DigestInit_ex2(context_.get(), sha256_algorithm(), nullptr) == 1,
                          "OpenSSL cannot start SHA-256");
  }
  void update(std::string_view bytes) {
    COUNTERSIGN_INVARIANT(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1,
                          "SHA-256 failed");
  }
  Digest finish() {
    Digest digest;
    COUNTERSIGN_INVARIANT(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1, "SHA-256 failed");
    return digest;
  }

 private:
  static thread_local std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};
thread_local std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> Sha256::context_(EVP_MD_CTX_new(),
                                                                                      EVP_MD_CTX_free);

void hmac(const EVP_MD* algorithm, std::string_view key, std::string_view bytes, unsigned char* out) {
  const auto* done = HMAC(algorithm, key.data() != nullptr ? key.data() : "", static_cast<int>(key.size()),
                          reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out, nullptr);
  COUNTERSIGN_INVARIANT(done != nullptr, "OpenSSL cannot compute a keyed hash");
}

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
}

std::string encode64(std::string_view bytes, std::string_view alphabet, bool padded) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::uint32_t bits =
        byte_at(bytes, at) << 16 | byte_at(bytes, at + 1) << 8 | byte_at(bytes, at + 2);
    const std::size_t characters = bytes.size() - at >= 3 ? 4 : bytes.size() - at + 1;
    for (std::size_t i = 0; i < characters; ++i) text += alphabet[bits >> (18 - 6 * i) & 63U];
    if (padded) text.append(4 - characters, '=');
  }
  return text;
}

// `text` without padding. Bits that encode nothing must be zero, else several texts would mean the same
// bytes.
std::optional<std::string> decode64(std::string_view text, std::string_view alphabet) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const auto value = alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes += static_cast<char>(bits >> held & 0xffU);
    }
  }
  if ((bits & ((1U << held) - 1U)) != 0) return std::nullopt;
  return bytes;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Digest sha256(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

Digest sha256_pieces(std::string_view domain, std::initializer_list<std::string_view> pieces) {
  Sha256 hash;
  // Small pieces are put together first: a call of OpenSSL costs more than a copy.
  std::array<char, 1024> together;
  std::size_t used = 0;
  const auto flush = [&] {
    hash.update({together.data(), used});
    used = 0;
  };
  const auto add = [&](std::string_view bytes) {
    if (bytes.size() > together.size() - used) flush();
    if (bytes.size() > together.size()) return hash.update(bytes);
    std::copy(bytes.begin(), bytes.end(), together.begin() + static_cast<std::ptrdiff_t>(used));
    used += bytes.size();
  };
  const auto add_piece = [&](std::string_view piece) {
    std::array<char, 8> length;
    for (std::size_t i = 0; i < length.size(); ++i)
      length[i] = static_cast<char>(std::uint64_t{piece.size()} >> (8 * (7 - i)) & 0xffU);
    add({length.data(), length.size()});
    add(piece);
  };
  add_piece(domain);
  for (const auto piece : pieces) add_piece(piece);
  flush();
  return hash.finish();
}

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
  Digest digest;
  hmac(EVP_sha256(), key, bytes, digest.data());
  return digest;
}

std::string hmac_sha1(std::string_view key, std::string_view bytes) {
  std::string digest(20, '\0');
  hmac(EVP_sha1(), key, bytes, reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string to_hex(std::string_view bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4U];
    text += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t at = 0; at < text.size(); at += 2) {
    const int high = hex_value(text[at]);
    const int low = hex_value(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::string to_base64(std::string_view bytes) {
  return encode64(bytes, kBase64, true);
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  return decode64(text, kBase64);
}

std::string to_base64url(std::string_view bytes) {
  return encode64(bytes, kBase64Url, false);
}

std::optional<std::string> from_base64url(std::string_view text) {
  return decode64(text, kBase64Url);
}

}  // namespace countersign
