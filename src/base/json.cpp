#include "base/json.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
#include <fmt/format.h>

namespace countersign {
namespace {

constexpr std::string_view kNumberTextKey = "$number";

// One object or array that is being read.
struct OpenContainer {
  bool is_object = false;
  json::object object;
  json::array array;
  std::string key;  // of the member that is being read
};

// A JSON pointer (RFC 6901) to the member that is being read.
std::string pointer_to(const std::vector<OpenContainer>& open) {
  std::string pointer;
  for (const auto& container : open) {
    pointer += '/';
    if (!container.is_object) {
      pointer += std::to_string(container.array.size());
      continue;
    }
    for (const char c : container.key) {
      if (c == '~') {
        pointer += "~0";
      } else if (c == '/') {
        pointer += "~1";
      } else {
        pointer += c;
      }
    }
  }
  return pointer;
}

// Receives the events of Boost.JSON's parser, which calls these members by name.
class Reader {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  using Code = boost::system::error_code;

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) { return open(true); }
  bool on_array_begin(Code&) { return open(false); }
  bool on_object_end(std::size_t, Code&) {
    json::value whole = std::move(open_.back().object);
    open_.pop_back();
    return add(std::move(whole));
  }
  bool on_array_end(std::size_t, Code&) {
    json::value whole = std::move(open_.back().array);
    open_.pop_back();
    return add(std::move(whole));
  }
  bool on_key_part(json::string_view part, std::size_t, Code&) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t, Code& code) {
    text_.append(part.data(), part.size());
    auto& container = open_.back();
    container.key = std::exchange(text_, {});
    if (container.key == kNumberTextKey) {
      return refuse(code, fmt::format("the key \"{}\" is reserved for numbers", kNumberTextKey));
    }
    if (container.object.contains(container.key)) {
      return refuse(code,
                    fmt::format("the key \"{}\" stands twice in one object", container.key.substr(0, 80)));
    }
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, Code&) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool on_string(json::string_view part, std::size_t, Code&) {
    text_.append(part.data(), part.size());
    return add(json::string(std::exchange(text_, {})));
  }
  bool on_number_part(json::string_view part, Code&) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool on_int64(std::int64_t value, json::string_view, Code&) {
    text_.clear();
    return add(value);
  }
  bool on_uint64(std::uint64_t, json::string_view part, Code&) { return add_number_text(part); }
  bool on_double(double, json::string_view part, Code&) { return add_number_text(part); }
  bool on_bool(bool value, Code&) { return add(value); }
  bool on_null(Code&) { return add(nullptr); }
  bool on_comment_part(json::string_view, Code&) { return true; }
  bool on_comment(json::string_view, Code&) { return true; }

  json::value take_root() { return std::move(root_); }
  const std::string& refusal() const { return refusal_; }
  std::string pointer() const { return pointer_to(open_); }

 private:
  bool open(bool is_object) {
    auto& container = open_.emplace_back();
    container.is_object = is_object;
    return true;
  }
  bool add(json::value value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (auto& container = open_.back(); container.is_object) {
      container.object.emplace(container.key, std::move(value));
    } else {
      container.array.push_back(std::move(value));
    }
    return true;
  }
  bool add_number_text(json::string_view part) {
    text_.append(part.data(), part.size());
    json::object number;
    number.emplace(kNumberTextKey, json::string(std::exchange(text_, {})));
    return add(std::move(number));
  }
  bool refuse(Code& code, std::string why) {
    refusal_ = std::move(why);
    code = json::error::syntax;
    return false;
  }

  std::vector<OpenContainer> open_;
  std::string text_;  // of the string, key or number that is being read
  json::value root_;
  std::string refusal_;
};

// RFC 8259, section 6.
bool is_json_number(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t start = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - start;
  };
  if (at < text.size() && text[at] == '-') ++at;
  const std::size_t start = at;
  const std::size_t whole = digits();
  if (whole == 0 || (whole > 1 && text[start] == '0')) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

void write(const json::value& value, bool sorted, std::string& out) {
  if (const auto* array = value.if_array()) {
    out += '[';
    bool first = true;
    for (const auto& element : *array) {
      if (!std::exchange(first, false)) out += ',';
      write(element, sorted, out);
    }
    out += ']';
    return;
  }
  const auto* object = value.if_object();
  if (object == nullptr) {
    out += json::serialize(value);
    return;
  }
  if (const auto number = number_text(value); !number.empty()) {
    out += number;
    return;
  }
  std::vector<const json::key_value_pair*> members;
  members.reserve(object->size());
  for (const auto& member : *object) members.push_back(&member);
  if (sorted) {
    const auto key_of = [](const json::key_value_pair* member) { return std::string_view(member->key()); };
    std::ranges::sort(members, {}, key_of);
  }
  out += '{';
  bool first = true;
  for (const auto* member : members) {
    if (!std::exchange(first, false)) out += ',';
    out += json::serialize(member->key());
    out += ':';
    write(member->value(), sorted, out);
  }
  out += '}';
}

}  // namespace

std::string_view number_text_key() {
  return kNumberTextKey;
}

std::string_view number_text(const json::value& value) {
  const auto* object = value.if_object();
  if (object == nullptr || object->size() != 1 || object->begin()->key() != kNumberTextKey) return {};
  const auto* text = object->begin()->value().if_string();
  // What is no number must never be written as one, whoever made the value.
  if (text == nullptr || !is_json_number({text->data(), text->size()})) return {};
  return {text->data(), text->size()};
}

Result<json::value> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes_max) {
    return fail(ErrorCode::too_large,
                fmt::format("cannot read the JSON text: it has {} bytes, at most {} are allowed", text.size(),
                            limits.bytes_max));
  }
  json::parse_options options;
  options.max_depth = limits.depth_max;
  json::basic_parser<Reader> parser(options);
  boost::system::error_code code;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), code);
  auto& reader = parser.handler();
  if (code) {
    const bool too_deep = code == json::error::too_deep;
    const std::string why = !reader.refusal().empty() ? reader.refusal()
                            : too_deep ? fmt::format("it is nested deeper than {} levels", limits.depth_max)
                                       : code.message();
    return fail(too_deep ? ErrorCode::too_large : ErrorCode::invalid_input,
                fmt::format("cannot read the JSON text: {} (at byte {})", why, read), reader.pointer());
  }
  if (read < text.size()) {
    return fail(ErrorCode::invalid_input,
                fmt::format("cannot read the JSON text: something follows the value (at byte {})", read));
  }
  return reader.take_root();
}

std::string canonical_json(const json::value& value) {
  std::string out;
  write(value, true, out);
  return out;
}

std::string write_json(const json::value& value) {
  std::string out;
  write(value, false, out);
  return out;
}

const json::value* find(const json::value& value, std::string_view key) {
  const auto* object = value.if_object();
  return object != nullptr ? object->if_contains(key) : nullptr;
}

std::string string_at(const json::value& value, std::string_view key, std::string_view otherwise) {
  const auto* member = find(value, key);
  const auto* text = member != nullptr ? member->if_string() : nullptr;
  return text != nullptr ? std::string(text->data(), text->size()) : std::string(otherwise);
}

}  // namespace countersign
