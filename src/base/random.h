#pragma once
// Random bytes for ids, tokens and nonces: from the operating system in the daemon, from a seed in tests.

#include <cstdint>
#include <mutex>
#include <random>
#include <span>
#include <string>

#include "base/time.h"

namespace countersign {

// Thread-safe.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  virtual void fill(std::span<unsigned char> bytes) = 0;
};

// Cryptographically strong (OpenSSL's generator).
class SystemRandom final : public RandomSource {
 public:
  void fill(std::span<unsigned char> bytes) override;
};

// Reproducible; never for anything secret.
class SeededRandom final : public RandomSource {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  void fill(std::span<unsigned char> bytes) override;

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

// 26 characters of Crockford's base 32: 48 bits of milliseconds, then 80 random bits (the layout of a ULID),
// so that ids sort by time of creation.
std::string sortable_id(Instant at, RandomSource& random);

}  // namespace countersign
