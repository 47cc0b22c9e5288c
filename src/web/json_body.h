#pragma once
// Reading a request's JSON: each member by its type, everything that is wrong at once, unknown members
// refused.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "runtime/requests.h"
#include "web/http_message.h"

namespace countersign::web {

class JsonBody {
 public:
  // `value` outlives it. `pointer`: where it stands in what was sent.
  explicit JsonBody(const json::value& value, std::string pointer = "");

  // A text; "" where it is missing or null, which is a problem where it is required (white space is nothing,
  // too).
  std::string text(std::string_view key, bool is_required = false);
  std::optional<std::string> optional_text(std::string_view key);
  std::optional<std::uint32_t> number(std::string_view key);
  // true or false; false where it is missing or null.
  bool flag(std::string_view key);
  std::optional<Instant> instant(std::string_view key);
  std::vector<std::string> texts(std::string_view key);
  // Whatever stands there: null where it is missing.
  json::value any(std::string_view key);
  // An object, or null where it is missing or null.
  json::value object_or_null(std::string_view key);
  // The elements of a list of at most `at_most`; nullptr where it is missing or no list, which is a problem.
  const json::array* list(std::string_view key, std::size_t at_most);

  void refuse(std::string_view key, std::string detail);
  // To be asked last: unknown members are problems too.
  bool ok();
  const std::vector<Problem>& problems() const { return problems_; }
  // The refusal with all problems.
  HttpReply problem_reply(std::string_view instance) const;

 private:
  const json::value* take(std::string_view key);

  const json::value& value_;
  std::string pointer_;
  std::vector<std::string> known_;
  std::vector<Problem> problems_;
};

}  // namespace countersign::web
