#include "store/sqlite/data_lock.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/digest.h"

namespace countersign::sqlite {
namespace {

// The first 64 bytes are for people: "pid 123\n". Then the mark.
constexpr off_t kMarkOffset = 64;
constexpr std::string_view kMagic = "countersign mark 1";

struct StoredMark {
  CommitMark mark;
  std::array<unsigned char, 8> check{};
};

// A mark that was half written, or that another build laid out in another way, does not pass.
std::array<unsigned char, 8> check_of(const CommitMark& mark) {
  std::string bytes(kMagic);
  bytes.append(mark.boot_id.data(), mark.boot_id.size());
  for (const std::uint64_t number :
       {mark.database_inode, std::uint64_t{mark.clean}, std::uint64_t{mark.log.salt1},
        std::uint64_t{mark.log.salt2}, std::uint64_t{mark.log.frames}}) {
    bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
  }
  const Digest digest = sha256(bytes);
  std::array<unsigned char, 8> check;
  std::memcpy(check.data(), digest.data(), check.size());
  return check;
}

std::string holder_of(int descriptor) {
  std::array<char, 64> text{};
  const ssize_t size = ::pread(descriptor, text.data(), text.size(), 0);
  const std::string_view line(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  if (!line.starts_with("pid ")) return "another process";
  return fmt::format("process {}", line.substr(4, line.find('\n') - 4));
}

}  // namespace

const std::array<char, 36>& current_boot_id() {
  static const std::array<char, 36> boot_id = [] {
    std::array<char, 36> id{};
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    file.read(id.data(), static_cast<std::streamsize>(id.size()));
    return id;
  }();
  return boot_id;
}

Result<std::unique_ptr<DataLock>> DataLock::acquire(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (descriptor < 0) {
    const std::string why = std::strerror(errno);
    return fail(
        ErrorCode::storage,
        fmt::format("cannot open the lock file {}: {}; the data folder has to exist and be writable for "
                    "the daemon's user",
                    path, why));
  }
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const std::string holder = holder_of(descriptor);
    ::close(descriptor);
    return fail(
        ErrorCode::unavailable,
        fmt::format("cannot use the data folder of {}: {} runs on it; only one daemon may, stop that one "
                    "first",
                    path, holder));
  }
  std::unique_ptr<DataLock> lock(new DataLock(descriptor));
  std::string line = fmt::format("pid {}\n", ::getpid());
  line.resize(kMarkOffset, ' ');
  if (::pwrite(descriptor, line.data(), line.size(), 0) != static_cast<ssize_t>(line.size())) {
    return fail(ErrorCode::storage,
                fmt::format("cannot write the lock file {}: {}", path, std::strerror(errno)));
  }
  return lock;
}

DataLock::~DataLock() {
  ::close(descriptor_);
}

std::optional<CommitMark> DataLock::mark() const {
  StoredMark stored;
  if (::pread(descriptor_, &stored, sizeof stored, kMarkOffset) != static_cast<ssize_t>(sizeof stored) ||
      stored.check != check_of(stored.mark)) {
    return std::nullopt;
  }
  return stored.mark;
}

void DataLock::set_mark(const CommitMark& mark) {
  const StoredMark stored{.mark = mark, .check = check_of(mark)};
  // The value is of no use to the caller: see the header.
  (void)!::pwrite(descriptor_, &stored, sizeof stored, kMarkOffset);
}

}  // namespace countersign::sqlite
