// The verifiers with vectors of our own, and what the shared ones do not cover: settings, rotation,
// handshakes.

#include "delivery/verifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "delivery/inbound_body.h"
#include "delivery/signature.h"

namespace countersign {
namespace {

using testing::HasSubstr;
using testing::Not;

const Instant kNow = from_unix_ms(1'790'000'000'000);
const std::string kOld = "whsec_" + to_base64("an old secret of 24 bytes");
const std::string kNew = "whsec_" + to_base64("a newer secret of 26 bytes");

Verifier verifier(std::string_view scheme, VerifierSettings settings) {
  Result<Verifier> made = make_verifier(scheme, std::move(settings));
  EXPECT_TRUE(made) << made.error().message;
  return *made;
}

std::string refusal(std::string_view scheme, VerifierSettings settings) {
  const Result<Verifier> made = make_verifier(scheme, std::move(settings));
  EXPECT_FALSE(made);
  return made ? "" : made.error().message;
}

InboundRequest standard_request(const std::vector<std::string>& secrets, Instant at,
                                const std::string& body = "{}") {
  InboundRequest request{"POST", "https://approvals.example.test/hooks/x", {}, body};
  request.headers = *standard_webhooks_headers(secrets, "msg_1", at, body);
  return request;
}

TEST(StandardWebhooks, AcceptOurOwnSignaturesAndTheRotationOnBothSides) {
  const Verifier both = verifier("standard-webhooks", {{kOld, kNew}, {}});
  EXPECT_EQ(both.verify(standard_request({kOld}, kNow), kNow)->delivery_id, "msg_1");
  EXPECT_TRUE(both.verify(standard_request({kNew}, kNow), kNow));
  const Verifier only_new = verifier("standard-webhooks", {{kNew}, {}});
  EXPECT_TRUE(only_new.verify(standard_request({kOld, kNew}, kNow), kNow));
  EXPECT_FALSE(only_new.verify(standard_request({kOld}, kNow), kNow));
}

TEST(StandardWebhooks, AreSignedWithAnEd25519KeyThatTheReceiverVerifies) {
  // RFC 8032 section 7.1, test 1: seed and public key.
  const std::string seed = *from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  const std::string key = *from_hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  const Verifier receiver = verifier("standard-webhooks", {{"whpk_" + to_base64(key)}, {}});
  const InboundRequest request = standard_request({"whsk_" + to_base64(seed + key)}, kNow);
  EXPECT_TRUE(receiver.verify(request, kNow));
  EXPECT_TRUE(receiver.verify(standard_request({kOld, "whsk_" + to_base64(seed)}, kNow), kNow));
  InboundRequest tampered = request;
  tampered.body = "{ }";
  EXPECT_FALSE(receiver.verify(tampered, kNow));
}

TEST(StandardWebhooks, AreNotSignedWithBadSecretsOrIds) {
  EXPECT_FALSE(standard_webhooks_headers({}, "msg_1", kNow, ""));
  for (const std::string secret : {"", "geheim", "whsec_", "whsec_%%%",
                                   "whsec_"
                                   "Z2VoZWlt",
                                   "whsk_Z2VoZWlt"}) {
    const Result<Headers> headers = standard_webhooks_headers(std::vector{secret}, "msg_1", kNow, "");
    ASSERT_FALSE(headers) << secret;
    EXPECT_THAT(headers.error().message, Not(HasSubstr("Z2VoZWlt")));
  }
  for (const std::string id : {"", "a.b", "a b", "a\r\nb"}) {
    EXPECT_FALSE(standard_webhooks_headers(std::vector{kOld}, id, kNow, "")) << id;
  }
}

TEST(StandardWebhooks, TellHowFarTheClocksAreApart) {
  const Verifier receiver = verifier("standard-webhooks", {{kOld}, {}});
  const InboundRequest request = standard_request({kOld}, kNow);
  const auto late = receiver.verify(request, kNow + std::chrono::seconds(400));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::unauthenticated);
  EXPECT_THAT(late.error().message, HasSubstr("400 s behind"));
  EXPECT_THAT(receiver.verify(request, kNow - std::chrono::seconds(400)).error().message,
              HasSubstr("400 s ahead"));
}

TEST(StandardWebhooks, RefuseHeadersGivenTwice) {
  const Verifier receiver = verifier("standard-webhooks", {{kOld}, {}});
  InboundRequest request = standard_request({kOld}, kNow);
  request.headers.emplace_back("Webhook-Id", "msg_2");
  EXPECT_THAT(receiver.verify(request, kNow).error().message, HasSubstr("webhook-id is given twice"));
}

TEST(StandardWebhooks, SurviveOddTimestampsAndSignatures) {
  const Verifier receiver = verifier("standard-webhooks", {{kOld}, {}});
  for (const std::string timestamp : {"-1", "+1790000000", "1e9", " 1790000000", "9223372036854775807",
                                      "99999999999999999999", "1790000000.5"}) {
    InboundRequest request = standard_request({kOld}, kNow);
    request.headers[1].second = timestamp;
    EXPECT_EQ(receiver.verify(request, kNow).error().code, ErrorCode::unauthenticated) << timestamp;
  }
  InboundRequest many = standard_request({kOld}, kNow);
  std::string entries;
  for (int i = 0; i < 1000; ++i) entries += "v1,AAAA ";
  many.headers[2].second = entries + many.headers[2].second;
  EXPECT_FALSE(receiver.verify(many, kNow)) << "only so many entries are looked at";
}

TEST(MakeVerifier, RefusesUnknownSchemesAndNamesTheNearest) {
  EXPECT_THAT(refusal("standard-webhook", {{"x"}, {}}), HasSubstr("did you mean \"standard-webhooks\"?"));
  EXPECT_THAT(refusal("nonsense-entirely", {{"x"}, {}}), HasSubstr("hubspot-v3"));
  EXPECT_EQ(known_schemes().size(), 15U);
}

TEST(MakeVerifier, RefusesMissingAndMalformedSettings) {
  for (const std::string& scheme : known_schemes()) {
    EXPECT_THAT(refusal(scheme, {}), HasSubstr("secret is missing")) << scheme;
    EXPECT_THAT(refusal(scheme, {{"good", ""}, {}}), HasSubstr("secret is missing")) << scheme;
  }
  EXPECT_THAT(refusal("github", {{"x"}, {{"token", "y"}}}), HasSubstr("unknown option \"token\""));
  EXPECT_THAT(refusal("zoho", {{"x"}, {{"chanel_id", "y"}}}), HasSubstr("did you mean \"channel_id\"?"));
  EXPECT_THAT(refusal("feishu", {{"x"}, {}}), HasSubstr("verification_token is required"));
  EXPECT_THAT(refusal("wecom", {{"x"}, {{"encoding_aes_key", "short"}, {"receive_id", "c"}}}),
              HasSubstr("43 characters"));
  EXPECT_THAT(refusal("salesforce", {{"a/b"}, {{"organization_id", "o"}}}), HasSubstr("one segment"));
  EXPECT_THAT(refusal("basic", {{"geheim"}, {}}), HasSubstr("user:password"));
  EXPECT_THAT(refusal("basic", {{"geheim"}, {}}), Not(HasSubstr("geheim")));
  EXPECT_THAT(refusal("basic", {{"a:b"}, {{"delivery_id", "id"}}}), HasSubstr("JSON pointer"));
  EXPECT_THAT(refusal("standard-webhooks", {{"geheim"}, {}}), Not(HasSubstr("geheim")));
}

TEST(Verifier, ReadsTheIdOfABasicCallerWhereItIsTold) {
  const Verifier receiver = verifier("basic", {{"u:p"}, {{"delivery_id", "/event/id"}}});
  InboundRequest request{"POST", "https://a.example/hooks/x", {}, R"({"event":{"id":17}})"};
  request.headers = {{"AUTHORIZATION", "Basic " + to_base64("u:p")}, {"Content-Type", "application/json"}};
  EXPECT_EQ(receiver.verify(request, kNow)->delivery_id, "17");
}

TEST(Verifier, TakesTheEndOfThePathForAProof) {
  const Verifier receiver =
      verifier("path-secret", {{"0123456789abcdef", "fedcba9876543210"}, {{"delivery_id", "/id"}}});
  InboundRequest request{
      "POST", "https://a.example/flow/hooks/x/fedcba9876543210?y=1", {}, R"({"id":"d-1"})"};
  request.headers = {{"Content-Type", "application/json"}};
  const auto verified = receiver.verify(request, kNow);
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(verified->delivery_id, "d-1");
  for (const char* url : {"https://a.example/hooks/x", "https://a.example/hooks/x/",
                          "https://a.example/hooks/x/0123", "https://a.example/hooks/fedcba9876543210/x"}) {
    request.url = url;
    const auto refused = receiver.verify(request, kNow);
    ASSERT_FALSE(refused) << url;
    EXPECT_EQ(refused.error().code, ErrorCode::unauthenticated);
  }
  EXPECT_THAT(refusal("path-secret", {{"short"}, {}}), HasSubstr("at least 16"));
  EXPECT_THAT(refusal("path-secret", {{"0123456789/abcdef"}, {}}), HasSubstr("one segment"));
}

TEST(Verifier, TakesEveryEventOfHubSpotAsAPart) {
  const std::string secret = "app-secret";
  InboundRequest request{
      "POST",
      "https://a.example/hooks/hubspot",
      {},
      R"([{"eventId":1,"subscriptionId":7,"occurredAt":5,"attemptNumber":1},{"eventId":2,"subscriptionId":7,"occurredAt":5}])"};
  const std::string timestamp = std::to_string(to_unix_ms(kNow));
  const std::string signature =
      to_base64(as_text(hmac_sha256(secret, request.method + request.url + request.body + timestamp)));
  request.headers = {{"X-HubSpot-Signature-v3", signature}, {"X-HubSpot-Request-Timestamp", timestamp}};
  const auto verified = verifier("hubspot-v3", {{secret}, {}}).verify(request, kNow);
  ASSERT_TRUE(verified) << verified.error().message;
  ASSERT_EQ(verified->parts.size(), 2U);
  EXPECT_EQ(verified->parts[0].delivery_id, "1-7-5");
  EXPECT_EQ(parse_json(verified->parts[1].body)->at("eventId"), 2);
  EXPECT_EQ(verified->parts[0].body.find("attemptNumber"), std::string::npos);
}

TEST(Verifier, AnswersSlacksHandshakeOnlyWhenItIsSigned) {
  const std::string body = R"({"type":"url_verification","challenge":"abc"})";
  const std::string timestamp = std::to_string(to_unix_ms(kNow) / 1000);
  InboundRequest request{"POST", "https://a.example/hooks/slack", {}, body};
  request.headers = {
      {"X-Slack-Request-Timestamp", timestamp},
      {"X-Slack-Signature", "v0=" + to_hex(as_text(hmac_sha256("s", "v0:" + timestamp + ":" + body)))},
      {"Content-Type", "application/json"}};
  const auto verified = verifier("slack", {{"s"}, {}}).verify(request, kNow);
  ASSERT_TRUE(verified) << verified.error().message;
  ASSERT_TRUE(verified->challenge);
  EXPECT_EQ(verified->challenge->body, "abc");
  EXPECT_FALSE(verifier("slack", {{"t"}, {}}).verify(request, kNow));
}

TEST(Verifier, ErrorsNeverHoldSecretsOrExpectedSignatures) {
  const Verifier receiver = verifier("github", {{"geheim"}, {}});
  InboundRequest request{
      "POST", "https://a.example/hooks/github", {{"X-Hub-Signature-256", "sha256=00"}}, "body"};
  const std::string message = receiver.verify(request, kNow).error().message;
  EXPECT_THAT(message, HasSubstr("github"));
  EXPECT_THAT(message, HasSubstr("X-Hub-Signature-256"));
  EXPECT_THAT(message, Not(HasSubstr("geheim")));
  EXPECT_THAT(message, Not(HasSubstr(to_hex(as_text(hmac_sha256("geheim", "body"))))));
}

// Our own vectors, made with openssl and Python.
TEST(Verifier, AnswersFeishusEncryptedHandshake) {
  // AES-256-CBC, key SHA-256("own-key"), IV 16 times 'i', of
  // {"challenge":"c-1","token":"own-token","type":"url_verification"}
  const std::string encrypted =
      "aWlpaWlpaWlpaWlpaWlpaWWR+"
      "xFKNYHQnWP9aYAIOCm2SxY1QFBttdIEMmGFTIEya11Cv4klsg5soJ8opojNZnQMgi5vCLHGXMz9BfDCgFINC+"
      "27UlaQVT378kik3swG";
  InboundRequest request{"POST", "https://a.example/hooks/feishu", {}, "{\"encrypt\":\"" + encrypted + "\"}"};
  const auto verified = verifier("feishu", {{"other-key", "own-key"}, {{"verification_token", "own-token"}}})
                            .verify(request, kNow);
  ASSERT_TRUE(verified) << verified.error().message;
  ASSERT_TRUE(verified->challenge);
  EXPECT_EQ(verified->challenge->body, R"({"challenge":"c-1"})");
  EXPECT_FALSE(verifier("feishu", {{"own-key"}, {{"verification_token", "another"}}}).verify(request, kNow));
  EXPECT_FALSE(
      verifier("feishu", {{"other-key"}, {{"verification_token", "own-token"}}}).verify(request, kNow));
}

TEST(Verifier, AnswersWeComsHandshake) {
  // AES-256-CBC, key and IV from 32 times 'k', of 16 times 'r', length 5, "echo1", "own-corp", padded to 32.
  const std::string echo =
      "u3Ljf5B0S0VSJOsvt2OyRc7RUp%2Bs7DmMbhVybSFQ13GYxiyajZDr8GeflEWdZbvenK8V3jK3OvGPGJV%2Bm8tPNQ%3D%3D";
  const std::string url =
      "https://a.example/hooks/"
      "wecom?msg_signature=f51e301e89b8d6dd6ae39c212d3cf9aadb76a8b3&timestamp=1790000000&nonce=n1&echostr=" +
      echo;
  const VerifierSettings settings{
      {"own-token"},
      {{"encoding_aes_key", "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s"}, {"receive_id", "own-corp"}}};
  const auto verified = verifier("wecom", settings).verify({"GET", url, {}, ""}, kNow);
  ASSERT_TRUE(verified) << verified.error().message;
  ASSERT_TRUE(verified->challenge);
  EXPECT_EQ(verified->challenge->body, "echo1");
  EXPECT_FALSE(verifier("wecom", settings).verify({"GET", url, {}, ""}, kNow + std::chrono::hours(1)));
}

}  // namespace
}  // namespace countersign
