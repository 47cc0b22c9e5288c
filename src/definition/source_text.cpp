#include "definition/source_text.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace countersign {

SourceText::SourceText(std::string file, std::string text) : file_(std::move(file)), text_(std::move(text)) {
  line_begins_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') line_begins_.push_back(i + 1);
  }
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
  const std::string_view all = text_;
  SourceSpan found;
  found.line = static_cast<std::uint32_t>(line_index + 1);
  found.column = static_cast<std::uint32_t>(count_characters(all.substr(line_start, begin - line_start)) + 1);
  found.length = static_cast<std::uint32_t>(std::max<std::size_t>(1, count_characters(all.substr(begin, end - begin))));
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

}  // namespace countersign
