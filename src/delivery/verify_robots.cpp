// Callbacks of chat systems used in China: DingTalk robots, Feishu and Lark events, WeCom applications.
// Sources: open.dingtalk.com "customize-robot-security-settings"; open.feishu.cn
// "encrypt-key-encryption-configuration-case"; developer.work.weixin.qq.com document 90968.

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "delivery/aes.h"
#include "delivery/inbound_body.h"
#include "delivery/verify_scheme.h"
#include "delivery/xml.h"

namespace countersign {

namespace {

using namespace verify;

constexpr std::chrono::hours kDingTalkTolerance{1};  // the vendor's own bound

Result<Verified> check_dingtalk(const VerifierSettings& settings, const InboundRequest& request,
                                Instant now) {
  const Result<std::string> timestamp = required_header(request, "timestamp");
  if (!timestamp) return std::unexpected(timestamp.error());
  const Result<std::string> given = required_header(request, "sign");
  if (!given) return std::unexpected(given.error());
  const Result<Instant> sent = parse_timestamp(*timestamp, std::chrono::milliseconds(1));
  if (!sent) return std::unexpected(sent.error());
  const bool good = matches_any(settings.secrets, *given, [&](const std::string& secret) {
    return to_base64(as_text(hmac_sha256(secret, fmt::format("{}\n{}", *timestamp, secret))));
  });
  if (!good) return not_proven("the header sign does not fit its timestamp and a configured secret");
  if (const Result<void> fresh = check_fresh(*sent, now, kDingTalkTolerance); !fresh) {
    return std::unexpected(fresh.error());
  }
  Verified verified = taken_as_sent(request);
  verified.weak = true;
  verified.delivery_id = id_in_body(verified, "/msgId");
  return verified;
}

// ---- Feishu and Lark

std::optional<std::string> feishu_decrypted(const std::string& encrypt_key, std::string_view encoded) {
  const std::optional<std::string> bytes = from_base64(encoded);
  if (!bytes || bytes->size() <= 16) return std::nullopt;
  const Digest key = sha256(encrypt_key);
  return decrypt_aes_256_cbc(as_text(key), std::string_view(*bytes).substr(0, 16),
                             std::string_view(*bytes).substr(16), 16);
}

// The secret that signed the request; absent where none did.
const std::string* feishu_signer(const VerifierSettings& settings, const InboundRequest& request) {
  const auto timestamp = only_header(request.headers, "X-Lark-Request-Timestamp");
  const auto nonce = only_header(request.headers, "X-Lark-Request-Nonce");
  const auto given = only_header(request.headers, "X-Lark-Signature");
  if (!timestamp || !nonce || !given) return nullptr;
  const std::string* signer = nullptr;
  for (const std::string& secret : settings.secrets) {
    const Digest digest = sha256(fmt::format("{}{}{}{}", *timestamp, *nonce, secret, request.body));
    if (equal_in_constant_time(to_hex(as_text(digest)), *given)) signer = &secret;
  }
  return signer;
}

bool has_token(const json::value& event, const std::string& token) {
  const json::value* header = find(event, "header");
  const std::string given = string_at(header != nullptr ? *header : event, "token");
  return equals_any({token}, given);
}

// The handshake with which a callback's address is registered is encrypted but comes without signature
// headers. It has no effect: what it decrypts to is sent back.
std::optional<Verified> feishu_handshake(const VerifierSettings& settings, std::string_view encrypted) {
  for (const std::string& secret : settings.secrets) {
    const std::optional<std::string> plain = feishu_decrypted(secret, encrypted);
    const Result<json::value> event = parse_json(plain.value_or(""));
    if (!event || string_at(*event, "type") != "url_verification") continue;
    if (!has_token(*event, option(settings, "verification_token"))) continue;
    Verified verified;
    verified.content_type = "application/json";
    verified.body = *plain;
    verified.challenge = InboundReply{
        200, "application/json", write_json(json::object{{"challenge", string_at(*event, "challenge")}})};
    return verified;
  }
  return std::nullopt;
}

Result<Verified> check_feishu(const VerifierSettings& settings, const InboundRequest& request, Instant now) {
  const Result<json::value> envelope = parse_json(request.body);
  const std::string encrypted = envelope ? string_at(*envelope, "encrypt") : "";
  if (std::optional<Verified> handshake = feishu_handshake(settings, encrypted)) return std::move(*handshake);

  const std::string* signer = feishu_signer(settings, request);
  if (signer == nullptr)
    return not_proven("X-Lark-Signature is missing or does not fit the body and a configured key");
  const auto timestamp = only_header(request.headers, "X-Lark-Request-Timestamp").value_or("");
  const Result<Instant> sent = parse_timestamp(timestamp, std::chrono::seconds(1));
  if (!sent) return std::unexpected(sent.error());
  if (const Result<void> fresh = check_fresh(*sent, now); !fresh) return std::unexpected(fresh.error());

  Verified verified = taken_as_sent(request);
  verified.acknowledgement = InboundReply{200, "application/json", "{}"};
  if (!encrypted.empty()) {
    std::optional<std::string> plain = feishu_decrypted(*signer, encrypted);
    if (!plain) return malformed("the encrypted body cannot be decrypted");
    verified.body = std::move(*plain);
  }
  verified.content_type = "application/json";
  const Result<json::value> event = parse_json(verified.body);
  if (!event) return std::unexpected(event.error());
  if (!has_token(*event, option(settings, "verification_token"))) {
    return not_proven("the verification token inside is not the configured one");
  }
  verified.delivery_id = id_in(*event, "/header/event_id");
  if (verified.delivery_id.empty()) verified.delivery_id = id_in(*event, "/uuid");  // events of version 1
  return verified;
}

// ---- WeCom

struct WecomSettings {
  std::vector<std::string> tokens;
  std::string key;  // 32 bytes
  std::string receive_id;
};

struct WecomQuery {
  std::string signature, timestamp, nonce, echo;
};

Result<WecomQuery> wecom_query(const InboundRequest& request) {
  const Result<json::object> query = parse_form(query_of(request.url));
  if (!query) return std::unexpected(query.error());
  WecomQuery values{string_at(*query, "msg_signature"), string_at(*query, "timestamp"),
                    string_at(*query, "nonce"), string_at(*query, "echostr")};
  if (values.signature.empty() || values.timestamp.empty() || values.nonce.empty()) {
    return not_proven("msg_signature, timestamp or nonce is missing in the query");
  }
  return values;
}

// 16 random bytes, the message's length in 4 bytes big-endian, the message, the receiver's id.
std::optional<std::string> wecom_decrypted(const WecomSettings& settings, std::string_view encoded) {
  const std::optional<std::string> bytes = from_base64(encoded);
  if (!bytes) return std::nullopt;
  const std::optional<std::string> plain =
      decrypt_aes_256_cbc(settings.key, settings.key.substr(0, 16), *bytes, 32);
  if (!plain || plain->size() < 20) return std::nullopt;
  std::uint32_t length = 0;
  for (std::size_t i = 16; i < 20; ++i) length = length << 8 | static_cast<unsigned char>((*plain)[i]);
  if (length > plain->size() - 20 || plain->substr(20 + length) != settings.receive_id) return std::nullopt;
  return plain->substr(20, length);
}

Result<Verified> check_wecom(const WecomSettings& settings, const InboundRequest& request, Instant now) {
  const Result<WecomQuery> query = wecom_query(request);
  if (!query) return std::unexpected(query.error());
  const Result<Instant> sent = parse_timestamp(query->timestamp, std::chrono::seconds(1));
  if (!sent) return std::unexpected(sent.error());
  // What is signed stands inside the XML, so that much is read first, by a reader that knows no document
  // types.
  std::string encrypted = query->echo;
  if (request.method != "GET") {
    const Result<XmlElement> envelope = parse_xml(request.body);
    if (!envelope) return std::unexpected(envelope.error());
    const XmlElement* element = envelope->child("Encrypt");
    if (element == nullptr) return malformed("the body has no element Encrypt");
    encrypted = trimmed(element->text);
  }
  const bool good = matches_any(settings.tokens, query->signature, [&](const std::string& token) {
    std::array<std::string, 4> values{token, query->timestamp, query->nonce, encrypted};
    std::sort(values.begin(), values.end());
    return to_hex(sha1(join(values, "")));
  });
  if (!good) return not_proven("msg_signature does not fit the message and a configured token");
  if (const Result<void> fresh = check_fresh(*sent, now); !fresh) return std::unexpected(fresh.error());
  const std::optional<std::string> message = wecom_decrypted(settings, encrypted);
  if (!message) return not_proven("the message cannot be decrypted, or it is meant for another receiver");

  Verified verified;
  verified.body = *message;
  verified.content_type = "text/xml; charset=utf-8";
  if (request.method == "GET") {
    verified.challenge = InboundReply{200, "text/plain; charset=utf-8", *message};
    return verified;
  }
  verified.acknowledgement = InboundReply{200, "text/plain; charset=utf-8", "success"};
  // Events have no id; a repetition is encrypted anew but says the same, its time of creation included.
  const Result<XmlElement> event = parse_xml(*message);
  const XmlElement* id = event ? event->child("MsgId") : nullptr;
  verified.delivery_id = id != nullptr ? std::string(trimmed(id->text))
                                       : "message-" + to_hex(as_text(sha256(*message))).substr(0, 32);
  return verified;
}

}  // namespace

Result<SchemeCheck> make_dingtalk_check(const VerifierSettings& settings) {
  return SchemeCheck([settings](const InboundRequest& request, Instant now) {
    return check_dingtalk(settings, request, now);
  });
}

Result<SchemeCheck> make_feishu_check(const VerifierSettings& settings) {
  return SchemeCheck([settings](const InboundRequest& request, Instant now) {
    return check_feishu(settings, request, now);
  });
}

Result<SchemeCheck> make_wecom_check(const VerifierSettings& settings) {
  const std::optional<std::string> key = from_base64(option(settings, "encoding_aes_key") + "=");
  if (!key || key->size() != 32)
    return malformed("encoding_aes_key is not the 43 characters that WeCom shows");
  return SchemeCheck(
      [wecom = WecomSettings{settings.secrets, *key, option(settings, "receive_id")}](
          const InboundRequest& request, Instant now) { return check_wecom(wecom, request, now); });
}

}  // namespace countersign
