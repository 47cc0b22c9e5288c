#pragma once
// Glue over Boost.JSON: strict parsing of foreign bytes, and canonical text for hashing and comparing.

#include <cstddef>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "base/error.h"

namespace countersign {

namespace json = boost::json;

struct JsonLimits {
  std::size_t bytes_max = 1 << 20;
  std::size_t depth_max = 64;
};

// Refuses what Boost.JSON lets pass: equal keys in one object, anything behind the value, invalid UTF-8. The
// error names the byte offset. Numbers that are neither 64-bit integers nor short enough to be doubles
// without loss are kept exactly, as the text behind the key of `number_text_key()` in an object of one
// member, so that money never goes through a double: every number with a point or an exponent is kept that
// way.
Result<json::value> parse_json(std::string_view text, const JsonLimits& limits = {});

// The key under which parse_json keeps the text of a number that is no 64-bit integer.
std::string_view number_text_key();
// The text of such a number, or empty where `value` is none.
std::string_view number_text(const json::value& value);

// One spelling for equal values: keys sorted by bytes, no white space, kept numbers as they were written. The
// output of write_json, too, spells kept numbers as numbers.
std::string canonical_json(const json::value& value);
std::string write_json(const json::value& value);

// Member access that does not throw; nullptr where `value` is no object or has no such key.
const json::value* find(const json::value& value, std::string_view key);
// The string at `key`, or `otherwise`.
std::string string_at(const json::value& value, std::string_view key, std::string_view otherwise = {});

}  // namespace countersign
