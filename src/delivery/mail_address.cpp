// The mail addresses this program sends to: what core/address_syntax.h accepts, in ASCII alone.

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "core/address_syntax.h"
#include "delivery/mail.h"

namespace countersign {

namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::unexpected<Error> refused(std::string why) {
  return fail(ErrorCode::invalid_input, fmt::format("not a mail address that can be used: {}", why));
}

// A display name in quotation marks, with its backslashes undone.
std::string unquoted(std::string_view name) {
  if (name.size() < 2 || name.front() != '"' || name.back() != '"') return std::string(name);
  name = name.substr(1, name.size() - 2);
  std::string plain;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '\\' && i + 1 < name.size()) ++i;
    plain += name[i];
  }
  return plain;
}

}  // namespace

Result<std::string> checked_mail_address(std::string_view address) {
  // First: nothing that follows may put such bytes into a header or a message unseen.
  if (has_control_characters(address))
    return refused(fmt::format("'{}' has a control character", excerpt(address)));
  const std::size_t at = address.rfind('@');
  if (!is_ascii(address.substr(0, at))) {
    return refused(
        fmt::format("'{}' has characters outside of ASCII in front of the @, which few mail servers accept",
                    excerpt(address)));
  }
  if (!is_ascii(address)) {
    return refused(
        fmt::format("'{}' has a domain outside of ASCII; write it in its xn-- form", excerpt(address)));
  }
  if (std::optional<std::string> fault = mail_address_fault(address)) return refused(std::move(*fault));
  return std::string(address);
}

Result<MailAddress> parse_mail_address(std::string_view text) {
  if (has_control_characters(text))
    return refused(fmt::format("'{}' has a control character", excerpt(text)));
  const std::string_view whole = trimmed(text);
  const std::size_t open = whole.rfind('<');
  MailAddress result;
  std::string_view address = whole;
  if (open != std::string_view::npos) {
    if (whole.back() != '>') return refused(fmt::format("'{}' has < without > at its end", excerpt(text)));
    address = whole.substr(open + 1, whole.size() - open - 2);
    result.name = unquoted(trimmed(whole.substr(0, open)));
    if (!is_valid_utf8(result.name)) return refused("the name is not UTF-8");
  }
  Result<std::string> checked = checked_mail_address(address);
  if (!checked) return std::unexpected(std::move(checked.error()));
  result.address = std::move(*checked);
  return result;
}

}  // namespace countersign
