// What 'countersign audit export' wrote is verified without a database, and every change of it is found.
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "cli/export_check.h"
#include "store/event_hash.h"
#include "tests/cli/command_run.h"
#include "tests/store/temporary_folder.h"
#include "web/json_views.h"

namespace countersign::cli::test {
namespace {

using ::testing::HasSubstr;

// Two instances' events as the store seals them.
std::vector<EventRow> sealed() {
  std::vector<EventRow> rows;
  for (int i = 0; i < 5; ++i) {
    EventRow row;
    row.position = i + 1;
    row.instance = InstanceId(i % 2 == 0 ? "i_a" : "i_b");
    row.seq = static_cast<std::uint64_t>(i / 2 + 1);
    row.at = *parse_rfc3339("2026-03-02T09:00:00.123Z") + Duration(i);
    row.type = "started";
    row.payload = R"({"amount":1.50,"zahl":12345678901234567890.10,"text":"报销 \u0001"})";
    row.salt = std::string(kSaltBytes, static_cast<char>(i));
    row.actor = "person link";
    row.payload_hash = as_text(payload_hash(row.salt, row.payload));
    row.previous_hash =
        i < 2 ? std::string(first_previous_hash()) : rows[static_cast<std::size_t>(i - 2)].hash;
    row.hash = as_text(envelope_hash(row));
    rows.push_back(row);
  }
  return rows;
}

std::vector<std::string> lines_of(const std::vector<EventRow>& rows) {
  std::vector<std::string> lines;
  for (const json::value& event : web::events_json(rows, true)) lines.push_back(write_json(event));
  lines.push_back(write_json(json::object{{"export", {{"events", rows.size()}, {"cursor", "c"}}}}));
  return lines;
}

ExportReport check(const std::vector<std::string>& lines) {
  std::stringstream text;
  for (const std::string& line : lines) text << line << '\n';
  return check_export(text);
}

std::string changed(std::string line, const std::string& from, const std::string& to) {
  const std::size_t at = line.find(from);
  EXPECT_NE(at, std::string::npos) << from << " in " << line;
  if (at != std::string::npos) line.replace(at, from.size(), to);
  return line;
}

TEST(AuditExportCheck, VerifiesWhatWasExported) {
  const ExportReport report = check(lines_of(sealed()));
  EXPECT_EQ(report.problem, "");
  EXPECT_EQ(report.events, 5U);
  EXPECT_EQ(report.instances, 2U);
  EXPECT_EQ(report.cut_short, 0U);
}

TEST(AuditExportCheck, FindsEveryChange) {
  const auto good = lines_of(sealed());
  const std::vector<std::pair<std::string, std::string>> changes{
      {"\"seq\":2", "\"seq\":3"},
      {"09:00:00.125", "09:00:00.126"},
      {"\"started\"", "\"ended\""},
      {"person link", "person api"},
      {"\"amount\":1.50", "\"amount\":9.50"},
      {"\\\"amount\\\":1.50", "\\\"amount\\\":9.50"},
      {"\"version\":1", "\"version\":2"}};
  for (const auto& [from, to] : changes) {
    auto lines = good;
    lines[2] = changed(lines[2], from, to);
    EXPECT_THAT(check(lines).problem, HasSubstr("line 3: ")) << from;
  }
}

TEST(AuditExportCheck, FindsWhatIsMissingOrTurnedRound) {
  auto lines = lines_of(sealed());
  lines.erase(lines.begin() + 2);
  EXPECT_THAT(check(lines).problem, HasSubstr("does not follow the event before it"));
  lines = lines_of(sealed());
  std::swap(lines[0], lines[2]);
  EXPECT_THAT(check(lines).problem, HasSubstr("does not follow"));
  lines = lines_of(sealed());
  lines.erase(lines.begin() + 4);
  EXPECT_THAT(check(lines).problem, HasSubstr("says that it has 5 events, here are 4"));
  lines = lines_of(sealed());
  lines.pop_back();
  EXPECT_THAT(check(lines).problem, HasSubstr("cut short"));
  EXPECT_THAT(check({"{}"}).problem, HasSubstr("no proof"));
  EXPECT_THAT(check({"nonsense"}).problem, HasSubstr("line 1: "));
}

TEST(AuditExportCheck, TakesErasedContentAndALaterBeginning) {
  auto rows = sealed();
  rows[2].payload.clear();
  rows[2].salt.clear();
  rows.erase(rows.begin());
  rows.erase(rows.begin());
  const ExportReport report = check(lines_of(rows));
  EXPECT_EQ(report.problem, "");
  EXPECT_EQ(report.erased, 1U);
  EXPECT_EQ(report.cut_short, 2U);
}

TEST(AuditVerifyCommand, ChecksAnExportsFile) {
  const TemporaryFolder folder;
  const std::string path = folder.file("events.jsonl");
  std::ofstream file(path);
  for (const std::string& line : lines_of(sealed())) file << line << '\n';
  file.close();
  const Ran good = run({"audit", "verify", path});
  EXPECT_EQ(good.code, 0) << good.err;
  EXPECT_EQ(good.out, path + " verifies: 5 events of 2 instances\n");
  std::ofstream(path, std::ios::app) << "{}\n";
  const Ran bad = run({"audit", "verify", path, "--json"});
  EXPECT_EQ(bad.code, 1);
  EXPECT_THAT(bad.out, HasSubstr("\"verified\":false"));
  EXPECT_EQ(run({"audit", "verify", folder.file("none")}).code, 2);
}

}  // namespace
}  // namespace countersign::cli::test
