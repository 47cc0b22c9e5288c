#pragma once
// Strict YAML 1.2 (https://yaml.org/spec/1.2.2/) with positions: the tree that every loader of this module
// reads.
//
// Scalars keep their text; what a plain scalar means is resolved on demand by the core schema: `no`, `off`,
// `yes` and dates are text, `010` is ten, `0o17` fifteen. Refused with a position: duplicate keys, tags,
// merge keys, keys that are no text, aliases to an enclosing value, several documents, bytes that are no
// UTF-8, control characters, more than the limits below. A byte order mark and CRLF are accepted.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "definition/diagnostic.h"
#include "definition/source_text.h"

namespace countersign {

struct YamlLimits {
  std::size_t bytes_max = 1 << 20;
  std::size_t depth_max = 64;
  std::size_t nodes_max = 100'000;  // after aliases are expanded
};

class YamlNode {
 public:
  enum class Kind { null_, scalar, sequence, map };
  enum class Style { plain, single_quoted, double_quoted, literal, folded };
  struct Entry;

  Kind kind = Kind::null_;
  Style style = Style::plain;  // of a scalar
  bool flow = false;           // a sequence or map written with brackets
  bool refused = false;        // reported already (a tag): nothing more is said about this value
  std::string text;            // of a scalar, quotes and folding resolved
  std::vector<YamlNode> items;
  std::vector<Entry> entries;  // in the order of the file, keys unique
  SourceSpan at;          // of a sequence or map: its first character (of a block one, the first item or key)
  std::size_t begin = 0;  // bytes of the document's text; a scalar's with its quotes
  std::size_t end = 0;    // known for scalars, else begin + 1

  bool is_null() const { return kind == Kind::null_; }
  bool is_scalar() const { return kind == Kind::scalar; }
  bool is_sequence() const { return kind == Kind::sequence; }
  bool is_map() const { return kind == Kind::map; }
  bool quoted() const { return is_scalar() && style != Style::plain; }

  // nullptr where this is no map or has no such key.
  const YamlNode* find(std::string_view key) const;

  // The core schema: nullopt where this is no plain scalar of that kind.
  std::optional<bool> as_boolean() const;
  std::optional<std::int64_t> as_integer() const;  // also nullopt where it does not fit
  std::optional<Decimal> as_decimal() const;       // integers too, exactly as written; no .inf and .nan

  // "a list", "a map", "a number", "true or false", "text", "nothing": for messages.
  std::string_view describe() const;
};

struct YamlNode::Entry {
  std::string key;
  SourceSpan key_at;
  YamlNode value;
};

struct YamlDocument {
  SourceText source;
  YamlNode root;

  // Where bytes [begin, end) of a scalar's text stand in the file. Where folding or escapes hide that, the
  // span of the scalar itself.
  SourceSpan span_in(const YamlNode& scalar, std::size_t begin, std::size_t end) const;
};

// Reads one document. The file's text becomes the source of `diagnostics`, and every problem is reported
// there; nullopt where the text is no YAML at all. With smaller problems (a duplicate key, a tag) reading
// goes on, so that all of them are seen at once: check has_errors().
std::optional<YamlDocument> read_yaml(std::string_view file, std::string_view text, Diagnostics& diagnostics,
                                      const YamlLimits& limits = {});

// Bytes of the file for each byte of the scalar's text and one for its end; empty where they cannot be told.
std::vector<std::size_t> align_scalar(std::string_view source, const YamlNode& scalar);

}  // namespace countersign
