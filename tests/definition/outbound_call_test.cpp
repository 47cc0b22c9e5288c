#include "core/outbound_call.h"

#include "tests/definition/connector_fixture.h"

namespace countersign::connectors {
namespace {

using OutboundCallTest = ConnectorTest;

std::string header_of(const HttpCall& call, std::string_view name) {
  for (const auto& [key, value] : call.headers) {
    if (key == name) return value;
  }
  return "(none)";
}

constexpr std::string_view kEcho = R"(
outbound:
  base: https://api.example.com/v1/
  actions:
    put:
      input:
        id: {type: text}
        note: {type: long_text}
        count: {type: integer}
        price: {type: money, currency: CNY}
        owner: {type: person}
        tags: {type: choices, options: [red, blue]}
      request:
        method: PUT
        path: /things/${input.id}/notes
        query: {q: "${input.note}", count: "${input.?count}", fixed: "a&b"}
        headers: {X-Note: "n ${input.note}", X-Count: "${input.?count}"}
        json:
          note: input.note
          count: input.?count
          twice: [input.id, "input.?count", null, 1, true]
          owner: {id: "input.?owner", name: "has(input.owner) ? input.owner.name : ''"}
          price: input.?price
          tags: input.tags
)";

TEST_F(OutboundCallTest, ValuesLandWhereTheyBelongAndNowhereElse) {
  const auto connector = connector_of(kEcho);
  const auto call = build(*connector, "put",
                          {{"id", text("a/../b?x=#1 é")},
                           {"note", text("1&q=2\"}, {\"x\": \"<>")},
                           {"count", cel::Value::integer(3)},
                           {"owner", cel::Value::person(PersonId("li.na"))},
                           {"price", cel::Value::money({Decimal::from_int(5), "CNY"})},
                           {"tags", cel::Value::list({text("blue")})}});
  ASSERT_TRUE(call.has_value()) << call.error().message;
  EXPECT_EQ(call->method, "PUT");
  EXPECT_EQ(call->url,
            "https://api.example.com/v1/things/a%2F..%2Fb%3Fx%3D%231%20%C3%A9/notes"
            "?q=1%26q%3D2%22%7D%2C%20%7B%22x%22%3A%20%22%3C%3E&count=3&fixed=a%26b");
  EXPECT_EQ(call->body,
            R"({"note":"1&q=2\"}, {\"x\": \"<>","count":3,"twice":["a/../b?x=#1 é",3,null,1,true],)"
            R"("owner":{"id":"li.na","name":"李娜"},"price":"5.00","tags":["blue"]})");
  EXPECT_EQ(header_of(*call, "Content-Type"), "application/json");
  EXPECT_EQ(header_of(*call, "X-Count"), "3");
}

TEST_F(OutboundCallTest, WhatIsAbsentIsLeftOut) {
  const auto call = build(*connector_of(kEcho), "put", {{"id", text("7")}, {"note", text("")}});
  ASSERT_TRUE(call.has_value()) << call.error().message;
  EXPECT_EQ(call->url, "https://api.example.com/v1/things/7/notes?q=&fixed=a%26b");
  EXPECT_EQ(header_of(*call, "X-Count"), "(none)");
  EXPECT_EQ(call->body, R"({"note":"","twice":["7",null,1,true],"owner":{"name":""},"tags":[]})");
}

TEST_F(OutboundCallTest, ValuesThatWouldBreakOutAreRefused) {
  const auto connector = connector_of(kEcho);
  const auto header = build(*connector, "put", {{"id", text("7")}, {"note", text("a\nX-Evil: 1")}});
  ASSERT_FALSE(header.has_value());
  EXPECT_EQ(header.error().code, ErrorCode::invalid_input);
  EXPECT_NE(header.error().message.find("'X-Note' would hold a control character"), std::string::npos)
      << header.error().message;
  for (const auto* id : {"..", ".", ""}) {
    const auto path = build(*connector, "put", {{"id", text(id)}});
    ASSERT_FALSE(path.has_value()) << id;
    EXPECT_NE(path.error().message.find("'path'"), std::string::npos) << path.error().message;
  }
}

