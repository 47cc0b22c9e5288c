#include "delivery/aes.h"

#include <algorithm>
#include <memory>

#include <openssl/evp.h>

#include "base/error.h"

namespace countersign {

namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::optional<std::string> decrypt_aes_256_cbc(std::string_view key, std::string_view iv,
                                               std::string_view bytes, std::size_t pad_block) {
  if (key.size() != 32 || iv.size() != 16 || bytes.empty() || bytes.size() % 16 != 0) return std::nullopt;
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                EVP_CIPHER_CTX_free);
  std::string plain(bytes.size() + 16, '\0');
  int length = 0;
  int rest = 0;
  auto* out = reinterpret_cast<unsigned char*>(plain.data());
  if (!context ||
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_cbc(), nullptr, bytes_of(key), bytes_of(iv)) != 1 ||
      EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
      EVP_DecryptUpdate(context.get(), out, &length, bytes_of(bytes), static_cast<int>(bytes.size())) != 1 ||
      EVP_DecryptFinal_ex(context.get(), out + length, &rest) != 1) {
    return std::nullopt;
  }
  plain.resize(static_cast<std::size_t>(length + rest));
  const std::size_t padding = static_cast<unsigned char>(plain.back());
  if (padding == 0 || padding > pad_block || padding > plain.size()) return std::nullopt;
  const bool regular = std::all_of(plain.end() - static_cast<std::ptrdiff_t>(padding), plain.end(),
                                   [&](char c) { return static_cast<unsigned char>(c) == padding; });
  if (!regular) return std::nullopt;
  plain.resize(plain.size() - padding);
  return plain;
}

std::string sha1(std::string_view bytes) {
  std::string digest(20, '\0');
  const int done = EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()),
                              nullptr, EVP_sha1(), nullptr);
  COUNTERSIGN_INVARIANT(done == 1, "OpenSSL cannot compute SHA-1");
  return digest;
}

}  // namespace countersign
