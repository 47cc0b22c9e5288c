#pragma once
// The calls of functions in an expression's text, found without its syntax tree: for checks of literals such
// as group("finance") against the directory, and for functions that later versions bring. Pure.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign {

struct ScannedCall {
  std::string name;
  std::size_t name_begin = 0;  // bytes of the expression
  std::size_t name_end = 0;
  std::optional<std::string> literal;  // the only argument, where it is a plain string literal
  std::size_t literal_begin = 0;       // inside the quotes
  std::size_t literal_end = 0;
};

// Calls of global functions, not of methods; strings are skipped.
std::vector<ScannedCall> scan_calls(std::string_view expression);

}  // namespace countersign
