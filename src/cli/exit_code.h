#pragma once
// How a command ends: the exit codes that scripts rely on, and a failure with what is printed about it. Plain
// values.

#include <expected>
#include <string>
#include <vector>

#include "base/error.h"

namespace countersign::cli {

enum class ExitCode {
  done = 0,
  not_so = 1,       // the thing asked about is not so: a broken file, nothing of that name, a problem found
  wrong_use = 2,    // the command line, or a file it names, cannot be used
  unreachable = 3,  // the daemon cannot be reached, or cannot answer now; the same may succeed later
  refused = 4,      // not allowed, or not acceptable
  conflict = 5,     // it was decided, closed or changed meanwhile
};

// One of a problem document's `errors`.
struct Detail {
  std::string pointer;  // "/form/amount", or ""
  std::string text;
};

struct Failure {
  ExitCode code = ExitCode::not_so;
  std::string message;  // one line: what was attempted, on what, why, and what to do
  std::vector<Detail> details;
};

template <class T>
class [[nodiscard]] Outcome : public std::expected<T, Failure> {
 public:
  using std::expected<T, Failure>::expected;
};

inline std::unexpected<Failure> failed(ExitCode code, std::string message, std::vector<Detail> details = {}) {
  return std::unexpected<Failure>(Failure{code, std::move(message), std::move(details)});
}
// A failure of something read here, without the daemon: each code by its meaning.
std::unexpected<Failure> failed(const Error& error);

}  // namespace countersign::cli
