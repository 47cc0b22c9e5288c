#pragma once
// Expected failures are values. A function that can fail returns Result<T>; its Error says what was
// attempted, on what, and why, and carries a code that is mapped once to an HTTP status and once to an exit
// code. All types here are plain values without shared state.

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace countersign {

enum class ErrorCode {
  invalid_input,    // what the caller sent is malformed or breaks a rule of the form (400, 422)
  unauthenticated,  // nobody in particular asks (401)
  forbidden,        // this person may not do it (403)
  not_found,        // what is named does not exist (404)
  conflict,         // it was decided, closed or changed meanwhile (409)
  precondition,     // a version or an idempotency key is needed first (428)
  too_large,        // a limit on size, depth or cost is passed (413)
  unavailable,      // busy, full or stopping; the same request may succeed later (503)
  storage,          // the database refused or lost a write; nothing of the request was stored (503)
  corrupt,          // stored bytes are not what was written (500)
  internal,         // a defect of this program (500)
};

// The spelling used in logs and in the "type" of problem documents.
std::string_view to_string(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;  // "cannot record the decision on EXP-214: finance is already decided (...)"
  std::string pointer;  // JSON pointer to the offending input, "" where none applies

  // The same failure seen from one level up: "what: message".
  Error within(std::string_view what) &&;
};

inline std::unexpected<Error> fail(ErrorCode code, std::string message, std::string pointer = {}) {
  return std::unexpected<Error>(Error{code, std::move(message), std::move(pointer)});
}

// std::expected of libstdc++ 12 is not nodiscard; this one is.
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
};

// A broken invariant: writes where and what to standard error and ends the process.
[[noreturn]] void invariant_broken(std::string_view what, const char* file, int line);

}  // namespace countersign

// For what must hold whatever the input is; never for what input can cause.
#define COUNTERSIGN_INVARIANT(condition, what) \
  ((condition) ? void(0) : ::countersign::invariant_broken((what), __FILE__, __LINE__))
