// The modules point one way only, and what does I/O stays in the module that is for it.

#include <map>
#include <optional>
#include <set>

#include <gtest/gtest.h>

#include "tests/architecture/source_tree.h"

namespace countersign::test {
namespace {

using Names = std::set<std::string>;

// What a module may include, beside itself.
const std::map<std::string, Names> kMayUse{
    {"base", {}},
    {"cel", {"base"}},
    {"core", {"base", "cel"}},
    {"definition", {"base", "cel", "core"}},
    {"store", {"base", "cel", "core"}},
    {"delivery", {"base", "cel", "core"}},
    {"runtime", {"base", "cel", "core", "definition", "store", "delivery"}},
    {"web", {"base", "cel", "core", "definition", "store", "delivery", "runtime"}},
    {"scenario", {"base", "cel", "core", "definition", "store", "delivery", "runtime"}},
    {"cli", {"base", "cel", "core", "definition", "store", "delivery", "runtime", "web", "scenario"}},
    {"app", {"base", "cel", "core", "definition", "store", "delivery", "runtime", "web", "scenario", "cli"}},
};

// Headers of libraries and of the system, by the start of their name, and the modules that may include them.
const std::map<std::string, Names> kOnlyIn{
    {"yaml-cpp/", {"definition"}},
    {"sqlite3.h", {"store"}},
    // The command line is a client of the daemon, to which the address rules of deliveries do not apply.
    {"curl/", {"delivery", "cli"}},
    {"gmime/", {"delivery"}},
    {"cmark", {"delivery"}},
    {"prometheus/", {"web"}},
    {"boost/beast", {"web", "cli"}},
    {"CLI/", {"cli", "app"}},
    {"systemd/", {"app"}},
    {"boost/asio", {"delivery", "runtime", "web", "cli", "app"}},
    {"spdlog/", {"delivery", "runtime", "web", "cli", "app"}},
};

// Nothing below the shell reads a file, a socket or the clock, or starts a thread.
const Names kPure{"base", "cel", "core"};
const Names kImpureHeaders{"fstream", "iostream", "filesystem", "thread", "cstdio", "unistd.h", "fcntl.h"};
// Writes the message of a broken invariant before it ends the process.
const std::string kAllowedToPrint = "src/base/error.cpp";
// The only place that asks the system for the time.
const std::string kAllowedToAskTheTime = "src/base/time.cpp";

struct Include {
  std::string header;
  bool quoted = false;
};

std::optional<Include> include_in(std::string_view line) {
  constexpr std::string_view kDirective = "#include ";
  if (!line.starts_with(kDirective)) return std::nullopt;
  line.remove_prefix(kDirective.size());
  const auto end = line.find_last_of("\">");
  if (end == std::string_view::npos || end == 0) return std::nullopt;
  return Include{std::string(line.substr(1, end - 1)), line.front() == '"'};
}

std::vector<Include> includes_of(const SourceFile& file) {
  std::vector<Include> all;
  for (const auto line : file.lines()) {
    if (auto include = include_in(line)) all.push_back(*include);
  }
  return all;
}

std::vector<SourceFile> cpp_files() {
  return files_below("src", {"h", "cpp"});
}

TEST(Includes, SeeTheSources) {
  EXPECT_GT(cpp_files().size(), 50U);
  EXPECT_EQ(include_in("#include \"core/event.h\"")->header, "core/event.h");
  EXPECT_EQ(include_in("#include <map>")->quoted, false);
}

TEST(Includes, EveryFolderIsAKnownModule) {
  for (const auto& file : cpp_files()) EXPECT_TRUE(kMayUse.contains(file.module())) << file.path;
}

TEST(Includes, FollowTheModuleTable) {
  for (const auto& file : cpp_files()) {
    for (const auto& include : includes_of(file)) {
      if (!include.quoted) continue;
      const std::string from = include.header.substr(0, include.header.find('/'));
      ASSERT_TRUE(kMayUse.contains(from))
          << file.path << " includes \"" << include.header << "\": write module/file.h";
      EXPECT_TRUE(from == file.module() || kMayUse.at(file.module()).contains(from))
          << file.path << " may not include " << include.header;
    }
  }
}

TEST(Includes, KeepLibrariesInTheirModules) {
  for (const auto& file : cpp_files()) {
    for (const auto& include : includes_of(file)) {
      for (const auto& [start, modules] : kOnlyIn) {
        if (!include.header.starts_with(start)) continue;
        EXPECT_TRUE(modules.contains(file.module())) << file.path << " may not include " << include.header;
      }
    }
  }
}

TEST(Includes, ThePureModulesDoNoInputOrOutput) {
  for (const auto& file : cpp_files()) {
    if (!kPure.contains(file.module())) continue;
    for (const auto& include : includes_of(file)) {
      if (file.path == kAllowedToPrint) continue;
      EXPECT_FALSE(kImpureHeaders.contains(include.header) || include.header.starts_with("sys/"))
          << file.path << " includes " << include.header;
    }
    if (file.path == kAllowedToAskTheTime) continue;
    EXPECT_EQ(file.text.find("_clock::now"), std::string::npos) << file.path << " asks for the time";
  }
}

TEST(Links, TheCoreLinksNothingThatDoesInputOrOutput) {
  const std::string links = COUNTERSIGN_CORE_LINKS;
  ASSERT_NE(links.find("countersign::base"), std::string::npos) << links;
  for (const auto* library :
       {"SQLite", "sqlite", "CURL", "curl", "spdlog", "gmime", "yaml", "prometheus", "countersign::store",
        "countersign::delivery", "countersign::definition", "countersign::runtime"}) {
    EXPECT_EQ(links.find(library), std::string::npos) << library << " stands in: " << links;
  }
}

}  // namespace
}  // namespace countersign::test
