#pragma once
// Absences as people set and end them, and the snapshot of them that decisions use.

#include <memory>
#include <string>
#include <utility>

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
  // Said by whoever writes them, inside the transaction: they are read once it is committed.
  void note_change() { has_changed_ = true; }
  void read_what_changed() {
    if (std::exchange(has_changed_, false)) read();
  }

 private:
  Library& library_;
  const Reader& reader_;
  const Clock& clock_;
  bool stale_ = true;
  bool has_changed_ = false;
};

// 201 with the absence; 200 with the one that says the same already and was set by hand. A person sets their
// own, a key with the scope admin anybody's. `note` in the answer says who acts when, where another absence
// names another stand-in for the same time.
Answer set_absence(const JobContext& context, const Caller& caller, const SetAbsence& request,
                   Transaction& transaction, Instant now);
// 200; not_found where it is over, or somebody else's.
Answer end_absence(const JobContext& context, const Caller& caller, const EndAbsence& request,
                   Transaction& transaction, Instant now);

// 200. Those of the person that came from that calendar become what it says now: what moved or changed is
// replaced, what it has no more ends, what says the same stays as it is. What was set by hand, or is over, is
// left alone; what somebody has ended stays ended until the calendar moves it. All or nothing.
Answer import_absences(const JobContext& context, const Caller& caller, const ImportAbsences& request,
                       Transaction& transaction, Instant now);

inline constexpr std::size_t kImportedAbsencesMax = 200;  // of one calendar
inline constexpr std::size_t kAbsenceSourceMax = 200;     // bytes of its name
inline constexpr std::size_t kAbsenceUidMax = 600;  // bytes of an event's, and an occurrence's beginning

}  // namespace countersign
