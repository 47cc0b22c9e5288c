#pragma once
// Checks who sent an inbound webhook, before anything of it is parsed or believed. Immutable after it is
// made; thread-safe.

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "delivery/headers.h"

namespace countersign {

struct InboundRequest {
  std::string method;  // as it was sent: "POST"
  // The public URL: the configured public address, then path and query exactly as they came. HubSpot signs it
  // whole; it must never be made from the Host header.
  std::string url;
  Headers headers;
  std::string body;  // the bytes as they came
};

// What to send back with status, type and body instead of the usual answer.
struct InboundReply {
  int status = 200;
  std::string content_type;
  std::string body;
};

// One of several events that came in one request.
struct InboundPart {
  std::string delivery_id;
  std::string body;  // JSON
};

struct Verified {
  // The sender's own id of this delivery: the same when it is sent again. Empty where the scheme has none.
  std::string delivery_id;
  // What to parse by parse_inbound_body() and to store, instead of the request's body: the same bytes, or
  // what was encrypted in them, or JSON without what is not to be kept: a credential (Salesforce, Zoho), and
  // counters of attempts (HubSpot's parts, Pipedrive), so that a delivery sent again has the same bytes.
  std::string content_type;
  std::string body;
  // True where the proof does not cover the body (DingTalk): a captured proof serves for any body until it
  // expires, so a decision must not rest on it alone.
  bool weak = false;
  // Where the sender bundles events: each of them, to be started one by one, all in one transaction. Else
  // empty.
  std::vector<InboundPart> parts;
  // The scheme's handshake: answer this at once; there is no event.
  std::optional<InboundReply> challenge;
  // Where the sender expects a particular answer: give it once the delivery is stored.
  std::optional<InboundReply> acknowledgement;
};

struct VerifierSettings {
  // Any one of them is good, so that secrets can be changed without a gap. What it is depends on the scheme.
  std::vector<std::string> secrets;
  // Further settings by name: see the list below.
  std::map<std::string, std::string> options;
};

class Verifier {
 public:
  // unauthenticated: it is not proven who sent this (401). invalid_input: the sender is known or the scheme
  // has no proof over what is malformed, and it cannot be read (400). Messages name scheme, header and
  // reason, and hold neither secrets nor expected signatures. `now` is the receiver's clock.
  Result<Verified> verify(const InboundRequest& request, Instant now) const;
  const std::string& scheme() const { return scheme_; }

 private:
  friend Result<Verifier> make_verifier(std::string_view scheme, const VerifierSettings& settings);
  using Check = std::function<Result<Verified>(const InboundRequest&, Instant)>;
  Verifier(std::string scheme, Check check);

  std::string scheme_;
  std::shared_ptr<const Check> check_;
};

// Schemes with the form of their secrets, then their options (* is required):
//
//   standard-webhooks  "whsec_..." (v1) or a public key "whpk_..." (v1a)
//   github, hubspot-v3, stripe, slack, shopify
//                      the secret of the app or endpoint
//   basic              "user:password"; delivery_id: a JSON pointer to an id in the body
//   pipedrive          as basic, with the id at /meta/id
//   bearer             the token; the id is the header Idempotency-Key
//   zoho               the token; channel_id; header: the one a workflow webhook carries
//                      the token in (X-Approvals-Token)
//   dingtalk           the app's secret
//   feishu             the encrypt key; verification_token*
//   wecom              the token; encoding_aes_key*, receive_id*
//   salesforce         the last segment of the URL's path; organization_id*
//   path-secret        the last segment of the URL's path, at least 16 characters; delivery_id as for basic
//
// invalid_input: an unknown scheme or option (with the nearest known one), a missing option, no secret, a
// malformed secret (which is not shown).
Result<Verifier> make_verifier(std::string_view scheme, const VerifierSettings& settings);

// The names above, in that order.
std::vector<std::string> known_schemes();

}  // namespace countersign
