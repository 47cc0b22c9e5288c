#include "definition/csv.h"

#include <map>

#include <fmt/format.h>

#include "base/text.h"

namespace countersign {
namespace {

// Without byte order mark and with plain line ends, as SourceText wants it.
std::string with_plain_line_ends(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    plain += text[i];
  }
  return plain;
}

class CsvReader {
 public:
  CsvReader(const SourceText& source, Diagnostics& diagnostics)
      : source_(source), text_(source.text()), diagnostics_(diagnostics) {}

  bool at_end() const { return at_ >= text_.size(); }
  // What is left is empty lines.
  bool rest_is_empty() const { return text_.find_first_not_of('\n', at_) == std::string_view::npos; }

  // nullopt: a quote is left open or misplaced, so that no cell behind it can be told.
  std::optional<CsvRow> read_row() {
    CsvRow row;
    for (;;) {
      auto cell = !at_end() && text_[at_] == '"' ? read_quoted() : read_plain();
      if (!cell) return std::nullopt;
      row.push_back(std::move(*cell));
      if (at_end()) return row;
      const char separator = text_[at_++];
      if (separator == '\n') return row;
    }
  }

 private:
  std::optional<CsvCell> read_plain() {
    const std::size_t begin = at_;
    while (!at_end() && text_[at_] != ',' && text_[at_] != '\n') {
      if (text_[at_] == '"') {
        refuse(at_,
               "a quote inside a cell: put quotes around the whole cell and write \"\" for each one in it");
        return std::nullopt;
      }
      ++at_;
    }
    return CsvCell{std::string(text_.substr(begin, at_ - begin)), source_.span(begin, at_)};
  }

  std::optional<CsvCell> read_quoted() {
    const std::size_t begin = at_++;
    std::string cell;
    for (;;) {
      if (at_end()) {
        refuse(begin, "this quote is never closed");
        return std::nullopt;
      }
      const char c = text_[at_++];
      if (c != '"') {
        cell += c;
        continue;
      }
      if (!at_end() && text_[at_] == '"') {
        cell += '"';
        ++at_;
        continue;
      }
      if (at_end() || text_[at_] == ',' || text_[at_] == '\n') break;
      refuse(at_, "a comma or the end of the line is expected behind the closing quote");
      return std::nullopt;
    }
    return CsvCell{std::move(cell), source_.span(begin, at_)};
  }

  void refuse(std::size_t at, std::string message) {
    diagnostics_.error(Code::csv_syntax, source_.span(at, at + 1), std::move(message));
  }

  const SourceText& source_;
  std::string_view text_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
};

// Whether the first row can name columns.
bool check_header(const CsvRow& header, const CsvLimits& limits, Diagnostics& diagnostics) {
  if (header.size() == 1 && header[0].text.find_first_of(";\t") != std::string::npos) {
    diagnostics.error(Code::csv_syntax, header[0].at,
                      "columns are separated by commas, not by semicolons or tabs");
    return false;
  }
  if (header.size() > limits.columns_max) {
    diagnostics.error(
        Code::limit, header.back().at,
        fmt::format("the file has {} columns, at most {} are allowed", header.size(), limits.columns_max));
    return false;
  }
  std::map<std::string_view, SourceSpan> seen;
  bool good = true;
  for (const auto& cell : header) {
    if (trimmed(cell.text).empty()) {
      diagnostics.error(Code::csv_syntax, cell.at, "a column has no name: the first row names the columns");
      good = false;
    } else if (const auto [first, added] = seen.emplace(cell.text, cell.at); !added) {
      diagnostics.error(Code::duplicate_key, cell.at,
                        fmt::format("two columns are called '{}' (the first is column {} of the line)",
                                    cell.text, first->second.column));
      good = false;
    }
  }
  return good;
}

}  // namespace

std::optional<CsvTable> read_csv(std::string_view file, std::string_view text, Diagnostics& diagnostics,
                                 const CsvLimits& limits) {
  diagnostics.set_source(SourceText(std::string(file), ""));
  if (text.size() > limits.bytes_max) {
    diagnostics.error(
        Code::limit, {},
        fmt::format("the file has {} bytes, at most {} are allowed", text.size(), limits.bytes_max));
    return std::nullopt;
  }
  if (!is_valid_utf8(text)) {
    diagnostics.error(Code::unreadable_text, {}, "the file is not UTF-8 text: save it as UTF-8 (CSV UTF-8)");
    return std::nullopt;
  }
  CsvTable table{SourceText(std::string(file), with_plain_line_ends(text)), {}, {}};
  diagnostics.set_source(table.source);
  CsvReader reader(table.source, diagnostics);
  if (reader.rest_is_empty()) {
    diagnostics.error(Code::csv_syntax, {}, "the file is empty: its first row names the columns");
    return std::nullopt;
  }
  auto header = reader.read_row();
  if (!header || !check_header(*header, limits, diagnostics)) return std::nullopt;
  table.header = std::move(*header);
  while (!reader.at_end() && !reader.rest_is_empty()) {
    auto row = reader.read_row();
    if (!row) return std::nullopt;
    if (table.rows.size() == limits.rows_max) {
      diagnostics.error(Code::limit, row->front().at,
                        fmt::format("the file has more than {} rows", limits.rows_max));
      return std::nullopt;
    }
    if (row->size() != table.header.size()) {
      const bool empty = row->size() == 1 && row->front().text.empty();
      diagnostics.error(Code::csv_syntax, row->front().at,
                        empty ? std::string("an empty line between rows")
                              : fmt::format("the row has {} {}, the first row has {}", row->size(),
                                            row->size() == 1 ? "cell" : "cells", table.header.size()));
      continue;
    }
    table.rows.push_back(std::move(*row));
  }
  return table;
}

}  // namespace countersign
