#pragma once
// The header fields of a message, in order, names compared without regard to case (RFC 9110 section 5.1).
// Plain values.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign {

using Header = std::pair<std::string, std::string>;
using Headers = std::vector<Header>;

// The value of the only field of that name. Absent where there is none or more than one: what decides about a
// signature must not depend on which of two copies somebody happens to read.
std::optional<std::string_view> only_header(const Headers& headers, std::string_view name);
// The value of the first field of that name.
std::optional<std::string_view> first_header(const Headers& headers, std::string_view name);

}  // namespace countersign
