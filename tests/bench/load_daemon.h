#pragma once
// The daemon under load: a real process in a folder of its own.

#include <cstdint>
#include <map>
#include <string>

#include <sys/types.h>

namespace countersign::bench {

struct ProcessFigures {
  double cpu_seconds = 0;  // user and system
  double resident_mb = 0;
  std::uint64_t voluntary_switches = 0;
};

// What the daemon is given; the workflow's id is "load".
struct LoadSetting {
  std::string workflow;
  std::string people;
  std::map<std::string, std::string> connectors;  // by name, as YAML; none: what is sent waits in the outbox
  std::map<std::string, std::string> secrets;     // by name
  std::string configuration;                      // further lines of countersign.yaml
};

// One approval by the requester's manager with a due date and reminders; "boss" is the manager of "rep".
LoadSetting approval_setting();
std::uint16_t free_port();

class LoadDaemon {
 public:
  // Writes workflow, people and configuration below `folder` (its data are kept where there are some) and
  // starts `binary`. Ends the program where the daemon does not come up.
  LoadDaemon(const std::string& binary, const std::string& folder,
             const LoadSetting& setting = approval_setting());
  ~LoadDaemon();
  LoadDaemon(const LoadDaemon&) = delete;
  LoadDaemon& operator=(const LoadDaemon&) = delete;

  std::uint16_t port() const { return port_; }
  const std::string& key() const { return key_; }
  double start_seconds() const { return start_seconds_; }  // until ready
  ProcessFigures figures() const;
  double wal_mb() const;
  void stop();       // SIGTERM
  void kill_hard();  // SIGKILL

 private:
  void end(int signal);

  std::string folder_;
  std::uint16_t port_ = 0;
  std::string key_;
  pid_t process_ = -1;
  double start_seconds_ = 0;
};

}  // namespace countersign::bench
