#pragma once
// How text lies on a terminal: Chinese characters take two columns, combining marks none. Pure functions.

#include <cstddef>
#include <string>
#include <string_view>

namespace countersign::cli {

// Columns that `text` (UTF-8) takes; widths by Unicode's East Asian Width (UAX #11, W and F are two columns).
std::size_t display_width(std::string_view text);
// The longest beginning that takes at most `columns`, with an ellipsis where something was cut off.
std::string cut_to_width(std::string_view text, std::size_t columns);
// Without what a terminal obeys: line ends and tabs become spaces, other control characters U+FFFD, and marks
// that turn the direction of text are left out. What others wrote is never printed without it.
std::string printable(std::string_view text);

}  // namespace countersign::cli
