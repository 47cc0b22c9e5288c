#pragma once
// The daemon under load: a real process in a folder of its own.

#include <cstdint>
#include <string>

#include <sys/types.h>

namespace countersign::bench {

struct ProcessFigures {
  double cpu_seconds = 0;  // user and system
  double resident_mb = 0;
  std::uint64_t voluntary_switches = 0;
};

class LoadDaemon {
 public:
  // Writes workflow, people and configuration below `folder` (kept where it exists) and starts `binary`.
  LoadDaemon(const std::string& binary, const std::string& folder);
  ~LoadDaemon();
  LoadDaemon(const LoadDaemon&) = delete;
  LoadDaemon& operator=(const LoadDaemon&) = delete;

  std::uint16_t port() const { return port_; }
  const std::string& key() const { return key_; }
  double start_seconds() const { return start_seconds_; }  // until ready
  ProcessFigures figures() const;
  double wal_mb() const;
  void stop();

 private:
  std::string folder_;
  std::uint16_t port_ = 0;
  std::string key_;
  pid_t process_ = -1;
  double start_seconds_ = 0;
};

}  // namespace countersign::bench
