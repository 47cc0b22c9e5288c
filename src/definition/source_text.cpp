#include "definition/source_text.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace countersign {
namespace {

constexpr std::size_t kStride = 256;

bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
}

}  // namespace

SourceText::SourceText(std::string file, std::string text) : file_(std::move(file)), text_(std::move(text)) {
  line_begins_.push_back(0);
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (i % kStride == 0) character_counts_.push_back(characters);
    if (begins_character(text_[i])) ++characters;
    if (text_[i] == '\n') line_begins_.push_back(i + 1);
  }
}

std::size_t SourceText::characters_before(std::size_t byte) const {
  if (character_counts_.empty()) return 0;
  const std::size_t mark = std::min(byte / kStride, character_counts_.size() - 1);
  std::size_t characters = character_counts_[mark];
  for (std::size_t i = mark * kStride; i < byte; ++i) characters += begins_character(text_[i]) ? 1 : 0;
  return characters;
}

SourceSpan SourceText::span(std::size_t begin, std::size_t end) const {
  if (line_begins_.empty()) return {};
  begin = std::min(begin, text_.size());
  end = std::clamp(end, begin, text_.size());
  const auto next = std::upper_bound(line_begins_.begin(), line_begins_.end(), begin);
  const std::size_t line_index = static_cast<std::size_t>(next - line_begins_.begin()) - 1;
  const std::size_t line_start = line_begins_[line_index];
  const std::size_t line_end = line_start + line(static_cast<std::uint32_t>(line_index + 1)).size();
  end = std::min(end, std::max(begin, line_end));
  const std::size_t before = characters_before(begin);
  SourceSpan found;
  found.line = static_cast<std::uint32_t>(line_index + 1);
  found.column = static_cast<std::uint32_t>(before - characters_before(line_start) + 1);
  found.length = static_cast<std::uint32_t>(std::max<std::size_t>(1, characters_before(end) - before));
  return found;
}

std::string_view SourceText::line(std::uint32_t number) const {
  if (number == 0 || number > line_begins_.size()) return {};
  const std::size_t begin = line_begins_[number - 1];
  const std::size_t end = number < line_begins_.size() ? line_begins_[number] - 1 : text_.size();
  return std::string_view(text_).substr(begin, end - begin);
}

std::size_t SourceText::line_begin(std::uint32_t number) const {
  if (number == 0) return 0;
  return number <= line_begins_.size() ? line_begins_[number - 1] : text_.size();
}

std::string SourceText::line_with(SourceSpan at, std::string_view text) const {
  const std::string_view old = line(at.line);
  const auto byte_of = [&](std::size_t characters) {
    std::size_t byte = 0;
    for (; byte < old.size(); ++byte) {
      const bool begins = (static_cast<unsigned char>(old[byte]) & 0xc0) != 0x80;
      if (begins && characters-- == 0) break;
    }
    return byte;
  };
  if (at.column == 0 || trimmed(old).empty()) return {};
  const std::size_t begin = byte_of(at.column - 1);
  const std::size_t end = byte_of(at.column - 1 + at.length);
  const std::string mended =
      std::string(old.substr(0, begin)) + std::string(text) + std::string(old.substr(end));
  return std::string(trimmed(mended));
}

}  // namespace countersign
