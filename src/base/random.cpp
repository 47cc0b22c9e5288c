#include "base/random.h"

#include <algorithm>
#include <array>

#include <openssl/crypto.h>
#include <openssl/rand.h>

namespace countersign {

namespace {

void draw(std::span<unsigned char> bytes) {
  // Without randomness no token is safe, so there is nothing to go on with.
  COUNTERSIGN_INVARIANT(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1,
                        "the operating system's random generator failed");
}

// Bytes drawn ahead, because a call of the generator costs more than the bytes it gives; what was handed out
// is wiped.
struct Drawn {
  std::array<unsigned char, 4096> bytes{};
  std::size_t used = sizeof bytes;
};
constexpr std::size_t kSmall = 256;

}  // namespace

void SystemRandom::fill(std::span<unsigned char> bytes) {
  thread_local Drawn drawn;
  if (bytes.size() > kSmall) return draw(bytes);
  if (drawn.bytes.size() - drawn.used < bytes.size()) {
    draw(drawn.bytes);
    drawn.used = 0;
  }
  const auto piece = std::span(drawn.bytes).subspan(drawn.used, bytes.size());
  std::copy(piece.begin(), piece.end(), bytes.begin());
  OPENSSL_cleanse(piece.data(), piece.size());
  drawn.used += bytes.size();
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
