// Feeds foreign bytes to everything that reads a webhook: the checks of who sent it, and the parsers of its
// body. An input is header lines ("name: value"), an empty line, and the body. Whatever comes, they end, no
// check lets it pass for whom it holds a secret, and what was read can be written and read again.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/address_syntax.h"
#include "delivery/inbound_body.h"
#include "delivery/verifier.h"
#include "web/uri_text.h"

namespace {

using namespace countersign;

std::vector<Verifier> verifiers() {
  const auto made = [](std::string_view scheme, std::string secret,
                       std::map<std::string, std::string> options = {}) {
    auto verifier = make_verifier(scheme, {{std::move(secret)}, std::move(options)});
    COUNTERSIGN_INVARIANT(verifier.has_value(), "the settings are good");
    return *verifier;
  };
  const std::string key(43, 'k');
  return {made("standard-webhooks", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
          made("github", "It is a secret"),
          made("hubspot-v3", "It is a secret"),
          made("stripe", "It is a secret"),
          made("slack", "It is a secret"),
          made("shopify", "It is a secret"),
          made("basic", "user:a password nobody sends"),
          made("bearer", "a token nobody sends"),
          made("dingtalk", "It is a secret"),
          made("feishu", "It is a secret", {{"verification_token", "a token nobody sends"}}),
          made("wecom", "a token nobody sends", {{"encoding_aes_key", key}, {"receive_id", "corp"}})};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<Verifier> kVerifiers = verifiers();
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = input.find("\n\n");
  const std::string_view head = cut == std::string_view::npos ? std::string_view() : input.substr(0, cut);
  const std::string_view body = cut == std::string_view::npos ? input : input.substr(cut + 2);

  InboundRequest request{"POST", "https://hooks.example.com/v1/hooks/crm?", {}, std::string(body)};
  std::string type;
  for (std::size_t at = 0; at < head.size();) {
    const std::string_view line = head.substr(at, head.find('\n', at) - at);
    at += line.size() + 1;
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) {
      request.url += line;
      continue;
    }
    if (line.substr(0, colon) == "content-type") type = line.substr(colon + 2);
    request.headers.emplace_back(std::string(line.substr(0, colon)), std::string(line.substr(colon + 2)));
  }
  const Instant now = *parse_rfc3339("2026-03-02T09:00:00Z");
  for (const Verifier& verifier : kVerifiers) {
    const auto verified = verifier.verify(request, now);
    COUNTERSIGN_INVARIANT(!verified || verified->challenge, "nobody without the secret passes");
  }
  for (const std::string& each : {type, std::string("application/json"), std::string("text/xml"),
                                  std::string("application/x-www-form-urlencoded")}) {
    const auto read = parse_inbound_body(each, body);
    if (read) COUNTERSIGN_INVARIANT(parse_json(write_json(*read)).has_value(), "what was read is JSON");
  }
  static_cast<void>(web::parse_named_texts(body));
  static_cast<void>(web::path_segments(head));
  static_cast<void>(mail_address_fault(body));
  static_cast<void>(web_address_fault(body));
  return 0;
}
