#include "delivery/template.h"

#include <algorithm>
#include <charconv>
#include <exception>

#include <fmt/format.h>
#include <kainjow/mustache.hpp>

#include "delivery/markdown.h"

namespace countersign {

namespace {

using Data = kainjow::mustache::data;

constexpr int kDataDepthMax = 64;

Data to_data(const json::value& value, int depth) {
  if (depth > kDataDepthMax) return Data(kainjow::mustache::data::type::bool_false);
  if (value.is_object() && number_text(value).empty()) {
    Data object(kainjow::mustache::data::type::object);
    for (const auto& [key, member] : value.get_object())
      object.set(std::string(key), to_data(member, depth + 1));
    return object;
  }
  if (value.is_array()) {
    Data list(kainjow::mustache::data::type::list);
    for (const json::value& item : value.get_array()) list.push_back(to_data(item, depth + 1));
    return list;
  }
  const bool is_empty = value.is_null() || (value.is_bool() && !value.get_bool()) ||
                        (value.is_string() && value.get_string().empty());
  if (is_empty) return Data(kainjow::mustache::data::type::bool_false);
  return Data(value.is_string() ? std::string(value.get_string()) : write_json(value));
}

std::string escaped(const std::string& text, Escape escape) {
  switch (escape) {
    case Escape::html:
      return html_escape(text);
    case Escape::markdown:
      return markdown_escape(text);
    case Escape::none:
      break;
  }
  return text;
}

std::string line_and_column(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t last_break = before.rfind('\n');
  const std::size_t column = last_break == std::string_view::npos ? offset + 1 : offset - last_break;
  return fmt::format("line {}, column {}", line, column);
}

std::unexpected<Error> refused(std::string_view text, std::size_t offset, std::string_view why) {
  return fail(ErrorCode::invalid_input,
              fmt::format("cannot read the template: {}: {}",
                          line_and_column(text, std::min(offset, text.size())), why));
}

// The library's messages end in " at OFFSET".
std::unexpected<Error> refused_by_library(std::string_view text, const std::string& message) {
  const std::size_t at = message.rfind(" at ");
  std::size_t offset = 0;
  if (at != std::string::npos)
    std::from_chars(message.data() + at + 4, message.data() + message.size(), offset);
  return refused(text, offset, message.substr(0, at));
}

// Partials would read from the data, changed delimiters would make this very check blind.
Result<void> refuse_forbidden_tags(std::string_view text) {
  for (std::size_t at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at + 2)) {
    const std::size_t first = text.find_first_not_of(" \t\r\n", at + 2);
    if (first == std::string_view::npos) break;
    if (text[first] == '>') return refused(text, at, "partials ({{>) are not supported");
    if (text[first] == '=') return refused(text, at, "delimiters cannot be changed ({{=)");
  }
  return {};
}

// The library throws where it meets what it did not expect.
Result<std::string> rendered(std::string_view text, const Data& data, Escape escape) {
  if (Result<void> allowed = refuse_forbidden_tags(text); !allowed)
    return std::unexpected(std::move(allowed.error()));
  try {
    kainjow::mustache::mustache mustache{std::string(text)};
    if (!mustache.is_valid()) return refused_by_library(text, mustache.error_message());
    mustache.set_custom_escape([escape](const std::string& value) { return escaped(value, escape); });
    std::string result = mustache.render(data);
    if (!mustache.is_valid()) return refused_by_library(text, mustache.error_message());
    return result;
  } catch (const std::exception& error) {
    return refused(text, 0, error.what());
  }
}

}  // namespace

Result<std::string> render(std::string_view template_text, const json::value& data, Escape escape) {
  return rendered(template_text, to_data(data, 0), escape);
}

Result<void> check_template(std::string_view template_text) {
  const Data nothing(kainjow::mustache::data::type::object);
  if (Result<std::string> text = rendered(template_text, nothing, Escape::none); !text) {
    return std::unexpected(std::move(text.error()));
  }
  return {};
}

}  // namespace countersign
