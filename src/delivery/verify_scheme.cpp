#include "delivery/verify_scheme.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "delivery/inbound_body.h"

namespace countersign::verify {

std::unexpected<Error> not_proven(std::string reason) {
  return fail(ErrorCode::unauthenticated, std::move(reason));
}

std::unexpected<Error> malformed(std::string reason) {
  return fail(ErrorCode::invalid_input, std::move(reason));
}

Result<std::string> required_header(const InboundRequest& request, std::string_view name) {
  const auto value = only_header(request.headers, name);
  if (value && !value->empty()) return std::string(*value);
  const bool repeated = !value && first_header(request.headers, name).has_value();
  return not_proven(fmt::format("the header {} is {}", name, repeated ? "given twice" : "missing or empty"));
}

std::optional<std::int64_t> parse_digits(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || text[0] == '-' || error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

Result<Instant> parse_timestamp(std::string_view text, Duration unit) {
  // Beyond year 9999 the arithmetic below could overflow, and no honest sender is there.
  constexpr std::int64_t kUnixMsMax = 253'402'300'799'000;
  const std::optional<std::int64_t> number = parse_digits(text);
  if (!number || *number > kUnixMsMax / unit.count())
    return not_proven("the timestamp is no number of seconds or milliseconds");
  return from_unix_ms(*number * unit.count());
}

Result<void> check_fresh(Instant sent, Instant now, Duration tolerance) {
  const Duration age = now - sent;
  if (age <= tolerance && age >= -tolerance) return {};
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(age).count();
  return not_proven(fmt::format("the timestamp is {} s {} this server's clock, more than the {} s allowed",
                                std::abs(seconds), seconds < 0 ? "ahead of" : "behind",
                                std::chrono::duration_cast<std::chrono::seconds>(tolerance).count()));
}

bool matches_any(const std::vector<std::string>& secrets, std::string_view given,
                 const std::function<std::string(const std::string& secret)>& expected) {
  bool matched = false;
  for (const std::string& secret : secrets) matched |= equal_in_constant_time(expected(secret), given);
  return matched;
}

bool equals_any(const std::vector<std::string>& secrets, std::string_view given) {
  const Digest digest = sha256(given);
  return matches_any(secrets, as_text(digest),
                     [](const std::string& secret) { return std::string(as_text(sha256(secret))); });
}

Verified taken_as_sent(const InboundRequest& request) {
  Verified verified;
  verified.content_type = std::string(first_header(request.headers, "Content-Type").value_or(""));
  verified.body = request.body;
  return verified;
}

std::string id_in(const json::value& value, std::string_view pointer) {
  boost::system::error_code error;
  const json::value* found = value.find_pointer(pointer, error);
  if (found == nullptr) return "";
  if (found->is_string()) return std::string(found->get_string());
  if (found->is_int64()) return std::to_string(found->get_int64());
  if (found->is_uint64()) return std::to_string(found->get_uint64());
  return "";
}

std::string id_in_body(const Verified& verified, std::string_view pointer) {
  const Result<json::value> body = parse_inbound_body(verified.content_type, verified.body);
  return body ? id_in(*body, pointer) : "";
}

std::string bundle_id(const std::vector<InboundPart>& parts) {
  if (parts.size() == 1) return parts.front().delivery_id;
  std::string ids;
  for (const InboundPart& part : parts) ids += part.delivery_id + "\n";
  return "bundle-" + to_hex(as_text(sha256(ids))).substr(0, 32);
}

Result<void> check_path_secrets(const VerifierSettings& settings, std::size_t characters_min) {
  for (const std::string& secret : settings.secrets) {
    const bool plain = std::ranges::all_of(secret, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
             c == '_' || c == '.' || c == '~';
    });
    if (!plain) return malformed("a secret is one segment of a path: letters, digits and - _ . ~");
    if (secret.size() < characters_min) {
      return malformed(fmt::format("a secret has at least {} characters", characters_min));
    }
  }
  return {};
}

Result<void> check_path_secret(const VerifierSettings& settings, const InboundRequest& request) {
  const std::string path = path_of(request.url);
  if (equals_any(settings.secrets, path.substr(path.rfind('/') + 1))) return {};
  return not_proven("the last segment of the path is not the configured secret");
}

std::string path_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  std::string_view rest = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
  const std::size_t slash = rest.find('/');
  rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash);
  return std::string(rest.substr(0, rest.find_first_of("?#")));
}

std::string query_of(std::string_view url) {
  url = url.substr(0, url.find('#'));
  const std::size_t mark = url.find('?');
  return std::string(mark == std::string_view::npos ? std::string_view{} : url.substr(mark + 1));
}

std::string option(const VerifierSettings& settings, const std::string& name, const std::string& otherwise) {
  const auto found = settings.options.find(name);
  return found == settings.options.end() ? otherwise : found->second;
}

}  // namespace countersign::verify
