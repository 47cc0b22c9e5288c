#include "scenario/scratch.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

namespace countersign::scenario {
namespace {

namespace fs = std::filesystem;

constexpr const char* kInMemory = "/dev/shm";
constexpr const char* kDatabase = "/countersign.db";

std::string base_folder() {
  std::error_code ignored;
  if (fs::is_directory(kInMemory, ignored) && ::access(kInMemory, W_OK) == 0) return kInMemory;
  return fs::temp_directory_path(ignored).string();
}

}  // namespace

Result<std::unique_ptr<Scratch>> Scratch::make() {
  std::string pattern = base_folder() + "/countersign-scenarios-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) {
    return fail(ErrorCode::storage, fmt::format("cannot make the folder {} for the scenarios' databases: {}",
                                                pattern, std::strerror(errno)));
  }
  std::unique_ptr<Scratch> scratch(new Scratch(pattern));
  const std::string empty = pattern + "/empty";
  std::error_code failure;
  fs::create_directory(empty, failure);
  // Closing it brings everything into the one file.
  if (const auto store = SqliteStore::open(scratch->options(empty)); !store)
    return std::unexpected(store.error());
  return scratch;
}

Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

SqliteOptions Scratch::options(const std::string& folder) const {
  SqliteOptions options;
  options.path = folder + kDatabase;
  options.durable = false;
  options.writer_cache_bytes = 4 << 20;
  options.reader_cache_bytes = 1 << 20;
  options.readers_max = 1;
  return options;
}

Result<std::unique_ptr<SqliteStore>> Scratch::open() {
  const std::string folder = folder_ + "/scenario";
  std::error_code failure;
  fs::remove_all(folder, failure);
  fs::create_directory(folder, failure);
  if (!failure) fs::copy_file(folder_ + "/empty" + kDatabase, folder + kDatabase, failure);
  if (failure) {
    return fail(ErrorCode::storage,
                fmt::format("cannot make a scenario's database in {}: {}", folder, failure.message()));
  }
  return SqliteStore::open(options(folder));
}

}  // namespace countersign::scenario
