#include "definition/texts_diff.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "definition/csv.h"

namespace countersign {
namespace {

constexpr std::size_t kLinesMax = 10;

using Lines = std::vector<std::string>;
using Rows = std::vector<std::vector<std::string>>;

std::vector<std::string> changes_by_name(
    const NamedTexts& before, const NamedTexts& after, std::string_view what,
    const std::function<Lines(const std::string& was, const std::string& is)>& compare) {
  Lines changes;
  for (const auto& [name, text] : before) {
    if (!after.contains(name)) changes.push_back(fmt::format("{} '{}' is gone", what, name));
  }
  for (const auto& [name, text] : after) {
    const auto old = before.find(name);
    if (old == before.end()) {
      changes.push_back(fmt::format("{} '{}' is new", what, name));
    } else if (old->second != text) {
      for (const std::string& change : compare(old->second, text))
        changes.push_back(fmt::format("{} '{}': {}", what, name, change));
    }
  }
  return changes;
}

Lines lines_of(const std::string& text) {
  Lines lines;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    if (line.ends_with('\r')) line.pop_back();
    lines.push_back(std::move(line));
    begin = end + 1;
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

Lines changes_of_message(const std::string& was, const std::string& is) {
  const Lines old = lines_of(was);
  const Lines now = lines_of(is);
  const auto line = [](const Lines& lines, std::size_t i) { return i < lines.size() ? lines[i] : ""; };
  Lines changes;
  if (line(old, 0) != line(now, 0))
    changes.push_back(fmt::format("the subject was '{}' and is '{}'", line(old, 0), line(now, 0)));
  for (std::size_t i = 1; i < std::max(old.size(), now.size()); ++i) {
    if (line(old, i) == line(now, i)) continue;
    changes.push_back(fmt::format("the text changed, first in line {}: '{}' is '{}' now", i + 1, line(old, i),
                                  line(now, i)));
    break;
  }
  if (changes.empty()) changes.emplace_back("blank lines or line ends changed");
  return changes;
}

struct Sheet {
  std::vector<std::string> columns;
  Rows rows;
};

std::optional<Sheet> sheet_of(const std::string& text) {
  Diagnostics ignored;
  const auto table = read_csv("table", text, ignored);
  if (!table) return std::nullopt;
  const auto texts = [](const CsvRow& row) {
    std::vector<std::string> cells;
    for (const CsvCell& cell : row) cells.push_back(cell.text);
    return cells;
  };
  Sheet sheet{texts(table->header), {}};
  for (const CsvRow& row : table->rows) sheet.rows.push_back(texts(row));
  return sheet;
}

std::string in_quotes(const std::string& cell) {
  return cell.empty() ? "empty" : fmt::format("'{}'", cell);
}

std::string named_rows(std::size_t first, std::size_t count) {
  return count == 1 ? fmt::format("row {}", first + 1)
                    : fmt::format("rows {} to {}", first + 1, first + count);
}

Lines changes_of_table(const std::string& was, const std::string& is) {
  const auto old = sheet_of(was);
  const auto now = sheet_of(is);
  if (!old || !now) return {"its text changed"};
  Lines changes;
  for (const std::string& column : old->columns) {
    if (std::ranges::find(now->columns, column) == now->columns.end())
      changes.push_back(fmt::format("the column '{}' is gone", column));
  }
  for (const std::string& column : now->columns) {
    if (std::ranges::find(old->columns, column) == old->columns.end())
      changes.push_back(fmt::format("the column '{}' is new", column));
  }
  if (old->columns != now->columns) {
    if (changes.empty()) changes.emplace_back("the columns stand in another order");
    return changes;
  }
  // What is the same at both ends did not change; what lies between did.
  std::size_t first = 0;
  while (first < old->rows.size() && first < now->rows.size() && old->rows[first] == now->rows[first])
    ++first;
  std::size_t left = old->rows.size() - first;
  std::size_t right = now->rows.size() - first;
  while (left > 0 && right > 0 && old->rows[first + left - 1] == now->rows[first + right - 1]) {
    --left;
    --right;
  }
  if (left == right) {
    for (std::size_t i = first; i < first + left; ++i) {
      for (std::size_t c = 0; c < now->columns.size(); ++c) {
        if (old->rows[i][c] == now->rows[i][c]) continue;
        const std::string name = now->columns[c].substr(0, now->columns[c].find(':'));
        changes.push_back(fmt::format("{} in row {} was {} and is {}", name, i + 1,
                                      in_quotes(old->rows[i][c]), in_quotes(now->rows[i][c])));
      }
    }
    if (changes.empty()) changes.emplace_back("it is written otherwise and says the same");
  } else if (left == 0) {
    changes.push_back(fmt::format("{} {} new", named_rows(first, right), right == 1 ? "is" : "are"));
  } else if (right == 0) {
    changes.push_back(fmt::format("what was {} is gone", named_rows(first, left)));
  } else {
    changes.push_back(
        fmt::format("what was {} is {} now", named_rows(first, left), named_rows(first, right)));
  }
  if (changes.size() > kLinesMax) {
    const std::size_t more = changes.size() - (kLinesMax - 1);
    changes.resize(kLinesMax - 1);
    changes.push_back(fmt::format("and {} more cells changed", more));
  }
  return changes;
}

}  // namespace

std::vector<std::string> message_changes(const NamedTexts& before, const NamedTexts& after) {
  return changes_by_name(before, after, "message", changes_of_message);
}

std::vector<std::string> table_changes(const NamedTexts& before, const NamedTexts& after) {
  return changes_by_name(before, after, "table", changes_of_table);
}

}  // namespace countersign
