#include "delivery/xml.h"

#include <charconv>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"

namespace countersign {

namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n";

bool is_name_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ':' ||
         c == '-' || c == '.' || byte >= 0x80;
}

std::string local_name(std::string_view name) {
  const std::size_t colon = name.rfind(':');
  return std::string(colon == std::string_view::npos ? name : name.substr(colon + 1));
}

void append_utf8(std::string& out, std::uint32_t code_point) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code_point < 0x80) return put(code_point);
  if (code_point < 0x800) {
    put(0xc0 | code_point >> 6);
  } else {
    if (code_point < 0x10000) {
      put(0xe0 | code_point >> 12);
    } else {
      put(0xf0 | code_point >> 18);
      put(0x80 | (code_point >> 12 & 0x3f));
    }
    put(0x80 | (code_point >> 6 & 0x3f));
  }
  put(0x80 | (code_point & 0x3f));
}

bool is_xml_character(std::uint32_t c) {
  return c == 0x9 || c == 0xa || c == 0xd || (c >= 0x20 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd) ||
         (c >= 0x10000 && c <= 0x10ffff);
}

class Reader {
 public:
  Reader(std::string_view text, const XmlLimits& limits) : text_(text), limits_(limits) {}

  Result<XmlElement> read() {
    while (!failure_ && at_ < text_.size()) step();
    if (!failure_ && (!root_ || !open_.empty())) {
      refuse(open_.empty() ? "there is no element"
                           : fmt::format("<{}> is not closed", open_.back().qualified));
    }
    if (failure_) return std::unexpected(std::move(*failure_));
    return std::move(*root_);
  }

 private:
  struct Open {
    std::string qualified;  // as written, to compare with the end tag
    XmlElement element;
  };

  void refuse(std::string why) {
    if (!failure_) {
      failure_ = Error{ErrorCode::invalid_input, fmt::format("malformed XML at byte {}: {}", at_, why), ""};
    }
  }
  bool next_is(std::string_view expected) const { return text_.substr(at_).starts_with(expected); }
  void skip_white_space() {
    const std::size_t end = text_.find_first_not_of(kWhiteSpace, at_);
    at_ = end == std::string_view::npos ? text_.size() : end;
  }
  // Moves behind `end` and gives what stood before it.
  std::string_view until(std::string_view end, std::string_view what) {
    const std::size_t found = text_.find(end, at_);
    if (found == std::string_view::npos) {
      refuse(fmt::format("{} has no end", what));
      return {};
    }
    const std::string_view content = text_.substr(at_, found - at_);
    at_ = found + end.size();
    return content;
  }

  void step() {
    if (next_is("<!--")) {
      at_ += 4;
      until("-->", "a comment");
    } else if (next_is("<![CDATA[")) {
      at_ += 9;
      const std::string_view content = until("]]>", "a CDATA section");
      if (open_.empty()) return refuse("there is text outside of the root element");
      open_.back().element.text += content;
    } else if (next_is("<?")) {
      read_instruction();
    } else if (next_is("<!")) {
      refuse("a document type is not accepted");
    } else if (next_is("</")) {
      read_end_tag();
    } else if (next_is("<")) {
      read_start_tag();
    } else {
      read_text();
    }
  }

  void read_instruction() {
    at_ += 2;
    const std::string_view content = until("?>", "a processing instruction");
    const std::string lowered = lower_ascii(content);
    if (lowered.starts_with("xml ") && lowered.find("encoding") != std::string::npos &&
        lowered.find("utf-8") == std::string::npos) {
      refuse("only the encoding UTF-8 is read");
    }
  }

