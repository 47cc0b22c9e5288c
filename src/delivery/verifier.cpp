#include "delivery/verifier.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "delivery/verify_scheme.h"

namespace countersign {

namespace {

struct Option {
  std::string_view name;
  bool required;
};

struct Scheme {
  std::string_view name;
  Result<SchemeCheck> (*make)(const VerifierSettings&);
  std::vector<Option> options;
};

const std::vector<Scheme>& schemes() {
  static const std::vector<Scheme> all{
      {"standard-webhooks", make_standard_webhooks_check, {}},
      {"github", make_github_check, {}},
      {"hubspot-v3", make_hubspot_check, {}},
      {"stripe", make_stripe_check, {}},
      {"slack", make_slack_check, {}},
      {"shopify", make_shopify_check, {}},
      {"basic", make_basic_check, {{"delivery_id", false}}},
      {"pipedrive", make_pipedrive_check, {}},
      {"bearer", make_bearer_check, {}},
      {"zoho", make_zoho_check, {{"channel_id", false}, {"header", false}}},
      {"dingtalk", make_dingtalk_check, {}},
      {"feishu", make_feishu_check, {{"verification_token", true}}},
      {"wecom", make_wecom_check, {{"encoding_aes_key", true}, {"receive_id", true}}},
      {"salesforce", make_salesforce_check, {{"organization_id", true}}},
      {"path-secret", make_path_secret_check, {{"delivery_id", false}}},
  };
  return all;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const std::optional<std::string> near = nearest(word, known);
  if (near) return fmt::format("did you mean \"{}\"?", *near);
  return known.empty() ? "it has none" : fmt::format("known are {}", join(known, ", "));
}

Result<void> check_options(const Scheme& scheme, const VerifierSettings& settings) {
  std::vector<std::string> known;
  for (const Option& option : scheme.options) {
    known.emplace_back(option.name);
    const auto given = settings.options.find(std::string(option.name));
    const bool missing = given == settings.options.end() || given->second.empty();
    if (option.required && missing) {
      return fail(ErrorCode::invalid_input, fmt::format("{} is required", option.name),
                  fmt::format("/{}", option.name));
    }
  }
  for (const auto& [name, value] : settings.options) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return fail(ErrorCode::invalid_input,
                  fmt::format("unknown option \"{}\": {}", name, did_you_mean(name, known)), "/" + name);
    }
  }
  return {};
}

Result<SchemeCheck> make_check(const Scheme& scheme, const VerifierSettings& settings) {
  const bool any_empty = std::any_of(settings.secrets.begin(), settings.secrets.end(),
                                     [](const std::string& secret) { return secret.empty(); });
  if (settings.secrets.empty() || any_empty) {
    return fail(ErrorCode::invalid_input, "a secret is missing or empty; without one nothing is accepted",
                "/secret");
  }
  if (Result<void> good = check_options(scheme, settings); !good)
    return std::unexpected(std::move(good.error()));
  return scheme.make(settings);
}

}  // namespace

Verifier::Verifier(std::string scheme, Check check)
    : scheme_(std::move(scheme)), check_(std::make_shared<const Check>(std::move(check))) {}

Result<Verified> Verifier::verify(const InboundRequest& request, Instant now) const {
  Result<Verified> verified = (*check_)(request, now);
  if (verified) return verified;
  return std::unexpected(
      std::move(verified.error()).within(fmt::format("cannot accept the webhook ({})", scheme_)));
}

Result<Verifier> make_verifier(std::string_view scheme, const VerifierSettings& settings) {
  for (const Scheme& known : schemes()) {
    if (known.name != scheme) continue;
    Result<SchemeCheck> check = make_check(known, settings);
    if (check) return Verifier(std::string(scheme), std::move(*check));
    return std::unexpected(
        std::move(check.error()).within(fmt::format("cannot verify webhooks with the scheme {}", scheme)));
  }
  std::string hint = did_you_mean(scheme, known_schemes());
  return fail(ErrorCode::invalid_input, fmt::format("unknown signature scheme \"{}\": {}", scheme, hint),
              "/scheme");
}

std::vector<std::string> known_schemes() {
  std::vector<std::string> names;
  for (const Scheme& scheme : schemes()) names.emplace_back(scheme.name);
  return names;
}

}  // namespace countersign
