#pragma once
// Verifies an event log: that nothing in it was changed, removed or put in afterwards, and that the stored
// states are what their events say. What is hashed how: docs/design/0003-event-log.md.

#include <cstdint>
#include <functional>
#include <string>

#include "base/error.h"
#include "store/store.h"

namespace countersign {

struct AuditReport {
  std::uint64_t events = 0;
  std::uint64_t blocks = 0;
  std::uint64_t instances = 0;
  std::uint64_t erased =
      0;  // events whose payload was erased: their envelopes are verified, their content is not
  // The first bad entry, "event 3 of i_01... (position 17): ..."; "" where everything verifies.
  std::string problem;
  bool verified() const { return problem.empty(); }
};

// What is wrong with an event by itself, its payload against its hash and its envelope against its own:
// "event 3 of i_01... (position 17): ...", "" for nothing. What it stands behind is its caller's to check.
std::string fault_of(const EventRow& row);

// Reads the whole log in short reads, so that a daemon may go on writing; what is stored after the beginning
// is left for the next time. Blocks and envelopes first, then each instance's chain and fold. An Error means
// that something could not be read, not that something is wrong.
Result<AuditReport> verify(const Reader& reader);

}  // namespace countersign
