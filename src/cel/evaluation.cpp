#include "cel/evaluation.h"

#include <fmt/format.h>

namespace countersign::cel {

bool Evaluation::exhaust() {
  left_ = 0;
  exhausted_ = true;
  failure.code = ErrorCode::too_large;
  failure.message = "it costs more than one expression may; work on less data or split it";
  return false;
}

bool Evaluation::fail(ErrorCode code, std::string message) {
  failure.code = code;
  failure.message = std::move(message);
  failure.located = false;
  return false;
}

bool Evaluation::spend_on(const Value& value) {
  switch (value.kind()) {
    case Kind::string:
      return spend_bytes(value.as_string().size());
    case Kind::bytes:
      return spend_bytes(value.as_bytes().size());
    case Kind::list:
      if (!spend(value.as_list().size())) return false;
      for (const Value& item : value.as_list()) {
        if (!spend_on(item)) return false;
      }
      return true;
    case Kind::map:
      if (!spend(value.as_map().size())) return false;
      for (const auto& [key, inner] : value.as_map()) {
        if (!spend_on(key) || !spend_on(inner)) return false;
      }
      return true;
    case Kind::optional: {
      const Value* inner = value.as_optional();
      return inner == nullptr || (spend(1) && spend_on(*inner));
    }
    default:
      return true;
  }
}

const Value* Evaluation::variable(std::size_t index, const std::string& name) {
  if (loaded_[index]) return &slots_[index];
  auto value = bindings_.find(name);
  if (!value) {
    fail(ErrorCode::not_found, fmt::format("'{}' has no value here", name));
    return nullptr;
  }
  slots_[index] = *std::move(value);
  loaded_[index] = true;
  return &slots_[index];
}

std::string_view kind_text(const Value& value) {
  switch (value.kind()) {
    case Kind::timestamp:
      return "timestamp";
    case Kind::duration:
      return "duration";
    case Kind::null_:
      return "null";
    case Kind::optional:
      return value.as_optional() == nullptr ? "an absent optional" : "an optional";
    default:
      return type_name(value.kind());
  }
}

std::string no_overload(std::string_view function, std::span<const Value> arguments) {
  std::string kinds;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (i > 0) kinds += i + 1 == arguments.size() ? " and " : ", ";
    kinds += kind_text(arguments[i]);
  }
  if (arguments.empty()) kinds = "no arguments";
  return fmt::format("'{}' does not take {}", function, kinds);
}

}  // namespace countersign::cel
