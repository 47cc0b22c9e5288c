#pragma once
// Small questions about text that several modules ask. Pure functions.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace countersign {

// The candidate nearest to `word` by edit distance, if it is near enough to be a typing mistake (at most a
// third of the length, at least one edit): for "did you mean". Ties go to the earlier candidate.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_valid_utf8(std::string_view bytes);
// Code points, for limits that people read as characters. `bytes` is valid UTF-8.
std::size_t count_characters(std::string_view bytes);
// True where a byte below 0x20 or 0x7f stands: never allowed in a mail header, an address or a URL.
bool has_control_characters(std::string_view bytes);

std::vector<std::string> split(std::string_view text, char separator);
std::string_view trimmed(std::string_view text);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string lower_ascii(std::string_view text);

}  // namespace countersign
