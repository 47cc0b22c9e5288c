#include <gtest/gtest.h>

#include "tests/web/site_fixture.h"

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
