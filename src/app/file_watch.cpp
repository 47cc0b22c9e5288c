#include "app/file_watch.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace countersign {
namespace {

// A save is often several events; after the last one the folder is quiet.
constexpr int kQuietMs = 300;

}  // namespace

Result<void> FileWatch::start(const std::vector<std::string>& paths, std::function<void()> changed) {
  inotify_ = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  wake_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (inotify_ < 0 || wake_ < 0) {
    return fail(ErrorCode::unavailable,
                std::string("cannot watch files for changes: ") + std::strerror(errno));
  }
  std::set<std::string> folders;
  for (const std::string& path : paths) {
    std::error_code error;
    const bool is_folder = std::filesystem::is_directory(path, error);
    folders.insert(is_folder ? path : std::filesystem::absolute(path, error).parent_path().string());
    if (is_folder && std::filesystem::is_directory(path + "/messages", error))
      folders.insert(path + "/messages");
  }
  for (const std::string& folder : folders) {
    inotify_add_watch(inotify_, folder.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE);
  }
  thread_ = std::thread([this, changed = std::move(changed)] { serve(changed); });
  return {};
}

void FileWatch::serve(const std::function<void()>& changed) {
  bool pending = false;
  while (true) {
    pollfd descriptors[2] = {{inotify_, POLLIN, 0}, {wake_, POLLIN, 0}};
    const int ready = poll(descriptors, 2, pending ? kQuietMs : -1);
    if (ready < 0 && errno != EINTR) return;
    if (descriptors[1].revents != 0) return;
    if (ready == 0) {
      pending = false;
      changed();
      continue;
    }
    char events[4096];
    while (read(inotify_, events, sizeof events) > 0) pending = true;
  }
}

void FileWatch::stop() {
  if (!thread_.joinable()) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(wake_, &one, sizeof one);
  thread_.join();
}

FileWatch::~FileWatch() {
  stop();
  if (inotify_ >= 0) close(inotify_);
  if (wake_ >= 0) close(wake_);
}

}  // namespace countersign
