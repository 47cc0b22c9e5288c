#include "runtime/breakers.h"

#include <algorithm>

namespace countersign {

Duration retry_delay(std::uint32_t attempts, double spread) {
  const Duration base = std::chrono::seconds(10) * (1LL << std::min<std::uint32_t>(attempts, 9));
  const Duration capped = std::min<Duration>(base, std::chrono::hours(1));
  return Duration(static_cast<std::int64_t>(static_cast<double>(capped.count()) * (0.8 + 0.4 * spread)));
}

bool is_targets_fault(std::optional<TransferFailure> failure) {
  return failure == TransferFailure::dns || failure == TransferFailure::connect ||
         failure == TransferFailure::tls || failure == TransferFailure::login ||
         failure == TransferFailure::refused_address;
}

void Breakers::trip(const std::string& target, Instant now) {
  Open& open = open_[target];
  if (now < open.until) return;
  open.until = now + retry_delay(open.failures, 0.5);
  if (open.failures < 9) ++open.failures;
}

std::optional<Instant> Breakers::until(const std::string& target) const {
  const auto open = open_.find(target);
  return open == open_.end() ? std::nullopt : std::optional(open->second.until);
}

}  // namespace countersign
