#include "delivery/inbound_body.h"

#include <string>

#include <fmt/format.h>

#include "base/text.h"
#include "delivery/xml.h"

namespace countersign {

namespace {

constexpr std::size_t kFormParametersMax = 1'000;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> form_decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      plain += ' ';
    } else if (text[i] == '%') {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return fail(ErrorCode::invalid_input, "malformed form: % is not followed by two hexadecimal digits");
      }
      plain += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      plain += text[i];
    }
  }
  if (!is_valid_utf8(plain)) return fail(ErrorCode::invalid_input, "malformed form: a value is not UTF-8");
  return plain;
}

json::value to_json(const XmlElement& element) {
  if (element.children.empty()) {
    if (const std::string* nil = element.attribute("nil"); nil != nullptr && *nil == "true") return nullptr;
    return json::value(element.text);
  }
  json::object object;
  for (const XmlElement& child : element.children) {
    json::value value = to_json(child);
    const auto [position, inserted] = object.emplace(child.name, value);
    if (inserted) continue;
    // Only repeated names make arrays: an element alone is never one.
    if (!position->value().is_array()) position->value() = json::array{position->value()};
    position->value().as_array().push_back(std::move(value));
  }
  return object;
}

std::string media_type(std::string_view content_type) {
  return lower_ascii(trimmed(content_type.substr(0, content_type.find(';'))));
}

}  // namespace

Result<json::object> parse_form(std::string_view text) {
  json::object form;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    Result<std::string> name = form_decoded(pair.substr(0, equals));
    if (!name) return std::unexpected(std::move(name.error()));
    Result<std::string> value = form_decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!value) return std::unexpected(std::move(value.error()));
    if (form.size() >= kFormParametersMax) {
      return fail(ErrorCode::too_large,
                  fmt::format("a form has more than {} parameters", kFormParametersMax));
    }
    if (*name == number_text_key()) {  // what is kept under it could not be read again
      return fail(ErrorCode::invalid_input,
                  fmt::format("malformed form: the name \"{}\" is reserved for numbers", *name));
    }
    if (!form.emplace(*name, *value).second) {
      return fail(ErrorCode::invalid_input, fmt::format("malformed form: \"{}\" is given twice", *name));
    }
  }
  return form;
}

Result<json::value> parse_inbound_body(std::string_view content_type, std::string_view body,
                                       const JsonLimits& limits) {
  const std::string type = media_type(content_type);
  if (type.empty() || type == "application/json" || type.ends_with("+json")) return parse_json(body, limits);
  if (body.size() > limits.bytes_max) {
    return fail(ErrorCode::too_large, fmt::format("the body is longer than {} bytes", limits.bytes_max));
  }
  if (type == "application/x-www-form-urlencoded") {
    Result<json::object> form = parse_form(body);
    if (!form) return std::unexpected(std::move(form.error()));
    const json::value* payload = form->size() == 1 ? form->if_contains("payload") : nullptr;
    if (payload != nullptr && payload->get_string().starts_with('{')) {
      return parse_json(payload->get_string(), limits);
    }
    return json::value(std::move(*form));
  }
  if (type == "text/xml" || type == "application/xml" || type.ends_with("+xml")) {
    const Result<XmlElement> root = parse_xml(body, {limits.bytes_max, limits.depth_max});
    if (!root) return std::unexpected(root.error());
    return to_json(*root);
  }
  return fail(ErrorCode::invalid_input,
              fmt::format("cannot read a body of type \"{}\": JSON, a form or XML is expected", type));
}

}  // namespace countersign
