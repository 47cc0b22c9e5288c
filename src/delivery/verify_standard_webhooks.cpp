// Standard Webhooks 1.0 (https://github.com/standard-webhooks/standard-webhooks, spec): v1 and v1a.

#include <memory>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/digest.h"
#include "base/text.h"
#include "delivery/verify_scheme.h"

namespace countersign {

namespace {

using namespace verify;
using PublicKey = std::shared_ptr<EVP_PKEY>;

constexpr std::string_view kSymmetricPrefix = "whsec_";
constexpr std::string_view kPublicPrefix = "whpk_";
constexpr std::size_t kSecretBytesMin = 16;
constexpr std::size_t kPublicKeyBytes = 32;
constexpr std::size_t kSignaturesMax = 16;  // each v1a costs an elliptic curve operation

struct Keys {
  std::vector<std::string> symmetric;
  std::vector<PublicKey> asymmetric;
};

Result<Keys> read_keys(const std::vector<std::string>& secrets) {
  Keys keys;
  for (const std::string& secret : secrets) {
    if (secret.starts_with(kPublicPrefix)) {
      const auto bytes = from_base64(std::string_view(secret).substr(kPublicPrefix.size()));
      if (!bytes || bytes->size() != kPublicKeyBytes)
        return malformed("a whpk_ key is not the base64 of 32 bytes");
      const PublicKey key(
          EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr,
                                      reinterpret_cast<const unsigned char*>(bytes->data()), bytes->size()),
          EVP_PKEY_free);
      if (!key) return malformed("a whpk_ key is no Ed25519 public key");
      keys.asymmetric.push_back(key);
      continue;
    }
    const auto bytes = secret.starts_with(kSymmetricPrefix)
                           ? from_base64(std::string_view(secret).substr(kSymmetricPrefix.size()))
                           : std::nullopt;
    if (!bytes || bytes->size() < kSecretBytesMin) {
      return malformed(
          fmt::format("a secret is \"whsec_\" and the base64 of at least {} bytes, or \"whpk_\" and "
                      "a public key",
                      kSecretBytesMin));
    }
    keys.symmetric.push_back(*bytes);
  }
  return keys;
}

bool is_signed_by(const PublicKey& key, std::string_view signature, std::string_view content) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                          signature.size(), reinterpret_cast<const unsigned char*>(content.data()),
                          content.size()) == 1;
}

bool is_good(const Keys& keys, std::string_view entry, std::string_view content) {
  if (entry.starts_with("v1,")) {
    return matches_any(keys.symmetric, entry.substr(3), [&](const std::string& secret) {
      return to_base64(as_text(hmac_sha256(secret, content)));
    });
  }
  if (!entry.starts_with("v1a,")) return false;  // a version to come is skipped, not fatal
  const auto signature = from_base64(entry.substr(4));
  if (!signature) return false;
  for (const PublicKey& key : keys.asymmetric) {
    if (is_signed_by(key, *signature, content)) return true;
  }
  return false;
}

Result<Verified> check(const Keys& keys, const InboundRequest& request, Instant now) {
  const Result<std::string> id = required_header(request, "webhook-id");
  if (!id) return std::unexpected(id.error());
  const Result<std::string> timestamp = required_header(request, "webhook-timestamp");
  if (!timestamp) return std::unexpected(timestamp.error());
  const Result<std::string> signatures = required_header(request, "webhook-signature");
  if (!signatures) return std::unexpected(signatures.error());
  const Result<Instant> sent = parse_timestamp(*timestamp, std::chrono::seconds(1));
  if (!sent) return std::unexpected(sent.error());

  const std::string content = fmt::format("{}.{}.{}", *id, *timestamp, request.body);
  bool good = false;
  std::size_t looked_at = 0;
  for (const std::string& entry : split(*signatures, ' ')) {
    if (good || ++looked_at > kSignaturesMax) break;
    good = is_good(keys, entry, content);
  }
  if (!good) return not_proven("no entry of webhook-signature fits the body and a configured secret");
  if (const Result<void> fresh = check_fresh(*sent, now); !fresh) return std::unexpected(fresh.error());
  Verified verified = taken_as_sent(request);
  verified.delivery_id = *id;
  return verified;
}

}  // namespace

Result<SchemeCheck> make_standard_webhooks_check(const VerifierSettings& settings) {
  Result<Keys> keys = read_keys(settings.secrets);
  if (!keys) return std::unexpected(std::move(keys.error()));
  return SchemeCheck([keys = std::move(*keys)](const InboundRequest& request, Instant now) {
    return check(keys, request, now);
  });
}

}  // namespace countersign
