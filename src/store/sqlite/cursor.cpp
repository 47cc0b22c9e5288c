#include "store/sqlite/cursor.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"

namespace countersign::sqlite {

std::string make_cursor(std::initializer_list<std::int64_t> parts) {
  std::string text;
  for (const std::int64_t part : parts) text += (text.empty() ? "" : ".") + std::to_string(part);
  return to_base64url(text);
}

Result<std::vector<std::int64_t>> read_cursor(std::string_view cursor, std::size_t count) {
  std::vector<std::int64_t> parts;
  if (cursor.empty()) return parts;
  const auto bad = [&] {
    return fail(ErrorCode::invalid_input,
                fmt::format("'{}' is not a cursor of this list; leave it out to start from "
                            "the beginning",
                            cursor.substr(0, 40)));
  };
  const auto text = from_base64url(cursor);
  if (!text) return bad();
  for (const std::string& part : split(*text, '.')) {
    std::int64_t number = 0;
    const auto [end, code] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (code != std::errc() || end != part.data() + part.size()) return bad();
    parts.push_back(number);
  }
  if (parts.size() != count) return bad();
  return parts;
}

std::size_t page_limit(std::size_t asked) {
  return std::clamp<std::size_t>(asked, 1, 1000);
}

}  // namespace countersign::sqlite