  std::string_view read_name() {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_name_byte(text_[at_])) ++at_;
    if (start == at_) refuse("a name is missing");
    return text_.substr(start, at_ - start);
  }

  void read_start_tag() {
    if (open_.empty() && root_) return refuse("there is a second root element");
    if (open_.size() >= limits_.depth_max) return refuse("elements are nested too deeply");
    if (++elements_ > limits_.elements_max) return refuse("there are too many elements");
    ++at_;
    Open opened;
    opened.qualified = read_name();
    opened.element.name = local_name(opened.qualified);
    while (!failure_) {
      skip_white_space();
      if (next_is("/>")) {
        at_ += 2;
        return close(std::move(opened.element));
      }
      if (next_is(">")) {
        ++at_;
        open_.push_back(std::move(opened));
        return;
      }
      read_attribute(opened.element);
    }
  }

  void read_attribute(XmlElement& element) {
    const std::string_view name = read_name();
    skip_white_space();
    if (failure_ || !next_is("=")) return refuse("an attribute has no value");
    ++at_;
    skip_white_space();
    if (!next_is("\"") && !next_is("'")) return refuse("an attribute's value is not quoted");
    const std::string_view quote = text_.substr(at_++, 1);
    const std::string_view raw = until(quote, "an attribute's value");
    if (raw.find('<') != std::string_view::npos) return refuse("< in an attribute's value");
    if (name == "xmlns" || name.starts_with("xmlns:")) return;
    element.attributes.emplace_back(local_name(name), unescaped(raw));
  }

  void read_end_tag() {
    at_ += 2;
    const std::string_view name = read_name();
    skip_white_space();
    if (!next_is(">")) return refuse("an end tag is not closed");
    ++at_;
    if (open_.empty() || open_.back().qualified != name) {
      return refuse(fmt::format("</{}> closes nothing that is open", name));
    }
    XmlElement element = std::move(open_.back().element);
    open_.pop_back();
    close(std::move(element));
  }

  void close(XmlElement element) {
    if (failure_) return;
    if (open_.empty()) {
      root_ = std::move(element);
    } else {
      open_.back().element.children.push_back(std::move(element));
    }
  }

  void read_text() {
    const std::size_t end = std::min(text_.find('<', at_), text_.size());
    const std::string_view raw = text_.substr(at_, end - at_);
    if (open_.empty()) {
      if (raw.find_first_not_of(kWhiteSpace) != std::string_view::npos) {
        return refuse("there is text outside of the root element");
      }
    } else {
      open_.back().element.text += unescaped(raw);
    }
    at_ = end;
  }

  std::string unescaped(std::string_view raw) {
    std::string plain;
    while (!raw.empty() && !failure_) {
      const std::size_t ampersand = std::min(raw.find('&'), raw.size());
      plain += raw.substr(0, ampersand);
      raw.remove_prefix(ampersand);
      if (raw.empty()) break;
      const std::size_t semicolon = raw.find(';');
      if (semicolon == std::string_view::npos) {
        refuse("& begins no entity");
        break;
      }
      append_entity(plain, raw.substr(1, semicolon - 1));
      raw.remove_prefix(semicolon + 1);
    }
    return plain;
  }

  void append_entity(std::string& plain, std::string_view name) {
    if (name == "amp") return void(plain += '&');
    if (name == "lt") return void(plain += '<');
    if (name == "gt") return void(plain += '>');
    if (name == "quot") return void(plain += '"');
    if (name == "apos") return void(plain += '\'');
    const bool hexadecimal = name.starts_with("#x");
    if (name.starts_with("#")) {
      const std::string_view digits = name.substr(hexadecimal ? 2 : 1);
      std::uint32_t code_point = 0;
      const auto [end, error] =
          std::from_chars(digits.data(), digits.data() + digits.size(), code_point, hexadecimal ? 16 : 10);
      if (error == std::errc{} && end == digits.data() + digits.size() && is_xml_character(code_point)) {
        return append_utf8(plain, code_point);
      }
    }
    refuse("an unknown entity");
  }

  std::string_view text_;
  const XmlLimits& limits_;
  std::size_t at_ = 0;
  std::size_t elements_ = 0;
  std::vector<Open> open_;
  std::optional<XmlElement> root_;
  std::optional<Error> failure_;
};

}  // namespace

const XmlElement* XmlElement::child(std::string_view wanted) const {
  for (const XmlElement& element : children) {
    if (element.name == wanted) return &element;
  }
  return nullptr;
}

const std::string* XmlElement::attribute(std::string_view wanted) const {
  for (const auto& [key, value] : attributes) {
    if (key == wanted) return &value;
  }
  return nullptr;
}

Result<XmlElement> parse_xml(std::string_view text, const XmlLimits& limits) {
  if (text.size() > limits.bytes_max) {
    return fail(ErrorCode::too_large, fmt::format("the XML is longer than {} bytes", limits.bytes_max));
  }
  if (!is_valid_utf8(text)) return fail(ErrorCode::invalid_input, "malformed XML: it is not UTF-8");
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 && kWhiteSpace.find(c) == std::string_view::npos) {
      return fail(ErrorCode::invalid_input, "malformed XML: it has control characters");
    }
  }
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  return Reader(text, limits).read();
}

}  // namespace countersign
