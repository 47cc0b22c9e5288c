#pragma once
// What requests about absences say, read by the directory and the workflows in force; and how absences are
// shown.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "runtime/request_job.h"

namespace countersign {

inline constexpr std::size_t kAbsencesMax = 400;  // of one person, that are not over
inline constexpr std::size_t kAbsenceReasonMax = 500;

// A person sets their own absences, a key with the scope admin anybody's. nullopt where they may.
std::optional<Error> refusal_to_set(const Caller& caller, const PersonId& person);

// Gathers what is wrong, each with where it stands in what was sent.
class AbsenceTerms {
 public:
  // Both outlive it.
  AbsenceTerms(const Snapshot& snapshot, const Person& person, Instant now);

  struct Times {
    std::string from;  // "": at once
    std::string until;
    std::string reason;
  };
  // Into `absence`, and whether its end could be read; `pointer` is before "/from".
  bool read_times(const Times& times, const std::string& pointer, Absence& absence);
  void read_cover(const PersonId& stand_in, const std::vector<std::string>& workflows,
                  const std::string& up_to, Absence& absence);
  void problem(std::string pointer, std::string detail);
  const std::vector<FormProblem>& problems() const { return problems_; }

 private:
  const Snapshot& snapshot_;
  const Person& person_;
  std::shared_ptr<const Calendar> calendar_;
  Instant now_;
  std::vector<FormProblem> problems_;
};

// As the API spells it.
json::object absence_json(const RecordedAbsence& absence);
// The same of one that ended now.
json::object ended_absence_json(const RecordedAbsence& absence, Instant now);

// Who acts when, where others of the person's absences name other stand-ins for the same time; "" where none
// do. `known`: those that people set and that are not over; it may hold the one that is `set`.
std::string overlap_note(const RecordedAbsence& set, std::span<const RecordedAbsence> known,
                         const Person& person);

}  // namespace countersign
