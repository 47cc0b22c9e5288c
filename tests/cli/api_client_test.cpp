// The client against a real socket: each exit code, and what is sent.

#include "cli/api_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/fake_daemon.h"

namespace countersign::cli::test {
namespace {

using testing::HasSubstr;

ApiClient client_of(const std::string& url, std::chrono::milliseconds timeout = std::chrono::seconds(10)) {
  ApiSettings settings;
  settings.url = url;
  settings.key = "csk_test";
  settings.timeout = timeout;
  auto client = ApiClient::make(std::move(settings));
  return std::move(*client);
}

FakeReply problem(int status, const std::string& document) {
  return {status, document, "application/problem+json"};
}

TEST(ApiClient, GivesTheAnswerAsItWasSent) {
  FakeDaemon daemon(FakeReply{200, R"({"amount":12.50})"});
  auto client = client_of(daemon.url() + "/");
  const auto reply =
      client.get("/api/v1/instances", {{"status", "running & more"}, {"stage", ""}, {"limit", "5"}});
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->text, R"({"amount":12.50})");
  EXPECT_EQ(write_json(reply->body), R"({"amount":12.50})") << "numbers stay as they were written";
  const auto requests = daemon.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].method, "GET");
  EXPECT_EQ(requests[0].target, "/api/v1/instances?status=running%20%26%20more&limit=5");
  EXPECT_EQ(requests[0].header("Authorization"), "Bearer csk_test");
  EXPECT_EQ(requests[0].header("Idempotency-Key"), "");
  EXPECT_EQ(requests[0].header("Countersign-Actor"), "");
}

TEST(ApiClient, WritesUnderAnIdempotencyKeyOfItsOwn) {
  FakeDaemon daemon(FakeReply{});
  auto client = client_of(daemon.url());
  ASSERT_TRUE(client.post("/api/v1/x", json::object{{"a", "李"}}));
  ASSERT_TRUE(client.post("/api/v1/x", json::object()));
  ASSERT_TRUE(client.post_once("/api/v1/x", json::object()));
  const auto requests = daemon.requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(requests[0].body, R"({"a":"李"})");
  EXPECT_EQ(requests[0].header("Content-Type"), "application/json");
  EXPECT_TRUE(requests[0].header("Idempotency-Key").starts_with("cli-"));
  EXPECT_NE(requests[0].header("Idempotency-Key"), requests[1].header("Idempotency-Key"));
  EXPECT_EQ(requests[2].header("Idempotency-Key"), "");
}

TEST(ApiClient, SendsTheKeyOfTheCallerAndThePersonToActAs) {
  FakeDaemon daemon(FakeReply{});
  ApiSettings settings;
  settings.url = daemon.url();
  settings.key = "csk_test";
  settings.actor = "li.na";
  settings.idempotency_key = "mine";
  auto client = ApiClient::make(settings);
  ASSERT_TRUE(client);
  ASSERT_TRUE(client->post("/api/v1/x", json::object()));
  EXPECT_EQ(daemon.requests()[0].header("Idempotency-Key"), "mine");
  EXPECT_EQ(daemon.requests()[0].header("Countersign-Actor"), "li.na");
}

TEST(ApiClient, GivesTheKeyToTheApiAlone) {
  FakeDaemon daemon(FakeReply{});
  auto client = client_of(daemon.url());
  ASSERT_TRUE(client.get("/readyz"));
  EXPECT_EQ(daemon.requests()[0].header("Authorization"), "");
}

TEST(ApiClient, TurnsProblemDocumentsIntoFailures) {
  FakeDaemon daemon(problem(422, R"({"status":422,"detail":"the input is not acceptable","errors":[
      {"pointer":"/form/amount","detail":"'lots' is no amount"},{"pointer":"","detail":"and more"}]})"));
  auto client = client_of(daemon.url());
  const auto reply = client.post("/api/v1/x", json::object());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ExitCode::refused);
  EXPECT_EQ(reply.error().message, "the input is not acceptable");
  ASSERT_EQ(reply.error().details.size(), 2U);
  EXPECT_EQ(reply.error().details[0].pointer, "/form/amount");
  EXPECT_EQ(reply.error().details[0].text, "'lots' is no amount");
}

