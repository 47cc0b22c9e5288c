#pragma once
// Who has left, the directory or a group whose work they have claimed, of whom the file says something else
// (another manager, other groups: `only` and groups that wait may hang on it), and whose absence begins or
// ends: finds the open work that this concerns by the assignee's index and gives one command for each
// instance, a page at a time. Looks when the directory in force is another one (at the start too) and when an
// absence begins or ends. Interrupted, it is done again: the commands change nothing the second time.
//
// The store keeps with which directory all work was looked at. At a start with another one nobody can say
// what changed: all open work is looked at, once.
//
// A leaver's links and keys end in the same commit as the first page of their work.
//
// Used on the writer's thread only.

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/absences.h"
#include "runtime/command_queue.h"
#include "runtime/execution.h"

namespace countersign {

class DirectoryWatch {
 public:
  // All references outlive this.
  DirectoryWatch(Execution& execution, const Library& library, const Reader& reader, AbsenceBook& absences)
      : execution_(execution), library_(library), reader_(reader), absences_(absences) {}

  // When take() has something to give; nullopt for never.
  std::optional<Instant> next() const;
  // What is to be done now, at most `max` jobs and a few.
  std::vector<QueuedJob> take(Instant now, std::size_t max);

  // Called after the commit that revoked these keys; set before the writer runs.
  void on_keys_revoked(std::function<void(const std::vector<std::string>& ids, Instant at)> told) {
    on_keys_revoked_ = std::move(told);
  }

 private:
  // One person or group whose instances are looked at.
  struct Round {
    PersonId person;    // empty where the group as such is meant
    std::string group;  // beside a person: what they have claimed from it
    bool has_left = false;
    std::int64_t absence = 0;  // whose beginning or end it is; 0: none
    bool is_end = false;       // of the absence
    std::string cursor{};
    bool begun = false;
  };

  void look_for_leavers();
  void list_changes(const Directory& directory, Instant since);
  void look_for_changes(const Directory& before, const Directory& after);
  Result<void> look_for_changes_while_down(const Reader::Asked& asked);
  void look_for_dropped_absences(const Directory& before, const Directory& after);
  void look_for_absences(Instant now);
  void add_group_round(const std::string& group);
  void add_absence_round(const Directory& directory, const PersonId& person, std::int64_t absence = 0,
                         bool is_end = false);
  void add_page(Round& round, std::size_t max, std::vector<QueuedJob>& jobs);
  QueuedJob change_job(const InstanceId& instance, const Round& round);
  QueuedJob revoke_job(const PersonId& person);
  QueuedJob noted_job(std::int64_t absence, bool is_end);
  bool owes_note() const;
  QueuedJob note_directory_job();
  void rest(Instant now);

  Execution& execution_;
  const Library& library_;
  const Reader& reader_;
  AbsenceBook& absences_;
  std::function<void(const std::vector<std::string>&, Instant)> on_keys_revoked_;
  std::shared_ptr<const Directory> seen_;
  std::optional<std::string> noted_;  // the revision in the store; absent: not read yet
  std::deque<Round> rounds_;
  // When absences of the file of people begin and end whose turn is to come.
  std::multimap<Instant, PersonId> listed_changes_;
  // Whose listed absence began, ended or was dropped, and of whom and of which group the file says something
  // else than before, until their rounds are done: nothing else remembers it.
  std::set<PersonId> changed_people_;
  std::set<std::string> changed_groups_;
  bool look_again_ = false;  // the store took nothing
  Instant now_{};            // of the last take()
  Instant from_{};           // not before then
};

}  // namespace countersign
