#include "core/address_syntax.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace countersign {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Names of hosts may be spelt in their own script (RFC 5890); bytes above 0x7f are left to the resolver.
bool is_host_character(char c) {
  return is_letter_or_digit(c) || c == '-' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_host_name(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  return std::ranges::all_of(split(host, '.'), [](const std::string& label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::ranges::all_of(label, is_host_character);
  });
}

// RFC 5322 atext, and characters of other scripts (RFC 6531).
bool is_local_character(char c) {
  return is_letter_or_digit(c) || static_cast<unsigned char>(c) >= 0x80 ||
         std::string_view("!#$%&'*+/=?^_`{|}~-.").find(c) != std::string_view::npos;
}

bool has_space_or_control(std::string_view text) {
  return has_control_characters(text) || text.find(' ') != std::string_view::npos;
}

}  // namespace

std::string excerpt(std::string_view text) {
  constexpr std::size_t kCharactersMax = 60;
  std::string shown;
  std::size_t characters = 0;
  for (const char c : text) {
    const bool continues = (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
    if (!continues && characters++ == kCharactersMax) return shown + "...";
    shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  }
  return shown;
}

std::optional<std::string> mail_address_fault(std::string_view text) {
  const auto fault = [&](std::string_view why) { return fmt::format("'{}' {}", excerpt(text), why); };
  if (text.size() > 254) return fault("is longer than a mail address may be (254 bytes)");
  if (has_space_or_control(text)) return fault("has a space or a control character");
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return fault("has no @");
  const auto local = text.substr(0, at);
  const auto domain = text.substr(at + 1);
  if (domain.find('@') != std::string_view::npos) return fault("has more than one @");
  if (local.empty()) return fault("has nothing in front of the @");
  if (local.size() > 64) return fault("has more than 64 bytes in front of the @");
  if (local.front() == '.' || local.back() == '.' || local.find("..") != std::string_view::npos ||
      !std::ranges::all_of(local, is_local_character)) {
    return fault("has characters in front of the @ that a mail address cannot have there");
  }
  if (!is_host_name(domain)) return fault("has no valid domain behind the @");
  if (domain.find('.') == std::string_view::npos && domain != "localhost") {
    return fault("has a domain without a point (expected name@example.com)");
  }
  return std::nullopt;
}

std::optional<std::string> web_address_fault(std::string_view text) {
  const auto fault = [&](std::string_view why) { return fmt::format("'{}' {}", excerpt(text), why); };
  if (text.size() > 2000) return fault("is longer than 2,000 bytes");
  if (has_space_or_control(text)) return fault("has a space or a control character (write a space as %20)");
  const auto lower = lower_ascii(text.substr(0, 8));
  const std::size_t scheme = lower.starts_with("https://") ? 8 : lower.starts_with("http://") ? 7 : 0;
  if (scheme == 0) return fault("does not start with https:// or http://");
  auto authority = text.substr(scheme, text.find_first_of("/?#", scheme) - scheme);
  if (authority.find('@') != std::string_view::npos) return fault("has a user name in front of the host");
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    const auto port = authority.substr(colon + 1);
    const bool digits = std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
    if (port.empty() || port.size() > 5 || !digits || std::stoi(std::string(port)) > 65535) {
      return fault("has a port that is not a number from 0 to 65535");
    }
    authority = authority.substr(0, colon);
  }
  if (bracket != std::string_view::npos) {
    const auto inside = authority.substr(1, bracket - 1);
    const bool address = authority.size() == bracket + 1 && inside.find(':') != std::string_view::npos &&
                         inside.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
    if (!address) return fault("has no valid IPv6 address between the brackets");
    return std::nullopt;
  }
  if (!is_host_name(authority)) return fault("has no valid host");
  return std::nullopt;
}

}  // namespace countersign
