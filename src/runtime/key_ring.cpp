#include "runtime/key_ring.h"

#include <array>
#include <mutex>

#include "base/digest.h"

namespace countersign {

void KeyRing::load(std::vector<KeyRow> rows) {
  const std::unique_lock lock(mutex_);
  by_hash_.clear();
  for (KeyRow& row : rows) {
    std::string hash = row.hash;
    by_hash_.insert_or_assign(std::move(hash), std::move(row));
  }
}

void KeyRing::add(KeyRow row) {
  const std::unique_lock lock(mutex_);
  std::string hash = row.hash;
  by_hash_.insert_or_assign(std::move(hash), std::move(row));
}

void KeyRing::revoke(std::string_view id, Instant at) {
  const std::unique_lock lock(mutex_);
  for (auto& [_, row] : by_hash_) {
    if (row.id == id && !row.revoked_at) row.revoked_at = at;
  }
}

std::optional<KeyRow> KeyRing::find(std::string_view key, Instant now) const {
  const std::string hashed = hash(key);
  const std::shared_lock lock(mutex_);
  const auto found = by_hash_.find(hashed);
  if (found == by_hash_.end() || found->second.revoked_at) return std::nullopt;
  if (found->second.expires_at && *found->second.expires_at <= now) return std::nullopt;
  return found->second;
}

std::string KeyRing::new_key(RandomSource& random) {
  std::array<unsigned char, 32> bytes{};
  random.fill(bytes);
  return "csk_" + to_base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string KeyRing::hash(std::string_view key) {
  return std::string(as_text(sha256(key)));
}

}  // namespace countersign
