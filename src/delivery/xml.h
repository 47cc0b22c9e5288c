#pragma once
// A small, strict reader for the XML that some vendors send. It knows elements, attributes, text, CDATA,
// comments and the five predefined entities; it refuses document types (and with them every entity of one's
// own), other encodings than UTF-8, and whatever is not well-formed. It opens no file and no connection.
// Pure, thread-safe.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace countersign {

struct XmlElement {
  std::string name;                                             // without its prefix
  std::vector<std::pair<std::string, std::string>> attributes;  // names without prefixes, xmlns left out
  std::string text;                                             // of this element alone, not of its children
  std::vector<XmlElement> children;

  // The first child or attribute of that name, or nullptr.
  const XmlElement* child(std::string_view wanted) const;
  const std::string* attribute(std::string_view wanted) const;
};

struct XmlLimits {
  std::size_t bytes_max = 1 << 20;
  std::size_t depth_max = 64;
  std::size_t elements_max = 20'000;
};

// The root element. invalid_input names the byte offset.
Result<XmlElement> parse_xml(std::string_view text, const XmlLimits& limits = {});

}  // namespace countersign
