#pragma once
// The program's version, as `countersign version` prints it.

#include <string_view>

namespace countersign::cli {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace countersign::cli
