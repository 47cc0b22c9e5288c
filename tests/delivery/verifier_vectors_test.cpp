// Runs every case of the shared webhook vectors through the verifiers, with a small receiver around them that
// keeps the ids it has seen: what the engine does with its table of deliveries.

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "base/digest.h"
#include "delivery/inbound_body.h"
#include "delivery/signature.h"
#include "tests/delivery/webhook_vectors.h"

namespace countersign {
namespace {

using tests::read_vectors;
using tests::request_of;

struct SchemeFile {
  std::string file;
  std::string scheme;
  std::size_t original = 0;  // index of the case that the file's repetitions repeat
};

void PrintTo(const SchemeFile& scheme, std::ostream* out) {
  *out << scheme.file;
}

std::string text_at(const json::value& value, std::string_view pointer) {
  boost::system::error_code error;
  const json::value* found = value.find_pointer(pointer, error);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : "";
}

VerifierSettings settings_of(const std::string& scheme, const json::value& vector_case) {
  VerifierSettings settings;
  const auto take = [&](std::string_view pointer) {
    if (std::string text = text_at(vector_case, pointer); !text.empty()) settings.secrets.push_back(text);
  };
  const auto option = [&](const std::string& name, std::string_view pointer) {
    if (std::string text = text_at(vector_case, pointer); !text.empty()) settings.options[name] = text;
  };
  take("/secret");
  take("/public_key");
  take("/config/token");
  take("/app_secret");
  take("/encrypt_key");
  if (scheme == "wecom") take("/token");
  if (scheme == "salesforce") settings.secrets.push_back("s-7c1f0b");
  if (scheme == "pipedrive") {
    settings.secrets.push_back(text_at(vector_case, "/credentials/user") + ":" +
                               text_at(vector_case, "/credentials/password"));
  }
  option("channel_id", "/config/channel_id");
  option("verification_token", "/verification_token");
  option("encoding_aes_key", "/encoding_aes_key");
  option("receive_id", "/receive_id");
  option("organization_id", "/config/organization_id");
  return settings;
}

// What one endpoint answers: "accept", "accept-weak", "accept-duplicate" or "reject".
class Receiver {
 public:
  explicit Receiver(std::string scheme) : scheme_(std::move(scheme)) {}

  std::string receive(const json::value& vector_case, const InboundRequest& request) {
    Result<Verifier> verifier = make_verifier(scheme_, settings_of(scheme_, vector_case));
    if (!verifier) return verifier.error().message;
    const Instant now = from_unix_ms(vector_case.at("now_unix").as_int64() * 1000);
    verified_ = verifier->verify(request, now);
    if (!verified_) return "reject";
    if (verified_->weak && seen_proof(request)) return "accept-weak";
    if (verified_->delivery_id.empty()) return "accept";
    const std::string fingerprint = std::string(as_text(sha256(verified_->body)));
    const auto [position, is_new] = seen_.emplace(verified_->delivery_id, fingerprint);
    if (is_new) return "accept";
    if (position->second != fingerprint) return "reject";
    return "accept-duplicate";
  }
  const Result<Verified>& last() const { return verified_; }

 private:
  bool seen_proof(const InboundRequest& request) {
    return !proofs_.insert(std::string(only_header(request.headers, "sign").value_or(""))).second;
  }
  std::string scheme_;
  std::map<std::string, std::string> seen_;
  std::set<std::string> proofs_;
  Result<Verified> verified_ = fail(ErrorCode::internal, "nothing came yet");
};

class SharedVectors : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(tests::vectors_folder()))
      GTEST_SKIP() << "the shared webhook vectors are not here";
  }
};

class WebhookVectors : public SharedVectors, public testing::WithParamInterface<SchemeFile> {};

