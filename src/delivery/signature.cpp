#include "delivery/signature.h"

#include <memory>
#include <optional>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/digest.h"
#include "base/text.h"

namespace countersign {

namespace {

constexpr std::size_t kSeedBytes = 32;     // Ed25519, RFC 8032
constexpr std::size_t kKeyPairBytes = 64;  // seed and public key
constexpr std::size_t kSecretBytesMin = 16;

std::optional<std::string> ed25519_signature(std::string_view seed, std::string_view bytes) {
  using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
  const Key key(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                   reinterpret_cast<const unsigned char*>(seed.data()), seed.size()),
      EVP_PKEY_free);
  const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (!key || !context) return std::nullopt;
  std::string signature(64, '\0');
  std::size_t length = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length,
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) != 1) {
    return std::nullopt;
  }
  return signature;
}

Result<std::string> one_signature(std::string_view secret, std::string_view content) {
  constexpr std::string_view kSymmetric = "whsec_", kAsymmetric = "whsk_";
  if (secret.starts_with(kAsymmetric)) {
    const auto key = from_base64(secret.substr(kAsymmetric.size()));
    if (key && (key->size() == kSeedBytes || key->size() == kKeyPairBytes)) {
      if (const auto signature = ed25519_signature(key->substr(0, kSeedBytes), content)) {
        return "v1a," + to_base64(*signature);
      }
    }
    return fail(ErrorCode::invalid_input, "a whsk_ secret is not the base64 of an Ed25519 key");
  }
  if (secret.starts_with(kSymmetric)) {
    const auto key = from_base64(secret.substr(kSymmetric.size()));
    if (key && key->size() >= kSecretBytesMin) return "v1," + to_base64(as_text(hmac_sha256(*key, content)));
  }
  return fail(ErrorCode::invalid_input,
              fmt::format("a secret for Standard Webhooks is \"whsec_\" and the base64 of at least {} bytes",
                          kSecretBytesMin));
}

std::string percent_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      escaped += c;
    } else {
      escaped += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return escaped;
}

std::int64_t to_unix_seconds(Instant at) {
  return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

}  // namespace

Result<Headers> standard_webhooks_headers(std::span<const std::string> secrets, std::string_view id,
                                          Instant at, std::string_view body) {
  if (secrets.empty())
    return fail(ErrorCode::invalid_input, "cannot sign a webhook: no secret is configured");
  // A full stop in the id would let two different messages share one signed text.
  if (id.empty() || has_control_characters(id) || id.find_first_of(". ") != std::string_view::npos) {
    return fail(ErrorCode::invalid_input,
                "cannot sign a webhook: its id is empty or has a character that is not "
                "allowed (full stop, space, control character)");
  }
  const std::string timestamp = std::to_string(to_unix_seconds(at));
  const std::string content = fmt::format("{}.{}.{}", id, timestamp, body);
  std::vector<std::string> signatures;
  for (const std::string& secret : secrets) {
    Result<std::string> signature = one_signature(secret, content);
    if (!signature) return std::unexpected(std::move(signature.error()).within("cannot sign a webhook"));
    signatures.push_back(std::move(*signature));
  }
  return Headers{{"webhook-id", std::string(id)},
                 {"webhook-timestamp", timestamp},
                 {"webhook-signature", join(signatures, " ")}};
}

std::string dingtalk_robot_query(std::string_view secret, Instant at) {
  const std::string timestamp = std::to_string(to_unix_ms(at));
  const std::string sign = to_base64(as_text(hmac_sha256(secret, fmt::format("{}\n{}", timestamp, secret))));
  return fmt::format("timestamp={}&sign={}", timestamp, percent_escaped(sign));
}

FeishuBotSignature feishu_bot_signature(std::string_view secret, Instant at) {
  const std::string timestamp = std::to_string(to_unix_seconds(at));
  // The key is the text and the message is empty: the other way round than DingTalk.
  return {timestamp, to_base64(as_text(hmac_sha256(fmt::format("{}\n{}", timestamp, secret), "")))};
}

}  // namespace countersign
