#pragma once
// Strict reading of YAML maps by declarative tables of keys. The tables say what every key is, so that
// diagnostics, the reference and editors' schemas speak of the same language.
//
//   constexpr Key kKeys[] = {{"calendar", Shape::text, Need::optional, "name of the working calendar"}, ...};
//   MapReader map(node, "the workflow", kKeys, diagnostics);      // reports unknown and missing keys, wrong
//   kinds std::string calendar = map.text("calendar");

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "definition/diagnostic.h"
#include "definition/yaml.h"

namespace countersign {

// What may stand behind a key.
enum class Shape {
  any,   // the reader of that key looks itself
  text,  // text as written; numbers and true are their characters
  word,  // one of Key::words
  boolean,
  integer,
  number,
  list,
  map,
  texts,        // a list of texts
  expression,   // CEL
  expressions,  // CEL, or a list of CEL
  prose,        // text with ${ expression }
  local_text,   // prose, or a map from locale to prose
  duration,     // a duration in words
  time,         // a duration in words, or CEL
  steps,        // {go: STEP}, {end: STATUS} or a list of steps
};
// "text", "a list of texts", "an expression": for messages and the reference.
std::string_view to_string(Shape shape);

enum class Need { optional, required, later };  // later: known, but not available in this version

// What stands inside a list or map (grammar.h): a function, so that tables may speak of each other.
struct Grammar;
using Inside = const Grammar& (*)();

struct Key {
  std::string_view name;
  Shape shape = Shape::any;
  Need need = Need::optional;
  std::string_view meaning;     // one line
  std::string_view words = {};  // of Shape::word: "together|one_by_one"
  Inside inside = nullptr;      // of any, list and map: what may stand there; nullptr: anything
};
using KeyTable = std::span<const Key>;

class MapReader {
 public:
  // `what` names the map in messages: "an approve step", "field 'amount'". Reports at once where `node` is no
  // map, and unknown keys, missing keys and values of a wrong shape. All arguments must outlive the reader.
  MapReader(const YamlNode& node, std::string what, KeyTable keys, Diagnostics& diagnostics);
  // Several tables as one (common keys and a kind's own).
  MapReader(const YamlNode& node, std::string what, std::initializer_list<KeyTable> tables,
            Diagnostics& diagnostics);
  // It stands in the list of maps that are being read as long as it lives.
  ~MapReader();
  MapReader(const MapReader&) = delete;
  MapReader& operator=(const MapReader&) = delete;

  // False where `node` is no map at all.
  bool is_map() const { return node_.is_map(); }
  const YamlNode& node() const { return node_; }
  const std::string& what() const { return what_; }
  Diagnostics& diagnostics() const { return diagnostics_; }

  // The value at a key of the table, or at one that was mistyped for it; nullptr where the key is absent or
  // its value was refused.
  const YamlNode* find(std::string_view key) const;
  // Whether the key is written, even with a value that was refused.
  bool has(std::string_view key) const;
  // The table's key of that name, or nullptr.
  const Key* key_of(std::string_view name) const;
  std::span<const Key> keys() const { return keys_; }
  // Whether the key may be written here.
  bool knows(std::string_view key) const;
  // Whether the key is absent and an unknown one was probably meant to be it, here or one level up; that has
  // been reported.
  bool is_misspelt(std::string_view key) const;
  // Where the key stands; where it is absent, the map's place.
  SourceSpan key_at(std::string_view key) const;
  // Where the value stands; where it is absent, the map's place.
  SourceSpan at(std::string_view key) const;

  std::string text(std::string_view key, std::string_view otherwise = {}) const;
  std::vector<std::string> texts(std::string_view key) const;
  bool boolean(std::string_view key, bool otherwise = false) const;
  // Outside of [min, max]: reported, and `otherwise`.
  std::int64_t integer(std::string_view key, std::int64_t otherwise, std::int64_t min,
                       std::int64_t max) const;
  std::optional<Decimal> number(std::string_view key) const;
  template <class Enum>
  Enum word(std::string_view key, Enum otherwise,
            std::initializer_list<std::pair<std::string_view, Enum>> meanings) const {
    const YamlNode* value = find(key);
    if (!value) return otherwise;
    for (const auto& [spelling, meaning] : meanings) {
      if (value->text == spelling) return meaning;
    }
    return otherwise;
  }

 private:
  void check();
  void report_unknown(const YamlNode::Entry& entry);
  void check_value(const Key& key, const YamlNode::Entry& entry);

  const YamlNode& node_;
  std::string what_;
  std::vector<Key> keys_;
  Diagnostics& diagnostics_;
  struct Accepted {
    std::string_view key;  // the table's, which the file may have misspelt
    const YamlNode::Entry* entry;
  };
  std::vector<Accepted> accepted_;
  std::vector<std::string> misspelt_;  // known keys that unknown ones were probably meant to be
  // Keys that stand here and belong into a map inside this one.
  std::vector<std::pair<const YamlNode*, std::string>> too_far_out_;
};

// Reports "WHAT expects EXPECTED, found a list"; for other readers' own checks.
void report_wrong_kind(const YamlNode& node, std::string_view what, std::string_view expected,
                       Diagnostics& diagnostics);

// Reports a name that nothing has: "unknown group 'slaes'", with the nearest of `known`, or all of them where
// they are few.
void report_unknown_name(Diagnostics& diagnostics, Code code, SourceSpan at, std::string message,
                         std::string_view name, const std::vector<std::string>& known);

// The names of what is known: a map's keys, or what `name` says of each.
template <class Range, class Name = std::identity>
std::vector<std::string> known_names(const Range& range, Name name = {}) {
  std::vector<std::string> names;
  for (const auto& each : range) {
    if constexpr (requires { typename Range::mapped_type; }) {
      names.emplace_back(each.first);
    } else {
      names.emplace_back(std::invoke(name, each));
    }
  }
  return names;
}

// The nearest of `known`, any range of texts, for (did you mean '...'?), or "".
template <class Range>
std::string nearest_of(std::string_view word, const Range& known) {
  std::vector<std::string> candidates;
  for (const auto& candidate : known) candidates.emplace_back(candidate);
  return nearest(word, candidates).value_or("");
}

}  // namespace countersign
