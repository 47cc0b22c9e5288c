// Schemes whose proof is an HMAC-SHA256 over the raw body: GitHub, HubSpot v3, Stripe, Slack, Shopify.
// Sources: docs.github.com "Validating webhook deliveries"; developers.hubspot.com "Validating requests";
// docs.stripe.com "Webhook signatures"; docs.slack.dev "Verifying requests from Slack"; shopify.dev "Verify
// webhooks".

#include <array>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "delivery/inbound_body.h"
#include "delivery/verify_scheme.h"

namespace countersign {

namespace {

using namespace verify;

constexpr std::chrono::milliseconds kMillisecond{1};
constexpr std::chrono::seconds kSecond{1};

std::unexpected<Error> wrong_signature(std::string_view header) {
  return not_proven(fmt::format("{} does not fit the body and a configured secret", header));
}

std::string hex_hmac(std::string_view secret, std::string_view content) {
  return to_hex(as_text(hmac_sha256(secret, content)));
}

// HubSpot signs the URI with these escapes undone, and only these.
std::string hubspot_uri(std::string_view url) {
  constexpr std::array<std::pair<std::string_view, char>, 12> kUndone{{{"3A", ':'},
                                                                       {"2F", '/'},
                                                                       {"3F", '?'},
                                                                       {"40", '@'},
                                                                       {"21", '!'},
                                                                       {"24", '$'},
                                                                       {"27", '\''},
                                                                       {"28", '('},
                                                                       {"29", ')'},
                                                                       {"2A", '*'},
                                                                       {"2C", ','},
                                                                       {"3B", ';'}}};
  std::string uri;
  for (std::size_t i = 0; i < url.size(); ++i) {
    char undone = 0;
    for (const auto& [digits, character] : kUndone) {
      if (url[i] == '%' && lower_ascii(url.substr(i + 1, 2)) == lower_ascii(digits)) undone = character;
    }
    uri += undone != 0 ? undone : url[i];
    if (undone != 0) i += 2;
  }
  return uri;
}

// HubSpot sends a list of events, and an eventId alone is not promised to be unique.
std::vector<InboundPart> hubspot_events(const Verified& verified) {
  std::vector<InboundPart> parts;
  const Result<json::value> body = parse_inbound_body(verified.content_type, verified.body);
  if (!body || !body->is_array()) return parts;
  for (json::value event : body->get_array()) {
    const std::string id = id_in(event, "/eventId");
    if (id.empty()) return {};
    event.get_object().erase("attemptNumber");  // the only thing in which a repetition differs
    parts.push_back(
        {fmt::format("{}-{}-{}", id, id_in(event, "/subscriptionId"), id_in(event, "/occurredAt")),
         write_json(event)});
  }
  return parts;
}

Result<Verified> check_github(const VerifierSettings& settings, const InboundRequest& request) {
  const Result<std::string> given = required_header(request, "X-Hub-Signature-256");
  if (!given) return std::unexpected(given.error());
  const bool good = matches_any(settings.secrets, *given, [&](const std::string& secret) {
    return "sha256=" + hex_hmac(secret, request.body);
  });
  if (!good) return wrong_signature("X-Hub-Signature-256");
  Verified verified = taken_as_sent(request);
  verified.delivery_id = std::string(only_header(request.headers, "X-GitHub-Delivery").value_or(""));
  return verified;
}

Result<Verified> check_hubspot(const VerifierSettings& settings, const InboundRequest& request, Instant now) {
  const Result<std::string> given = required_header(request, "X-HubSpot-Signature-v3");
  if (!given) return std::unexpected(given.error());
  const Result<std::string> timestamp = required_header(request, "X-HubSpot-Request-Timestamp");
  if (!timestamp) return std::unexpected(timestamp.error());
  const Result<Instant> sent = parse_timestamp(*timestamp, kMillisecond);
  if (!sent) return std::unexpected(sent.error());
  const std::string content = request.method + hubspot_uri(request.url) + request.body + *timestamp;
  const bool good = matches_any(settings.secrets, *given, [&](const std::string& secret) {
    return to_base64(as_text(hmac_sha256(secret, content)));
  });
  if (!good) {
    return not_proven(
        fmt::format("X-HubSpot-Signature-v3 does not fit method, body, a configured secret and the "
                    "public address {} (check that the public address is configured as HubSpot knows "
                    "it)",
                    request.url.substr(0, request.url.find('?'))));
  }
  if (const Result<void> fresh = check_fresh(*sent, now); !fresh) return std::unexpected(fresh.error());
  Verified verified = taken_as_sent(request);
  verified.parts = hubspot_events(verified);
  if (!verified.parts.empty()) verified.delivery_id = bundle_id(verified.parts);
  return verified;
}

Result<Verified> check_stripe(const VerifierSettings& settings, const InboundRequest& request, Instant now) {
  const Result<std::string> header = required_header(request, "Stripe-Signature");
  if (!header) return std::unexpected(header.error());
  std::string timestamp;
  std::vector<std::string> signatures;
  for (const std::string& element : split(*header, ',')) {
    if (element.starts_with("t=")) {
      if (!timestamp.empty()) return not_proven("Stripe-Signature has two timestamps");
      timestamp = element.substr(2);
    }
    if (element.starts_with("v1=")) signatures.push_back(element.substr(3));
  }
  if (timestamp.empty()) return not_proven("Stripe-Signature has no timestamp");
  const Result<Instant> sent = parse_timestamp(timestamp, kSecond);
  if (!sent) return std::unexpected(sent.error());
  const std::string content = timestamp + "." + request.body;
  bool good = false;
  for (const std::string& signature : signatures) {
    good |= matches_any(settings.secrets, signature,
                        [&](const std::string& secret) { return hex_hmac(secret, content); });
  }
  if (!good) return wrong_signature("Stripe-Signature (v1)");
  if (const Result<void> fresh = check_fresh(*sent, now); !fresh) return std::unexpected(fresh.error());
  Verified verified = taken_as_sent(request);
  verified.delivery_id = id_in_body(verified, "/id");
  return verified;
}

Result<Verified> check_slack(const VerifierSettings& settings, const InboundRequest& request, Instant now) {
  const Result<std::string> given = required_header(request, "X-Slack-Signature");
  if (!given) return std::unexpected(given.error());
  const Result<std::string> timestamp = required_header(request, "X-Slack-Request-Timestamp");
  if (!timestamp) return std::unexpected(timestamp.error());
  const Result<Instant> sent = parse_timestamp(*timestamp, kSecond);
  if (!sent) return std::unexpected(sent.error());
  const std::string content = fmt::format("v0:{}:{}", *timestamp, request.body);
  const bool good = matches_any(settings.secrets, *given,
                                [&](const std::string& secret) { return "v0=" + hex_hmac(secret, content); });
  if (!good) return wrong_signature("X-Slack-Signature");
  if (const Result<void> fresh = check_fresh(*sent, now); !fresh) return std::unexpected(fresh.error());

  Verified verified = taken_as_sent(request);
  verified.acknowledgement = InboundReply{200, "", ""};
  const Result<json::value> body = parse_inbound_body(verified.content_type, verified.body);
  if (body && string_at(*body, "type") == "url_verification") {
    verified.challenge = InboundReply{200, "text/plain; charset=utf-8", string_at(*body, "challenge")};
  }
  // Events have an id, button presses a trigger; slash commands a trigger too. Where there is none, the
  // signature itself tells a replay within the tolerance from a second event.
  if (body) verified.delivery_id = id_in(*body, "/event_id");
  if (body && verified.delivery_id.empty()) verified.delivery_id = id_in(*body, "/trigger_id");
  if (verified.delivery_id.empty())
    verified.delivery_id = "signature-" + to_hex(as_text(sha256(*given))).substr(0, 32);
  return verified;
}

Result<Verified> check_shopify(const VerifierSettings& settings, const InboundRequest& request) {
  const Result<std::string> given = required_header(request, "X-Shopify-Hmac-Sha256");
  if (!given) return std::unexpected(given.error());
  const bool good = matches_any(settings.secrets, *given, [&](const std::string& secret) {
    return to_base64(as_text(hmac_sha256(secret, request.body)));
  });
  if (!good) return wrong_signature("X-Shopify-Hmac-Sha256");
  Verified verified = taken_as_sent(request);
  verified.delivery_id = std::string(only_header(request.headers, "X-Shopify-Webhook-Id").value_or(""));
  return verified;
}

}  // namespace

Result<SchemeCheck> make_github_check(const VerifierSettings& settings) {
  return SchemeCheck(
      [settings](const InboundRequest& request, Instant) { return check_github(settings, request); });
}

Result<SchemeCheck> make_hubspot_check(const VerifierSettings& settings) {
  return SchemeCheck([settings](const InboundRequest& request, Instant now) {
    return check_hubspot(settings, request, now);
  });
}

Result<SchemeCheck> make_stripe_check(const VerifierSettings& settings) {
  return SchemeCheck([settings](const InboundRequest& request, Instant now) {
    return check_stripe(settings, request, now);
  });
}

Result<SchemeCheck> make_slack_check(const VerifierSettings& settings) {
  return SchemeCheck(
      [settings](const InboundRequest& request, Instant now) { return check_slack(settings, request, now); });
}

Result<SchemeCheck> make_shopify_check(const VerifierSettings& settings) {
  return SchemeCheck(
      [settings](const InboundRequest& request, Instant) { return check_shopify(settings, request); });
}

}  // namespace countersign
