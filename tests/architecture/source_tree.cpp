#include "tests/architecture/source_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace countersign::test {
namespace {

const std::filesystem::path kRoot = COUNTERSIGN_SOURCE_DIR;

std::string read(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace

std::string SourceFile::name() const {
  return path.substr(path.rfind('/') + 1);
}

std::string SourceFile::ending() const {
  const auto dot = name().rfind('.');
  return dot == std::string::npos ? "" : name().substr(dot + 1);
}

std::string SourceFile::module() const {
  const auto start = path.find('/') + 1;
  return path.substr(start, path.find('/', start) - start);
}

std::vector<std::string_view> SourceFile::lines() const {
  std::vector<std::string_view> all;
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    all.push_back(rest.substr(0, end));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return all;
}

std::vector<SourceFile> files_below(std::string_view folder, const std::vector<std::string>& endings) {
  std::vector<SourceFile> files;
  if (!std::filesystem::is_directory(kRoot / folder)) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kRoot / folder)) {
    if (!entry.is_regular_file()) continue;
    SourceFile file{std::filesystem::relative(entry.path(), kRoot).string(), {}};
    if (!endings.empty() && std::ranges::find(endings, file.ending()) == endings.end()) continue;
    file.text = read(entry.path());
    files.push_back(std::move(file));
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

std::string file_text(std::string_view path) {
  return read(kRoot / path);
}

}  // namespace countersign::test
