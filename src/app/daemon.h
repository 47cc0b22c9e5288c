#pragma once
// The running daemon: everything put together from a configuration, started in order and stopped in reverse.
// One thread calls start, run and stop.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "definition/configuration.h"

namespace countersign {

struct DaemonOptions {
  Configuration configuration;
  bool dev = false;  // built-in mailbox, a clock that can be moved, loopback allowed for connectors
};

class Daemon {
 public:
  explicit Daemon(DaemonOptions options);
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // Everything serves when it returns. Errors say what to mend; nothing is left running then.
  Result<void> start();
  std::uint16_t port() const;
  // Reads workflows, connectors and people again, because a person said so: a clock that jumped counts as
  // looked at too. The diagnostics as text.
  Result<std::string> reload();
  // Finishes what is in flight, within the configured limit.
  void stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace countersign
