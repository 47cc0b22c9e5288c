// What stands in the folders is built, and what is built can be installed.

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/architecture/source_tree.h"

namespace countersign::test {
namespace {

std::string compile_commands() {
  std::ostringstream text;
  text << std::ifstream(COUNTERSIGN_BINARY_DIR "/compile_commands.json").rdbuf();
  // Several source files of a module are compiled as one, which includes them.
  for (const auto& entry : std::filesystem::recursive_directory_iterator(COUNTERSIGN_BINARY_DIR)) {
    if (entry.path().parent_path().filename() != "Unity") continue;
    if (text.str().find(entry.path().string()) != std::string::npos)
      text << std::ifstream(entry.path()).rdbuf();
  }
  return text.str();
}

std::set<std::string> listed_packages() {
  std::set<std::string> packages;
  std::istringstream file(file_text("packaging/dependencies.txt"));
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string purpose;
    std::string package;
    if (words >> purpose >> package && purpose != "#") packages.insert(package);
  }
  return packages;
}

// A test that is not in the build is dead.
TEST(Build, EverySourceFileIsCompiled) {
  const std::string commands = compile_commands();
  ASSERT_FALSE(commands.empty());
  for (const auto* folder : {"src", "tests"}) {
    for (const auto& file : files_below(folder, {"cpp"})) {
      EXPECT_NE(commands.find(fmt::format("{}/{}\"", COUNTERSIGN_SOURCE_DIR, file.path)), std::string::npos)
          << file.path << " belongs to no target";
    }
  }
}

// The Debian package of every library that CMake looks for; a new find_package needs an entry here and its
// package in packaging/dependencies.txt.
TEST(Build, EveryLibraryHasItsPackage) {
  const std::map<std::string, std::string> package_of{
      {"Boost", "libboost1.81-dev"},
      {"OpenSSL", "libssl-dev"},
      {"fmt", "libfmt-dev"},
      {"date", "libhowardhinnant-date-dev"},
      {"spdlog", "libspdlog-dev"},
      {"SQLite3", "libsqlite3-dev"},
      {"CURL", "libcurl4-openssl-dev"},
      {"yaml-cpp", "libyaml-cpp-dev"},
      {"CLI11", "libcli11-dev"},
      {"prometheus-cpp", "prometheus-cpp-dev"},
      {"PkgConfig", "pkg-config"},
      {"Threads", "g++"},
      {"re2", "libre2-dev"},
      {"glib-2.0", "libglib2.0-dev"},
      {"gmime-3.0", "libgmime-3.0-dev"},
      {"libical", "libical-dev"},
      {"libsystemd", "libsystemd-dev"},
      {"jemalloc", "libjemalloc-dev"},
      {"cmark-gfm", "libcmark-gfm-dev"},
      {"cmark-gfm-extensions", "libcmark-gfm-extensions-dev"},
      {"GTest", "libgtest-dev"},
      {"benchmark", "libbenchmark-dev"},
      {"Python3", "python3"},
  };
  const auto packages = listed_packages();
  std::string cmake = file_text("CMakeLists.txt");
  for (const auto* folder : {"cmake", "tests"}) {
    for (const auto& file : files_below(folder, {"cmake", "txt"})) cmake += file.text;
  }
  std::size_t found = 0;
  std::istringstream file(cmake);
  for (std::string line; std::getline(file, line);) {
    std::string library;
    const auto open = line.find('(');
    if (open == std::string::npos) continue;
    const std::string command = line.substr(0, open);
    std::istringstream words(line.substr(open + 1));
    if (command == "find_package") {
      words >> library;
    } else if (command == "find_library") {
      words >> library >> library;
    } else if (command == "pkg_check_modules") {
      for (std::string word; words >> word;) library = word;
    } else {
      continue;
    }
    while (library.ends_with(')')) library.pop_back();
    ++found;
    ASSERT_TRUE(package_of.contains(library)) << "no package is known for: " << line;
    EXPECT_TRUE(packages.contains(package_of.at(library)))
        << package_of.at(library) << " is missing in packaging/dependencies.txt";
  }
  EXPECT_GE(found, 15U);
}

}  // namespace
}  // namespace countersign::test
