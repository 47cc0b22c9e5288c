#include "base/random.h"

#include <algorithm>
#include <array>

#include <openssl/rand.h>

namespace countersign {

void SystemRandom::fill(std::span<unsigned char> bytes) {
  // Without randomness no token is safe, so there is nothing to go on with.
  COUNTERSIGN_INVARIANT(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1,
                        "the operating system's random generator failed");
}

void SeededRandom::fill(std::span<unsigned char> bytes) {
  const std::lock_guard lock(mutex_);
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i % 8 == 0) word = engine_();
    bytes[i] = static_cast<unsigned char>(word >> (8 * (i % 8)));
  }
}

std::string sortable_id(Instant at, RandomSource& random) {
  static constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(to_unix_ms(at), 0));
  std::array<unsigned char, 10> tail;
  random.fill(tail);

  std::string id(26, '0');
  for (int i = 0; i < 10; ++i) id[static_cast<std::size_t>(i)] = kAlphabet[(ms >> (5 * (9 - i))) & 31U];
  // 80 bits are exactly 16 characters: five bytes make eight.
  for (std::size_t group = 0; group < 2; ++group) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < 5; ++i) bits = bits << 8 | tail[group * 5 + i];
    for (std::size_t i = 0; i < 8; ++i) id[10 + group * 8 + i] = kAlphabet[(bits >> (5 * (7 - i))) & 31U];
  }
  return id;
}

}  // namespace countersign
