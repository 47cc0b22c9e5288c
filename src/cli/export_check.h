#pragma once
// Checks what 'countersign audit export' wrote, without a database: anybody who has the file can.

#include <cstdint>
#include <istream>
#include <string>

namespace countersign::cli {

struct ExportReport {
  std::uint64_t events = 0;
  std::uint64_t instances = 0;
  std::uint64_t erased = 0;     // their envelopes are verified, their content is not
  std::uint64_t cut_short = 0;  // instances whose first event in the file is not their first: what stands
                                // before it was exported earlier, and is to be compared by its hash
  std::string problem;          // the first bad line, "line 3: ..."; "" where everything verifies
  bool verified() const { return problem.empty(); }
};

// Each event against its hashes, each instance's chain, `data` against what was hashed, and the number that
// the last line says. What was left out at the end of an instance cannot be seen from the file alone.
ExportReport check_export(std::istream& lines);

}  // namespace countersign::cli
