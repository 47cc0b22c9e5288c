#pragma once
// Writing a described struct (members.h).

#include "core/codec/json_writer.h"
#include "core/codec/members.h"

namespace countersign::codec {

template <class T>
void write(JsonWriter& out, const T& value);

// A map is an object where its key is a text or a number, a list of its values where they know their own id,
// else a list of pairs.
template <class K, class V>
void write(JsonWriter& out, const std::map<K, V>& values) {
  if constexpr (std::is_same_v<K, std::string>) {
    out.begin_object();
    for (const auto& [name, value] : values) {
      out.key(name);
      write(out, value);
    }
    out.end_object();
  } else if constexpr (KnowsItsId<V>) {
    out.begin_array();
    for (const auto& [unused, value] : values) write(out, value);
    out.end_array();
  } else if constexpr (std::is_integral_v<K>) {
    out.begin_object();
    for (const auto& [number, value] : values) {
      out.plain_key(std::to_string(number));
      write(out, value);
    }
    out.end_object();
  } else {
    out.begin_array();
    for (const auto& [key, value] : values) {
      out.begin_array();
      write(out, key);
      write(out, value);
      out.end_array();
    }
    out.end_array();
  }
}
template <class T>
void write(JsonWriter& out, const std::vector<T>& values) {
  out.begin_array();
  for (const auto& value : values) write(out, value);
  out.end_array();
}
// A member without a value is left out, so nothing else than a value is ever written.
template <class T>
void write(JsonWriter& out, const std::optional<T>& value) {
  write(out, *value);
}
template <class Tag>
void write(JsonWriter& out, const TextId<Tag>& id) {
  out.text(id.value);
}
template <class Tag>
void write(JsonWriter& out, const NumberId<Tag>& id) {
  out.number(std::uint64_t{id.value});
}
inline void write(JsonWriter& out, const std::string& text) {
  out.text(text);
}
inline void write(JsonWriter& out, const cel::Value& value) {
  out.value(value);
}
inline void write(JsonWriter& out, Instant at) {
  out.instant(at);
}

template <Described T>
void write_members(JsonWriter& out, const T& value) {
  const auto put = [&](const auto& member) {
    const auto& part = value.*member.pointer;
    if (!member.required && is_empty(part) && is_empty(kDefault<T>.*member.pointer)) return;
    out.plain_key(member.key);
    write(out, part);
  };
  std::apply([&](const auto&... member) { (put(member), ...); }, Members<T>::kList);
}

template <class T>
void write(JsonWriter& out, const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    out.boolean(value);
  } else if constexpr (std::is_unsigned_v<T>) {
    out.number(std::uint64_t{value});
  } else if constexpr (Enumerated<T>) {
    out.text(to_string(value));
  } else {
    out.begin_object();
    write_members(out, value);
    out.end_object();
  }
}

}  // namespace countersign::codec
