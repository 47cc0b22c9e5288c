// The corpus: every file under good/ loads, and every file under broken/ gives exactly the
// diagnostics of its .expected file, and so does every file under warned/, which loads all the same.
// COUNTERSIGN_REWRITE_GOLDENS=1 writes those files anew.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "definition/workflow_files.h"
#include "definition/workflow_loader.h"
#include "tests/definition/sample_catalogue.h"
#include "tests/source_folder.h"

namespace countersign {
namespace {

namespace fs = std::filesystem;

std::string folder(std::string_view name) {
  return source_folder() + "/tests/definition/" + std::string(name);
}

std::vector<std::string> corpus(std::string_view name) {
  std::vector<std::string> stems;
  for (const auto& entry : fs::directory_iterator(folder(name))) {
    if (entry.path().extension() == ".yaml") stems.push_back(entry.path().stem().string());
  }
  std::ranges::sort(stems);
  return stems;
}

std::string read(const std::string& path) {
  return read_file(path).value_or("");
}

LoadedWorkflow load_file(const std::string& kind, const std::string& stem) {
  const MessageTexts messages = read_message_files(folder(kind)).value();
  const std::string text = read(folder(kind) + "/" + stem + ".yaml");
  return load_workflow("workflows/" + stem + ".yaml", text, messages, testing::sample_catalogue(),
                       read_table_files(folder(kind)).value());
}

void expect_golden(const std::string& kind, const std::string& stem, const std::string& found) {
  const std::string expected_file = folder(kind) + "/" + stem + ".expected";
  const char* rewrite = std::getenv("COUNTERSIGN_REWRITE_GOLDENS");
  if (rewrite != nullptr && std::string_view(rewrite) == "1") {
    std::ofstream(expected_file, std::ios::binary) << found;
    return;
  }
  EXPECT_EQ(found, read(expected_file));
}

class Broken : public ::testing::TestWithParam<std::string> {};

// What was reported twice was counted twice and shown once, so that the number of warnings underflowed.
void expect_counts(const Diagnostics& diagnostics) {
  const std::vector<Diagnostic> all = diagnostics.all();
  const auto errors = std::ranges::count(all, Severity::error, &Diagnostic::severity);
  EXPECT_EQ(diagnostics.error_count(), static_cast<std::size_t>(errors));
  EXPECT_EQ(diagnostics.warning_count(), all.size() - static_cast<std::size_t>(errors));
}

TEST_P(Broken, GivesExactlyTheExpectedDiagnostics) {
  const Diagnostics diagnostics = load_file("broken", GetParam()).diagnostics;
  const std::string found = diagnostics.to_text();
  EXPECT_NE(found.find("error[CS"), std::string::npos) << "a broken file gives at least one error";
  expect_counts(diagnostics);
  expect_golden("broken", GetParam(), found);
}

std::ptrdiff_t times(const Diagnostics& diagnostics, const Diagnostic& wanted) {
  return std::ranges::count_if(diagnostics.all(), [&](const Diagnostic& each) {
    return each.line == wanted.line && each.code == wanted.code && each.message == wanted.message;
  });
}

// `text` with another line in the place of one of its own, at the same indentation.
std::string with_line(const std::string& text, std::uint32_t number, const std::string& line) {
  std::size_t begin = 0;
  for (std::uint32_t i = 1; i < number; ++i) begin = text.find('\n', begin) + 1;
  const std::size_t end = std::min(text.find('\n', begin), text.size());
  const std::size_t first = std::min(text.find_first_not_of(" \t", begin), end);
  return text.substr(0, first) + line + text.substr(end);
}

// What an editor would put in: each `fix` by itself takes away the diagnostic that it belongs to.
void expect_fixes_to_mend(const std::string& kind, const std::string& stem) {
  const std::string file = "workflows/" + stem + ".yaml";
  const std::string text = read(folder(kind) + "/" + stem + ".yaml");
  const Diagnostics before = load_file(kind, stem).diagnostics;
  const std::vector<Diagnostic> all = before.all();
  const json::value shown = before.to_json();
  const MessageTexts messages = read_message_files(folder(kind)).value();
  const TableTexts tables = read_table_files(folder(kind)).value();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string fix = string_at(shown.as_array()[i], "fix");
    if (fix.empty() || all[i].file != file) continue;
    const std::string mended = with_line(text, all[i].line, fix);
    const LoadedWorkflow after = load_workflow(file, mended, messages, testing::sample_catalogue(), tables);
    EXPECT_LT(times(after.diagnostics, all[i]), times(before, all[i]))
        << all[i].line << ": " << all[i].message << "\n  write: " << fix;
  }
}

TEST_P(Broken, EachFixMendsItsLine) {
  expect_fixes_to_mend("broken", GetParam());
}

class Warned : public ::testing::TestWithParam<std::string> {};

TEST_P(Warned, LoadsWithExactlyTheExpectedWarnings) {
  const LoadedWorkflow loaded = load_file("warned", GetParam());
  EXPECT_NE(loaded.definition, nullptr);
  EXPECT_FALSE(loaded.diagnostics.has_errors());
  EXPECT_FALSE(loaded.diagnostics.all().empty());
  expect_counts(loaded.diagnostics);
  expect_golden("warned", GetParam(), loaded.diagnostics.to_text());
}

TEST_P(Warned, EachFixMendsItsLine) {
  expect_fixes_to_mend("warned", GetParam());
}

class Good : public ::testing::TestWithParam<std::string> {};

TEST_P(Good, Loads) {
  const LoadedWorkflow loaded = load_file("good", GetParam());
  // A file that shows one thing need not read its fields, or may leave its branches.
  for (const Diagnostic& each : loaded.diagnostics.all()) {
    EXPECT_TRUE(each.code == "CS151" || each.code == "CS152") << loaded.diagnostics.to_text();
  }
  ASSERT_NE(loaded.definition, nullptr);
  EXPECT_EQ(loaded.definition->id.value, GetParam());
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::ranges::replace_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Corpus, Broken, ::testing::ValuesIn(corpus("broken")), test_name);
INSTANTIATE_TEST_SUITE_P(Corpus, Warned, ::testing::ValuesIn(corpus("warned")), test_name);
INSTANTIATE_TEST_SUITE_P(Corpus, Good, ::testing::ValuesIn(corpus("good")), test_name);

TEST(Corpus, HasAnExpectedFileForEveryBrokenFileAndNoOther) {
  for (const char* kind : {"broken", "warned"}) {
    std::vector<std::string> expected;
    for (const auto& entry : fs::directory_iterator(folder(kind))) {
      if (entry.path().extension() == ".expected") expected.push_back(entry.path().stem().string());
    }
    std::ranges::sort(expected);
    EXPECT_EQ(expected, corpus(kind));
  }
}

TEST(Corpus, GoOutOfItemsThatComeOneByOneCancelsNothingBeside) {
  EXPECT_EQ(load_file("good", "go-out-of-one-by-one").diagnostics.to_text(), "");
}

TEST(Corpus, HasAtLeast150BrokenFiles) {
  EXPECT_GE(corpus("broken").size(), 150U);
}

}  // namespace
}  // namespace countersign
