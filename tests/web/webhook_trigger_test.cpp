// A workflow's own webhook, over HTTP: proven, de-duplicated, recorded and replayed as connectors' deliveries
// are.
#include <gtest/gtest.h>

#include "base/digest.h"
#include "definition/workflow_loader.h"
#include "tests/web/site_fixture.h"

namespace countersign::web {
namespace {

class WebhookTrigger : public testing::Test {
 protected:
  void load(const std::string& id, const std::string& trigger) {
    const std::string yaml = "workflow: " + id + "\nreference: W-${number}\nstatuses: [done]\nstart:\n" +
                             trigger +
                             "form:\n  title: {type: text, required: true}\n"
                             "  amount: {type: money, currency: CNY}\n"
                             "steps:\n  - task:\n      for: requester\n  - end: done\n";
    auto next = std::make_shared<Snapshot>(*site.library().current());
    Catalogue catalogue;
    catalogue.directory = next->directory;
    const LoadedWorkflow loaded = load_workflow("workflows/" + id + ".yaml", yaml, {}, catalogue);
    ASSERT_NE(loaded.definition, nullptr) << loaded.diagnostics.to_text();
    next->workflows[loaded.definition->id] = loaded.definition;
    site.library().replace(next);
  }
  ClientReply send(const std::string& path, const std::string& body, const std::string& id = {},
                   const std::string& token = "a-long-token-of-the-crm") {
    std::vector<std::pair<std::string, std::string>> headers{{"Authorization", "Bearer " + token}};
    if (!id.empty()) headers.emplace_back("Idempotency-Key", id);
    return site.post(path, body, {}, headers);
  }
  static std::vector<std::string> instances_of(const ClientReply& reply) {
    std::vector<std::string> ids;
    const json::value answer = json_of(reply);
    const json::value* list = find(answer, "instances");
    EXPECT_NE(list, nullptr) << reply.body;
    if (list == nullptr) return ids;
    for (const json::value& id : list->as_array()) ids.emplace_back(id.as_string());
    return ids;
  }
  State state_of(const std::string& id) { return **site.reader().instance(InstanceId(id)); }

  SiteFixture site;
  const std::string typed = R"(  - webhook:
      verify: {scheme: bearer, secret: crm-token}
      each: body.claims
      id: string(item.number)
      when: item.kind == "claim"
      data:
        title: {type: text, required: true, value: item.title}
        total: {type: money, currency: CNY, required: true, value: item.total}
        employee: {type: text, required: true, value: item.employee}
    requester: person(event.employee)
    form:
      title: event.title
      amount: event.total
)";
  const std::string as_it_comes = R"(  - webhook:
      verify: {scheme: bearer, secret: crm-token}
    requester: person(event.employee)
    when: event.kind == "claim"
    form:
      title: event.title
)";
};

TEST_F(WebhookTrigger, StartsAnInstanceForEachElementThatIsMeant) {
  load("claims", typed);
  const ClientReply reply = send("/hooks/workflow.claims", R"({"claims":[
      {"number":1,"kind":"claim","title":"Taxi","total":"35.50","employee":"li.na"},
      {"number":2,"kind":"other"},
      {"number":3,"kind":"claim","title":"Bus","total":"4","employee":"wang.fang"}]})");
  ASSERT_EQ(reply.status, 202) << reply.body;
  const auto ids = instances_of(reply);
  ASSERT_EQ(ids.size(), 2U) << reply.body;
  const State first = state_of(ids[0]);
  EXPECT_EQ(first.workflow, WorkflowId("claims"));
  EXPECT_EQ(first.requester, PersonId("li.na"));
  EXPECT_EQ(cel::to_display(first.form.at("amount")), "35.50 CNY");
  const auto events = site.reader().events(first.id, 0, 1);
  EXPECT_NE(events->rows.at(0).payload.find("webhook workflow.claims"), std::string::npos)
      << events->rows.at(0).payload;
  const auto rows = site.reader().inbound("workflow.claims", "", 10, "")->rows;
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].status, "applied");
}

TEST_F(WebhookTrigger, GivesTheWholeElementWhereNothingIsDeclared) {
  load("claims", as_it_comes);
  const ClientReply taken =
      send("/hooks/workflow.claims", R"({"kind":"claim","title":"Taxi","employee":"li.na"})", "d-1");
  ASSERT_EQ(instances_of(taken).size(), 1U) << taken.body;
  EXPECT_EQ(cel::to_display(state_of(instances_of(taken)[0]).form.at("title")), "Taxi");
  const ClientReply other = send("/hooks/workflow.claims", R"({"kind":"other"})", "d-2");
  EXPECT_EQ(other.status, 202);
  EXPECT_TRUE(instances_of(other).empty()) << "`when` does not hold";
}

TEST_F(WebhookTrigger, ReachesItsOwnWorkflowAlone) {
  load("claims", as_it_comes);
  load("others", as_it_comes);
  const auto ids = instances_of(
      send("/hooks/workflow.others", R"({"kind":"claim","title":"Taxi","employee":"li.na"})", "d-1"));
  ASSERT_EQ(ids.size(), 1U);
  EXPECT_EQ(state_of(ids[0]).workflow, WorkflowId("others"));
}

TEST_F(WebhookTrigger, IsProvenBeforeAnythingOfItIsRead) {
  load("claims", as_it_comes);
  EXPECT_EQ(send("/hooks/workflow.claims", "{", "d-1", "wrong").status, 401);
  EXPECT_EQ(site.reader().inbound("", "", 10, "")->rows.size(), 0U);
  EXPECT_EQ(send("/hooks/workflow.expense", "{}", "d-2").status, 404) << "it has no webhook";
  EXPECT_EQ(send("/hooks/workflow.nothing", "{}", "d-3").status, 404);
}

TEST_F(WebhookTrigger, AnswersARepeatTheSameAndStartsOnce) {
  load("claims", typed);
  const std::string claim =
      R"({"claims":[{"number":7,"kind":"claim","title":"Taxi","total":"35","employee":"li.na"}]})";
  const auto first = instances_of(send("/hooks/workflow.claims", claim, "d-1"));
  EXPECT_EQ(instances_of(send("/hooks/workflow.claims", claim, "d-1")), first);
  EXPECT_TRUE(instances_of(send("/hooks/workflow.claims", claim, "d-2")).empty())
      << "the element's own id says that it came before";
  EXPECT_EQ(site.reader().instances({.workflow = "claims"}, 10, "")->rows.size(), 1U);
}

TEST_F(WebhookTrigger, IsReplayedOnceItsMappingIsMended) {
  load("claims", typed);
  const std::string claim =
      R"({"claims":[{"number":7,"kind":"claim","title":"Taxi","total":"many","employee":"li.na"}]})";
  ASSERT_TRUE(instances_of(send("/hooks/workflow.claims", claim, "d-1")).empty());
  const auto rows = site.reader().inbound("workflow.claims", "error", 10, "")->rows;
  ASSERT_EQ(rows.size(), 1U);
  load("claims", R"(  - webhook:
      verify: {scheme: bearer, secret: crm-token}
      each: body.claims
    requester: person(event.employee)
    form:
      title: event.title
)");
  const ClientReply replayed = site.post("/api/v1/admin/inbound/" + std::to_string(rows[0].id) + "/replay",
                                         "", site.key({"admin"}, "adm"));
  EXPECT_EQ(instances_of(replayed).size(), 1U) << replayed.body;
}

}  // namespace
}  // namespace countersign::web