TEST_P(WebhookVectors, GiveTheExpectedAnswers) {
  const json::value vectors = read_vectors(GetParam().file);
  // Ids are remembered from case to case only where a repetition is expected: files reuse one valid request.
  int cases = 0;
  for (const json::value& vector_case : vectors.at("cases").as_array()) {
    if (vector_case.as_object().contains("direction")) continue;
    SCOPED_TRACE(text_at(vector_case, "/id") + ": " + text_at(vector_case, "/why"));
    const InboundRequest request = request_of(vector_case);
    ASSERT_EQ(static_cast<std::int64_t>(request.body.size()),
              vector_case.at("request").at("body_bytes").as_int64());
    ASSERT_EQ(to_hex(as_text(sha256(request.body))), text_at(vector_case, "/request/body_sha256"));
    Receiver receiver(GetParam().scheme);
    const std::string expected = text_at(vector_case, "/expect");
    const bool repeats = expected == "accept-duplicate" || expected == "accept-weak" ||
                         text_at(vector_case, "/id") == "same-key-other-body";
    if (repeats) {
      const json::value& original = vectors.at("cases").at(GetParam().original);
      ASSERT_EQ(receiver.receive(original, request_of(original)), "accept");
    }
    EXPECT_EQ(receiver.receive(vector_case, request), expected);
    if (const std::string decrypted = text_at(vector_case, "/decrypted"); !decrypted.empty()) {
      EXPECT_EQ(receiver.last()->body, decrypted);
    }
    if (const std::string answer = text_at(vector_case, "/response_body"); !answer.empty()) {
      EXPECT_EQ(receiver.last()->acknowledgement->body, answer);
    }
    ++cases;
  }
  EXPECT_GE(cases, 5);
}

