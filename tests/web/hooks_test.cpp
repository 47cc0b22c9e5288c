#include <filesystem>

#include <gtest/gtest.h>

#include "base/digest.h"
#include "definition/connector_loader.h"
#include "tests/delivery/webhook_vectors.h"
#include "tests/web/site_fixture.h"
#include "web/uri_text.h"

namespace countersign::web {
namespace {

class Hooks : public testing::Test {
 protected:
  ClientReply send(const std::string& body, const std::string& bearer, const std::string& id,
                   const std::string& type = "application/json") {
    return site.post(
        "/hooks/crm", body, {},
        {{"Authorization", "Bearer " + bearer}, {"Idempotency-Key", id}, {"Content-Type", type}});
  }
  // The connector crm, proven otherwise.
  void prove_by(const std::string& verify) {
    const std::string yaml = "connector: crm\ninbound:\n  verify: " + verify + R"(
  events:
    claim_filed:
      data:
        employee: {type: text, value: body.employee}
        title: {type: text, value: body.title}
        total: {type: money, currency: CNY, value: body.total}
)";
    Diagnostics diagnostics;
    auto connector = load_connector("connectors/crm.yaml", yaml, diagnostics);
    ASSERT_NE(connector, nullptr) << diagnostics.to_text();
    auto next = std::make_shared<Snapshot>(*site.library().current());
    next->connectors["crm"] = connector;
    site.library().replace(next);
  }
  ClientReply send_signed_by_dingtalk(const std::string& body) {
    const std::string at = std::to_string(to_unix_ms(site.clock().now()));
    const std::string secret = "the-secret-of-the-robot";
    return site.post("/hooks/crm", body, {},
                     {{"Content-Type", "application/json"},
                      {"timestamp", at},
                      {"sign", to_base64(as_text(hmac_sha256(secret, at + "\n" + secret)))}});
  }
  json::value replay_only(const std::string& status) {
    const std::string admin = site.key({"admin"}, "adm");
    const auto rows = site.reader().inbound("crm", status, 10, "")->rows;
    EXPECT_EQ(rows.size(), 1U);
    if (rows.empty()) return {};
    return json_of(site.post("/api/v1/admin/inbound/" + std::to_string(rows[0].id) + "/replay", "", admin));
  }

