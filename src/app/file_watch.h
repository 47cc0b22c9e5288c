#pragma once
// Tells when something in watched folders has changed and then been quiet for a moment, so that a reload
// reads whole files. One thread, asleep in between (inotify).

#include <functional>
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

  // Folders, or files (their folder is watched). What does not exist is left out. `changed` is called on the
  // watch's thread.
  Result<void> start(const std::vector<std::string>& paths, std::function<void()> changed);
  void stop();

 private:
  void serve(const std::function<void()>& changed);

  int inotify_ = -1;
  int wake_ = -1;
  std::thread thread_;
};

}  // namespace countersign
