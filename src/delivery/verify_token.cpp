// Schemes whose proof is a secret sent along: at the end of the path, HTTP Basic (RFC 7617; Pipedrive
// webhooks v2), Bearer (RFC 6750), Zoho CRM (notification API and workflow webhooks).

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "delivery/inbound_body.h"
#include "delivery/verify_scheme.h"

namespace countersign {

namespace {

using namespace verify;

constexpr std::size_t kIdempotencyKeyBytesMax = 255;

// What follows the scheme's name in Authorization; scheme names are compared without regard to case (RFC
// 9110).
Result<std::string> credentials(const InboundRequest& request, std::string_view scheme) {
  const Result<std::string> header = required_header(request, "Authorization");
  if (!header) return std::unexpected(header.error());
  const std::size_t space = header->find(' ');
  if (space == std::string::npos || lower_ascii(header->substr(0, space)) != lower_ascii(scheme)) {
    return not_proven(fmt::format("Authorization is not of the scheme {}", scheme));
  }
  return std::string(trimmed(std::string_view(*header).substr(space + 1)));
}

Result<Verified> check_basic(const VerifierSettings& settings, const std::string& id_pointer,
                             const InboundRequest& request) {
  const Result<std::string> encoded = credentials(request, "Basic");
  if (!encoded) return std::unexpected(encoded.error());
  const std::optional<std::string> pair = from_base64(*encoded);
  if (!pair || pair->find(':') == std::string::npos) {
    return not_proven("Authorization does not hold the base64 of user:password");
  }
  if (!equals_any(settings.secrets, *pair)) return not_proven("user or password is wrong");
  Verified verified = taken_as_sent(request);
  if (!id_pointer.empty()) verified.delivery_id = id_in_body(verified, id_pointer);
  return verified;
}

Result<Verified> check_bearer(const VerifierSettings& settings, const InboundRequest& request) {
  const Result<std::string> token = credentials(request, "Bearer");
  if (!token) return std::unexpected(token.error());
  if (!equals_any(settings.secrets, *token)) return not_proven("the bearer token is not the configured one");
  Verified verified = taken_as_sent(request);
  verified.delivery_id = std::string(only_header(request.headers, "Idempotency-Key").value_or(""));
  if (verified.delivery_id.size() > kIdempotencyKeyBytesMax) {
    return malformed(fmt::format("Idempotency-Key is longer than {} bytes", kIdempotencyKeyBytesMax));
  }
  return verified;
}

Result<Verified> check_zoho_webhook(const VerifierSettings& settings, const std::string& token,
                                    const InboundRequest& request) {
  if (!equals_any(settings.secrets, token))
    return not_proven("the token in the header is not the configured one");
  Verified verified = taken_as_sent(request);
  const Result<json::value> body = parse_inbound_body(verified.content_type, verified.body);
  if (!body) return std::unexpected(body.error());
  return verified;
}

// The token is a member of the body, so the body is read before it is proven: as plain JSON, within its
// limits.
Result<Verified> check_zoho_notification(const VerifierSettings& settings, const InboundRequest& request) {
  Result<json::value> body = parse_json(request.body);
  if (!body || !body->is_object()) return malformed("the body is no JSON object");
  const std::string token = string_at(*body, "token");
  if (token.empty()) return not_proven("there is no token, neither in the header nor in the body");
  if (!equals_any(settings.secrets, token))
    return not_proven("the token in the body is not the configured one");
  const std::string channel = option(settings, "channel_id");
  if (!channel.empty() && id_in(*body, "/channel_id") != channel) {
    return not_proven("channel_id is not the configured one");
  }
  Verified verified = taken_as_sent(request);
  body->get_object().erase("token");  // a secret is not stored with what it proved
  verified.body = write_json(*body);
  return verified;
}

Result<Verified> check_zoho(const VerifierSettings& settings, const InboundRequest& request) {
  const std::string header = option(settings, "header", "X-Approvals-Token");
  if (first_header(request.headers, header)) {
    const Result<std::string> token = required_header(request, header);
    if (!token) return std::unexpected(token.error());
    return check_zoho_webhook(settings, *token, request);
  }
  const auto content_type = first_header(request.headers, "Content-Type").value_or("");
  if (!lower_ascii(content_type).starts_with("application/json")) {
    return not_proven(fmt::format("the header {} is missing", header));
  }
  return check_zoho_notification(settings, request);
}

constexpr std::size_t kPathSecretCharactersMin = 16;

Result<SchemeCheck> make_basic(const VerifierSettings& settings, const std::string& id_pointer) {
  for (const std::string& secret : settings.secrets) {
    if (secret.find(':') == std::string::npos) return malformed("a secret has the form user:password");
  }
  if (!id_pointer.empty() && !id_pointer.starts_with('/')) {
    return malformed("delivery_id is a JSON pointer such as /meta/id");
  }
  return SchemeCheck([settings, id_pointer](const InboundRequest& request, Instant) {
    return check_basic(settings, id_pointer, request);
  });
}

// A body that cannot be read is left as it is: reading it properly, with an error, is the caller's next step.
void drop_attempt_counter(Verified& verified) {
  Result<json::value> body = parse_inbound_body(verified.content_type, verified.body);
  json::object* event = body ? body->if_object() : nullptr;
  json::value* meta = event != nullptr ? event->if_contains("meta") : nullptr;
  if (meta == nullptr || !meta->is_object() || meta->get_object().erase("attempt") == 0) return;
  verified.body = write_json(*body);
}

}  // namespace

Result<SchemeCheck> make_basic_check(const VerifierSettings& settings) {
  return make_basic(settings, option(settings, "delivery_id"));
}

Result<SchemeCheck> make_path_secret_check(const VerifierSettings& settings) {
  const std::string pointer = option(settings, "delivery_id");
  if (!pointer.empty() && !pointer.starts_with('/')) {
    return malformed("delivery_id is a JSON pointer such as /meta/id");
  }
  if (const Result<void> good = check_path_secrets(settings, kPathSecretCharactersMin); !good) {
    return std::unexpected(good.error());
  }
  return SchemeCheck([settings, pointer](const InboundRequest& request, Instant) -> Result<Verified> {
    if (const Result<void> proven = check_path_secret(settings, request); !proven) {
      return std::unexpected(proven.error());
    }
    Verified verified = taken_as_sent(request);
    if (!pointer.empty()) verified.delivery_id = id_in_body(verified, pointer);
    return verified;
  });
}

Result<SchemeCheck> make_pipedrive_check(const VerifierSettings& settings) {
  Result<SchemeCheck> basic = make_basic(settings, "/meta/id");
  if (!basic) return basic;
  return SchemeCheck([check = std::move(*basic)](const InboundRequest& request, Instant now) {
    Result<Verified> verified = check(request, now);
    if (verified) drop_attempt_counter(*verified);
    return verified;
  });
}

Result<SchemeCheck> make_bearer_check(const VerifierSettings& settings) {
  return SchemeCheck(
      [settings](const InboundRequest& request, Instant) { return check_bearer(settings, request); });
}

Result<SchemeCheck> make_zoho_check(const VerifierSettings& settings) {
  return SchemeCheck(
      [settings](const InboundRequest& request, Instant) { return check_zoho(settings, request); });
}

}  // namespace countersign
