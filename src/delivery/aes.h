#pragma once
// Decryption for the two vendors that encrypt their callbacks, over OpenSSL. Pure, thread-safe.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace countersign {

// AES-256 in CBC mode; `key` has 32 bytes, `iv` 16. The padding of PKCS#7 to blocks of `pad_block` bytes (16,
// or 32 as WeCom has it) is checked and removed. Absent where lengths or padding are not right; callers give
// one answer for all of these, so that nobody learns which byte was wrong.
std::optional<std::string> decrypt_aes_256_cbc(std::string_view key, std::string_view iv,
                                               std::string_view bytes, std::size_t pad_block);

// 20 bytes; WeCom signs with a plain SHA-1.
std::string sha1(std::string_view bytes);

}  // namespace countersign
