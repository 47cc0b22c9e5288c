// The rules of style that a machine can check without knowing C++.

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/architecture/source_tree.h"

namespace countersign::test {
namespace {

constexpr std::size_t kLinesMax = 600;
constexpr std::size_t kLinesUsual = 400;

std::vector<SourceFile> cpp_files() {
  auto files = files_below("src", {"h", "cpp"});
  std::ranges::move(files_below("tests", {"h", "cpp"}), std::back_inserter(files));
  return files;
}

// Everything that is written by hand.
std::vector<SourceFile> text_files() {
  auto files = cpp_files();
  for (const auto* folder : {"cmake", "packaging", "docs", ".ci", "workflows", "connectors"}) {
    std::ranges::move(files_below(folder, {"cmake", "txt", "sh", "md", "yaml", "json", "py", ""}),
                      std::back_inserter(files));
  }
  for (const auto* path :
       {"CMakeLists.txt", "CMakePresets.json", "README.md", "CHANGELOG.md", "CONTRIBUTING.md"}) {
    files.push_back({path, file_text(path)});
  }
  return files;
}

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// True where `word` stands in `text` with no letter, digit or underscore beside it.
bool has_word(std::string_view text, std::string_view word) {
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at == 0 || !is_word_character(text[at - 1])) &&
        (end == text.size() || !is_word_character(text[end]))) {
      return true;
    }
  }
  return false;
}

TEST(Style, WordsAreFoundWhole) {
  EXPECT_TRUE(has_word("a util b", "util"));
  EXPECT_FALSE(has_word("utility", "util"));
  EXPECT_FALSE(has_word("my_util", "util"));
}

TEST(Style, FilesAreSmall) {
  const auto files = files_below("src", {"h", "cpp"});
  std::size_t usual = 0;
  for (const auto& file : files) {
    const auto lines = file.lines().size();
    EXPECT_LE(lines, kLinesMax) << file.path;
    if (lines <= kLinesUsual) ++usual;
  }
  EXPECT_GE(usual * 10, files.size() * 9)
      << "more than a tenth of the files has over " << kLinesUsual << " lines";
}

TEST(Style, NamesSayWhatIsInside) {
  for (const auto& file : files_below("src")) {
    std::string words = file.path;
    std::ranges::replace_if(words, [](char c) { return c == '/' || c == '_' || c == '.'; }, ' ');
    for (const auto* empty : {"util", "utils", "utility", "helper", "helpers", "manager", "common", "misc"}) {
      EXPECT_FALSE(has_word(words, empty)) << file.path;
    }
  }
}

TEST(Style, TypesSayWhatTheyAre) {
  constexpr std::array<std::string_view, 4> kEmpty{"Manager", "Helper", "Util", "Utils"};
  for (const auto& file : files_below("src", {"h", "cpp"})) {
    for (const auto line : file.lines()) {
      if (!line.starts_with("class ") && !line.starts_with("struct ")) continue;
      const auto name = line.substr(line.find(' ') + 1);
      const auto word = name.substr(0, std::ranges::find_if_not(name, is_word_character) - name.begin());
      for (const auto end : kEmpty) EXPECT_FALSE(word.ends_with(end)) << file.path << ": " << line;
    }
  }
}

TEST(Style, FileNamesAreSnakeCase) {
  for (const auto& file : cpp_files()) {
    EXPECT_TRUE(std::ranges::all_of(file.path, [](char c) {
      return std::islower(static_cast<unsigned char>(c)) != 0 ||
             std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '/' || c == '.';
    })) << file.path;
  }
}

TEST(Style, HeadersAreGuardedAndSayWhatTheyAre) {
  for (const auto& file : cpp_files()) {
    if (file.ending() != "h") continue;
    const auto lines = file.lines();
    ASSERT_GE(lines.size(), 2U) << file.path;
    EXPECT_EQ(lines[0], "#pragma once") << file.path;
    EXPECT_TRUE(lines[1].starts_with("//") || (lines.size() > 2 && lines[2].starts_with("//")))
        << file.path << " does not say what it is";
    EXPECT_EQ(file.text.find("using namespace"), std::string::npos) << file.path;
  }
}

TEST(Style, TextIsClean) {
  for (const auto& file : text_files()) {
    if (file.text.empty()) continue;
    EXPECT_TRUE(file.text.ends_with('\n')) << file.path << " does not end with a line feed";
    std::size_t number = 0;
    for (const auto line : file.lines()) {
      ++number;
      EXPECT_FALSE(line.ends_with(' ') || line.ends_with('\r') || line.ends_with('\t'))
          << file.path << ":" << number << " ends with white space";
      EXPECT_EQ(line.find('\t'), std::string_view::npos) << file.path << ":" << number << " has a tab";
    }
  }
}

TEST(Style, NothingIsLeftForLater) {
  // Put together here so that this file does not hold them.
  const std::array<std::string, 3> marks{std::string("TO") + "DO", std::string("FIX") + "ME",
                                         std::string("XX") + "X"};
  for (const auto& file : text_files()) {
    for (const auto& mark : marks) EXPECT_FALSE(has_word(file.text, mark)) << file.path << " holds " << mark;
  }
}

TEST(Style, TestsNeverSleep) {
  const std::string sleep = "sleep";
  for (const auto& file : files_below("tests", {"h", "cpp"})) {
    if (file.path.starts_with("tests/bench/")) continue;  // what an idle daemon does shows only with time
    for (const auto& call : {sleep + "_for", sleep + "_until", "u" + sleep, "nano" + sleep}) {
      EXPECT_FALSE(has_word(file.text, call)) << file.path << " calls " << call;
    }
    EXPECT_FALSE(file.text.find(" " + sleep + "(") != std::string::npos) << file.path;
  }
}

// Each of these is in the standard library and not for us: see docs/design and CONTRIBUTING.md.
TEST(Style, WhatTheToolchainLacksIsNotUsed) {
  for (const auto& file : cpp_files()) {
    for (const auto* header : {"format", "regex", "print", "generator", "stacktrace"}) {
      EXPECT_EQ(file.text.find(fmt::format("#include <{}>", header)), std::string::npos)
          << file.path << " includes <" << header << ">";
    }
  }
}

}  // namespace
}  // namespace countersign::test
