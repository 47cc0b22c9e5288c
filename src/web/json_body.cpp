#include "web/json_body.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/text.h"
#include "core/form.h"
#include "core/match_key.h"
#include "web/problem.h"

namespace countersign::web {

JsonBody::JsonBody(const json::value& value, std::string pointer)
    : value_(value), pointer_(std::move(pointer)) {
  if (!value_.is_object()) problems_.push_back({pointer_, "an object is wanted here"});
}

const json::value* JsonBody::take(std::string_view key) {
  known_.emplace_back(key);
  const json::value* member = find(value_, key);
  return member == nullptr || member->is_null() ? nullptr : member;
}

void JsonBody::refuse(std::string_view key, std::string detail) {
  problems_.push_back({pointer_below(pointer_, key), std::move(detail)});
}

std::string JsonBody::text(std::string_view key, bool is_required) {
  const std::size_t before = problems_.size();
  std::string value = optional_text(key).value_or("");
  if (is_required && problems_.size() == before && match_key(value).empty()) {
    refuse(key, fmt::format("'{}' is missing", key));
  }
  return value;
}

std::optional<std::string> JsonBody::optional_text(std::string_view key) {
  const json::value* member = take(key);
  if (member == nullptr) return std::nullopt;
  if (!member->is_string()) {
    refuse(key, fmt::format("'{}' must be a text", key));
    return std::nullopt;
  }
  return std::string(member->as_string());
}

std::optional<std::uint32_t> JsonBody::number(std::string_view key) {
  const json::value* member = take(key);
  if (member == nullptr) return std::nullopt;
  const std::int64_t value = member->is_int64() ? member->as_int64() : -1;
  if (value < 0 || value > std::numeric_limits<std::uint32_t>::max()) {
    refuse(key, fmt::format("'{}' must be a whole number that is not negative", key));
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(value);
}

bool JsonBody::flag(std::string_view key) {
  const json::value* member = take(key);
  if (member == nullptr) return false;
  if (!member->is_bool()) {
    refuse(key, fmt::format("'{}' must be true or false", key));
    return false;
  }
  return member->as_bool();
}

std::optional<Instant> JsonBody::instant(std::string_view key) {
  const auto value = optional_text(key);
  if (!value) return std::nullopt;
  auto at = parse_rfc3339(*value);
  if (!at) {
    refuse(key, at.error().message);
    return std::nullopt;
  }
  return *at;
}

std::vector<std::string> JsonBody::texts(std::string_view key) {
  std::vector<std::string> values;
  const json::value* member = take(key);
  if (member == nullptr) return values;
  if (!member->is_array()) {
    refuse(key, fmt::format("'{}' must be a list of texts", key));
    return values;
  }
  for (const json::value& element : member->as_array()) {
    if (!element.is_string()) {
      refuse(key, fmt::format("'{}' must be a list of texts", key));
      return {};
    }
    values.emplace_back(element.as_string());
  }
  return values;
}

json::value JsonBody::any(std::string_view key) {
  const json::value* member = take(key);
  return member == nullptr ? json::value() : *member;
}

json::value JsonBody::object_or_null(std::string_view key) {
  json::value member = any(key);
  if (!member.is_null() && !member.is_object()) refuse(key, fmt::format("'{}' must be an object", key));
  return member;
}

const json::array* JsonBody::list(std::string_view key, std::size_t at_most) {
  const json::value* member = take(key);
  if (member == nullptr || !member->is_array()) {
    refuse(key, fmt::format("'{}' must be a list", key));
    return nullptr;
  }
  if (member->as_array().size() > at_most) {
    refuse(key, fmt::format("'{}' has {} entries, at most {} are taken at once", key,
                            member->as_array().size(), at_most));
    return nullptr;
  }
  return &member->as_array();
}

bool JsonBody::ok() {
  if (value_.is_object()) {
    for (const auto& member : value_.as_object()) {
      const std::string key(member.key());
      if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
      const auto meant = nearest(key, known_);
      refuse(key,
             fmt::format("unknown member '{}'{}", key, meant ? " (did you mean '" + *meant + "'?)" : ""));
    }
  }
  return problems_.empty();
}

HttpReply JsonBody::problem_reply(std::string_view instance) const {
  const std::string detail = problems_.empty() ? "the body is not acceptable"
                                               : "the body is not acceptable: " + problems_.front().detail;
  return problem(422, detail, instance, problems_);
}

}  // namespace countersign::web
