#include "store/sqlite/log_position.h"

#include <cstring>

namespace countersign::sqlite {
namespace {

constexpr int kRegionBytes = 32768;
constexpr std::size_t kFramesOffset = 16;
constexpr std::size_t kSaltOffset = 32;

std::uint32_t big_endian(const unsigned char* bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 |
         bytes[3];
}

}  // namespace

sqlite3_file* database_file(Connection& connection) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  return file;
}

LogPosition log_position(Connection& connection) {
  sqlite3_file* file = database_file(connection);
  if (file == nullptr || file->pMethods == nullptr || file->pMethods->iVersion < 2) return {};
  void volatile* region = nullptr;
  if (file->pMethods->xShmMap(file, 0, kRegionBytes, 0, &region) != SQLITE_OK || region == nullptr) return {};
  const auto* bytes = static_cast<const unsigned char*>(const_cast<void*>(region));
  LogPosition position;
  // The count of frames is in the machine's byte order, the salts are as in the log's header.
  std::memcpy(&position.frames, bytes + kFramesOffset, sizeof position.frames);
  position.salt1 = big_endian(bytes + kSaltOffset);
  position.salt2 = big_endian(bytes + kSaltOffset + 4);
  return position;
}

}  // namespace countersign::sqlite