TEST_F(OutboundCallTest, InputIsReadByTheActionsFields) {
  const auto connector = connector_of(kEcho);
  const auto wrong = build(*connector, "put", {{"id", text("7")}, {"count", text("many")}});
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().message,
            "cannot build the request of 'put': the input: 'count': 'many' is not a whole number");
  const auto unknown = build(*connector, "put", {{"id", text("7")}, {"cuont", text("1")}});
  EXPECT_NE(unknown.error().message.find("did you mean 'count'"), std::string::npos);
  const auto currency = build(
      *connector, "put", {{"id", text("7")}, {"price", cel::Value::money({Decimal::from_int(5), "EUR"})}});
  EXPECT_NE(currency.error().message.find("EUR"), std::string::npos) << "never silently another currency";
  const auto action = build(*connector, "putt", {});
  EXPECT_EQ(action.error().code, ErrorCode::not_found);
  EXPECT_EQ(action.error().message, "the connector has no action 'putt' (did you mean 'put'?)");
}

TEST_F(OutboundCallTest, CredentialsComeFromSecrets) {
  const auto with_auth = [](std::string_view auth) {
    return connector_of("outbound:\n  base: https://api.example.com\n  auth: " + std::string(auth) +
                        "\n  actions: {ping: {request: {method: GET, path: /ping, query: {a: b}}}}\n");
  };
  EXPECT_EQ(header_of(*build(*with_auth("{bearer: token}"), "ping", {}), "Authorization"),
            "Bearer token-value");
  EXPECT_EQ(header_of(*build(*with_auth("{header: {name: X-Key, secret: key}}"), "ping", {}), "X-Key"),
            "key-value");
  EXPECT_EQ(header_of(*build(*with_auth("{basic: {user: me, password: pw}}"), "ping", {}), "Authorization"),
            "Basic bWU6cHctdmFsdWU=");
  EXPECT_EQ(build(*with_auth("{query: {name: key, secret: k}}"), "ping", {})->url,
            "https://api.example.com/ping?a=b&key=k-value");
  const auto signed_call = build(*with_auth("{standard-webhooks: [new, old]}"), "ping", {});
  EXPECT_EQ(signed_call->sign, OutboundAuth::Kind::standard_webhooks);
  EXPECT_EQ(signed_call->sign_secrets, (std::vector<std::string>{"new-value", "old-value"}));
  const auto missing = build(*with_auth("{bearer: missing}"), "ping", {});
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_EQ(missing.error().message, "cannot build the request of 'ping': there is no secret 'missing'");
}

TEST_F(OutboundCallTest, AnAddressThatIsASecretStaysOne) {
  const auto connector = connector_of(R"(
outbound:
  base: {secret: robot}
  actions:
    say: {input: {word: {type: text}}, request: {query: {w: "${input.word}"}, form: {a: "${input.word}", b: "1"}}}
)");
  const auto lookup = [](std::string address) {
    return [address = std::move(address)](const std::string&) -> Result<std::string> { return address; };
  };
  const auto call = build_request(*connector->outbound, "say", {{"word", text("a b")}},
                                  lookup("https://robot.example.com/send?key=K"), *directory_);
  ASSERT_TRUE(call.has_value());
  EXPECT_EQ(call->url, "https://robot.example.com/send?key=K&w=a%20b");
  EXPECT_EQ(call->body, "a=a%20b&b=1");
  EXPECT_EQ(header_of(*call, "Content-Type"), "application/x-www-form-urlencoded");
  const auto refused =
      build_request(*connector->outbound, "say", {}, lookup("ftp://robot.example.com/hidden"), *directory_);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().message.find("hidden"), std::string::npos) << refused.error().message;
}

TEST_F(OutboundCallTest, TheChatRobotMentionsNobody) {
  const auto feishu = shipped("feishu");
  const auto call =
      build(*feishu, "post", {{"subject", text("新的报销")}, {"text", text("<at id=all></at> \"hi\"")}});
  ASSERT_FALSE(call.has_value()) << "the robot's address is a secret, and feishu-bot-url-value is none";
  const auto secrets = [](const std::string& name) -> Result<std::string> {
    return name == "feishu-bot-url" ? "https://open.feishu.cn/open-apis/bot/v2/hook/abc" : name;
  };
  const auto good = build_request(*feishu->outbound, "post",
                                  {{"subject", text("新的报销")}, {"text", text("<at id=all></at> \"hi\"")}},
                                  secrets, *directory_);
  ASSERT_TRUE(good.has_value()) << good.error().message;
  EXPECT_EQ(good->url, "https://open.feishu.cn/open-apis/bot/v2/hook/abc");
  EXPECT_EQ(good->sign, OutboundAuth::Kind::feishu_sign);
  EXPECT_EQ(good->body.find("<at"), std::string::npos) << good->body;
  const auto with_signature = with_members(good->body, {{"timestamp", "1790000000"}, {"sign", "abc="}});
  ASSERT_TRUE(with_signature.has_value());
  const auto body = parse_json(*with_signature).value();
  EXPECT_EQ(string_at(body, "timestamp"), "1790000000");
  EXPECT_EQ(string_at(body, "msg_type"), "interactive");
  EXPECT_FALSE(with_members("[]", {}).has_value());

  EXPECT_TRUE(read(*feishu, "post", 200, R"({"code": 0, "msg": "ok"})").has_value());
  EXPECT_EQ(read(*feishu, "post", 200, R"({"code": 19021, "msg": "sign match fail"})").error().code,
            ErrorCode::invalid_input);
  EXPECT_EQ(read(*feishu, "post", 200, R"({"code": 11232, "msg": "too many"})").error().code,
            ErrorCode::unavailable);
  EXPECT_EQ(read(*feishu, "post", 200, "<html>").error().code, ErrorCode::invalid_input);
}

