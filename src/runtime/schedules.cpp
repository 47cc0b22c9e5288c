#include "runtime/schedules.h"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "core/trigger.h"

namespace countersign {
namespace {

constexpr Duration kStoreRest = std::chrono::seconds(5);
// A start later than this was missed and not just queued.
constexpr Duration kLate = std::chrono::minutes(5);
constexpr std::size_t kOwedMax = 10'000;

}  // namespace

std::optional<Instant> Schedules::next() const {
  std::optional<Instant> earliest;
  if (library_.current() != seen_ || read_again_ || !starts_waiting_.empty() || !notes_.empty())
    earliest = Instant();
  for (const auto& [name, line] : lines_) {
    if (line.next && (!earliest || *line.next < *earliest)) earliest = line.next;
  }
  if (!earliest) return std::nullopt;
  return std::max(*earliest, from_);
}

std::vector<QueuedJob> Schedules::take(Instant now, std::size_t max) {
  std::vector<QueuedJob> jobs;
  now_ = now;
  if (now < from_) return jobs;
  if (library_.current() != seen_ || read_again_) read_files(now);
  for (auto& [name, line] : lines_) {
    if (line.next && *line.next <= now && !line.running) begin(name, line, now);
  }
  while (!notes_.empty() && jobs.size() < max) {
    WaitingNote next = std::move(notes_.front());
    notes_.pop_front();
    jobs.push_back(note_job(next.line, std::move(next.job), next.of_run));
  }
  while (!starts_waiting_.empty() && jobs.size() < max) {
    jobs.push_back(start_job(std::move(starts_waiting_.front())));
    starts_waiting_.pop_front();
  }
  return jobs;
}

// Which schedules there are now, and how far each has come.
void Schedules::read_files(Instant now) {
  const auto stored = reader_.schedules();
  if (!stored) {
    spdlog::error("cannot read how far the schedules have come: {}", stored.error().message);
    from_ = now + kStoreRest;
    return;
  }
  seen_ = library_.current();
  read_again_ = false;
  std::map<Name, ScheduleRow> rows;
  for (const ScheduleRow& row : *stored) rows[{row.workflow, row.name}] = row;
  // A run that is under way goes on with the file that it began with.
  std::erase_if(lines_, [](const auto& entry) { return !entry.second.running; });
  for (auto& [name, line] : lines_) line.is_outdated = true;
  std::set<Name> present;
  for (const auto& [id, definition] : seen_->workflows) {
    for (const Trigger& trigger : definition->triggers) {
      if (trigger.kind != Trigger::Kind::schedule) continue;
      const Name name{id, trigger.name};
      present.insert(name);
      if (!lines_.contains(name)) add_line(definition, trigger, rows, now);
    }
  }
  for (const auto& [name, row] : rows) {
    if (present.contains(name) || lines_.contains(name)) continue;
    const Job drop = [gone = name](Transaction& transaction) {
      return transaction.drop_schedule(gone.first, gone.second);
    };
    note(name, drop, false);
  }
  take_up_owed(now);
}

void Schedules::add_line(const std::shared_ptr<const Definition>& definition, const Trigger& trigger,
                         const std::map<Name, ScheduleRow>& rows, Instant now) {
  const Name name{definition->id, trigger.name};
  Line line{definition, &trigger, {definition->id, trigger.name, trigger.schedule->text, now, {}}, {}, {},
            0,          false};
  const auto stored = rows.find(name);
  // The firings of another cron expression are none that were missed.
  const bool counts_anew =
      stored == rows.end() || (trigger.schedule->cron && stored->second.rule != trigger.schedule->text);
  if (stored != rows.end() && !counts_anew) line.row = stored->second;
  if (counts_anew) {
    note(name, [row = line.row](Transaction& transaction) { return transaction.set_schedule(row); }, false);
  }
  plan(line, now);
  lines_.insert_or_assign(name, std::move(line));
}

// Starts that were refused are tried again where they still belong to what ran last.
void Schedules::take_up_owed(Instant now) {
  const auto owed = reader_.owed_starts(kOwedMax);
  if (!owed) {
    spdlog::error("cannot read which starts schedules owe: {}", owed.error().message);
    return;
  }
  for (const OwedStartRow& row : *owed) {
    const Name name{row.workflow, row.name};
    const auto found = lines_.find(name);
    if (found == lines_.end() || found->second.running) continue;
    const Line& line = found->second;
    const Due due{row.due, period_of(*line.trigger->schedule, calendar_of(line), row.due)};
    std::vector<PersonId> people;
    if (due.period.name == row.period) {
      const auto wanted = people_for(line, due.period, now);
      if (!wanted) continue;  // still wrong
      people = *wanted;
    }
    const bool all = row.person.empty() && !line.trigger->each.empty();  // nobody could be named then
    if (all || std::ranges::find(people, row.person) == people.end()) {
      note(
          name,
          [row](Transaction& transaction) {
            return transaction.settle_start(row.workflow, row.name, row.person);
          },
          false);
      if (!all) continue;
    }
    for (const PersonId& person : people) {
      if (all || person == row.person) starts_waiting_.push_back({name, due, person, true});
    }
  }
}

const Calendar& Schedules::calendar_of(const Line& line) const {
  const auto found = seen_->calendars.find(line.definition->calendar);
  return *(found == seen_->calendars.end() ? seen_->calendars.at("") : found->second);
}

// The newest time that is due and not done with, else the next one, of a period that has not run.
void Schedules::plan(Line& line, Instant now) const {
  const Schedule& schedule = *line.trigger->schedule;
  const Calendar& calendar = calendar_of(line);
  std::optional<Due> due = latest_due(schedule, calendar, now);
  const bool done = !due || due->at <= line.row.until || due->period.name == line.row.period;
  if (done) due = next_due(schedule, calendar, std::max(now, line.row.until));
  while (due && due->period.name == line.row.period) due = next_due(schedule, calendar, due->at);
  line.next = due ? std::optional(due->at) : std::nullopt;
}

Result<std::vector<PersonId>> Schedules::people_for(const Line& line, const Period& period,
                                                    Instant now) const {
  if (line.trigger->each.empty()) return std::vector<PersonId>{PersonId()};
  static const Facts kNoFacts;
  const Context context{*line.definition, *seen_->directory, seen_->calendars, kNoFacts, now};
  return people_of_schedule(context, *line.trigger, period);
}

void Schedules::begin(const Name& name, Line& line, Instant now) {
  const auto due = latest_due(*line.trigger->schedule, calendar_of(line), now);
  if (!due || due->at <= line.row.until) return plan(line, now);
  line.running = *due;
  line.waiting = 0;
  line.next.reset();
  const Duration late = now - due->at;
  if (late > kLate) {
    spdlog::warn("{}: the schedule '{}' for {} starts late: it was due at {}", name.first.value, name.second,
                 due->period.name, format_rfc3339(due->at));
  }
  const auto people = people_for(line, due->period, now);
  if (!people) {
    owe({name, *due, PersonId(), false}, people.error());
  } else {
    for (const PersonId& person : *people) starts_waiting_.push_back({name, *due, person, false});
    line.waiting += people->size();
    spdlog::info("{}: the schedule '{}' starts {} for {}", name.first.value, name.second, people->size(),
                 due->period.name);
  }
  settle_run(line, now);
}

QueuedJob Schedules::start_job(const WaitingStart& start) {
  const auto existed = std::make_shared<bool>(false);
  const auto found = lines_.find(start.line);
  // An owed start whose schedule is gone meanwhile has nothing to do.
  if (found == lines_.end())
    return {[](Transaction&, Instant) { return Result<void>(); }, [](const Result<void>&) {}, 0};
  return {[this, start, existed, definition = found->second.definition, trigger = found->second.trigger](
              Transaction& transaction, Instant at) -> Result<void> {
            static const Facts kNoFacts;
            const auto snapshot = library_.current();
            const Context context{*definition, *snapshot->directory, snapshot->calendars, kNoFacts, at};
            const auto command = start_from_schedule(context, *trigger, start.due.period, start.person);
            if (!command) return std::unexpected(command.error().error);
            const InstanceId id("i_" + sortable_id(at, random_));
            const auto executed = execution_.start(transaction, id, *command, definition, at);
            if (!executed) return std::unexpected(executed.error().error);
            *existed = executed->existing.has_value();
            return transaction.settle_start(start.line.first, start.line.second, start.person);
          },
          [this, start, existed](const Result<void>& started) { start_answered(start, started, *existed); },
          0};
}

void Schedules::start_answered(const WaitingStart& start, const Result<void>& started, bool existed) {
  if (!started && is_transient(started.error())) {
    spdlog::warn("a start of {} by its schedule waits: {}", start.line.first.value, started.error().message);
    starts_waiting_.push_back(start);
    from_ = now_ + kStoreRest;
    return;
  }
  if (!started) {
    owe(start, started.error());
  } else if (!existed) {
    starts_.fetch_add(1, std::memory_order_relaxed);
  }
  answered(start.line, !start.owed);
}

void Schedules::owe(const WaitingStart& start, const Error& error) {
  failures_.fetch_add(1, std::memory_order_relaxed);
  spdlog::warn("{}{}; mend the cause, then 'countersign workflow retry {} {}{}' tries it again",
               start.person.empty() ? "" : start.person.value + ": ", error.message, start.line.first.value,
               start.line.second, start.person.empty() ? "" : " --person " + start.person.value);
  const OwedStartRow row{start.line.first, start.line.second, start.person, start.due.period.name,
                         start.due.at,     error.message,     now_};
  note(start.line, [row](Transaction& transaction) { return transaction.owe_start(row); }, !start.owed);
}

void Schedules::note(const Name& name, Job job, bool of_run) {
  if (of_run) {
    if (const auto line = lines_.find(name); line != lines_.end()) ++line->second.waiting;
  }
  notes_.push_back({name, std::move(job), of_run});
}

QueuedJob Schedules::note_job(const Name& name, const Job& job, bool of_run) {
  return {[job](Transaction& transaction, Instant) { return job(transaction); },
          [this, name, job, of_run](const Result<void>& noted) {
            if (noted) return answered(name, of_run);
            spdlog::warn("a note on the schedule '{}' of {} waits: {}", name.second, name.first.value,
                         noted.error().message);
            notes_.push_back({name, job, of_run});
            from_ = now_ + kStoreRest;
          },
          0};
}

void Schedules::answered(const Name& name, bool of_run) {
  const auto found = lines_.find(name);
  if (!of_run || found == lines_.end() || !found->second.running) return;
  --found->second.waiting;
  settle_run(found->second, now_);
}

// When every start of a run has its answer, the period is done: first in the store, then here.
void Schedules::settle_run(Line& line, Instant now) {
  if (line.waiting > 0 || !line.running) return;
  const ScheduleRow row{line.row.workflow, line.row.name, line.trigger->schedule->text, line.running->at,
                        line.running->period.name};
  if (line.row.until == row.until && line.row.period == row.period) {
    line.running.reset();
    read_again_ = read_again_ || line.is_outdated;
    return plan(line, now);
  }
  line.row = row;
  note(
      {row.workflow, row.name}, [row](Transaction& transaction) { return transaction.set_schedule(row); },
      true);
}

}  // namespace countersign