TEST_P(WebhookVectors, KeepSecretsOutOfErrorsAndBodies) {
  const json::value vectors = read_vectors(GetParam().file);
  for (const json::value& vector_case : vectors.at("cases").as_array()) {
    if (vector_case.as_object().contains("direction")) continue;
    SCOPED_TRACE(text_at(vector_case, "/id"));
    const VerifierSettings settings = settings_of(GetParam().scheme, vector_case);
    Receiver receiver(GetParam().scheme);
    receiver.receive(vector_case, request_of(vector_case));
    std::vector<std::string> hidden = settings.secrets;
    if (const auto* listed = vector_case.as_object().if_contains("must_not_appear_in_logs")) {
      for (const json::value& text : listed->as_array()) hidden.emplace_back(text.as_string());
    }
    const std::string visible = receiver.last() ? receiver.last()->body + receiver.last()->delivery_id
                                                : receiver.last().error().message;
    for (const std::string& secret : hidden) EXPECT_EQ(visible.find(secret), std::string::npos) << visible;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Schemes, WebhookVectors,
    testing::Values(SchemeFile{"standard-webhooks", "standard-webhooks", 1},
                    SchemeFile{"github", "github", 1}, SchemeFile{"hubspot-v3", "hubspot-v3", 0},
                    SchemeFile{"stripe", "stripe", 0}, SchemeFile{"slack", "slack", 0},
                    SchemeFile{"shopify", "shopify", 0}, SchemeFile{"pipedrive-basic-auth", "pipedrive", 0},
                    SchemeFile{"bearer-and-idempotency-key", "bearer", 0}, SchemeFile{"zoho", "zoho", 0},
                    SchemeFile{"dingtalk", "dingtalk", 2}, SchemeFile{"feishu-lark", "feishu", 0},
                    SchemeFile{"wecom-callback", "wecom", 0},
                    SchemeFile{"salesforce-outbound-message", "salesforce", 0}),
    [](const testing::TestParamInfo<SchemeFile>& scheme) {
      std::string name = scheme.param.scheme;
      std::erase(name, '-');
      return name;
    });

class SentVectors : public SharedVectors {};

TEST_F(SentVectors, OfDingTalkAreWhatWeSend) {
  const json::value vectors = read_vectors("dingtalk");
  for (const json::value& vector_case : vectors.at("cases").as_array()) {
    if (!vector_case.as_object().contains("direction")) continue;
    const Instant at = from_unix_ms(vector_case.at("timestamp_ms").as_int64());
    EXPECT_EQ(dingtalk_robot_query(text_at(vector_case, "/secret"), at), text_at(vector_case, "/query"));
  }
}

TEST_F(SentVectors, OfFeishuAreWhatWeSend) {
  const json::value vectors = read_vectors("feishu-lark");
  for (const json::value& vector_case : vectors.at("cases").as_array()) {
    if (!vector_case.as_object().contains("direction")) continue;
    const Instant at = from_unix_ms(vector_case.at("timestamp_s").as_int64() * 1000);
    const FeishuBotSignature signature = feishu_bot_signature(text_at(vector_case, "/secret"), at);
    if (const std::string wrong = text_at(vector_case, "/sign_base64_wrong"); !wrong.empty()) {
      EXPECT_NE(signature.sign, wrong);
    } else {
      EXPECT_EQ(signature.sign, text_at(vector_case, "/body_fields/sign"));
      EXPECT_EQ(signature.timestamp, text_at(vector_case, "/body_fields/timestamp"));
    }
  }
}

TEST_F(SentVectors, OfStandardWebhooksAreSignedByUsAsTheySay) {
  int signed_cases = 0;
  const json::value vectors = read_vectors("standard-webhooks");
  for (const json::value& vector_case : vectors.at("cases").as_array()) {
    const std::string id = text_at(vector_case, "/id");
    if (id != "spec-example" && id != "valid" && id != "valid-utf8") continue;
    const InboundRequest request = request_of(vector_case);
    const Instant at =
        from_unix_ms(std::stoll(std::string(*only_header(request.headers, "webhook-timestamp"))) * 1000);
    const Result<Headers> headers =
        standard_webhooks_headers(std::vector{text_at(vector_case, "/secret")},
                                  *only_header(request.headers, "webhook-id"), at, request.body);
    ASSERT_TRUE(headers) << headers.error().message;
    EXPECT_EQ(*only_header(*headers, "webhook-signature"), *only_header(request.headers, "webhook-signature"))
        << id;
    ++signed_cases;
  }
  EXPECT_EQ(signed_cases, 3);
}

class ParsedVectors : public SharedVectors {};

TEST_F(ParsedVectors, OfZohoFormsAreRead) {
  const json::value vectors = read_vectors("zoho");
  for (const json::value& vector_case : vectors.at("cases").as_array()) {
    if (!vector_case.as_object().contains("parsed")) continue;
    const InboundRequest request = request_of(vector_case);
    const Result<json::value> body =
        parse_inbound_body(*only_header(request.headers, "content-type"), request.body);
    ASSERT_TRUE(body) << body.error().message;
    EXPECT_EQ(*body, vector_case.at("parsed"));
  }
}

TEST_F(ParsedVectors, OfSalesforceAreReadWithOnePartForEachNotification) {
  int parsed_cases = 0;
  const json::value vectors = read_vectors("salesforce-outbound-message");
  for (const json::value& vector_case : vectors.at("cases").as_array()) {
    if (!vector_case.as_object().contains("parsed")) continue;
    const Result<Verifier> verifier = make_verifier("salesforce", settings_of("salesforce", vector_case));
    ASSERT_TRUE(verifier) << verifier.error().message;
    const Result<Verified> verified = verifier->verify(request_of(vector_case), Instant{});
    ASSERT_TRUE(verified) << verified.error().message;
    EXPECT_EQ(*parse_json(verified->body), vector_case.at("parsed"));
    EXPECT_EQ(verified->parts.size(), vector_case.at("parsed").at("notifications").as_array().size());
    ++parsed_cases;
  }
  EXPECT_EQ(parsed_cases, 2);
}

}  // namespace
}  // namespace countersign