TEST_F(OutboundCallTest, AnswersBecomeTypedOutput) {
  const auto hubspot = shipped("hubspot");
  const auto deal =
      read(*hubspot, "get_deal", 200,
           R"({"id": "1", "properties": {"dealname": "Rollout", "amount": "42000.50", "dealstage": null}})");
  ASSERT_TRUE(deal.has_value()) << deal.error().message;
  EXPECT_EQ(deal->at("name").as_string(), "Rollout");
  EXPECT_EQ(deal->at("amount").as_decimal().to_text(), "42000.50");
  EXPECT_EQ(deal->at("stage").as_string(), "");
  const auto updated = read(*hubspot, "set_deal_stage", 201, R"({"updatedAt": "2026-03-02T10:14:00.5Z"})");
  EXPECT_EQ(format_rfc3339(updated->at("updated").as_instant()), "2026-03-02T10:14:00.500Z");
}

TEST_F(OutboundCallTest, FailuresSayWhetherAnotherTryMayHelp) {
  const auto hubspot = shipped("hubspot");
  for (const int status : {408, 429, 500, 503}) {
    EXPECT_EQ(read(*hubspot, "set_deal_stage", status, "").error().code, ErrorCode::unavailable) << status;
  }
  for (const int status : {202, 301, 400, 401, 404}) {
    EXPECT_EQ(read(*hubspot, "set_deal_stage", status, "").error().code, ErrorCode::invalid_input) << status;
  }
  const auto refused = read(*hubspot, "set_deal_stage", 400, "{\"message\":\"no such\nstage\"}");
  EXPECT_EQ(refused.error().message,
            "'set_deal_stage' was not accepted: status 400, answer '{\"message\":\"no such?stage\"}'");
  EXPECT_EQ(read(*hubspot, "set_deal_stage", 200, "{}").error().code, ErrorCode::invalid_input)
      << "ok, but without what 'output' reads";
  EXPECT_EQ(read(*hubspot, "set_deal_stage", 200, R"({"updatedAt": "yesterday"})").error().code,
            ErrorCode::invalid_input);
}

TEST_F(OutboundCallTest, TheLoaderOfWorkflowsSeesTheOutline) {
  const auto outline = outline_of(*shipped("hubspot"));
  ASSERT_TRUE(outline.events.contains("deal_won"));
  EXPECT_EQ(outline.events.at("deal_won").data.at(0).name, "deal");
  ASSERT_TRUE(outline.actions.contains("set_deal_stage"));
  EXPECT_EQ(outline.actions.at("set_deal_stage").input.size(), 2U);
  EXPECT_EQ(outline.actions.at("set_deal_stage").output.at(0).type, FieldType::datetime);
  EXPECT_FALSE(outline.posts);
  EXPECT_TRUE(outline_of(*shipped("feishu")).posts);
}

TEST_F(OutboundCallTest, AMailServerIsAConnectorToo) {
  const auto mail = shipped("email");
  ASSERT_TRUE(mail->mail.has_value());
  EXPECT_EQ(mail->mail->host, "smtp.example.com");
  EXPECT_EQ(mail->mail->tls, MailServer::Tls::starttls);
  EXPECT_EQ(mail->mail->password, "smtp-password");
  const auto implicit = connector_of("kind: email\nhost: localhost\ntls: implicit\n");
  EXPECT_EQ(implicit->mail->port, 465);
}

TEST(PercentEncoding, KeepsOnlyUnreservedCharacters) {
  EXPECT_EQ(percent_encoded("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(percent_encoded(" %/?#[]@!$&'()*+,;=\n"),
            "%20%25%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D%0A");
  EXPECT_EQ(percent_encoded("会"), "%E4%BC%9A");
}

}  // namespace
}  // namespace countersign::connectors
