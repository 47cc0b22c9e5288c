#pragma once
// Cursors of lists: the key of the last row, base64url over its parts. Opaque to callers.

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace countersign::sqlite {

std::string make_cursor(std::initializer_list<std::int64_t> parts);
// `count` numbers; empty for "". invalid_input where it is no cursor of that kind.
Result<std::vector<std::int64_t>> read_cursor(std::string_view cursor, std::size_t count);

// A list gives at least one row and at most 1,000 a page, whatever is asked for.
std::size_t page_limit(std::size_t asked);

}  // namespace countersign::sqlite
