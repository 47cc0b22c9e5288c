#pragma once
// Comma-separated values, strictly by RFC 4180: the first row names the columns, every row has as many cells,
// quotes stand around a whole cell and are doubled inside. Line ends may be LF or CRLF, a byte order mark is
// skipped, empty lines are allowed at the end only. Pure.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "definition/diagnostic.h"
#include "definition/source_text.h"

namespace countersign {

struct CsvLimits {
  std::size_t bytes_max = 16 << 20;
  std::size_t rows_max = 200'000;
  std::size_t columns_max = 200;
};

struct CsvCell {
  std::string text;
  SourceSpan at;  // with its quotes
};
using CsvRow = std::vector<CsvCell>;

struct CsvTable {
  SourceText source;
  CsvRow header;             // names are unique and not empty
  std::vector<CsvRow> rows;  // each as wide as the header
};

// Problems are reported in `diagnostics`, whose source becomes this file; a row of another width is left out,
// so that the rest is checked too. nullopt where nothing can be told of the rows.
std::optional<CsvTable> read_csv(std::string_view file, std::string_view text, Diagnostics& diagnostics,
                                 const CsvLimits& limits = {});

}  // namespace countersign
