#pragma once
// An installation whose data folder doctor looks into, and, where a test wants one, a daemon that serves it,
// so that the commands that doctor prints can be run as they stand there.

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cli/doctor_checks.h"
#include "runtime/engine.h"
#include "runtime/key_ring.h"
#include "store/sqlite/sqlite_store.h"
#include "tests/cli/command_run.h"
#include "tests/store/temporary_folder.h"
#include "web/site.h"

namespace countersign::cli::test {

inline constexpr const char* kDoctorPeople = R"(people:
  - {id: boss, name: Boss, mail: boss@example.com}
  - {id: rep, name: Rep, mail: rep@example.com, manager: boss}
  - {id: fin, name: Fin, mail: fin@example.com}
  - {id: adm, name: Adm, mail: adm@example.com}
groups:
  finance: [fin]
  admins: [adm]
)";

// One way that doctor names.
struct PrintedRemedy {
  std::string words;
  std::vector<std::string> commands;
  std::string rest;
};
// What mends a finding of doctor's JSON.
std::vector<PrintedRemedy> remedies_of(const json::value& finding);
// The words that a POSIX shell makes of a line that begins with "countersign", without that.
std::vector<std::string> words_in_shell(const std::string& line);

// One instance of 'two' waits for rep's manager boss, and another for finance.
class DoctorOverData : public ::testing::Test {
 protected:
  DoctorOverData();
  ~DoctorOverData() override;

  void write(const std::string& name, const std::string& text);
  // kDoctorPeople with `is` in the place of `was`.
  void write_people(const std::string& was, const std::string& is);
  void open_store();
  void close_store();
  std::string ask(Request request, const std::string& person);
  std::string start(const std::string& workflow = "two");
  void decide(const std::string& id, const std::string& person);
  void run_job(const Job& job) { ASSERT_TRUE(store_->run(std::span(&job, 1)).front()); }
  void sql(const std::string& script);
  std::string database() const { return folder_.file("data/countersign.db"); }

  // From here on a daemon answers, and doctor's commands reach it.
  void serve();
  // The files are in force, as the daemon takes them over.
  std::string reload();
  // Each as a shell reads it; all must be done, else the test fails. What the last one printed.
  Ran run_commands(const PrintedRemedy& remedy);
  Ran run_line(const std::string& line);

  Ran doctor(std::vector<std::string> more = {}) const;
  // The findings of a check that are not good.
  std::vector<json::object> findings(const std::string& check) const;
  // The one finding of a check: a problem whose members say all.
  json::value problem(const std::string& check) const;

  TemporaryFolder folder_;
  ManualClock clock_{SystemClock().now() - std::chrono::hours(1)};
  SeededRandom random_{5};
  Links links_{std::string(32, 'k'), "http://127.0.0.1:8080"};
  KeyRing keys_;
  std::unique_ptr<SqliteStore> store_;
  std::unique_ptr<Library> library_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<web::Site> site_;
  std::string url_ = "http://127.0.0.1:1";  // where nobody listens
  Environment environment_;

 private:
  Configuration configuration() const;
};

}  // namespace countersign::cli::test
