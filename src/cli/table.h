#pragma once
// Rows for people: columns aligned by how wide text lies on a terminal, nothing printed that a terminal
// obeys.

#include <string>
#include <vector>

namespace countersign::cli {

class Table {
 public:
  // No cell is wider than this many columns; the rest of its text is cut off.
  static constexpr std::size_t kCellWidthMax = 56;

  explicit Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}
  // As many cells as there are headings.
  void add(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  // The headings and a line for each row; columns in which no row has anything are left out.
  std::string text() const;

 private:
  std::vector<std::string> headings_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace countersign::cli
