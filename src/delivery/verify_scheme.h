#pragma once
// What the schemes of verifier.h are made of; used by verify_*.cpp and verifier.cpp only.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "delivery/verifier.h"

namespace countersign {

using SchemeCheck = std::function<Result<Verified>(const InboundRequest&, Instant)>;

// Each takes settings whose names are known and whose required members are there, and checks their form.
Result<SchemeCheck> make_standard_webhooks_check(const VerifierSettings& settings);
Result<SchemeCheck> make_github_check(const VerifierSettings& settings);
Result<SchemeCheck> make_hubspot_check(const VerifierSettings& settings);
Result<SchemeCheck> make_stripe_check(const VerifierSettings& settings);
Result<SchemeCheck> make_slack_check(const VerifierSettings& settings);
Result<SchemeCheck> make_shopify_check(const VerifierSettings& settings);
Result<SchemeCheck> make_basic_check(const VerifierSettings& settings);
Result<SchemeCheck> make_pipedrive_check(const VerifierSettings& settings);
Result<SchemeCheck> make_bearer_check(const VerifierSettings& settings);
Result<SchemeCheck> make_zoho_check(const VerifierSettings& settings);
Result<SchemeCheck> make_dingtalk_check(const VerifierSettings& settings);
Result<SchemeCheck> make_feishu_check(const VerifierSettings& settings);
Result<SchemeCheck> make_wecom_check(const VerifierSettings& settings);
Result<SchemeCheck> make_salesforce_check(const VerifierSettings& settings);
Result<SchemeCheck> make_path_secret_check(const VerifierSettings& settings);

namespace verify {

constexpr Duration kTolerance = std::chrono::seconds(300);

std::unexpected<Error> not_proven(std::string reason);
std::unexpected<Error> malformed(std::string reason);

// The only field of that name; not_proven where it is missing, empty or given twice.
Result<std::string> required_header(const InboundRequest& request, std::string_view name);
// Digits alone, no sign.
std::optional<std::int64_t> parse_digits(std::string_view text);
// not_proven where `sent` is further than `tolerance` from `now`, in either direction.
Result<void> check_fresh(Instant sent, Instant now, Duration tolerance = kTolerance);
// Reads a header's text as a time in `unit`s since 1970; not_proven where it is none.
Result<Instant> parse_timestamp(std::string_view text, Duration unit);

// True if `given` equals what `expected` makes of any of the secrets. Looks at all of them, in constant time
// each.
bool matches_any(const std::vector<std::string>& secrets, std::string_view given,
                 const std::function<std::string(const std::string& secret)>& expected);
// For secrets that are sent as they are; also hides their length.
bool equals_any(const std::vector<std::string>& secrets, std::string_view given);

// Body and content type as they came.
Verified taken_as_sent(const InboundRequest& request);
// The text or whole number at a JSON pointer of a body, "" where there is none or the body cannot be read:
// reading it properly, with an error, is the caller's next step.
std::string id_in_body(const Verified& verified, std::string_view pointer);
std::string id_in(const json::value& value, std::string_view pointer);
// One id for a bundle of several.
std::string bundle_id(const std::vector<InboundPart>& parts);

// The last segment of the path as the proof: the secrets' form, which needs no escaping, and the check.
Result<void> check_path_secrets(const VerifierSettings& settings, std::size_t characters_min);
Result<void> check_path_secret(const VerifierSettings& settings, const InboundRequest& request);

std::string path_of(std::string_view url);
std::string query_of(std::string_view url);
std::string option(const VerifierSettings& settings, const std::string& name,
                   const std::string& otherwise = {});

}  // namespace verify
}  // namespace countersign
