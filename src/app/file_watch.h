#pragma once
// Tells when something in watched folders has changed and then been quiet for a moment, so that a reload
// reads whole files. One thread, asleep in between (inotify).

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"

namespace countersign {

class FileWatch {
 public:
  FileWatch() = default;
  ~FileWatch();
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  // Files, and folders with everything in them. What does not exist yet, or is put in the place of another,
  // is noticed as long as the folder around it is there. From now on nothing is missed; it is told after
  // start().
  Result<void> look_at(std::vector<std::string> paths);
  // `changed` is called on the watch's thread.
  void start(std::function<void()> changed);
  void stop();

 private:
  void serve(const std::function<void()>& changed);
  void add_watches();
  void watch(const std::string& folder, const std::string& name);
  bool concerns(int descriptor, std::uint32_t mask, const std::string& name);
  bool read_events();

  int inotify_ = -1;
  int wake_ = -1;
  std::vector<std::string> paths_;
  std::map<int, std::set<std::string>> names_;  // by watched folder: which names in it, "" for all
  std::thread thread_;
};

}  // namespace countersign
