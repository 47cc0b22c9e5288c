#include "web/multipart.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace countersign::web {

namespace {

constexpr std::size_t kBoundaryMax = 70;
constexpr std::size_t kPreambleBytesMax = 1024;
constexpr std::size_t kPaddingBytesMax = 64;

std::unexpected<Error> malformed(std::string_view why) {
  return fail(ErrorCode::invalid_input, fmt::format("the form is not multipart/form-data: {}", why));
}

bool is_boundary_character(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return letter || std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos;
}

// The parameters behind `text`'s first semicolon: NAME=VALUE or NAME="VALUE". Browsers write a quotation mark
// in a value as %22 and never use a backslash (WHATWG HTML, "multipart/form-data encoding algorithm"); other
// clients put a backslash before it.
class Parameters {
 public:
  explicit Parameters(std::string_view text) {
    const std::size_t begin = text.find(';');
    rest_ = begin == std::string_view::npos ? std::string_view() : text.substr(begin);
  }

  struct Parameter {
    std::string name;  // in lower case
    std::string value;
  };
  // nullopt at the end, and where what follows is no parameter: then is_malformed().
  std::optional<Parameter> next() {
    rest_ = trimmed(rest_);
    if (rest_.empty()) return std::nullopt;
    const std::size_t equals = rest_.find('=');
    if (rest_.front() != ';' || equals == std::string_view::npos) return give_up();
    Parameter parameter{lower_ascii(trimmed(rest_.substr(1, equals - 1))), {}};
    rest_ = trimmed(rest_.substr(equals + 1));
    const bool good = rest_.starts_with('"') ? take_quoted(parameter.value) : take_token(parameter.value);
    if (!good || parameter.name.empty()) return give_up();
    return parameter;
  }
  bool is_malformed() const { return malformed_; }

 private:
  std::optional<Parameter> give_up() {
    malformed_ = true;
    rest_ = {};
    return std::nullopt;
  }
  bool take_quoted(std::string& value) {
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return true;
      }
      if (rest_[i] == '\\' && i + 1 < rest_.size() && (rest_[i + 1] == '"' || rest_[i + 1] == '\\')) ++i;
      value += rest_[i];
    }
    return false;
  }
  bool take_token(std::string& value) {
    const std::size_t end = std::min(rest_.find(';'), rest_.size());
    value = trimmed(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return !value.empty();
  }

  std::string_view rest_;
  bool malformed_ = false;
};

// What browsers escape in names, and nothing else: a "%" of a file's own name stays.
std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view escape = text.substr(i, 3);
    const char c = escape == "%22" ? '"' : escape == "%0D" ? '\r' : escape == "%0A" ? '\n' : '\0';
    plain += c == '\0' ? text[i] : c;
    if (c != '\0') i += 2;
  }
  return plain;
}

}  // namespace

std::optional<std::string> multipart_boundary(std::string_view content_type) {
  const std::string_view type = trimmed(content_type.substr(0, content_type.find(';')));
  if (lower_ascii(type) != "multipart/form-data") return std::nullopt;
  std::optional<std::string> boundary;
  Parameters parameters(content_type);
  while (auto parameter = parameters.next()) {
    if (parameter->name != "boundary") continue;
    if (boundary) return std::nullopt;
    boundary = std::move(parameter->value);
  }
  if (parameters.is_malformed() || !boundary || boundary->empty() || boundary->size() > kBoundaryMax) {
    return std::nullopt;
  }
  if (!std::ranges::all_of(*boundary, is_boundary_character) || boundary->ends_with(' ')) return std::nullopt;
  return boundary;
}

Result<PartHead> parse_part_head(std::string_view lines) {
  std::optional<PartHead> head;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find("\r\n"), lines.size());
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 2, lines.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0)
      return malformed("a line of a part's head has no name");
    const std::string name = lower_ascii(line.substr(0, colon));
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (name == "content-transfer-encoding") {
      const std::string coding = lower_ascii(value);
      if (coding != "binary" && coding != "8bit" && coding != "7bit") {
        return malformed("a part has a transfer encoding");  // RFC 7578, section 4.7: not over HTTP
      }
    }
    if (name != "content-disposition") continue;
    if (head) return malformed("a part has two Content-Disposition fields");
    if (lower_ascii(trimmed(value.substr(0, value.find(';')))) != "form-data") {
      return malformed("a part is no form-data");
    }
    head.emplace();
    bool named = false;
    Parameters parameters(value);
    while (const auto parameter = parameters.next()) {
      // filename* is not for this type (RFC 7578, section 4.2).
      if (parameter->name == "name") {
        if (named) return malformed("a part has two names");
        named = true;
        head->name = unescaped(parameter->value);
      } else if (parameter->name == "filename") {
        if (head->file_name) return malformed("a part has two file names");
        head->file_name = unescaped(parameter->value);
      }
    }
    if (parameters.is_malformed() || !named) return malformed("a part's Content-Disposition has no name");
    if (!is_valid_utf8(head->name) || !is_valid_utf8(head->file_name.value_or(""))) {
      return malformed("a part's name is not UTF-8");
    }
  }
  if (!head) return malformed("a part has no Content-Disposition");
  return *head;
}

