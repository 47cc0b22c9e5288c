#include "delivery/headers.h"

#include "base/text.h"

namespace countersign {

namespace {

bool equal_names(std::string_view a, std::string_view b) {
  return a.size() == b.size() && lower_ascii(a) == lower_ascii(b);
}

}  // namespace

std::optional<std::string_view> only_header(const Headers& headers, std::string_view name) {
  std::optional<std::string_view> found;
  for (const Header& header : headers) {
    if (!equal_names(header.first, name)) continue;
    if (found) return std::nullopt;
    found = header.second;
  }
  return found;
}

std::optional<std::string_view> first_header(const Headers& headers, std::string_view name) {
  for (const Header& header : headers) {
    if (equal_names(header.first, name)) return header.second;
  }
  return std::nullopt;
}

}  // namespace countersign
