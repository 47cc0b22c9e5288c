#pragma once
// Text by characters (code points), as CEL counts it. `text` is valid UTF-8. Pure functions.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::cel {

// Where each character begins, and the length in bytes last: size() - 1 characters.
std::vector<std::size_t> character_starts(std::string_view text);
bool is_ascii(std::string_view text);
// Unicode's White_Space, both ends.
std::string_view trimmed_spaces(std::string_view text);
std::string reversed_characters(std::string_view text);
// In double quotes, with escapes for control characters, quotes and backslashes.
std::string quoted(std::string_view text);

}  // namespace countersign::cel