MultipartReader::MultipartReader(std::string_view boundary, PartReceiver& receiver, MultipartLimits limits)
    : delimiter_("\r\n--" + std::string(boundary)), receiver_(receiver), limits_(limits) {}

Result<void> MultipartReader::read(std::string_view bytes) {
  held_.append(bytes);
  while (true) {
    const Step gone_on = step();
    if (!gone_on) return std::unexpected(gone_on.error());
    if (!*gone_on) return {};
  }
}

Result<void> MultipartReader::finish() const {
  if (at_ == At::end) return {};
  return malformed("it ends before its last delimiter");
}

MultipartReader::Step MultipartReader::step() {
  switch (at_) {
    case At::preamble:
      return skip_preamble();
    case At::behind_delimiter:
      return pass_delimiter();
    case At::head:
      return read_head();
    case At::body:
      return read_body();
    case At::end:
      break;
  }
  held_.clear();  // an epilogue says nothing
  return false;
}

MultipartReader::Step MultipartReader::skip_preamble() {
  const std::size_t found = held_.find(delimiter_);
  const std::size_t over = found != std::string::npos          ? found
                           : held_.size() >= delimiter_.size() ? held_.size() - delimiter_.size() + 1
                                                               : 0;
  skipped_ += over;
  if (skipped_ > kPreambleBytesMax) return malformed("it does not begin with its delimiter");
  held_.erase(0, over);
  if (found == std::string::npos) return false;
  held_.erase(0, delimiter_.size());
  at_ = At::behind_delimiter;
  return true;
}

MultipartReader::Step MultipartReader::pass_delimiter() {
  if (held_.size() < 2) return false;
  if (held_.starts_with("--")) {
    at_ = At::end;
    return true;
  }
  const std::size_t padding = std::min(held_.find_first_not_of(" \t"), held_.size());
  if (padding > kPaddingBytesMax) return malformed("a delimiter is followed by too much space");
  if (held_.size() < padding + 2) return false;
  if (held_.compare(padding, 2, "\r\n") != 0) return malformed("a delimiter does not end its line");
  if (++parts_ > limits_.parts_max) {
    return fail(ErrorCode::too_large, fmt::format("the form has more than {} parts", limits_.parts_max));
  }
  held_.erase(0, padding + 2);
  at_ = At::head;
  return true;
}

MultipartReader::Step MultipartReader::read_head() {
  const std::size_t end = held_.find("\r\n\r\n");
  // The empty line behind the head may be here in part.
  const bool too_large =
      end == std::string::npos ? held_.size() >= limits_.head_bytes_max + 4 : end > limits_.head_bytes_max;
  if (too_large) {
    return fail(ErrorCode::too_large,
                fmt::format("the head of a part has more than {} bytes", limits_.head_bytes_max));
  }
  if (held_.starts_with("\r\n")) return malformed("a part has no head");
  if (end == std::string::npos) return false;
  const Result<PartHead> head = parse_part_head(std::string_view(held_).substr(0, end));
  if (!head) return std::unexpected(head.error());
  // The line end before the body stays: an empty body is followed by its delimiter at once.
  held_.erase(0, end + 2);
  if (const Result<void> begun = receiver_.begin_part(*head); !begun) return std::unexpected(begun.error());
  at_ = At::body;
  body_begun_ = false;
  return true;
}

MultipartReader::Step MultipartReader::read_body() {
  const std::size_t found = held_.find(delimiter_);
  std::size_t bytes = found;
  if (found == std::string::npos) {
    if (held_.size() < delimiter_.size()) return false;
    bytes = held_.size() - delimiter_.size() + 1;
    if (!body_begun_ && bytes < 2) return false;
  }
  std::string_view body = std::string_view(held_).substr(0, bytes);
  if (!body_begun_ && !body.empty()) {
    body.remove_prefix(2);  // the line end that closed the head
    body_begun_ = true;
  }
  if (!body.empty()) {
    if (const Result<void> taken = receiver_.part_bytes(body); !taken) return std::unexpected(taken.error());
  }
  held_.erase(0, bytes);
  if (found == std::string::npos) return false;
  held_.erase(0, delimiter_.size());
  at_ = At::behind_delimiter;
  if (const Result<void> ended = receiver_.end_part(); !ended) return std::unexpected(ended.error());
  return true;
}

}  // namespace countersign::web
