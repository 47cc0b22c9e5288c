#include "app/key_files.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/key_ring.h"

namespace countersign {
namespace {

Result<void> write_private(const std::string& path, const std::string& bytes) {
  const std::string temporary = path + ".new";
  const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const auto failed = [&] {
    return fail(ErrorCode::storage, fmt::format("cannot write {}: {}", path, std::strerror(errno)));
  };
  if (file < 0) return failed();
  const bool written =
      write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) && fsync(file) == 0;
  if (close(file) != 0 || !written) return failed();
  if (rename(temporary.c_str(), path.c_str()) != 0) return failed();
  const int folder =
      open(std::filesystem::path(path).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return failed();
  const bool synced = fsync(folder) == 0;
  close(folder);
  return synced ? Result<void>() : failed();
}

// The first `most` bytes of the file, nullopt where there is none.
Result<std::optional<std::string>> read_private(const std::string& path, std::size_t most) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0 && errno == ENOENT) return std::optional<std::string>();
  if (file < 0)
    return fail(ErrorCode::storage, fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  struct stat facts{};
  std::string bytes(most, '\0');
  const bool known = fstat(file, &facts) == 0;
  const ssize_t length = read(file, bytes.data(), bytes.size());
  const int why = errno;
  close(file);
  if (length < 0)
    return fail(ErrorCode::storage, fmt::format("cannot read {}: {}", path, std::strerror(why)));
  if (known && (facts.st_mode & 077) != 0) {
    return fail(ErrorCode::forbidden, fmt::format("{} can be read by others: chmod 600 {}", path, path));
  }
  bytes.resize(static_cast<std::size_t>(length));
  return std::optional(std::move(bytes));
}

}  // namespace

Result<std::string> link_key(const std::string& data, RandomSource& random) {
  const std::string path = data + "/link.key";
  auto stored = read_private(path, 33);
  if (!stored) return std::unexpected(stored.error());
  if (!*stored) {
    std::string key(32, '\0');
    random.fill({reinterpret_cast<unsigned char*>(key.data()), key.size()});
    if (Result<void> written = write_private(path, key); !written) return std::unexpected(written.error());
    return key;
  }
  if ((*stored)->size() != 32) {
    return fail(ErrorCode::corrupt,
                fmt::format("{} does not hold 32 bytes: restore it from a backup, or remove it "
                            "(links that were sent end with it)",
                            path));
  }
  return std::move(**stored);
}

Result<std::string> first_admin_key(const std::string& data, RandomSource& random) {
  const std::string path = data + "/" + kAdminKeyFile;
  const std::string fresh = KeyRing::new_key(random);
  auto stored = read_private(path, 256);
  if (!stored) return std::unexpected(stored.error());
  if (!*stored) {
    if (Result<void> written = write_private(path, fresh + "\n"); !written)
      return std::unexpected(written.error());
    return fresh;
  }
  std::string key = std::move(**stored);
  while (key.ends_with('\n')) key.pop_back();
  if (!key.starts_with("csk_") || key.size() != fresh.size()) {
    return fail(ErrorCode::corrupt,
                fmt::format("{} holds no API key: remove it, and the next start makes one", path));
  }
  return key;
}

}  // namespace countersign
