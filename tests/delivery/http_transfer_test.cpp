// TransferClient against a real HTTP server on loopback that behaves badly in every way a webhook target can.

#include <cstdlib>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "delivery/transfer.h"
#include "tests/delivery/http_peer.h"

namespace countersign {
namespace {

using testing::HasSubstr;
using testing::Not;
using tests::HttpPeer;
using tests::PeerAnswer;
using tests::PeerRequest;
using tests::response;
using tests::Then;
using namespace std::chrono_literals;

class HttpTransfer : public testing::Test {
 protected:
  void run_until(const std::function<bool()>& done) {
    while (!done()) {
      io_.restart();
      ASSERT_GT(io_.run_one_for(20s), 0U) << "nothing happens any more";
    }
  }
  HttpOutcome send(TransferClient& client, HttpRequest request) {
    std::optional<HttpOutcome> outcome;
    client.http(std::move(request), [&](HttpOutcome given) { outcome = std::move(given); });
    EXPECT_FALSE(outcome) << "called back from inside http()";
    run_until([&] { return outcome.has_value(); });
    return outcome.value_or(HttpOutcome{});
  }
  HttpOutcome send(HttpRequest request) { return send(client_, std::move(request)); }
  // Answers every request in the same way.
  std::unique_ptr<HttpPeer> peer(const std::string& bytes, Then then = Then::close) {
    return std::make_unique<HttpPeer>(io_, [=](const PeerRequest&) { return PeerAnswer{bytes, then}; });
  }

