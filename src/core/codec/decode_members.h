#pragma once
// Reading a described struct (members.h). The input may be anything; nothing here throws or ends the program.

#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include <boost/json.hpp>

#include "core/codec/members.h"

namespace countersign::codec {

namespace json = boost::json;

// Why the input does not fit, and where: a JSON pointer that grows from the inside out.
struct Fault {
  std::string at;
  std::string why;

  bool because(std::string reason) {
    why = std::move(reason);
    return false;
  }
  bool inside(std::string_view key) {
    at = "/" + std::string(key) + at;
    return false;
  }
};

template <class T>
[[nodiscard]] bool read(const json::value& in, T& out, Fault& fault);

[[nodiscard]] bool read(const json::value& in, bool& out, Fault& fault);
[[nodiscard]] bool read(const json::value& in, std::uint64_t& out, Fault& fault);
[[nodiscard]] bool read(const json::value& in, std::uint32_t& out, Fault& fault);
[[nodiscard]] bool read(const json::value& in, std::string& out, Fault& fault);
[[nodiscard]] bool read(const json::value& in, cel::Value& out, Fault& fault);
[[nodiscard]] bool read(const json::value& in, Instant& out, Fault& fault);
template <class Tag>
[[nodiscard]] bool read(const json::value& in, TextId<Tag>& out, Fault& fault) {
  return read(in, out.value, fault);
}
template <class Tag>
[[nodiscard]] bool read(const json::value& in, NumberId<Tag>& out, Fault& fault) {
  return read(in, out.value, fault);
}
template <class T>
[[nodiscard]] bool read(const json::value& in, std::optional<T>& out, Fault& fault) {
  return read(in, out.emplace(), fault);
}
template <class T>
[[nodiscard]] bool read(const json::value& in, std::vector<T>& out, Fault& fault) {
  const auto* array = in.if_array();
  if (array == nullptr) return fault.because("a list is expected");
  out.clear();
  out.reserve(array->size());
  for (const auto& element : *array) {
    if (!read(element, out.emplace_back(), fault)) return fault.inside(std::to_string(out.size() - 1));
  }
  return true;
}

// The number that a member's name spells, the way std::to_string spells it.
[[nodiscard]] bool read_key(std::string_view text, std::uint32_t& out);

template <class K, class V>
[[nodiscard]] bool read_object(const json::value& in, std::map<K, V>& out, Fault& fault) {
  const auto* object = in.if_object();
  if (object == nullptr) return fault.because("an object is expected");
  for (const auto& entry : *object) {
    const std::string_view name(entry.key().data(), entry.key().size());
    K key{};
    if constexpr (std::is_same_v<K, std::string>) {
      key = name;
    } else if (!read_key(name, key)) {
      fault.because("the name is not a number");
      return fault.inside(name);
    }
    if (!read(entry.value(), out[std::move(key)], fault)) return fault.inside(name);
  }
  return true;
}

template <class K, class V>
[[nodiscard]] bool read_list(const json::value& in, std::map<K, V>& out, Fault& fault) {
  const auto* array = in.if_array();
  if (array == nullptr) return fault.because("a list is expected");
  std::size_t index = 0;
  for (const auto& element : *array) {
    K key{};
    V value{};
    bool good = true;
    if constexpr (KnowsItsId<V>) {
      good = read(element, value, fault);
      key = value.*Members<V>::kId;
    } else {
      const auto* pair = element.if_array();
      if (pair == nullptr || pair->size() != 2) {
        good = fault.because("a pair is expected");
      } else {
        good = read(pair->at(0), key, fault) && read(pair->at(1), value, fault);
      }
    }
    if (good && !out.emplace(key, std::move(value)).second)
      good = fault.because("the same id stands here twice");
    if (!good) return fault.inside(std::to_string(index));
    ++index;
  }
  return true;
}

template <class K, class V>
[[nodiscard]] bool read(const json::value& in, std::map<K, V>& out, Fault& fault) {
  out.clear();
  if constexpr (!KnowsItsId<V> && (std::is_same_v<K, std::string> || std::is_integral_v<K>)) {
    return read_object(in, out, fault);
  } else {
    return read_list(in, out, fault);
  }
}

template <Enumerated T>
[[nodiscard]] bool read_enumerator(const json::value& in, T& out, Fault& fault) {
  std::string text;
  if (!read(in, text, fault)) return false;
  for (const T candidate : Enumerators<T>::kAll) {
    if (to_string(candidate) == text) {
      out = candidate;
      return true;
    }
  }
  return fault.because("'" + text.substr(0, 40) + "' is none of the known words");
}

// Sets what stands in `in` and leaves the rest of `out` as it is.
template <Described T>
[[nodiscard]] bool read_members(const json::object& in, T& out, Fault& fault) {
  std::size_t known = 0;
  const auto take = [&](const auto& member) {
    const json::value* part = in.if_contains(member.key);
    if (part == nullptr) {
      if (!member.required) return true;
      return fault.because("the member '" + std::string(member.key) + "' is missing");
    }
    ++known;
    return read(*part, out.*member.pointer, fault) || fault.inside(member.key);
  };
  if (!std::apply([&](const auto&... member) { return (take(member) && ...); }, Members<T>::kList))
    return false;
  if (known == in.size()) return true;
  return fault.because("it has a member that this program does not know");
}

template <class T>
bool read(const json::value& in, T& out, Fault& fault) {
  if constexpr (Enumerated<T>) {
    return read_enumerator(in, out, fault);
  } else {
    const auto* object = in.if_object();
    if (object == nullptr) return fault.because("an object is expected");
    return read_members(*object, out, fault);
  }
}

// What is stored was limited when it came in; this only keeps a damaged record from exhausting the stack.
inline constexpr std::size_t kDepthMax = 1000;

// Reads one JSON document into `out`; the fault says why not.
template <class T>
[[nodiscard]] bool read_document(std::string_view text, T& out, Fault& fault) {
  json::parse_options options;
  options.max_depth = kDepthMax;
  boost::system::error_code code;
  std::array<unsigned char, 16384> room;  // for most documents: no allocation
  json::monotonic_resource memory(room.data(), room.size());
  const json::value document = json::parse(text, code, &memory, options);
  if (code) return fault.because(code.message());
  return read(document, out, fault);
}

}  // namespace countersign::codec