  SiteFixture site;
  const std::string token = "a-long-token-of-the-crm";
  const std::string claim = R"({"employee":"li.na","title":"Taxi","total":"35.00"})";
};

TEST_F(Hooks, StartAnInstanceWhereTheSenderIsProven) {
  const ClientReply reply = send(claim, token, "d-1");
  ASSERT_EQ(reply.status, 202) << reply.body;
  const json::value answer = json_of(reply);
  ASSERT_EQ(find(answer, "instances")->as_array().size(), 1U) << reply.body;
  const std::string id(find(answer, "instances")->as_array()[0].as_string());
  EXPECT_EQ((*site.reader().instance(InstanceId(id)))->requester, PersonId("li.na"));
}

TEST_F(Hooks, AnswerARepeatTheSameAndRefuseAnotherBody) {
  const ClientReply first = send(claim, token, "d-1");
  EXPECT_EQ(send(claim, token, "d-1").body, first.body);
  EXPECT_EQ(site.reader().instances({}, 10, "")->rows.size(), 1U);
  EXPECT_EQ(send(R"({"employee":"li.na","title":"Bus","total":"3"})", token, "d-1").status, 422);
}

TEST_F(Hooks, RefuseAnUnprovenSender) {
  EXPECT_EQ(send(claim, "wrong", "d-1").status, 401);
  EXPECT_EQ(site.post("/hooks/crm", claim).status, 401);
  EXPECT_EQ(site.reader().inbound("", "", 10, "")->rows.size(), 0U) << "nothing of it is stored";
}

TEST_F(Hooks, RefuseUnknownSourcesAndMalformedBodies) {
  EXPECT_EQ(site.post("/hooks/nobody", claim).status, 404);
  EXPECT_EQ(send("{\"employee\":", token, "d-2").status, 400);
  EXPECT_EQ(send("x", token, "d-3", "application/octet-stream").status, 400);
  EXPECT_EQ(send(std::string(2 << 20, 'x'), token, "d-4").status, 413);
}

TEST_F(Hooks, KeepWhatCannotBeMappedForReplay) {
  const ClientReply reply = send(R"({"employee":"nobody","title":"Taxi","total":"1"})", token, "d-5");
  ASSERT_EQ(reply.status, 202) << reply.body;
  EXPECT_EQ(find(json_of(reply), "instances")->as_array().size(), 0U);
  const std::string admin = site.key({"admin"}, "adm");
  const json::value list = json_of(site.get("/api/v1/admin/inbound?status=error", admin));
  ASSERT_EQ(find(list, "inbound")->as_array().size(), 1U);
  const std::string row =
      "/api/v1/admin/inbound/" + std::to_string(find(list, "inbound")->as_array()[0].at("id").as_int64());
  const json::value one = json_of(site.get(row, admin));
  EXPECT_NE(string_at(one, "body").find("nobody"), std::string::npos);
  EXPECT_EQ(string_at(one, "headers").find(token), std::string::npos) << "what proves the sender is not kept";
  EXPECT_EQ(site.post(row + "/replay", "", admin).status, 200);
}

// The proof of DingTalk does not cover the body: who has seen one can send anything for an hour.
TEST_F(Hooks, HoldWhatIsProvenWeaklyUntilAnAdminReplaysIt) {
  prove_by("{scheme: dingtalk, secret: robot-secret}");
  const ClientReply reply = send_signed_by_dingtalk(claim);
  ASSERT_EQ(reply.status, 202) << reply.body;
  EXPECT_EQ(find(json_of(reply), "instances")->as_array().size(), 0U) << "it starts nothing by itself";
  const auto held = site.reader().inbound("crm", "held", 10, "")->rows;
  ASSERT_EQ(held.size(), 1U);
  EXPECT_NE(held[0].headers.find("\"countersign-proof\":\"weak\""), std::string::npos) << held[0].headers;
  EXPECT_EQ(send_signed_by_dingtalk(claim).body, reply.body) << "a repeat is the same delivery";
  const json::value replayed = replay_only("held");
  ASSERT_EQ(find(replayed, "instances")->as_array().size(), 1U);
  const std::string id(find(replayed, "instances")->as_array()[0].as_string());
  const auto events = site.reader().events(InstanceId(id), 0, 1);
  EXPECT_NE(events->rows.at(0).payload.find("(weak proof)"), std::string::npos)
      << "the record says how it was proven";
  EXPECT_EQ(site.reader().inbound("crm", "applied", 10, "")->rows.size(), 1U);
}

TEST_F(Hooks, TakeAWeakProofWhereTheConnectorSaysSo) {
  prove_by("{scheme: dingtalk, secret: robot-secret, allow_weak: true}");
  const ClientReply reply = send_signed_by_dingtalk(claim);
  ASSERT_EQ(find(json_of(reply), "instances")->as_array().size(), 1U) << reply.body;
  const std::string id(find(json_of(reply), "instances")->as_array()[0].as_string());
  const auto events = site.reader().events(InstanceId(id), 0, 1);
  EXPECT_NE(events->rows.at(0).payload.find("(weak proof)"), std::string::npos);
}

TEST_F(Hooks, ASenderCannotCallItsOwnProofWeak) {
  const ClientReply reply = site.post("/hooks/crm", claim, {},
                                      {{"Authorization", "Bearer " + token},
                                       {"Content-Type", "application/json"},
                                       {"Countersign-Proof", "weak"}});
  EXPECT_EQ(find(json_of(reply), "instances")->as_array().size(), 1U) << reply.body;
  EXPECT_EQ(site.reader().inbound("crm", "", 10, "")->rows.at(0).headers.find("countersign-proof"),
            std::string::npos);
}

TEST_F(Hooks, TakeASecretAtTheEndOfThePath) {
  prove_by("{scheme: path-secret, secret: path-secret}");
  const auto post = [&](const std::string& path) {
    return site.post(path, claim, {}, {{"Content-Type", "application/json"}});
  };
  const ClientReply taken = post("/hooks/crm/0123456789abcdef-path");
  ASSERT_EQ(taken.status, 202) << taken.body;
  EXPECT_EQ(find(json_of(taken), "instances")->as_array().size(), 1U);
  const auto row = site.reader().inbound("crm", "", 10, "")->rows.at(0);
  EXPECT_EQ((row.headers + row.body + row.answer).find("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(post("/hooks/crm").status, 401);
  const ClientReply wrong = post("/hooks/crm/0123456789abcdef-guess");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.body.find("0123456789abcdef"), std::string::npos) << "no reply repeats what was tried";
}

TEST_F(Hooks, TakeNoSecretAtTheEndOfThePathWhereTheSchemeHasNone) {
  const ClientReply reply =
      site.post("/hooks/crm/" + token, claim, {}, {{"Authorization", "Bearer " + token}});
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.body.find(token), std::string::npos);
}

// An early answer (wrong method, too large, no such path) knows no connector and used to repeat the path.
TEST_F(Hooks, NoEarlyAnswerRepeatsTheEndOfThePath) {
  prove_by("{scheme: path-secret, secret: path-secret}");
  const std::string secret = "0123456789abcdef-path";
  const auto ask_at = [&](const std::string& method, const std::string& path, const std::string& body) {
    ClientRequest request{method, path, {{"Content-Type", "application/json"}}, body};
    return ask(site.port(), request);
  };
  const std::string large(2 << 20, 'x');
  const ClientReply wrong_method = ask_at("DELETE", "/hooks/crm/" + secret, "");
  EXPECT_EQ(wrong_method.status, 405);
  EXPECT_EQ(string_at(json_of(wrong_method), "instance"), "/hooks/crm/...");
  for (const ClientReply& reply :
       {wrong_method, ask_at("POST", "/hooks/crm/" + secret, large),
        ask_at("GET", "/hooks/crm/" + secret, ""), ask_at("POST", "/flow/hooks/crm/" + secret, large),
        ask_at("PUT", "/%68ooks/crm/" + secret, ""), ask_at("POST", "/hooks/crm/x/" + secret, ""),
        ask_at("POST", "/a/" + secret + "/more/of/it", "")}) {
    EXPECT_GE(reply.status, 400);
    EXPECT_EQ(reply.body.find(secret), std::string::npos) << reply.body;
  }
  EXPECT_EQ(string_at(json_of(site.get("/api/v1/nothing")), "instance"), "/api/v1/nothing")
      << "other paths stay as they were asked";
}

TEST_F(Hooks, AreAskedByGetOnlyWhereTheSenderChecksTheAddress) {
  const ClientReply reply = site.get("/hooks/crm?echostr=abc");
  EXPECT_EQ(reply.status, 405);
  EXPECT_EQ(reply.header("Allow"), "POST");
  EXPECT_EQ(site.get("/hooks/nobody?echostr=abc").status, 404);
}

TEST_F(Hooks, DoNotAnswerAChallengeThatIsNotProven) {
  prove_by("{scheme: wecom, secret: wecom-token, encoding_aes_key: wecom-key, receive_id: corp}");
  site.set_secret("wecom-token", "token");
  site.set_secret("wecom-key", std::string(43, 'A'));
  const std::string at = std::to_string(to_unix_ms(site.clock().now()) / 1000);
  const ClientReply reply =
      site.get("/hooks/crm?msg_signature=00&timestamp=" + at + "&nonce=n&echostr=a-guess-of-it");
  EXPECT_EQ(reply.status, 401) << reply.body;
  EXPECT_EQ(reply.body.find("a-guess-of-it"), std::string::npos);
  EXPECT_GE(site.get("/hooks/crm").status, 400) << "nothing was asked";
}

// WeCom sends the same proof with the check of an address as with an event: only what is encrypted stands in
// the query instead of the body.
TEST_F(Hooks, AnswerTheCheckOfAnAddress) {
  if (!std::filesystem::exists(tests::vectors_folder()))
    GTEST_SKIP() << "the shared webhook vectors are not here";
  prove_by("{scheme: wecom, secret: wecom-token, encoding_aes_key: wecom-key, receive_id: wwSharedCorp}");
  int answered = 0;
  for (const auto& vector : tests::read_vectors("wecom-callback").at("cases").as_array()) {
    const InboundRequest request = tests::request_of(vector);
    const std::size_t begin = request.body.find("<Encrypt><![CDATA[");
    const std::size_t end = request.body.find("]]></Encrypt>");
    if (begin == std::string::npos || end == std::string::npos) continue;
    const std::string id = string_at(vector, "id");
    site.set_secret("wecom-token", string_at(vector, "token"));
    site.set_secret("wecom-key", string_at(vector, "encoding_aes_key"));
    site.clock().set(from_unix_ms(vector.at("now_unix").as_int64() * 1000));
    const std::string encrypted = request.body.substr(begin + 18, end - begin - 18);
    const ClientReply reply = site.get("/hooks/crm" + request.url.substr(request.url.find('?')) +
                                       "&echostr=" + escape_segment(encrypted));
    const bool good = string_at(vector, "expect") == "accept";
    if (id == "callback-doctype") continue;  // what is hostile there is the XML, which a check has none of
    EXPECT_EQ(reply.status, good ? 200 : 401) << id << ": " << reply.body;
    if (!good) continue;
    EXPECT_EQ(reply.body, string_at(vector, "decrypted"));
    ++answered;
  }
  EXPECT_GT(answered, 0);
  EXPECT_TRUE(site.reader().inbound("", "", 10, "")->rows.empty()) << "a check is no event";
}

TEST_F(Hooks, TakeFormsAndXmlAsTheSameData) {
  const ClientReply form =
      send("employee=li.na&title=Taxi&total=35.00", token, "d-6", "application/x-www-form-urlencoded");
  ASSERT_EQ(form.status, 202) << form.body;
  EXPECT_EQ(find(json_of(form), "instances")->as_array().size(), 1U) << form.body;
  const ClientReply xml = send("<c><employee>li.na</employee><title>Taxi</title><total>35.00</total></c>",
                               token, "d-7", "text/xml");
  ASSERT_EQ(xml.status, 202) << xml.body;
  EXPECT_EQ(find(json_of(xml), "instances")->as_array().size(), 1U) << xml.body;
}

}  // namespace
}  // namespace countersign::web
