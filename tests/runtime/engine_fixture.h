#pragma once
// An engine on a real SQLite store in a temporary folder, with a clock moved by hand and no thread: drain()
// runs what is queued or due.

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "definition/connector_loader.h"
#include "definition/workflow_loader.h"
#include "runtime/dispatcher.h"
#include "runtime/engine.h"
#include "runtime/workspace.h"
#include "store/sqlite/sqlite_store.h"
#include "tests/store/temporary_folder.h"

namespace countersign::testing {

// rep asks, boss decides, with two reminders.
inline constexpr const char* kSimple = R"(workflow: simple
start:
  - form:
form:
  amount: {type: money, currency: CNY}
statuses: [approved, rejected]
steps:
  - id: manager
    approve:
      by: requester.manager
    due: 1 business day
    remind:
      - {after_due: 0 days, every: 1 business day, at_most: 2}
  - end: approved
)";

// How many rows are of that kind.
int count_kind(const std::vector<OutboxRow>& rows, const std::string& kind);

class EngineFixture : public ::testing::Test {
 protected:
  explicit EngineFixture(EngineOptions options = {});

  // Adds or replaces a workflow: takes over for new instances.
  void load(const std::string& yaml);
  void load_connector(const std::string& name, const std::string& yaml);
  // Ends engine and store as a crash would leave them on disk, and starts again on the same file.
  void restart();

  struct Got {
    int status = 0;  // 0: refused
    json::value body;
    Refusal refusal;
  };
  // As restart(), with a library that knows the files of now and nothing else.
  void restart_without_old_versions();
  // Submits and drains.
  Got ask(Request request, Caller caller = {});
  Caller by(const std::string& person, const std::string& key = {}) const;
  std::string start(const std::string& workflow, const std::string& form = "{}");
  Got decide(const std::string& instance, const std::string& person, const std::string& outcome,
             const std::string& comment = {});
  std::string status_of(const std::string& instance) const;
  std::vector<OutboxRow> outbox() const;
  std::vector<WorkItemRow> items(const std::string& instance) const;
  void advance(Duration by);
  // Everything that waits leaves by a dispatcher with these settings. There are no secrets, unless they give
  // some.
  DispatcherFigures dispatch(DispatcherSettings settings);
  const std::string& folder_path() const { return folder_.path(); }

  ManualClock clock{*parse_rfc3339("2026-03-02T09:00:00Z")};
  SeededRandom random{7};
  Links links{std::string(32, 'k'), "https://approve.example.com/flow"};
  std::unique_ptr<Library> library;
  std::unique_ptr<SqliteStore> store;
  std::unique_ptr<Engine> engine;

 private:
  void open();
  Catalogue catalogue() const;

  const EngineOptions options_;
  TemporaryFolder folder_;
};

}  // namespace countersign::testing
