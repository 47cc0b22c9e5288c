#include "base/error.h"

#include <cstdio>
#include <cstdlib>

namespace countersign {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_input:
      return "invalid-input";
    case ErrorCode::unauthenticated:
      return "unauthenticated";
    case ErrorCode::forbidden:
      return "forbidden";
    case ErrorCode::not_found:
      return "not-found";
    case ErrorCode::conflict:
      return "conflict";
    case ErrorCode::precondition:
      return "precondition-required";
    case ErrorCode::too_large:
      return "too-large";
    case ErrorCode::unavailable:
      return "unavailable";
    case ErrorCode::storage:
      return "storage";
    case ErrorCode::corrupt:
      return "corrupt";
    case ErrorCode::internal:
      return "internal";
  }
  return "internal";
}

Error Error::within(std::string_view what) && {
  return Error{code, std::string(what) + ": " + message, std::move(pointer)};
}

void invariant_broken(std::string_view what, const char* file, int line) {
  std::fprintf(stderr, "countersign: broken invariant at %s:%d: %.*s\n", file, line,
               static_cast<int>(what.size()), what.data());
  std::abort();
}

}  // namespace countersign
