#include "tests/store/faulty_disk.h"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace countersign {

// What SQLite holds as its file: ours first, the real one behind it.
struct FaultyDisk::Shim {
  sqlite3_file base;
  FaultyDisk* disk;
  std::string* path;  // nullptr where the file is not tracked
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

// The functions that SQLite calls.
struct ShimCalls {
  using Shim = FaultyDisk::Shim;
  static Shim& shim(sqlite3_file* file) { return *reinterpret_cast<Shim*>(file); }
  static sqlite3_file* real(sqlite3_file* file) { return shim(file).real(); }

  static int close(sqlite3_file* file) {
    delete shim(file).path;
    return real(file)->pMethods->xClose(real(file));
  }
  static int read(sqlite3_file* file, void* out, int amount, sqlite3_int64 offset) {
    return real(file)->pMethods->xRead(real(file), out, amount, offset);
  }
  static int write(sqlite3_file* file, const void* bytes, int amount, sqlite3_int64 offset) {
    FaultyDisk& disk = *shim(file).disk;
    if (disk.full_) return SQLITE_FULL;
    if (const int code = disk.before(SQLITE_IOERR_WRITE); code != SQLITE_OK) return code;
    if (shim(file).path != nullptr) {
      disk.wrote(*shim(file).path,
                 {.offset = offset,
                  .bytes = std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(amount)),
                  .truncates = false});
    }
    return real(file)->pMethods->xWrite(real(file), bytes, amount, offset);
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    FaultyDisk& disk = *shim(file).disk;
    if (const int code = disk.before(SQLITE_IOERR_TRUNCATE); code != SQLITE_OK) return code;
    if (shim(file).path != nullptr)
      disk.wrote(*shim(file).path, {.offset = size, .bytes = {}, .truncates = true});
    return real(file)->pMethods->xTruncate(real(file), size);
  }
  static int sync(sqlite3_file* file, int flags) {
    FaultyDisk& disk = *shim(file).disk;
    if (const int code = disk.before(SQLITE_IOERR_FSYNC); code != SQLITE_OK) return code;
    if (disk.fail_sync_.exchange(false)) return SQLITE_IOERR_FSYNC;
    const int code = real(file)->pMethods->xSync(real(file), flags);
    if (code == SQLITE_OK && shim(file).path != nullptr) disk.synced(*shim(file).path);
    return code;
  }
  static int size(sqlite3_file* file, sqlite3_int64* out) {
    return real(file)->pMethods->xFileSize(real(file), out);
  }
  static int lock(sqlite3_file* file, int level) { return real(file)->pMethods->xLock(real(file), level); }
  static int unlock(sqlite3_file* file, int level) {
    return real(file)->pMethods->xUnlock(real(file), level);
  }
  static int reserved(sqlite3_file* file, int* out) {
    return real(file)->pMethods->xCheckReservedLock(real(file), out);
  }
  static int control(sqlite3_file* file, int what, void* argument) {
    return real(file)->pMethods->xFileControl(real(file), what, argument);
  }
  static int sector(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
  static int traits(sqlite3_file* file) { return real(file)->pMethods->xDeviceCharacteristics(real(file)); }
  static int shm_map(sqlite3_file* file, int page, int bytes, int extend, void volatile** out) {
    return real(file)->pMethods->xShmMap(real(file), page, bytes, extend, out);
  }
  static int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
  }
  static void shm_barrier(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }
  static int shm_unmap(sqlite3_file* file, int remove) {
    return real(file)->pMethods->xShmUnmap(real(file), remove);
  }

  // Version 2: shared memory, but no memory-mapped reads, which would go past us.
  static constexpr sqlite3_io_methods kMethods = {
      2,       close,  read,   write,   truncate, sync,        size,      lock,    unlock, reserved,
      control, sector, traits, shm_map, shm_lock, shm_barrier, shm_unmap, nullptr, nullptr};

