#include "store/sqlite/files.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace countersign::sqlite {
namespace {

Result<void> sync_path(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  const std::string why = std::strerror(errno);
  if (descriptor >= 0) ::close(descriptor);
  if (!synced) return fail(ErrorCode::storage, fmt::format("cannot write {} to disk: {}", path, why));
  return {};
}

}  // namespace

Result<void> sync_file(const std::string& path) {
  return sync_path(path, O_RDONLY);
}

Result<void> rename_file(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) == 0) return {};
  return fail(ErrorCode::storage, fmt::format("cannot rename {} to {}: {}", from, to, std::strerror(errno)));
}

Result<void> rename_durably(const std::string& from, const std::string& to) {
  if (Result<void> renamed = rename_file(from, to); !renamed) return renamed;
  const std::string folder = std::filesystem::absolute(to).parent_path().string();
  return sync_path(folder, O_RDONLY | O_DIRECTORY);
}

}  // namespace countersign::sqlite
