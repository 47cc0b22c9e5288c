#pragma once
// Workflows that start by themselves: which schedule is due, for whom, and what became of it. A due schedule
// becomes ordinary Start commands, one for each person, each in a savepoint of its own; when all of them are
// answered the schedule's row says that the period is done. Whatever is interrupted is run again, and the
// claim in each start (Start::once) keeps it from starting twice.
//
// A schedule counts from when its workflow is first loaded. Of what was missed while the program was down or
// the clock stood still, the newest period starts late, and those before it do not. A start that is refused
// (nobody is the person's manager, a rule refuses the form) does not stop the others; it is owed, shown, and
// tried again whenever the files are read again, until the next period runs.
//
// Nothing polls: the loop sleeps until next(). Costs depend on the number of schedules and of people, not of
// instances. Used on the writer's thread only, but for the figures.

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/schedule.h"
#include "runtime/command_queue.h"
#include "runtime/execution.h"

namespace countersign {

class Schedules {
 public:
  // All references outlive this.
  Schedules(Execution& execution, const Library& library, const Reader& reader, RandomSource& random)
      : execution_(execution), library_(library), reader_(reader), random_(random) {}

  // When take() has something to give; nullopt for never.
  std::optional<Instant> next() const;
  // What is to be done now, at most `max` jobs. Looks at the files in force first.
  std::vector<QueuedJob> take(Instant now, std::size_t max);

  // Thread-safe.
  std::uint64_t starts() const { return starts_; }
  std::uint64_t failures() const { return failures_; }

 private:
  using Name = std::pair<WorkflowId, std::string>;  // of a workflow's trigger

  // A schedule of a workflow in force.
  struct Line {
    std::shared_ptr<const Definition> definition;
    const Trigger* trigger = nullptr;
    ScheduleRow row;
    std::optional<Instant> next;
    std::optional<Due> running;  // what its starts below belong to
    std::size_t waiting = 0;     // starts and notes of that run without an answer
    bool is_outdated = false;    // the files changed during that run
  };
  struct WaitingStart {
    Name line;
    Due due;
    PersonId person;
    bool owed = false;  // from an earlier attempt: no run waits for it
  };

  void read_files(Instant now);
  void add_line(const std::shared_ptr<const Definition>& definition, const Trigger& trigger,
                const std::map<Name, ScheduleRow>& rows, Instant now);
  void take_up_owed(Instant now);
  void plan(Line& line, Instant now) const;
  void begin(const Name& name, Line& line, Instant now);
  Result<std::vector<PersonId>> people_for(const Line& line, const Period& period, Instant now) const;
  const Calendar& calendar_of(const Line& line) const;

  QueuedJob start_job(const WaitingStart& start);
  void start_answered(const WaitingStart& start, const Result<void>& started, bool existed);
  void owe(const WaitingStart& start, const Error& error);
  // A small write beside the starts; done again until the store takes it.
  void note(const Name& name, Job job, bool of_run);
  QueuedJob note_job(const Name& name, const Job& job, bool of_run);
  void settle_run(Line& line, Instant now);
  void answered(const Name& name, bool of_run);

  Execution& execution_;
  const Library& library_;
  const Reader& reader_;
  RandomSource& random_;
  std::shared_ptr<const Snapshot> seen_;
  bool read_again_ = false;
  std::map<Name, Line> lines_;
  std::deque<WaitingStart> starts_waiting_;
  struct WaitingNote {
    Name line;
    Job job;
    bool of_run = false;
  };
  std::deque<WaitingNote> notes_;
  Instant now_{};   // of the last take()
  Instant from_{};  // the store took nothing: not before then
  std::atomic<std::uint64_t> starts_{0}, failures_{0};
};

}  // namespace countersign
