#pragma once
// How a struct is spelt in JSON, said once for writing and for reading: a list of its members and their
// names.
//
// The rules of the stored format, which must hold for ever:
// - a member that is empty (0, false, "", nothing in it) is left out if it is empty by default as well;
// - a member that is absent when read has its default. So a new member needs nothing but a default, while a
// changed
//   default is a new version of every event in which it stands;
// - an unknown member is an error: ignoring it would fold a newer program's events wrongly.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "cel/value.h"

namespace countersign::codec {

template <class Owner, class T>
struct Member {
  std::string_view key;
  T Owner::* pointer;
  bool required;  // always written, and its absence is an error
};

template <class Owner, class T>
constexpr Member<Owner, T> required(std::string_view key, T Owner::* pointer) {
  return {key, pointer, true};
}
template <class Owner, class T>
constexpr Member<Owner, T> member(std::string_view key, T Owner::* pointer) {
  return {key, pointer, false};
}

// Specialised for each struct: `static constexpr auto kList = std::tuple(required(...), member(...), ...)`,
// and for one that is kept in a map by its own id, `static constexpr auto kId = &T::id`.
template <class T>
struct Members;

template <class T>
concept Described = requires { Members<T>::kList; };
template <class T>
concept KnowsItsId = Described<T> && requires { Members<T>::kId; };

// Specialised for each enumeration: `static constexpr std::array kAll{...}`. Its spelling is that of
// to_string.
template <class T>
struct Enumerators;
template <class T>
concept Enumerated = std::is_enum_v<T> && requires { Enumerators<T>::kAll; };

template <class T>
inline const T kDefault{};

template <class T>
bool is_empty(const T& value);

template <class T>
bool is_empty(const std::vector<T>& value) {
  return value.empty();
}
template <class K, class V>
bool is_empty(const std::map<K, V>& value) {
  return value.empty();
}
template <class T>
bool is_empty(const std::optional<T>& value) {
  return !value.has_value();
}
template <class Tag>
bool is_empty(const TextId<Tag>& value) {
  return value.empty();
}
template <class Tag>
bool is_empty(const NumberId<Tag>& value) {
  return !value;
}
inline bool is_empty(const std::string& value) {
  return value.empty();
}
inline bool is_empty(Instant value) {
  return value == Instant{};
}
inline bool is_empty(const cel::Value& value) {
  return value.is(cel::Kind::null_);
}
template <class T>
bool is_empty(const T& value) {
  if constexpr (std::is_enum_v<T>) {
    return false;
  } else if constexpr (std::is_arithmetic_v<T>) {
    return value == T{};
  } else {
    static_assert(Described<T>);
    return value == kDefault<T>;
  }
}

}  // namespace countersign::codec
