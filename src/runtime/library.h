#pragma once
// What is in force right now: workflow definitions, connectors, directory, calendars. One immutable snapshot
// that a reload swaps; a command works with the snapshot it started with. Running instances keep the version
// of their definition, which is loaded again from the store when no file has it any more. Thread-safe.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "core/connector.h"
#include "core/decide.h"
#include "core/definition.h"
#include "core/directory.h"

namespace countersign {

struct Snapshot {
  std::map<WorkflowId, std::shared_ptr<const Definition>> workflows;  // the version that new instances get
  std::map<std::string, std::shared_ptr<const Connector>> connectors;
  std::shared_ptr<const Directory> directory;
  Calendars calendars;
  std::vector<LedgerSettings> ledgers;  // as the configuration lists them
  ReminderSettings reminders;

  // nullptr where there is none.
  std::shared_ptr<const Definition> workflow(const WorkflowId& id) const;
  std::shared_ptr<const Connector> connector(const std::string& name) const;
  // How deliveries of a source are proven and mapped: a connector's, or a workflow's own (webhook_source).
  std::shared_ptr<const Inbound> inbound(const std::string& source) const;
};

class Library {
 public:
  explicit Library(std::shared_ptr<const Snapshot> first);
  std::shared_ptr<const Snapshot> current() const;
  // Takes over for whatever begins after the call. Versions that `next` replaces stay findable by version().
  void replace(std::shared_ptr<const Snapshot> next);

  // Who is away, beside what the file of people says. Set by the engine alone, after each commit that changed
  // it.
  std::shared_ptr<const Absences> absences() const;
  void set_absences(std::shared_ptr<const Absences> absences);

  // A definition by its version: of the current snapshot, an earlier one or one that remember() was given,
  // else what find_missing_with() finds, which is then kept. nullptr where none knows it.
  std::shared_ptr<const Definition> version(const WorkflowId& workflow, const std::string& version) const;
  void remember(std::shared_ptr<const Definition> definition);
  // Called before the library is used by several threads; `find` is called on any thread, without a lock.
  using Find =
      std::function<std::shared_ptr<const Definition>(const WorkflowId&, const std::string& version)>;
  void find_missing_with(Find find) { find_ = std::move(find); }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> current_;
  std::shared_ptr<const Absences> absences_ = std::make_shared<const Absences>();
  mutable std::map<std::pair<WorkflowId, std::string>, std::shared_ptr<const Definition>> versions_;
  Find find_;
};

}  // namespace countersign