  boost::asio::io_context io_;
  TransferClient client_{io_, *AddressPolicy::parse({"127.0.0.0/8"})};
};

HttpRequest post(const std::string& url, const std::string& body = "{}") {
  HttpRequest request;
  request.url = url;
  request.body = body;
  request.headers = {{"Content-Type", "application/json"}};
  return request;
}

TEST_F(HttpTransfer, SendsTheRequestAndGivesTheAnswer) {
  const auto target = peer(response("201 Created", "{\"ok\":true}", "X-Thing:  a b \r\n"));
  HttpRequest request = post(target->url("/hook?x=1"), "{\"n\":1}");
  request.headers.emplace_back("webhook-id", "msg_1");
  request.headers.emplace_back("X-Empty", "");
  const HttpOutcome outcome = send(request);
  EXPECT_TRUE(outcome.is_success()) << outcome.message;
  EXPECT_EQ(outcome.status, 201);
  EXPECT_EQ(outcome.body, "{\"ok\":true}");
  EXPECT_EQ(only_header(outcome.headers, "x-thing"), "a b");
  ASSERT_EQ(target->requests.size(), 1U);
  const std::string& head = target->requests[0].head;
  EXPECT_THAT(head, HasSubstr("POST /hook?x=1 HTTP/1.1\r\n"));
  EXPECT_THAT(head, HasSubstr("webhook-id: msg_1\r\n"));
  EXPECT_THAT(head, HasSubstr("X-Empty:"));
  EXPECT_THAT(head, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("Accept-Encoding")));
  EXPECT_THAT(head, Not(HasSubstr("Expect")));
  EXPECT_EQ(target->requests[0].body, "{\"n\":1}");
}

TEST_F(HttpTransfer, SendsOtherMethodsWithAndWithoutBodies) {
  const auto target = peer(response("200 OK", ""));
  for (const std::string method : {"GET", "PUT", "PATCH", "DELETE"}) {
    HttpRequest request = post(target->url(), method == "PUT" || method == "PATCH" ? "body" : "");
    request.method = method;
    EXPECT_TRUE(send(request).is_success()) << method;
    EXPECT_THAT(target->requests.back().head, HasSubstr(method + " / HTTP/1.1"));
  }
  EXPECT_EQ(target->requests[1].body, "body");
}

TEST_F(HttpTransfer, UsesOneConnectionAgain) {
  const auto target = peer(response("200 OK", "yes"), Then::keep_open);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(send(post(target->url())).is_success());
  EXPECT_EQ(target->connections, 1);
}

TEST_F(HttpTransfer, DoesNotFollowRedirects) {
  const auto elsewhere = peer(response("200 OK", "secret"));
  const auto target = peer(response("302 Found", "", "Location: " + elsewhere->url() + "\r\n"));
  const HttpOutcome outcome = send(post(target->url()));
  EXPECT_FALSE(outcome.failure);
  EXPECT_EQ(outcome.status, 302);
  EXPECT_FALSE(outcome.is_success());
  EXPECT_TRUE(elsewhere->requests.empty());
}

TEST_F(HttpTransfer, GivesUpOnATargetThatNeverAnswers) {
  const auto target = peer("", Then::hang);
  HttpRequest request = post(target->url("/hook?token=geheim"));
  request.timeouts.total = 150ms;
  const HttpOutcome outcome = send(request);
  EXPECT_EQ(outcome.failure, TransferFailure::timeout) << outcome.message;
  EXPECT_THAT(outcome.message, HasSubstr("http://127.0.0.1:"));
  EXPECT_THAT(outcome.message, Not(HasSubstr("geheim")));
}

TEST_F(HttpTransfer, GivesUpOnATargetThatStopsInTheMiddle) {
  const auto target = peer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", Then::hang);
  HttpRequest request = post(target->url());
  request.timeouts.total = 150ms;
  EXPECT_EQ(send(request).failure, TransferFailure::timeout);
}

TEST_F(HttpTransfer, StopsReadingAnEndlessAnswer) {
  const auto target = peer("HTTP/1.1 200 OK\r\n\r\n", Then::send_forever);
  HttpRequest request = post(target->url());
  request.response_bytes_max = 100'000;
  const HttpOutcome outcome = send(request);
  EXPECT_EQ(outcome.failure, TransferFailure::too_large) << outcome.message;
  EXPECT_TRUE(outcome.body.empty());
}

TEST_F(HttpTransfer, StopsReadingEndlessHeaders) {
  std::string headers;
  for (int i = 0; i < 1000; ++i) headers += "X-" + std::to_string(i) + ": " + std::string(100, 'a') + "\r\n";
  const auto target = peer(response("200 OK", "", headers));
  EXPECT_EQ(send(post(target->url())).failure, TransferFailure::too_large);
}

TEST_F(HttpTransfer, AcceptsAnAnswerOfExactlyTheLimit) {
  const auto target = peer(response("200 OK", std::string(1000, 'a')));
  HttpRequest request = post(target->url());
  request.response_bytes_max = 1000;
  EXPECT_EQ(send(request).body.size(), 1000U);
  request.response_bytes_max = 999;
  EXPECT_EQ(send(request).failure, TransferFailure::too_large);
}

TEST_F(HttpTransfer, ReadsRetryAfterInSecondsAndAsADate) {
  const auto seconds = peer(response("503 Service Unavailable", "", "Retry-After: 120\r\n"));
  const HttpOutcome busy = send(post(seconds->url()));
  EXPECT_EQ(busy.status, 503);
  EXPECT_EQ(busy.retry_after, Duration(120s));

  const auto date =
      peer(response("429 Too Many Requests", "",
                    "Date: Mon, 02 Mar 2026 10:00:00 GMT\r\nRetry-After: Mon, 02 Mar 2026 10:05:00 "
                    "GMT\r\n"));
  EXPECT_EQ(send(post(date->url())).retry_after, Duration(300s));

  const auto past =
      peer(response("429 Too Many Requests", "",
                    "Date: Mon, 02 Mar 2026 10:00:00 GMT\r\nRetry-After: Mon, 02 Mar 2026 09:00:00 "
                    "GMT\r\n"));
  EXPECT_EQ(send(post(past->url())).retry_after, Duration(0s));

  const auto nonsense = peer(response("503 Service Unavailable", "", "Retry-After: later\r\n"));
  EXPECT_EQ(send(post(nonsense->url())).retry_after, std::nullopt);
}

TEST_F(HttpTransfer, ReportsGoneAsAnAnswer) {
  const auto target = peer(response("410 Gone", ""));
  EXPECT_EQ(send(post(target->url())).status, 410);
}

TEST_F(HttpTransfer, ReportsARefusedConnection) {
  std::string url;
  {
    const auto closed = peer("");
    url = closed->url();
  }
  EXPECT_EQ(send(post(url)).failure, TransferFailure::connect);
}

TEST_F(HttpTransfer, ReportsAResetAndAnAnswerCutShort) {
  const auto resetting = peer("", Then::reset);
  EXPECT_EQ(send(post(resetting->url())).failure, TransferFailure::disconnected);
  const auto cut = peer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", Then::close);
  EXPECT_EQ(send(post(cut->url())).failure, TransferFailure::disconnected);
}

TEST_F(HttpTransfer, ReportsAPeerThatDoesNotSpeakHttp) {
  const auto target = peer("220 mail.example.test ESMTP\r\n");
  EXPECT_EQ(send(post(target->url())).failure, TransferFailure::protocol);
}

TEST_F(HttpTransfer, RefusesAddressesInWhateverSpelling) {
  const auto target = peer(response("200 OK", ""));
  TransferClient strict(io_, AddressPolicy{});
  const std::string port = std::to_string(target->port());
  for (const std::string host : {"127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1",
                                 "[::ffff:127.0.0.1]", "[::1]", "[::ffff:7f00:1]", "0.0.0.0", "0", "127.1"}) {
    const HttpOutcome outcome = send(strict, post("http://" + host + ":" + port + "/"));
    EXPECT_EQ(outcome.failure, TransferFailure::refused_address) << host << ": " << outcome.message;
  }
  EXPECT_EQ(target->connections, 0);
  // The same server, once its block is allowed: it was the policy that stopped the others.
  EXPECT_TRUE(send(post("http://2130706433:" + port + "/")).is_success());
}

TEST_F(HttpTransfer, RefusesWhatIsNotAProperRequestBeforeSendingAnything) {
  const auto target = peer(response("200 OK", ""));
  const auto failure_of = [&](HttpRequest request) { return send(std::move(request)).failure; };
  EXPECT_EQ(failure_of(post("ftp://127.0.0.1/x")), TransferFailure::invalid_request);
  EXPECT_EQ(failure_of(post("file:///etc/hostname")), TransferFailure::invalid_request);
  EXPECT_EQ(failure_of(post("127.0.0.1/x")), TransferFailure::invalid_request);
  EXPECT_EQ(failure_of(post("http://user:password@127.0.0.1/")), TransferFailure::invalid_request);
  EXPECT_EQ(failure_of(post(target->url("/a b"))), TransferFailure::invalid_request);
  EXPECT_EQ(failure_of(post(target->url("/\r\nX: y"))), TransferFailure::invalid_request);
  HttpRequest request = post(target->url());
  request.headers = {{"X-A", "b\r\nX-C: d"}};
  EXPECT_EQ(failure_of(request), TransferFailure::invalid_request);
  request.headers = {{"X A", "b"}};
  EXPECT_EQ(failure_of(request), TransferFailure::invalid_request);
  request.headers = {{"Host", "elsewhere.example"}};
  EXPECT_EQ(failure_of(request), TransferFailure::invalid_request);
  request = post(target->url());
  request.method = "GET / HTTP/1.1\r\n";
  EXPECT_EQ(failure_of(request), TransferFailure::invalid_request);
  EXPECT_EQ(target->connections, 0);
}

TEST_F(HttpTransfer, UsesNoProxyFromTheEnvironment) {
  const auto proxy = peer(response("200 OK", "from the proxy"));
  const auto target = peer(response("200 OK", "from the target"));
  ::setenv("http_proxy", proxy->url().c_str(), 1);
  ::setenv("all_proxy", proxy->url().c_str(), 1);
  const HttpOutcome outcome = send(post(target->url()));
  ::unsetenv("http_proxy");
  ::unsetenv("all_proxy");
  EXPECT_EQ(outcome.body, "from the target");
}

TEST_F(HttpTransfer, ReportsANameThatDoesNotExist) {
  EXPECT_EQ(send(post("http://nobody.invalid/")).failure, TransferFailure::dns);
}

TEST_F(HttpTransfer, LetsASlowTargetStarveNoOther) {
  TransferClient limited(io_, *AddressPolicy::parse({"127.0.0.0/8"}), {4, 2});
  const auto hanging = peer("", Then::hang);
  const auto quick = peer(response("200 OK", "quick"), Then::keep_open);
  int hung = 0;
  for (int i = 0; i < 6; ++i) limited.http(post(hanging->url()), [&](HttpOutcome) { ++hung; });
  EXPECT_EQ(send(limited, post(quick->url())).body, "quick");
  EXPECT_EQ(hung, 0);
  EXPECT_EQ(limited.unfinished(), 6U);
  EXPECT_LE(hanging->connections, 2);
  limited.cancel_all();
  run_until([&] { return hung == 6; });
}

TEST_F(HttpTransfer, CarriesOutManyAtOnceAndEachOnce) {
  const auto target = peer(response("200 OK", "yes"), Then::keep_open);
  int done = 0;
  for (int i = 0; i < 300; ++i) {
    client_.http(post(target->url()),
                 [&](const HttpOutcome& outcome) { done += outcome.is_success() ? 1 : 1000; });
  }
  run_until([&] { return client_.unfinished() == 0; });
  EXPECT_EQ(done, 300);
  EXPECT_EQ(target->requests.size(), 300U);
  EXPECT_LE(target->connections, 8);
}

TEST_F(HttpTransfer, CancelsWhatIsUnderWayAndWhatWaits) {
  const auto target = peer("", Then::hang);
  int cancelled = 0;
  for (int i = 0; i < 20; ++i) {
    client_.http(post(target->url()), [&](const HttpOutcome& outcome) {
      if (outcome.failure == TransferFailure::cancelled) ++cancelled;
    });
  }
  run_until([&] { return target->connections == 8; });
  client_.cancel_all();
  EXPECT_EQ(cancelled, 0) << "called back from inside cancel_all()";
  run_until([&] { return cancelled == 20; });
  EXPECT_EQ(client_.unfinished(), 0U);
}

TEST_F(HttpTransfer, StartsFurtherTransfersFromACallback) {
  const auto target = peer(response("200 OK", ""), Then::keep_open);
  int left = 5;
  std::function<void(HttpOutcome)> next = [&](const HttpOutcome&) {
    if (--left > 0) client_.http(post(target->url()), next);
  };
  client_.http(post(target->url()), next);
  run_until([&] { return left == 0; });
  EXPECT_EQ(target->requests.size(), 5U);
}

TEST_F(HttpTransfer, DropsWhatIsUnfinishedWhenItIsDestroyed) {
  const auto target = peer("", Then::hang);
  bool called = false;
  {
    TransferClient shortlived(io_, *AddressPolicy::parse({"127.0.0.0/8"}));
    shortlived.http(post(target->url()), [&](const HttpOutcome&) { called = true; });
    run_until([&] { return target->connections == 1; });
  }
  io_.restart();
  io_.poll();
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace countersign
