#pragma once
// What stands between the quotes of string and bytes literals. Pure functions.

#include <expected>
#include <string>
#include <string_view>

#include "cel/program.h"

namespace countersign::cel {

// Appends a code point as UTF-8.
void append_utf8(std::string& text, char32_t code_point);

// The content of a literal that is not raw, its escapes replaced. In a bytes literal \x and octal escapes are
// bytes and \u is refused; in a string they are code points. `offset` is where `content` begins in the
// source.
std::expected<std::string, Issue> unescape(std::string_view content, bool bytes, std::size_t offset);

}  // namespace countersign::cel
