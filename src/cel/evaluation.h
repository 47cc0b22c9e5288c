#pragma once
// What one evaluation carries through the plan and the functions: bindings, host, the cost that is left, the
// values of variables, and the failure. One thread.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <boost/container/small_vector.hpp>

#include "cel/program.h"

namespace countersign::cel {

struct Failure {
  ErrorCode code = ErrorCode::invalid_input;
  std::string message;
  SourceRange at;
  bool located = false;
};

class Evaluation {
 public:
  Evaluation(const Bindings& bindings, const Host& host, std::uint64_t units, std::size_t slots,
             std::size_t variables)
      : bindings_(bindings), host_(host), left_(units), slots_(slots), loaded_(variables, false) {}

  const Host& host() const { return host_; }

  // Cost units; false, with the failure set, where they are used up. Nothing catches that failure.
  bool spend(std::uint64_t units) {
    if (units <= left_) [[likely]] {
      left_ -= units;
      return true;
    }
    return exhaust();
  }
  // For text and bytes that are read or made: one unit for every 32 bytes.
  bool spend_bytes(std::size_t bytes) { return spend(bytes / 32); }
  // For walking all of a value.
  bool spend_on(const Value& value);
  std::uint64_t left() const { return left_; }

  // Both return false, so that a function ends with `return evaluation.fail(...)`.
  bool fail(std::string message) { return fail(ErrorCode::invalid_input, std::move(message)); }
  bool fail(ErrorCode code, std::string message);
  bool fail(Error error) { return fail(error.code, std::move(error.message)); }
  bool exhausted() const { return exhausted_; }

  // The value of a variable of the environment, fetched once.
  const Value* variable(std::size_t slot, const std::string& name);
  Value& slot(std::size_t index) { return slots_[index]; }

  Failure failure;

 private:
  bool exhaust();

  const Bindings& bindings_;
  const Host& host_;
  std::uint64_t left_;
  bool exhausted_ = false;
  boost::container::small_vector<Value, 6> slots_;
  boost::container::small_vector<bool, 16> loaded_;
};

// A function of the standard: the receiver is the first argument. False where it failed.
using Evaluate = bool (*)(Evaluation& evaluation, std::span<const Value> arguments, Value& result);

// "'+' does not take int and string": for arguments of kinds that nothing is defined for.
std::string no_overload(std::string_view function, std::span<const Value> arguments);
// How messages call the type of a value: "int", "timestamp", "an absent optional" ...
std::string_view kind_text(const Value& value);

}  // namespace countersign::cel
