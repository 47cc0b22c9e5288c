#include "web/access.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "base/text.h"
#include "tests/source_folder.h"
#include "tests/web/site_fixture.h"
#include "web/openapi.h"

namespace countersign::web {
namespace {

// Every row of the table against every scope: a key gets in with the row's own scope and with no other.
TEST(Access, OpensEachRouteToItsOwnScopeOnly) {
  SiteFixture site;
  for (const Route& route : site.site().routes()) {
    std::string target;
    for (const char c : route.pattern) {
      if (c == '{' || c == '}') continue;
      target += c;
    }
    const auto status_with = [&](const std::vector<std::string>& scopes) {
      ClientRequest request{route.method, target, {}, {}};
      if (!scopes.empty())
        request.headers.emplace_back("Authorization", "Bearer " + site.key(scopes, "li.na"));
      Connection connection(site.port());
      connection.send(to_bytes(request));
      return connection.read_reply().status;
    };
    if (route.scope == Scope::everyone) continue;
    EXPECT_EQ(status_with({}), 401) << route.method << " " << route.pattern;
    for (const std::string scope : {"start", "read", "decide", "admin", "act-as"}) {
      const bool allowed = route.scope == Scope::start_or_admin ? scope == "start" || scope == "admin"
                                                                : scope == to_string(route.scope);
      const int status = status_with({scope});
      if (allowed) {
        EXPECT_NE(status, 401) << route.method << " " << route.pattern << " with " << scope;
        EXPECT_NE(status, 0) << route.method << " " << route.pattern << " with " << scope;
      } else {
        EXPECT_EQ(status, 403) << route.method << " " << route.pattern << " with " << scope;
      }
    }
  }
}

// What needs no key checks something else by itself, or gives nothing away.
TEST(Access, LeavesOpenOnlyWhatIsListedHere) {
  SiteFixture site;
  std::vector<std::string> open;
  for (const Route& route : site.site().routes()) {
    if (route.scope == Scope::everyone) open.push_back(route.method + " " + route.pattern);
  }
  std::ranges::sort(open);
  EXPECT_EQ(open, (std::vector<std::string>{
                      "GET /a/{token}", "GET /a/{token}/absence", "GET /a/{token}/files/{id}",
                      "GET /assets/{name}", "GET /dev/mailbox", "GET /dev/mailbox.json", "GET /healthz",
                      "GET /hooks/{source}", "GET /metrics", "GET /openapi.json", "GET /readyz",
                      "POST /a/{token}", "POST /a/{token}/absence", "POST /a/{token}/view", "POST /dev/clock",
                      "POST /hooks/{source}", "POST /hooks/{source}/{secret}"}));
}

TEST(Access, RefusesKeysThatAreUnknownRevokedExpiredOrOfSomebodyWhoLeft) {
  SiteFixture site;
  EXPECT_EQ(site.get("/api/v1/instances", "csk_unknown").status, 401);
  EXPECT_EQ(site.get("/api/v1/instances", site.key({"read"}, "gone")).status, 401);
  const std::string key = site.key({"read"});
  EXPECT_EQ(site.get("/api/v1/instances", key).status, 200);
  site.keys().revoke(key.substr(0, 12), site.clock().now());
  const ClientReply refused = site.get("/api/v1/instances", key);
  EXPECT_EQ(refused.status, 401);
  EXPECT_NE(refused.header("WWW-Authenticate"), "");
  EXPECT_EQ(ask(site.port(), {"GET", "/api/v1/instances", {{"Authorization", "Basic YTpi"}}, {}}).status,
            401);
}

TEST(Access, ActsForSomebodyOnlyWithTheScopeAndAnActivePerson) {
  SiteFixture site;
  const auto status = [&](const std::vector<std::string>& scopes, const std::string& person) {
    return ask(site.port(), {"GET",
                             "/api/v1/instances",
                             {{"Authorization", "Bearer " + site.key(scopes)}, {"Countersign-Actor", person}},
                             {}})
        .status;
  };
  EXPECT_EQ(status({"read"}, "li.na"), 403);
  EXPECT_EQ(status({"read", "act-as"}, "li.na"), 200);
  EXPECT_EQ(status({"read", "act-as"}, "gone"), 403);
  EXPECT_EQ(status({"read", "act-as"}, "nobody"), 403);
  EXPECT_EQ(status({"read", "act-as"}, "li.na\r\nCountersign-Actor: zhang.wei"), 403);
}

TEST(Access, DeniesWhatHasNoRow) {
  SiteFixture site;
  const std::string all = site.key({"start", "read", "decide", "admin", "act-as"});
  for (const char* path :
       {"/", "/api", "/api/v1", "/api/v1/instances/", "/api/v2/instances", "/etc/passwd",
        "/api/v1/instances/a/b", "/a/", "/assets/../healthz", "/%2e%2e/healthz", "/api/v1/%zz"}) {
    EXPECT_EQ(site.get(path, all).status, 404) << path;
  }
  ClientRequest request{"DELETE", "/api/v1/instances/x", {{"Authorization", "Bearer " + all}}, {}};
  const ClientReply refused = ask(site.port(), request);
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.header("Allow"), "GET, HEAD");
  EXPECT_EQ(site.post("/api/v1/instances", "{}", all).status, 405);
  EXPECT_EQ(site.post("/healthz", "{}", all).status, 405);
}

TEST(Access, TakesOnlyDeclaredTypesOfContent) {
  SiteFixture site;
  const std::string key = site.key({"start"}, "li.na");
  const std::string path = "/api/v1/workflows/expense/instances";
  EXPECT_EQ(site.post(path, "a=b", key, {{"Content-Type", "application/x-www-form-urlencoded"}}).status, 415);
  EXPECT_EQ(site.post(path, "{}", key, {{"Content-Type", ""}}).status, 415);
  EXPECT_EQ(site.post(path, R"({"form":{"purpose":"a","amount":"1"}})", key,
                      {{"Content-Type", "application/json; charset=utf-8"}})
                .status,
            201);
}

TEST(OpenApi, ListsEveryRouteWithKnownSchemas) {
  SiteFixture site;
  const json::value shown = json_of(site.get("/openapi.json"));
  EXPECT_EQ(string_at(shown, "openapi"), "3.1.0");
  std::size_t operations = 0;
  for (const auto& path : find(shown, "paths")->as_object()) operations += path.value().as_object().size();
  EXPECT_EQ(operations, site.site().routes().size());
  std::vector<std::string> ids;
  for (const Route& route : site.site().routes()) {
    EXPECT_TRUE(route.body.empty() || is_schema_name(route.body)) << route.pattern << " " << route.body;
    EXPECT_TRUE(is_schema_name(route.answer)) << route.pattern << " " << route.answer;
    EXPECT_FALSE(route.summary.empty()) << route.pattern;
    EXPECT_EQ(route.body_bytes_max == 0, route.content_types.empty()) << route.pattern;
    const json::value& operation = shown.at("paths").at(route.pattern).at(lower_ascii(route.method));
    ids.push_back(string_at(operation, "operationId"));
  }
  std::ranges::sort(ids);
  EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end()) << "two operations have one name";
}

// The page for people and the table of the daemon are one list.
TEST(Documents, ListEveryRouteWithItsScope) {
  std::ifstream file(source_folder() + "/docs/http-api.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  ASSERT_NE(text, "");
  SiteFixture site;
  std::size_t rows = 0;
  for (const Route& route : site.site().routes()) {
    std::string row = "| " + route.method + " | `" + route.pattern + "` | ";
    if (!to_string(route.scope).empty()) row += std::string(to_string(route.scope)) + " ";
    EXPECT_NE(text.find(row + "|"), std::string::npos) << row;
    ++rows;
  }
  for (const std::string method : {"GET", "POST", "DELETE"}) {
    const std::string row = "\n| " + method + " | ";
    for (std::size_t at = text.find(row); at != std::string::npos; at = text.find(row, at + 1)) --rows;
  }
  EXPECT_EQ(rows, 0U) << "the page names a route that does not exist";
}

}  // namespace
}  // namespace countersign::web
