// Versions of a workflow through the API, and moving open instances to another one.

#include <gtest/gtest.h>

#include "definition/connector_loader.h"
#include "definition/workflow_loader.h"
#include "tests/web/site_fixture.h"

namespace countersign::web {
namespace {

class WorkflowVersions : public testing::Test {
 protected:
  // The expense workflow with one text in another's place takes over for new instances.
  std::string change(const std::string& what, const std::string& by) {
    const auto current = site.library().current();
    const auto before = current->workflow(WorkflowId("expense"));
    std::string text = before->source;
    EXPECT_NE(text.find(what), std::string::npos) << what;
    text.replace(text.find(what), what.size(), by);
    Catalogue catalogue;
    catalogue.directory = current->directory;
    for (const auto& [name, connector] : current->connectors)
      catalogue.connectors[name] = outline_of(*connector);
    const LoadedWorkflow loaded = load_workflow("workflows/expense.yaml", text, {}, catalogue);
    EXPECT_NE(loaded.definition, nullptr) << loaded.diagnostics.to_text();
    auto next = std::make_shared<Snapshot>(*current);
    next->workflows[WorkflowId("expense")] = loaded.definition;
    site.library().replace(next);
    return loaded.definition->version;
  }
  std::string version_of(const std::string& instance) {
    return string_at(json_of(site.get("/api/v1/instances/" + instance, reads)), "version");
  }
  ClientReply migrate(const std::string& instance, const std::string& version = {}) {
    return site.post_once(
        "/api/v1/instances/" + instance + "/admin",
        write_json(json::object{{"act", "migrate"}, {"version", version}, {"reason", "as the test wants"}}),
        admin);
  }

  SiteFixture site;
  std::string reads = site.key({"read"}, "li.na");
  std::string admin = site.key({"read", "admin"}, "adm");
};

TEST_F(WorkflowVersions, AreListedOldestFirstWithTheirTexts) {
  const std::string first = site.library().current()->workflow(WorkflowId("expense"))->version;
  site.start_expense();
  const std::string second = change("max: 200", "max: 300");
  const json::value listed = json_of(site.get("/api/v1/workflows/expense/versions", reads));
  const json::array& rows = find(listed, "versions")->as_array();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(string_at(rows[0], "version"), first);
  EXPECT_TRUE(find(rows[0], "in_use")->as_bool());
  EXPECT_FALSE(find(rows[0], "in_force")->as_bool());
  EXPECT_EQ(string_at(rows[1], "version"), second);
  EXPECT_TRUE(find(rows[1], "in_force")->as_bool());
  EXPECT_FALSE(find(rows[1], "in_use")->as_bool());
  const ClientReply old = site.get("/api/v1/workflows/expense/versions/" + first.substr(0, 10), reads);
  EXPECT_NE(string_at(json_of(old), "source").find("max: 200"), std::string::npos);
  const json::value shown = json_of(old);
  for (const char* beside : {"messages", "tables"}) {
    const json::value* texts = find(shown, beside);
    EXPECT_TRUE(texts != nullptr && texts->is_object()) << beside;
  }
  EXPECT_EQ(site.get("/api/v1/workflows/expense/versions/zzz", reads).status, 404);
  EXPECT_EQ(site.get("/api/v1/workflows/nothing/versions", reads).status, 404);
}

TEST_F(WorkflowVersions, MoveOpenInstancesAndSayWhichStay) {
  const std::string moving = site.start_expense();
  const std::string first = version_of(moving);
  const std::string second = change("max: 200", "max: 300");
  const json::value plan = json_of(site.get("/api/v1/workflows/expense/migration", admin));
  const json::array& rows = find(plan, "instances")->as_array();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(string_at(rows[0], "id"), moving);
  EXPECT_TRUE(find(rows[0], "moves")->as_bool());
  EXPECT_EQ(version_of(moving), first) << "asking moves nothing";

  const ClientReply moved = migrate(moving);
  EXPECT_EQ(moved.status, 200) << moved.body;
  EXPECT_EQ(version_of(moving), second);
  EXPECT_NE(site.open_item(moving), "") << "the manager is asked as before";
  EXPECT_EQ(migrate(moving).status, 409) << "it runs that version already";
  EXPECT_EQ(migrate(moving, first).status, 200) << "and back";

  change("id: manager", "id: boss");
  const json::value stays = json_of(site.get("/api/v1/workflows/expense/migration", admin));
  const json::value& row = find(stays, "instances")->as_array().at(0);
  EXPECT_FALSE(find(row, "moves")->as_bool());
  EXPECT_EQ(find(row, "obstacles")->as_array().at(0).as_string(), "step 'manager' is gone");
  const ClientReply refused = migrate(moving);
  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.body.find("step 'manager' is gone"), std::string::npos);
  EXPECT_EQ(version_of(moving), first);
}

TEST_F(WorkflowVersions, AreMovedByAdministratorsOnly) {
  const std::string instance = site.start_expense();
  EXPECT_EQ(site.get("/api/v1/workflows/expense/migration", reads).status, 403);
  EXPECT_EQ(site.post("/api/v1/instances/" + instance + "/admin", R"({"act":"migrate","reason":"r"})", reads)
                .status,
            403);
  EXPECT_EQ(site.get("/api/v1/workflows/expense/migration?version=zzz", admin).status, 404);
}

}  // namespace
}  // namespace countersign::web
