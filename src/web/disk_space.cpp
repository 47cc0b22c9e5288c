#include "web/disk_space.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sys/statvfs.h>

namespace countersign::web {

Result<DiskSpace> disk_space(const std::string& folder) {
  struct statvfs facts{};
  if (::statvfs(folder.c_str(), &facts) != 0) {
    return fail(ErrorCode::storage,
                fmt::format("cannot look at the disk of {}: {}", folder, std::strerror(errno)));
  }
  return DiskSpace{std::uint64_t{facts.f_bavail} * facts.f_frsize, (facts.f_flag & ST_RDONLY) != 0};
}

}  // namespace countersign::web
