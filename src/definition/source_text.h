#pragma once
// The text of one file as people see it: lines and columns for diagnostics. Immutable, thread-safe.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace countersign {

// Where something stands in a file: 1-based line and column, the column and the length counted in characters
// (Unicode code points), never beyond the end of the line. {0, 0, 0} where nothing stands in the file.
struct SourceSpan {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t length = 0;
  bool operator==(const SourceSpan&) const = default;
};

class SourceText {
 public:
  SourceText() = default;
  // `text` with CRLF already turned into LF and without a byte order mark, as read_yaml() does it.
  SourceText(std::string file, std::string text);

  const std::string& file() const { return file_; }
  const std::string& text() const { return text_; }
  // Bytes [begin, end); what lies behind the end of begin's line is cut off. At least one character long.
  SourceSpan span(std::size_t begin, std::size_t end) const;
  // A 1-based line without its line break; "" where there is no such line.
  std::string_view line(std::uint32_t number) const;
  // The byte at which a 1-based line begins; the size of the text where there is no such line.
  std::size_t line_begin(std::uint32_t number) const;
  // The line of `at` with `text` instead of what stands there, without its indentation; "" where there is no
  // such line or the place is not of one line.
  std::string line_with(SourceSpan at, std::string_view text) const;

 private:
  std::size_t characters_before(std::size_t byte) const;

  std::string file_;
  std::string text_;
  std::vector<std::size_t> line_begins_;
  std::vector<std::size_t>
      character_counts_;  // before every kStride-th byte, so that long lines cost no more
};

}  // namespace countersign
