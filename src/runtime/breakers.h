#pragma once
// Targets that nobody can reach are left alone for a while, so that their rows are not tried one after the
// other. Plain values; one thread.

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/time.h"
#include "delivery/transfer.h"

namespace countersign {

// How long the attempt after `attempts` failures waits: 10 seconds, doubling, at most an hour; `spread` in
// [0, 1) shifts it by up to a fifth either way, so that failed rows do not come back together.
Duration retry_delay(std::uint32_t attempts, double spread);

// Whether the failure says something about the target and not about the one message.
bool is_targets_fault(std::optional<TransferFailure> failure);

class Breakers {
 public:
  // The failures of one moment count once.
  void trip(const std::string& target, Instant now);
  // The target has answered.
  void close(const std::string& target) { open_.erase(target); }
  void close_all() { open_.clear(); }
  // When it may be tried again; nullopt where it may be now and always could.
  std::optional<Instant> until(const std::string& target) const;

 private:
  struct Open {
    Instant until;
    std::uint32_t failures = 0;
  };
  std::map<std::string, Open> open_;
};

}  // namespace countersign
