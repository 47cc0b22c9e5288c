// The corpus of files beside workflows: every file under broken_connectors/, broken_people/ and
// broken_configurations/ gives exactly the diagnostics of its .expected file, and what is shipped in
// connectors/ and packaging/example/ loads without any. COUNTERSIGN_REWRITE_GOLDENS=1 writes the expected
// files anew.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "definition/configuration_loader.h"
#include "definition/connector_files.h"
#include "definition/connector_loader.h"
#include "definition/people_loader.h"
#include "definition/workflow_files.h"
#include "tests/source_folder.h"

namespace countersign {
namespace {

namespace fs = std::filesystem;

const std::string kTests = source_folder() + "/tests/definition/";

Calendars office_calendar() {
  auto office = Calendar::make(CalendarSettings::standard("Asia/Shanghai"));
  const auto shared = std::make_shared<const Calendar>(std::move(*office));
  return {{"", shared}, {"office", shared}};
}

Result<std::string> holiday_file(const std::string& path) {
  if (path.ends_with("broken.ics")) return std::string("BEGIN:NOTHING\n");
  return fail(ErrorCode::not_found, "cannot read " + path + ": there is no such file");
}

std::string diagnostics_of(const std::string& folder, const std::string& name) {
  const auto text = read_file(kTests + folder + "/" + name).value();
  Diagnostics diagnostics;
  if (folder == "broken_connectors") {
    EXPECT_EQ(load_connector("connectors/" + name, text, diagnostics), nullptr);
  } else if (folder == "broken_people") {
    EXPECT_EQ(load_people(name, text, office_calendar(), diagnostics), nullptr);
  } else {
    EXPECT_FALSE(load_configuration("etc/" + name, text, holiday_file, diagnostics).has_value());
  }
  return diagnostics.to_text();
}

struct BrokenFile {
  std::string folder;
  std::string name;
};

std::vector<BrokenFile> broken_files() {
  std::vector<BrokenFile> files;
  for (const std::string folder : {"broken_connectors", "broken_people", "broken_configurations"}) {
    for (const auto& entry : fs::directory_iterator(kTests + folder)) {
      if (entry.path().extension() != ".expected")
        files.push_back({folder, entry.path().filename().string()});
    }
  }
  std::ranges::sort(files, {}, [](const BrokenFile& file) { return file.folder + file.name; });
  return files;
}

class BrokenSettings : public ::testing::TestWithParam<BrokenFile> {};

TEST_P(BrokenSettings, GiveExactlyTheExpectedDiagnostics) {
  const auto& [folder, name] = GetParam();
  const auto expected_file = kTests + folder + "/" + name + ".expected";
  const auto found = diagnostics_of(folder, name);
  EXPECT_NE(found.find("error[CS"), std::string::npos) << "a broken file gives at least one error";
  const char* rewrite = std::getenv("COUNTERSIGN_REWRITE_GOLDENS");
  if (rewrite != nullptr && std::string_view(rewrite) == "1") {
    std::ofstream(expected_file, std::ios::binary) << found;
    return;
  }
  EXPECT_EQ(found, read_file(expected_file).value_or("(no expected file)"));
}

std::string test_name(const ::testing::TestParamInfo<BrokenFile>& info) {
  auto name = info.param.folder.substr(std::string_view("broken_").size()) + "_" + info.param.name;
  std::ranges::replace_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Corpus, BrokenSettings, ::testing::ValuesIn(broken_files()), test_name);

TEST(SettingsCorpus, IsLargeEnoughToMeanSomething) {
  EXPECT_GE(broken_files().size(), 40U);
}

TEST(SettingsCorpus, HasNoExpectedFileOfNothing) {
  for (const std::string folder : {"broken_connectors", "broken_people", "broken_configurations"}) {
    for (const auto& entry : fs::directory_iterator(kTests + folder)) {
      if (entry.path().extension() != ".expected") continue;
      EXPECT_TRUE(fs::exists(entry.path().parent_path() / entry.path().stem())) << entry.path();
    }
  }
}

TEST(ShippedConnectors, LoadWithoutDiagnostics) {
  const auto loaded = load_connector_files({source_folder() + "/connectors"});
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  EXPECT_EQ(loaded->diagnostics.to_text(), "");
  for (const auto* name : {"email", "webhook", "generic", "hubspot", "feishu"}) {
    EXPECT_TRUE(loaded->connectors.contains(name)) << name;
  }
  EXPECT_TRUE(loaded->connectors.at("feishu")->is_room());
  EXPECT_TRUE(loaded->connectors.at("webhook")->is_room());
  EXPECT_FALSE(loaded->connectors.at("hubspot")->is_room());
  EXPECT_EQ(loaded->connectors.at("feishu")->secret_names(),
            (std::vector<std::string>{"feishu-bot-secret", "feishu-bot-url"}));
}

TEST(ShippedExample, LoadsWithoutDiagnostics) {
  const auto folder = source_folder() + "/packaging/example/";
  const auto read = [](const std::string& path) { return read_file(path); };
  Diagnostics diagnostics;
  const auto configuration = load_configuration(
      folder + "countersign.yaml", read_file(folder + "countersign.yaml").value(), read, diagnostics);
  EXPECT_EQ(diagnostics.to_text(), "");
  ASSERT_TRUE(configuration.has_value());
  const auto& office = *configuration->calendars.at("");
  EXPECT_EQ(office.zone(), "Asia/Shanghai");
  EXPECT_FALSE(office.is_working_day(parse_day("2026-02-17").value())) << "Spring Festival";
  EXPECT_TRUE(office.is_working_day(parse_day("2026-02-14").value())) << "a Saturday that is worked";
  EXPECT_FALSE(office.is_working_day(parse_day("2026-02-23").value()));
  EXPECT_TRUE(office.is_working_day(parse_day("2026-02-24").value()));
  EXPECT_FALSE(office.is_working_day(parse_day("2026-10-07").value()));
  EXPECT_TRUE(office.is_working_day(parse_day("2026-10-10").value()));

  const auto people = load_people(configuration->people, read_file(configuration->people).value(),
                                  configuration->calendars, diagnostics);
  EXPECT_EQ(diagnostics.to_text(), "");
  ASSERT_NE(people, nullptr);
  EXPECT_EQ(people->people().size(), 15U);
  EXPECT_TRUE(people->is_member(PersonId("zhao.lei"), "finance"));
  EXPECT_EQ(people->managers(PersonId("li.na"), 5),
            (std::vector{PersonId("zhang.wei"), PersonId("chen.jie")}));
}

}  // namespace
}  // namespace countersign
