#pragma once
// Files that tests compare with. With COUNTERSIGN_REWRITE_GOLDEN=1 in the environment a test writes them
// instead.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "tests/source_folder.h"

namespace countersign::test {

inline bool rewrite_golden() {
  const char* asked = std::getenv("COUNTERSIGN_REWRITE_GOLDEN");
  return asked != nullptr && std::string_view(asked) == "1";
}

// A path below the repository's root.
inline std::filesystem::path source_path(std::string_view relative) {
  return std::filesystem::path(source_folder()) / relative;
}

inline std::optional<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline void write_file(const std::filesystem::path& path, std::string_view text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace countersign::test
