#pragma once
// Absences as people set and end them, and the snapshot of them that decisions use.

#include <memory>
#include <string>

#include "base/json.h"
#include "runtime/request_job.h"

namespace countersign {

// Keeps Library::absences() equal to what is committed. Used on the writer's thread only, outside of
// transactions.
class AbsenceBook {
 public:
  // Both outlive it.
  AbsenceBook(Library& library, const Reader& reader, const Clock& clock)
      : library_(library), reader_(reader), clock_(clock) {}
  // After a commit that changed them, and at the start. What cannot be read stays as it was, and next() of
  // the watch asks again.
  void read();
  bool is_stale() const { return stale_; }

 private:
  Library& library_;
  const Reader& reader_;
  const Clock& clock_;
  bool stale_ = true;
};

// 201 with the absence; 200 with the one that says the same already. A person sets their own, a key with the
// scope admin anybody's.
Answer set_absence(const JobContext& context, const Caller& caller, const SetAbsence& request,
                   Transaction& transaction, Instant now);
// 200; not_found where it is over, or somebody else's.
Answer end_absence(const JobContext& context, const Caller& caller, const EndAbsence& request,
                   Transaction& transaction, Instant now);

// As the API spells it.
json::object absence_json(const RecordedAbsence& absence);

inline constexpr std::size_t kAbsencesMax = 100;  // of one person, that are not over
inline constexpr std::size_t kAbsenceReasonMax = 500;

}  // namespace countersign
