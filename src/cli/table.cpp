#include "cli/table.h"

#include <algorithm>

#include "base/error.h"
#include "cli/text_width.h"

namespace countersign::cli {

void Table::add(std::vector<std::string> cells) {
  COUNTERSIGN_INVARIANT(cells.size() == headings_.size(), "a row of another width than its table");
  for (std::string& cell : cells) cell = cut_to_width(printable(cell), kCellWidthMax);
  rows_.push_back(std::move(cells));
}

std::string Table::text() const {
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < headings_.size(); ++column) {
    std::size_t widest = 0;
    for (const auto& row : rows_) widest = std::max(widest, display_width(row[column]));
    widths.push_back(widest == 0 ? 0 : std::max(widest, display_width(headings_[column])));
  }
  std::string text;
  const auto append = [&](const std::vector<std::string>& cells) {
    std::string line;
    std::size_t missing = 0;
    for (std::size_t column = 0; column < cells.size(); ++column) {
      if (widths[column] == 0) continue;
      if (!cells[column].empty()) {
        line.append(missing, ' ');
        line += cells[column];
        missing = 0;
      }
      missing += widths[column] - display_width(cells[column]) + 2;
    }
    text += line + '\n';
  };
  append(headings_);
  for (const auto& row : rows_) append(row);
  return text;
}

}  // namespace countersign::cli
