#include "app/file_watch.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace countersign {
namespace {

// A save is often several events; after the last one the folder is quiet.
constexpr int kQuietMs = 300;
constexpr std::uint32_t kEvents =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE | IN_ONLYDIR;

namespace fs = std::filesystem;

// What editors leave behind while they save.
bool is_scratch(const std::string& name) {
  return name.starts_with('.') || name.starts_with('#') || name.ends_with('~') || name.ends_with(".tmp") ||
         name.ends_with(".swp");
}

}  // namespace

Result<void> FileWatch::look_at(std::vector<std::string> paths) {
  inotify_ = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  wake_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (inotify_ < 0 || wake_ < 0) {
    return fail(ErrorCode::unavailable,
                std::string("cannot watch files for changes: ") + std::strerror(errno));
  }
  paths_ = std::move(paths);
  add_watches();
  return {};
}

void FileWatch::start(std::function<void()> changed) {
  if (inotify_ >= 0 && wake_ >= 0)
    thread_ = std::thread([this, changed = std::move(changed)] { serve(changed); });
}

// Again after every change: a folder that was put in the place of another is another one. Its parent tells.
void FileWatch::add_watches() {
  for (const std::string& path : paths_) {
    std::error_code error;
    const fs::path place = fs::absolute(path, error).lexically_normal();
    const fs::path named = place.has_filename() ? place : place.parent_path();
    watch(named.parent_path().string(), named.filename().string());
    if (fs::is_directory(named, error)) watch(named.string(), "");
  }
}

void FileWatch::watch(const std::string& folder, const std::string& name) {
  const int descriptor = inotify_add_watch(inotify_, folder.c_str(), kEvents);
  if (descriptor >= 0) names_[descriptor].insert(name);
}

bool FileWatch::concerns(int descriptor, std::uint32_t mask, const std::string& name) {
  if ((mask & IN_Q_OVERFLOW) != 0) return true;
  if ((mask & IN_IGNORED) != 0) {
    names_.erase(descriptor);
    return false;
  }
  // A file that was only made has nothing in it yet.
  if ((mask & IN_CREATE) != 0 && (mask & IN_ISDIR) == 0) return false;
  const auto names = names_.find(descriptor);
  if (names == names_.end()) return false;
  return names->second.contains(name) || (names->second.contains("") && !is_scratch(name));
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
      add_watches();
      changed();
      continue;
    }
    pending = read_events() || pending;
  }
}

bool FileWatch::read_events() {
  bool found = false;
  alignas(inotify_event) char buffer[8192];
  for (ssize_t size = 0; (size = read(inotify_, buffer, sizeof buffer)) > 0;) {
    for (const char* at = buffer; at < buffer + size;) {
      const auto* event = reinterpret_cast<const inotify_event*>(at);
      const std::string name = event->len == 0 ? "" : std::string(event->name);
      found = concerns(event->wd, event->mask, name) || found;
      at += sizeof(inotify_event) + event->len;
    }
  }
  return found;
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
