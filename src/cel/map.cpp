// The map of a Value: entries in order of insertion, with a hash index once there are many.

#include <bit>
#include <functional>

#include "cel/numbers.h"
#include "cel/value.h"

namespace countersign::cel {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);
constexpr std::size_t kIndexFrom = 16;  // below it a walk over the entries is as fast as a hash

std::size_t hash_of(std::string_view text) {
  return std::hash<std::string_view>{}(text);
}

// Equal for equal keys: 1 and 1u share a hash.
std::size_t hash_of(const Value& key) {
  switch (key.kind()) {
    case Kind::string:
      return hash_of(key.as_string());
    case Kind::bool_:
      return key.as_bool() ? 0x9e3779b97f4a7c15u : 0x7f4a7c159e3779b9u;
    case Kind::int_:
      return std::hash<std::uint64_t>{}(static_cast<std::uint64_t>(key.as_int())) * 0x9e3779b97f4a7c15u;
    case Kind::uint_:
      return std::hash<std::uint64_t>{}(key.as_uint()) * 0x9e3779b97f4a7c15u;
    default:
      return 0;
  }
}

// A double that is a whole number finds the integer key it equals.
std::optional<Value> whole_number(const Value& key) {
  if (const auto number = exact_int(key.as_double())) return Value::integer(*number);
  if (const auto number = exact_uint(key.as_double())) return Value::unsigned_integer(*number);
  return std::nullopt;
}

}  // namespace

std::size_t Map::place_of(std::string_view key) const {
  if (index_.empty()) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const Value& candidate = entries_[i].first;
      if (candidate.is(Kind::string) && candidate.as_string() == key) return i;
    }
    return kNone;
  }
  const std::size_t mask = index_.size() - 1;
  for (std::size_t slot = hash_of(key) & mask; index_[slot] != 0; slot = (slot + 1) & mask) {
    const Value& candidate = entries_[index_[slot] - 1].first;
    if (candidate.is(Kind::string) && candidate.as_string() == key) return index_[slot] - 1;
  }
  return kNone;
}

std::size_t Map::place_of(const Value& key) const {
  if (key.is(Kind::string)) return place_of(key.as_string());
  if (key.is(Kind::double_)) {
    const auto whole = whole_number(key);
    return whole ? place_of(*whole) : kNone;
  }
  if (!key.is(Kind::bool_) && !key.is(Kind::int_) && !key.is(Kind::uint_)) return kNone;
  if (index_.empty()) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (entries_[i].first == key) return i;
    }
    return kNone;
  }
  const std::size_t mask = index_.size() - 1;
  for (std::size_t slot = hash_of(key) & mask; index_[slot] != 0; slot = (slot + 1) & mask) {
    if (entries_[index_[slot] - 1].first == key) return index_[slot] - 1;
  }
  return kNone;
}

const Value* Map::find(const Value& key) const {
  const std::size_t place = place_of(key);
  return place == kNone ? nullptr : &entries_[place].second;
}

const Value* Map::find(std::string_view key) const {
  const std::size_t place = place_of(key);
  return place == kNone ? nullptr : &entries_[place].second;
}

const Value* Map::find_near(std::string_view key, std::size_t& place) const {
  if (place < entries_.size()) {
    const Value& candidate = entries_[place].first;
    if (candidate.is(Kind::string) && candidate.as_string() == key) return &entries_[place].second;
  }
  const std::size_t found = place_of(key);
  if (found == kNone) return nullptr;
  place = found;
  return &entries_[found].second;
}

void Map::rebuild_index() {
  index_.clear();
  if (entries_.size() < kIndexFrom) return;
  index_.assign(std::bit_ceil(entries_.size() * 4), 0);
  const std::size_t mask = index_.size() - 1;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    std::size_t slot = hash_of(entries_[i].first) & mask;
    while (index_[slot] != 0) slot = (slot + 1) & mask;
    index_[slot] = static_cast<std::uint32_t>(i + 1);
  }
}

void Map::append(Value key, Value value) {
  entries_.emplace_back(std::move(key), std::move(value));
  if (entries_.size() < kIndexFrom) return;
  if (entries_.size() * 2 > index_.size()) return rebuild_index();
  const std::size_t mask = index_.size() - 1;
  std::size_t slot = hash_of(entries_.back().first) & mask;
  while (index_[slot] != 0) slot = (slot + 1) & mask;
  index_[slot] = static_cast<std::uint32_t>(entries_.size());
}

void Map::set(Value key, Value value) {
  const std::size_t place = place_of(key);
  if (place == kNone) return append(std::move(key), std::move(value));
  entries_[place].second = std::move(value);
}

void Map::set(std::string_view key, Value value) {
  const std::size_t place = place_of(key);
  if (place == kNone) return append(Value::string(key), std::move(value));
  entries_[place].second = std::move(value);
}

bool Map::erase(std::string_view key) {
  const std::size_t place = place_of(key);
  if (place == kNone) return false;
  entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(place));
  rebuild_index();
  return true;
}

}  // namespace countersign::cel
