#pragma once
// One scenario's world: the engine on a store of its own, with a clock moved by hand, a mail box that records
// instead of sending, and connectors that record instead of calling. No threads: what is due runs inside the
// calls. Not thread-safe.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "scenario/scenario.h"
#include "scenario/scratch.h"

#include "core/effect.h"
#include "core/event.h"
#include "runtime/composer.h"
#include "runtime/engine.h"

namespace countersign::scenario {

struct SentMail {
  InstanceId instance;
  PersonId to;
  SendKind kind = SendKind::notify;
  std::string message;  // the template's name, ""
  std::string subject;
  std::string text;  // as the plain part has it
  Instant at;
  std::size_t after = 0;  // how much had happened before
};

struct MadeCall {
  InstanceId instance;
  std::string call;  // CONNECTOR.ACTION
  Fields input;
  Instant at;
  std::size_t after = 0;
};

struct Happened {
  InstanceId instance;
  Instant at;
  EventBody body;
};

class Trial {
 public:
  static Result<std::unique_ptr<Trial>> begin(const ScenarioFile& file, const Scenario& scenario,
                                              Scratch& scratch);
  ~Trial();

  // The engine's answer to a request, after everything that follows from it at once.
  Answer ask(Request request, Caller caller);
  // Lets time pass, and everything happen that is due meanwhile, each at its time.
  void pass_until(Instant until);
  Instant now() const { return clock_.now(); }

  // Answers the oldest open call of that action. not_found where none waits; invalid_input where the data do
  // not fit the action's output.
  Result<void> answer_call(const std::string& call, const json::value& data);
  Result<void> fail_call(const std::string& call, const std::string& why);

  // Replaces people and groups from now on.
  Result<void> change_directory(const ChangeDirectory& change);

  const Snapshot& snapshot() const { return *current_; }
  const Reader& reader() const { return store_->reader(); }
  const Library& library() const { return library_; }

  // Everything since the beginning, oldest first; entries remember how much there was before them.
  const std::vector<SentMail>& mail() const { return mail_; }
  const std::vector<MadeCall>& calls() const { return calls_; }
  const std::vector<Happened>& history() const { return history_; }
  // What went wrong in a way that the daemon would only log.
  const std::vector<std::string>& faults() const { return faults_; }

 private:
  Trial(const ScenarioFile& file, const Scenario& scenario, std::unique_ptr<SqliteStore> store);
  Result<void> prepare(const ScenarioFile& file);
  void settle();
  bool deliver();
  void send_mail(const OutboxRow& row);
  void make_call(const OutboxRow& row);
  void report(const OutboxRow& row, DeliveryReport::Kind kind, std::string detail,
              std::optional<EffectDone> answer = std::nullopt);
  Result<Fields> read_reply_data(const std::string& call, const json::value& data) const;
  void read_history();

  struct OpenCall {
    OutboxRow row;
    std::string call;
    EffectId effect;
  };

  const Scenario& scenario_;
  ManualClock clock_;
  SeededRandom random_{1};
  Links links_{std::string(32, 's'), "https://approve.example.com"};
  std::shared_ptr<const Snapshot> current_;
  std::unique_ptr<SqliteStore> store_;
  Library library_;
  std::unique_ptr<Engine> engine_;
  Composer composer_;
  std::map<std::int64_t, OpenCall> open_calls_;
  std::vector<SentMail> mail_;
  std::vector<MadeCall> calls_;
  std::vector<Happened> history_;
  std::vector<std::string> faults_;
  std::string feed_cursor_;
};

}  // namespace countersign::scenario
