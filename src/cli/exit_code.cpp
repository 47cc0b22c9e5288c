#include "cli/exit_code.h"

namespace countersign::cli {
namespace {

ExitCode exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_input:
      return ExitCode::wrong_use;
    case ErrorCode::unauthenticated:
    case ErrorCode::forbidden:
      return ExitCode::refused;
    case ErrorCode::not_found:
      return ExitCode::wrong_use;
    case ErrorCode::conflict:
      return ExitCode::conflict;
    case ErrorCode::precondition:
      return ExitCode::conflict;
    case ErrorCode::too_large:
      return ExitCode::wrong_use;
    case ErrorCode::unavailable:
      return ExitCode::unreachable;
    case ErrorCode::storage:
    case ErrorCode::corrupt:
    case ErrorCode::internal:
      return ExitCode::not_so;
  }
  return ExitCode::not_so;
}

}  // namespace

std::unexpected<Failure> failed(const Error& error) {
  return failed(exit_code_of(error.code), error.message);
}

}  // namespace countersign::cli