  static FaultyDisk& disk(sqlite3_vfs* vfs) { return *static_cast<FaultyDisk*>(vfs->pAppData); }
  static sqlite3_vfs* system() { return sqlite3_vfs_find(nullptr); }

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
    Shim& opened = shim(file);
    opened.base.pMethods = nullptr;
    opened.disk = &disk(vfs);
    opened.path = nullptr;
    constexpr int kTracked = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL;
    if (disk(vfs).read_only_ && (flags & kTracked) != 0) {
      flags &= ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
      flags |= SQLITE_OPEN_READONLY;
    }
    const int code = system()->xOpen(system(), path, opened.real(), flags, out_flags);
    if (code != SQLITE_OK) return code;
    opened.base.pMethods = &kMethods;
    if (path != nullptr && (flags & kTracked) != 0) {
      opened.path = new std::string(path);
      disk(vfs).opened(path);
    }
    return SQLITE_OK;
  }
  static int remove(sqlite3_vfs* vfs, const char* path, int sync_folder) {
    disk(vfs).removed(path);
    return system()->xDelete(system(), path, sync_folder);
  }
  static int access(sqlite3_vfs*, const char* path, int flags, int* out) {
    return system()->xAccess(system(), path, flags, out);
  }
  static int full_path(sqlite3_vfs*, const char* path, int bytes, char* out) {
    return system()->xFullPathname(system(), path, bytes, out);
  }
};

FaultyDisk::FaultyDisk() {
  static std::atomic<int> number{0};
  name_ = "faulty-" + std::to_string(++number);
  vfs_ = *ShimCalls::system();
  vfs_.pNext = nullptr;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.szOsFile = static_cast<int>(sizeof(Shim)) + ShimCalls::system()->szOsFile;
  vfs_.xOpen = ShimCalls::open;
  vfs_.xDelete = ShimCalls::remove;
  vfs_.xAccess = ShimCalls::access;
  vfs_.xFullPathname = ShimCalls::full_path;
  sqlite3_vfs_register(&vfs_, 0);
}

FaultyDisk::~FaultyDisk() {
  sqlite3_vfs_unregister(&vfs_);
}

int FaultyDisk::before(int failure) {
  const std::int64_t number = operations_++;
  if (number == cut_at_) cut();
  if (number != fail_at_) return SQLITE_OK;
  failed_ = true;
  return failure;
}

void FaultyDisk::cut_power_after(std::int64_t more, std::uint64_t seed, std::function<void()> when) {
  const std::lock_guard lock(mutex_);
  coin_.seed(seed);
  when_cut_ = std::move(when);
  cut_at_ = operations_ + more;
}

void FaultyDisk::cut() {
  const std::lock_guard lock(mutex_);
  if (when_cut_) when_cut_();
  for (const auto& [path, file] : files_) {
    std::string content = file.durable;
    for (const Pending& pending : file.pending) settle(content, pending, &coin_);
    image_[std::filesystem::path(path).filename().string()] = std::move(content);
  }
  cut_ = true;
}

// With a coin each sector may be lost; without one everything arrives.
void FaultyDisk::settle(std::string& content, const Pending& pending, std::mt19937_64* coin) {
  constexpr std::size_t kSector = 512;
  const auto offset = static_cast<std::size_t>(pending.offset);
  if (pending.truncates) {
    if (coin == nullptr || ((*coin)() & 1U) != 0) content.resize(offset);
    return;
  }
  for (std::size_t done = 0; done < pending.bytes.size(); done += kSector) {
    if (coin != nullptr && ((*coin)() & 1U) == 0) continue;
    const std::size_t amount = std::min(kSector, pending.bytes.size() - done);
    if (content.size() < offset + done + amount) content.resize(offset + done + amount);
    std::memcpy(content.data() + offset + done, pending.bytes.data() + done, amount);
  }
}

// What lies there when a file is first opened counts as durable.
void FaultyDisk::opened(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (files_.contains(path)) return;
  std::ifstream file(path, std::ios::binary);
  files_[path].durable.assign(std::istreambuf_iterator<char>(file), {});
}

void FaultyDisk::wrote(const std::string& path, Pending pending) {
  const std::lock_guard lock(mutex_);
  files_[path].pending.push_back(std::move(pending));
}

void FaultyDisk::synced(const std::string& path) {
  const std::lock_guard lock(mutex_);
  File& file = files_[path];
  for (const Pending& pending : file.pending) settle(file.durable, pending, nullptr);
  file.pending.clear();
}

void FaultyDisk::removed(const std::string& path) {
  const std::lock_guard lock(mutex_);
  files_.erase(path);
}

void FaultyDisk::restore_into(const std::string& folder) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [file_name, content] : image_) {
    std::ofstream file(folder + "/" + file_name, std::ios::binary);
    file << content;
  }
}

}  // namespace countersign
