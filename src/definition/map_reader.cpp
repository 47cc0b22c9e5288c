#include "definition/map_reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "definition/foreign_words.h"
#include "definition/key_places.h"
#include "definition/yaml_mending.h"

namespace countersign {
namespace {

// More than that nobody reads.
constexpr std::size_t kNamedMax = 12;

}  // namespace

std::string_view to_string(Shape shape) {
  switch (shape) {
    case Shape::any:
      return "a value";
    case Shape::text:
      return "text";
    case Shape::word:
      return "a word";
    case Shape::boolean:
      return "true or false";
    case Shape::integer:
      return "a whole number";
    case Shape::number:
      return "a number";
    case Shape::list:
      return "a list";
    case Shape::map:
      return "a map";
    case Shape::texts:
      return "a list of texts";
    case Shape::expression:
      return "an expression";
    case Shape::expressions:
      return "an expression or a list of expressions";
    case Shape::prose:
      return "text";
    case Shape::local_text:
      return "text, or a map from language to text";
    case Shape::duration:
      return "a duration in words";
    case Shape::time:
      return "a duration in words or an expression";
    case Shape::steps:
      return "a target such as {go: STEP} or {end: STATUS}, or a list of steps";
  }
  return "a value";
}

void report_wrong_kind(const YamlNode& node, std::string_view what, std::string_view expected,
                       Diagnostics& diagnostics) {
  if (node.refused) return;
  // A map or list that nobody wrote on purpose comes from an expression with ': ' or brackets in it.
  const SourceText& source = diagnostics.source();
  if (node.is_map() && !node.flow && node.entries.size() == 1 &&
      report_mending(source, node.entries.front().key_at.line, diagnostics)) {
    return;
  }
  diagnostics.error(Code::wrong_kind, node.at,
                    fmt::format("{} expects {}, found {}", what, expected, node.describe()));
}

void report_unknown_name(Diagnostics& diagnostics, Code code, SourceSpan at, std::string message,
                         std::string_view name, const std::vector<std::string>& known) {
  const std::string meant = nearest_of(name, known);
  if (meant.empty()) {
    if (known.empty()) {
      message += ": there is none at all";
    } else if (known.size() <= kNamedMax) {
      message += fmt::format(": there {} {}", known.size() == 1 ? "is" : "are", join(known, ", "));
    }
  }
  diagnostics.error(code, at, std::move(message), meant);
}

MapReader::MapReader(const YamlNode& node, std::string what, KeyTable keys, Diagnostics& diagnostics)
    : MapReader(node, std::move(what), {keys}, diagnostics) {}

MapReader::MapReader(const YamlNode& node, std::string what, std::initializer_list<KeyTable> tables,
                     Diagnostics& diagnostics)
    : node_(node), what_(std::move(what)), diagnostics_(diagnostics) {
  for (const KeyTable& table : tables) keys_.insert(keys_.end(), table.begin(), table.end());
  diagnostics_.open_maps().push_back(this);
  check();
}

MapReader::~MapReader() {
  std::erase(diagnostics_.open_maps(), this);
}

const Key* MapReader::key_of(std::string_view name) const {
  const auto found =
      std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) { return key.name == name; });
  return found == keys_.end() ? nullptr : &*found;
}

bool MapReader::knows(std::string_view key) const {
  const Key* known = key_of(key);
  return known != nullptr && known->need != Need::later;
}

// Nearest first: a map that stands right beside is likelier meant than another word, and another word than a
// place far away.
void MapReader::report_unknown(const YamlNode::Entry& entry) {
  const std::vector<const MapReader*>& around = diagnostics_.open_maps();
  const YamlNode* into = nullptr;
  std::string place = place_around(entry, node_, around);
  if (place.empty()) place = place_inside(entry.key, *this, into);
  if (into != nullptr) too_far_out_.emplace_back(into, entry.key);
  std::vector<std::string> names;
  for (const Key& known : keys_) {
    if (known.need != Need::later) names.emplace_back(known.name);
  }
  std::string meant = place.empty() ? meant_among(entry.key, names) : "";
  if (!meant.empty()) misspelt_.push_back(meant);
  // What stands behind a typing mistake is read, so that one wrong letter is one error.
  const bool is_typed_wrong = !meant.empty() && nearest(entry.key, names) == meant && !has(meant);
  if (place.empty() && meant.empty()) place = place_at_the_top(entry, around);
  if (place.empty() && meant.empty()) place = place_below(entry.key, *this);
  if (place.empty() && meant.empty() && names.size() <= kNamedMax)
    place = fmt::format("it has {}", join(names, ", "));
  diagnostics_.error(Code::unknown_key, entry.key_at,
                     place.empty() ? fmt::format("unknown key '{}' in {}", entry.key, what_)
                                   : fmt::format("unknown key '{}' in {}: {}", entry.key, what_, place),
                     meant);
  if (is_typed_wrong && find(meant) == nullptr) check_value(*key_of(meant), entry);
}

void MapReader::check() {
  if (!node_.is_map()) {
    report_wrong_kind(node_, what_, "a map", diagnostics_);
    return;
  }
  bool torn = false;
  for (const YamlNode::Entry& entry : node_.entries) {
    const Key* key = key_of(entry.key);
    if (key == nullptr) {
      // A key without a value inside braces is the rest of an expression that a comma has torn apart.
      if (node_.flow && entry.value.is_null() &&
          report_mending(diagnostics_.source(), entry.key_at.line, diagnostics_)) {
        torn = true;
        continue;
      }
      report_unknown(entry);
    } else if (key->need == Need::later) {
      diagnostics_.error(Code::not_available, entry.key_at,
                         fmt::format("'{}' is not available in this version: take it away", entry.key));
    } else {
      check_value(*key, entry);
    }
  }
  if (torn) accepted_.clear();
  for (const Key& key : keys_) {
    const bool written = has(key.name) || is_misspelt(key.name);
    if (key.need == Need::required && !written) {
      diagnostics_.error(Code::missing_key, node_.at, fmt::format("{} needs the key '{}'", what_, key.name));
    }
  }
}

