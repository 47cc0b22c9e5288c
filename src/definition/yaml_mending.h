#pragma once
// YAML and CEL meet badly in six places: commas and brackets inside { }, a leading !, " #" in a string, ": "
// in a string or map, a ? b : c, and a leading quote. This finds them in a line and says how to write it
// instead.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "definition/diagnostic.h"

namespace countersign {

struct Mending {
  std::size_t begin = 0;  // bytes of the line: the value that has to be quoted
  std::size_t end = 0;
  std::string why;   // what YAML takes for its own syntax: "': '"
  std::string line;  // the mended line, without its indentation
};

// nullopt where YAML reads the line (without its line break) as it stands.
std::optional<Mending> mend_line(std::string_view line);

// Reports the line as CS003 if it is one of the six places; says whether it did.
bool report_mending(const SourceText& source, std::uint32_t line, Diagnostics& diagnostics);

}  // namespace countersign
