#include "definition/key_places.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "definition/grammar.h"
#include "definition/step_loader.h"

namespace countersign {
namespace {

bool takes(KeyTable table, std::string_view key) {
  const auto found = std::ranges::find(table, key, &Key::name);
  return found != table.end() && found->need != Need::later;
}

bool takes(const std::vector<KeyTable>& tables, std::string_view key) {
  return std::ranges::any_of(tables, [&](KeyTable table) { return takes(table, key); });
}

const StepWord* step_word(std::string_view name) {
  const auto words = step_words();
  const auto found = std::ranges::find(words, name, &StepWord::word);
  return found == words.end() ? nullptr : &*found;
}

// Whether the map may get the entry: a list for what is a text here was meant as something else.
bool may_get(const MapReader& map, const YamlNode::Entry& entry) {
  const Key* key = map.key_of(entry.key);
  if (key == nullptr || key->need == Need::later || map.has(entry.key)) return false;
  const YamlNode& value = entry.value;
  switch (key->shape) {
    case Shape::any:
    case Shape::local_text:
      return true;
    case Shape::list:
    case Shape::texts:
      return value.is_sequence();
    case Shape::map:
      return value.is_map();
    case Shape::steps:
      return value.is_sequence() || value.is_map();
    case Shape::expressions:
      return value.is_scalar() || value.is_sequence();
    default:
      return value.is_scalar();
  }
}

bool is_step(const MapReader& map) {
  return std::ranges::all_of(common_step_keys(), [&](const Key& key) { return map.knows(key.name); });
}

// Whether `to` is `from` or stands inside it; `levels` counts the maps on the way.
bool holds(const YamlNode& from, const YamlNode& to, std::size_t& levels) {
  if (&from == &to) return true;
  for (const YamlNode& item : from.items) {
    if (holds(item, to, levels)) return true;
  }
  for (const YamlNode::Entry& entry : from.entries) {
    if (!holds(entry.value, to, levels)) continue;
    ++levels;
    return true;
  }
  return false;
}

std::string outwards(const MapReader& to, std::size_t levels) {
  return levels == 1   ? fmt::format("it belongs one level up, to {}", to.what())
         : levels == 2 ? fmt::format("it belongs two levels up, to {}", to.what())
                       : fmt::format("it belongs further out, to {}", to.what());
}

// What a step takes with a key: itself as a word, a key of every step, or one inside or beside some words.
std::string place_in_a_step(std::string_view key) {
  if (step_word(key) != nullptr) return fmt::format("it is a step of its own, written '- {}: ...'", key);
  if (takes(common_step_keys(), key))
    return "it belongs to a step, beside the word that says what the step does";
  std::vector<std::string> inside;
  std::vector<std::string> beside;
  for (const StepWord& word : step_words()) {
    if (takes(word.keys, key)) inside.push_back(fmt::format("'{}'", word.word));
    if (takes(word.beside, key)) beside.push_back(fmt::format("'{}'", word.word));
  }
  if (!inside.empty()) return fmt::format("it belongs into {} of a step", join(inside, " or "));
  if (!beside.empty()) return fmt::format("it belongs to a step, beside {}", join(beside, " or "));
  return {};
}

// What `name` of a map takes with a key: the map behind it, or each of the maps in it.
std::string place_in(const Grammar& grammar, std::string_view name, std::string_view key) {
  for (const Spelling& spelling : grammar.spellings) {
    if (spelling.kind == Spelling::Kind::map && takes(spelling.tables, key))
      return fmt::format("it belongs into '{}'", name);
    const bool each = spelling.kind == Spelling::Kind::list || spelling.kind == Spelling::Kind::names;
    if (!each || spelling.of == nullptr) continue;
    for (const Spelling& item : spelling.of().spellings) {
      if (item.kind == Spelling::Kind::map && takes(item.tables, key))
        return fmt::format("it belongs into an entry of '{}'", name);
      if (item.kind != Spelling::Kind::step) continue;
      const std::string place = place_in_a_step(key);
      if (!place.empty()) return place;
    }
  }
  return {};
}

}  // namespace

std::string place_around(const YamlNode::Entry& entry, const YamlNode& inside, OpenMaps around) {
  for (std::size_t i = around.size(); i-- > 0;) {
    const MapReader& map = *around[i];
    if (&map.node() != &inside && may_get(map, entry)) {
      std::size_t levels = 0;
      if (holds(map.node(), inside, levels)) return outwards(map, levels);
    }
    if (is_step(map)) break;
  }
  return {};
}

std::string place_at_the_top(const YamlNode::Entry& entry, OpenMaps around) {
  if (around.size() < 2) return {};
  const MapReader& top = *around.front();
  if (!may_get(top, entry)) return {};
  return fmt::format("it belongs to {} as a whole, at the left margin", top.what());
}

std::string place_inside(std::string_view key, const MapReader& here, const YamlNode*& into) {
  for (const YamlNode::Entry& entry : here.node().entries) {
    const Key* known = here.key_of(entry.key);
    // `approve:` with its keys at the same indentation has no value at all.
    if (known == nullptr || (!entry.value.is_map() && !entry.value.is_null())) continue;
    const StepWord* word = is_step(here) ? step_word(entry.key) : nullptr;
    const bool in_word = word != nullptr && takes(word->keys, key);
    const bool in_map = known->inside != nullptr &&
                        std::ranges::any_of(known->inside().spellings, [&](const Spelling& spelling) {
                          return spelling.kind == Spelling::Kind::map && takes(spelling.tables, key);
                        });
    if (!in_word && !in_map) continue;
    into = &entry.value;
    return fmt::format("it belongs into '{}'", entry.key);
  }
  return {};
}

std::string place_below(std::string_view key, const MapReader& here) {
  for (const Key& each : here.keys()) {
    if (each.inside == nullptr || each.need == Need::later) continue;
    const std::string place = place_in(each.inside(), each.name, key);
    if (!place.empty()) return place;
  }
  return {};
}

}  // namespace countersign