void MapReader::check_value(const Key& key, const YamlNode::Entry& entry) {
  const YamlNode& value = entry.value;
  const std::string name = fmt::format("'{}'", key.name);
  if (value.refused) return;
  bool fits = true;
  switch (key.shape) {
    case Shape::any:
      break;
    case Shape::text:
    case Shape::word:
    case Shape::expression:
    case Shape::prose:
    case Shape::duration:
    case Shape::time:
      fits = value.is_scalar();
      break;
    case Shape::boolean:
      fits = value.as_boolean().has_value();
      break;
    case Shape::integer:
      fits = value.as_integer().has_value();
      break;
    case Shape::number:
      fits = value.as_decimal().has_value();
      break;
    case Shape::list:
    case Shape::texts:
      fits = value.is_sequence();
      break;
    case Shape::map:
      fits = value.is_map();
      break;
    case Shape::expressions:
      fits = value.is_scalar() || value.is_sequence();
      break;
    case Shape::local_text:
      fits = value.is_scalar() || value.is_map();
      break;
    case Shape::steps:
      fits = value.is_sequence() || value.is_map();
      break;
  }
  if (!fits && key.shape == Shape::boolean && value.is_scalar()) {
    const std::string word = lower_ascii(value.text);
    const std::string meant = word == "yes" || word == "on"   ? "true"
                              : word == "no" || word == "off" ? "false"
                                                              : "";
    diagnostics_.error(Code::wrong_kind, value.at,
                       fmt::format("{} expects true or false, found '{}'", name, value.text), meant);
    return;
  }
  if (!fits) {
    report_wrong_kind(value, name, to_string(key.shape), diagnostics_);
    return;
  }
  if (key.shape == Shape::word) {
    const std::vector<std::string> words = split(key.words, '|');
    if (std::find(words.begin(), words.end(), value.text) == words.end()) {
      const std::string meant = meant_among(value.text, words);
      // With a likely meaning the whole list would only be noise.
      diagnostics_.error(
          Code::unknown_word, value.at,
          !meant.empty() ? fmt::format("{} cannot be '{}'", name, value.text)
          : words.size() == 1
              ? fmt::format("{} can only be '{}', found '{}'", name, words.front(), value.text)
              : fmt::format("{} is one of {}, found '{}'", name, join(words, ", "), value.text),
          meant);
      return;
    }
  }
  if (key.shape == Shape::texts) {
    for (const YamlNode& item : value.items) {
      if (!item.is_scalar()) report_wrong_kind(item, name, "a list of texts", diagnostics_);
    }
  }
  accepted_.push_back({key.name, &entry});
}

const YamlNode* MapReader::find(std::string_view key) const {
  const auto found = std::ranges::find(accepted_, key, &Accepted::key);
  return found == accepted_.end() ? nullptr : &found->entry->value;
}

bool MapReader::has(std::string_view key) const {
  return node_.find(key) != nullptr;
}

bool MapReader::is_misspelt(std::string_view key) const {
  if (has(key)) return false;
  const auto moved = [&](const MapReader* map) {
    return std::ranges::any_of(map->too_far_out_, [&](const auto& moved_key) {
      return moved_key.first == &node_ && moved_key.second == key;
    });
  };
  return std::ranges::find(misspelt_, key) != misspelt_.end() ||
         std::ranges::any_of(diagnostics_.open_maps(), moved);
}

SourceSpan MapReader::key_at(std::string_view key) const {
  for (const YamlNode::Entry& entry : node_.entries) {
    if (entry.key == key) return entry.key_at;
  }
  return node_.at;
}

SourceSpan MapReader::at(std::string_view key) const {
  const YamlNode* value = node_.find(key);
  if (value == nullptr) value = find(key);
  return value ? value->at : node_.at;
}

std::string MapReader::text(std::string_view key, std::string_view otherwise) const {
  const YamlNode* value = find(key);
  return value ? value->text : std::string(otherwise);
}

std::vector<std::string> MapReader::texts(std::string_view key) const {
  std::vector<std::string> out;
  if (const YamlNode* value = find(key)) {
    for (const YamlNode& item : value->items) {
      if (item.is_scalar()) out.push_back(item.text);
    }
  }
  return out;
}

bool MapReader::boolean(std::string_view key, bool otherwise) const {
  const YamlNode* value = find(key);
  return value ? value->as_boolean().value_or(otherwise) : otherwise;
}

std::int64_t MapReader::integer(std::string_view key, std::int64_t otherwise, std::int64_t min,
                                std::int64_t max) const {
  const YamlNode* value = find(key);
  if (!value) return otherwise;
  const std::int64_t number = value->as_integer().value_or(otherwise);
  if (number >= min && number <= max) return number;
  diagnostics_.error(
      Code::bad_value, value->at,
      fmt::format("'{}' is a whole number from {} to {}, found {}", key, min, max, value->text));
  return otherwise;
}

std::optional<Decimal> MapReader::number(std::string_view key) const {
  const YamlNode* value = find(key);
  return value ? value->as_decimal() : std::nullopt;
}

}  // namespace countersign