TEST(ApiClient, MapsEveryStatusToItsExitCode) {
  const std::vector<std::pair<int, ExitCode>> kExpected{
      {400, ExitCode::wrong_use},   {401, ExitCode::refused},     {403, ExitCode::refused},
      {404, ExitCode::not_so},      {405, ExitCode::wrong_use},   {409, ExitCode::conflict},
      {410, ExitCode::conflict},    {413, ExitCode::refused},     {422, ExitCode::refused},
      {428, ExitCode::conflict},    {500, ExitCode::unreachable}, {501, ExitCode::unreachable},
      {503, ExitCode::unreachable},
  };
  for (const auto& [status, code] : kExpected) {
    FakeDaemon daemon(problem(status, R"({"detail":"because"})"));
    auto client = client_of(daemon.url());
    const auto reply = client.get("/api/v1/x");
    ASSERT_FALSE(reply) << status;
    EXPECT_EQ(reply.error().code, code) << status;
    EXPECT_EQ(reply.error().message, "because");
  }
}

TEST(ApiClient, SaysThatNobodyListens) {
  std::string url;
  {
    const FakeDaemon gone(FakeReply{});
    url = gone.url();
  }
  auto client = client_of(url);
  const auto reply = client.post("/api/v1/x", json::object());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ExitCode::unreachable);
  EXPECT_THAT(reply.error().message, HasSubstr("cannot reach the daemon at " + url));
  EXPECT_THAT(reply.error().message, testing::Not(HasSubstr("idempotency"))) << "nothing was sent";
}

TEST(ApiClient, SaysHowToRepeatAWriteWhoseAnswerIsLost) {
  FakeReply nothing;
  nothing.hangs_up = true;
  FakeDaemon daemon(nothing);
  auto client = client_of(daemon.url());
  const auto reply = client.post("/api/v1/x", json::object());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ExitCode::unreachable);
  EXPECT_THAT(reply.error().message,
              HasSubstr("--idempotency-key " + daemon.requests()[0].header("Idempotency-Key")));
}

TEST(ApiClient, WaitsNoLongerThanItsTimeout) {
  FakeReply nothing;
  nothing.says_nothing = true;
  FakeDaemon daemon(nothing);
  auto client = client_of(daemon.url(), std::chrono::milliseconds(150));
  const auto reply = client.get("/api/v1/x");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ExitCode::unreachable);
  EXPECT_THAT(reply.error().message, HasSubstr("within 0.15 seconds"));
}

TEST(ApiClient, FollowsNoRedirectAndKnowsAStranger) {
  FakeDaemon moved(FakeReply{302, "", "text/html"});
  auto client = client_of(moved.url());
  EXPECT_EQ(client.get("/api/v1/x").error().code, ExitCode::unreachable);
  EXPECT_EQ(moved.requests().size(), 1U);
  FakeDaemon stranger(FakeReply{200, "<html>hello</html>", "text/html"});
  auto other = client_of(stranger.url());
  EXPECT_THAT(other.get("/api/v1/x").error().message, HasSubstr("not as countersign does"));
}

TEST(ApiClient, RefusesAddressesAndHeadersThatCannotBeSent) {
  ApiSettings settings;
  settings.url = "ftp://127.0.0.1";
  EXPECT_EQ(ApiClient::make(settings).error().code, ExitCode::wrong_use);
  settings.url = "http://127.0.0.1:1";
  settings.actor = "li.na\r\nX-Evil: 1";
  EXPECT_EQ(ApiClient::make(settings).error().code, ExitCode::wrong_use);
}

TEST(LoopbackUrl, IsThisMachineAndNoOther) {
  for (const auto* url :
       {"http://127.0.0.1:8080", "http://127.8.9.1", "http://localhost:1/x", "https://[::1]:8080"}) {
    EXPECT_TRUE(is_loopback_url(url)) << url;
  }
  for (const auto* url :
       {"http://127.0.0.1.example.com", "http://example.com", "http://localhost.example.com",
        "http://127.0.0.1@example.com", "http://10.0.0.1", "http://[::2]"}) {
    EXPECT_FALSE(is_loopback_url(url)) << url;
  }
}

}  // namespace
}  // namespace countersign::cli::test
