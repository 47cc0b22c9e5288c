#pragma once
// Who is away, and who acts for them meanwhile. Values; Absences is immutable and thread-safe, shared by
// shared_ptr<const Absences> and replaced as a whole.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"

namespace countersign {

// Away in [from, until). Without a stand-in nobody acts for the person. A stand-in acts for what the scope
// covers: requests of these workflows (none named: of all) whose form holds no amount above `up_to`.
struct Absence {
  Instant from;
  Instant until;
  std::optional<PersonId> stand_in;
  std::vector<WorkflowId> workflows{};
  std::optional<Money> up_to{};
  std::string reason{};
  bool operator==(const Absence&) const = default;
};

// The event of a calendar that an absence was taken from, and when that says it is. An absence that somebody
// has ended since is shorter.
struct AbsenceOrigin {
  std::string source;  // the calendar's name
  std::string uid;     // of the event in it; of one that repeats each occurrence has one of its own
  Instant from;
  Instant until;
  bool operator==(const AbsenceOrigin&) const = default;
};

// One that somebody set while the program runs, as it is stored.
struct RecordedAbsence {
  std::int64_t id = 0;  // given by the store, ascending
  PersonId person;
  Absence absence;
  PersonId set_by;
  Instant created_at;
  bool begun = false;                     // the stand-in was told of the work that was open when it began
  std::optional<AbsenceOrigin> origin{};  // nullopt: set by hand
  bool operator==(const RecordedAbsence&) const = default;
};

// All that are not over, or whose stand-in was not told yet that they are; beside those that the file of
// people lists.
class Absences {
 public:
  Absences() = default;
  explicit Absences(std::vector<RecordedAbsence> absences);

  // In the order of their ids; empty where there are none.
  std::span<const RecordedAbsence> of(const PersonId& person) const;
  // The first moment at which one begins whose stand-in was not told yet; nullopt for never.
  std::optional<Instant> next_begin() const { return next_begin_; }
  // The first moment at which one ends whose stand-in was told that it began; nullopt for never.
  std::optional<Instant> next_end() const { return next_end_; }
  std::span<const RecordedAbsence> all() const { return all_; }  // by person, then by id

 private:
  std::vector<RecordedAbsence> all_;
  std::map<PersonId, std::pair<std::size_t, std::size_t>> by_person_;  // where in all_, and how many
  std::optional<Instant> next_begin_, next_end_;
};

// "expense-approval, contract-review; up to 10000 CNY", "" for everything.
std::string scope_words(const Absence& absence);
// "10000 CNY", "10000.00 cny". invalid_input for anything else and for amounts below zero.
Result<Money> parse_amount_limit(std::string_view text);

}  // namespace countersign
