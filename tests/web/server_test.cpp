#include "web/server.h"

#include <condition_variable>
#include <mutex>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/web/http_client.h"
#include "web/problem.h"

namespace countersign::web {
namespace {

// Answers with what came in; counts what it was given.
class Echo {
 public:
  explicit Echo(ServerLimits limits = {})
      : server_([this](const HttpRequest& head) { return intake(head); }, pool_, limits) {
    const auto started = server_.start("127.0.0.1", 0);
    EXPECT_TRUE(started) << (started ? "" : started.error().message);
  }

  std::uint16_t port() const { return server_.port(); }
  HttpServer& server() { return server_; }
  int handled() const { return handled_; }

  // Requests for /held wait here.
  void release(const std::string& body) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return held_ != nullptr; });
    const Respond respond = std::exchange(held_, nullptr);
    lock.unlock();
    HttpReply reply;
    reply.body = body;
    respond(std::move(reply));
  }

  class Sink final : public BodySink {
   public:
    Result<void> write(std::string_view bytes) override {
      taken_ += bytes;
      if (taken_.find("poison") != std::string::npos) return fail(ErrorCode::invalid_input, "poisoned");
      return {};
    }
    std::string taken_;
  };

 private:
  Intake intake(const HttpRequest& head) {
    Intake intake;
    intake.body_bytes_max = 1000;
    if (head.path == "/refused") intake.refusal = problem(403, "not for you", head.path);
    if (head.path == "/sink") {
      intake.body_bytes_max = 1 << 20;
      intake.sink = std::make_shared<Sink>();
    }
    intake.handle = [this, sink = intake.sink](const HttpRequest& request, const Respond& respond) {
      ++handled_;
      if (request.path == "/held") {
        const std::lock_guard lock(mutex_);
        held_ = respond;
        wake_.notify_all();
        return;
      }
      HttpReply reply;
      reply.content_type = "text/plain";
      reply.body = fmt::format("{} {}?{} [{}]", request.method, request.path, request.query, request.body);
      if (sink) reply.body = std::to_string(static_cast<Sink&>(*sink).taken_.size());
      respond(std::move(reply));
    };
    return intake;
  }

  BlockingPool pool_;
  std::atomic<int> handled_{0};
  std::mutex mutex_;
  std::condition_variable wake_;
  Respond held_;
  HttpServer server_;
};

TEST(Server, AnswersAndKeepsTheConnection) {
  Echo echo;
  Connection connection(echo.port());
  for (int i = 0; i < 3; ++i) {
    connection.send("POST /a%20b?x=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
    const ClientReply reply = connection.read_reply();
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "POST /a%20b?x=1 [hello]");
    EXPECT_NE(reply.header("Date"), "");
  }
}

TEST(Server, AnswersRequestsThatWereSentAheadInOrder) {
  Echo echo;
  Connection connection(echo.port());
  connection.send(
      "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPOST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi"
      "\r\nGET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(connection.read_reply().body, "GET /1? []");
  EXPECT_EQ(connection.read_reply().body, "POST /2? [hi]");
  const ClientReply last = connection.read_reply();
  EXPECT_EQ(last.body, "GET /3? []");
  EXPECT_EQ(last.header("Connection"), "close");
  EXPECT_EQ(connection.read_to_end(), "");
}

TEST(Server, TakesBodiesInChunks) {
  Echo echo;
  Connection connection(echo.port());
  connection.send(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_EQ(connection.read_reply().body, "POST /? [abcde]");
}

TEST(Server, AnswersHeadWithoutABody) {
  Echo echo;
  Connection connection(echo.port());
  connection.send("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\nGET /y HTTP/1.1\r\nHost: h\r\n\r\n");
  const ClientReply head = connection.read_reply(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Length"), std::to_string(std::string("HEAD /x? []").size()));
  EXPECT_EQ(connection.read_reply().body, "GET /y? []");
}

struct Malformed {
  std::string name;
  std::string bytes;
  int status;
};
class MalformedRequests : public testing::TestWithParam<Malformed> {};

TEST_P(MalformedRequests, AreRefusedAndTheConnectionCloses) {
  Echo echo;
  Connection connection(echo.port());
  connection.send(GetParam().bytes);
  const ClientReply reply = connection.read_reply();
  EXPECT_EQ(reply.status, GetParam().status) << reply.body;
  EXPECT_EQ(reply.header("Content-Type"), "application/problem+json");
  EXPECT_EQ(reply.header("Connection"), "close");
  EXPECT_EQ(echo.handled(), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Server, MalformedRequests,
    testing::Values(
        Malformed{"NoHttp", "hello there\r\n\r\n", 400}, Malformed{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400},
        Malformed{"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        Malformed{"NoPath", "GET a HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        Malformed{"LongHead", "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(20000, 'x') + "\r\n\r\n", 431},
        Malformed{"ManyFields",
                  [] {
                    std::string bytes = "GET / HTTP/1.1\r\nHost: h\r\n";
                    for (int i = 0; i < 70; ++i) bytes += fmt::format("X-{}: 1\r\n", i);
                    return bytes + "\r\n";
                  }(),
                  431},
        Malformed{"LongBody", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n", 413},
        Malformed{"LongChunk", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n7d1\r\n",
                  413},
        Malformed{"LengthAndChunks",
                  "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
                  400},
        Malformed{"TwoLengths",
                  "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400},
        Malformed{"Compressed",
                  "POST / HTTP/1.1\r\nHost: h\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
                  415},
        Malformed{"OddCoding",
                  "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
        Malformed{"OddExpectation",
                  "POST / HTTP/1.1\r\nHost: h\r\nExpect: tea\r\nContent-Length: 3\r\n\r\nabc", 417}),
    [](const auto& named) { return named.param.name; });

TEST(Server, SaysToGoOnBeforeABigBody) {
  Echo echo;
  Connection connection(echo.port());
  connection.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(connection.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  connection.send("abc");
  EXPECT_EQ(connection.read_reply().body, "POST /? [abc]");
}

TEST(Server, RefusesBeforeItReadsTheBody) {
  Echo echo;
  Connection connection(echo.port());
  connection.send("POST /refused HTTP/1.1\r\nHost: h\r\nContent-Length: 900\r\n\r\n");
  EXPECT_EQ(connection.read_reply().status, 403);
  EXPECT_TRUE(connection.read_to_end().has_value());
  EXPECT_EQ(echo.handled(), 0);
}

ServerLimits short_limits() {
  ServerLimits limits;
  limits.header_timeout = Duration(60);
  limits.body_timeout = Duration(60);
  limits.idle_timeout = Duration(60);
  limits.reply_timeout = Duration(60);
  limits.slowest_bytes_per_second = 1 << 30;
  return limits;
}

TEST(Server, ClosesConnectionsThatSayNothing) {
  Echo echo(short_limits());
  Connection connection(echo.port());
  EXPECT_EQ(connection.read_to_end(), "");
}

TEST(Server, EndsHeadsThatNeverEnd) {
  Echo echo(short_limits());
  Connection connection(echo.port());
  connection.send("GET / HTTP/1.1\r\nHost: h\r\nX-Slow: ");
  EXPECT_EQ(connection.read_reply().status, 408);
  EXPECT_TRUE(connection.read_to_end().has_value());
  EXPECT_EQ(echo.server().figures().timeouts, 1U);
}

// A byte now and then must not keep a head open: the limit counts from its first byte.
TEST(Server, EndsHeadsThatDrip) {
  Echo echo(short_limits());
  Connection connection(echo.port());
  connection.send("GET / HTTP/1.1\r\nHost: h\r\nX: ");
  int bytes = 0;
  while (bytes < 1000 && !connection.has_bytes_within(10)) {
    connection.send("y");
    ++bytes;
  }
  EXPECT_LT(bytes, 1000);
  EXPECT_EQ(connection.read_reply().status, 408);
}

TEST(Server, EndsBodiesThatNeverEnd) {
  Echo echo(short_limits());
  Connection connection(echo.port());
  connection.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(connection.read_reply().status, 408);
}

TEST(Server, AnswersForAHandlerThatDoesNot) {
  Echo echo(short_limits());
  Connection connection(echo.port());
  connection.send("GET /held HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(connection.read_reply().status, 503);
  echo.release("too late");
  EXPECT_EQ(connection.read_to_end(), "");
}

TEST(Server, ClosesTheLongestIdleConnectionForANewOne) {
  ServerLimits limits;
  limits.connections_max = 2;
  Echo echo(limits);
  Connection first(echo.port());
  first.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(first.read_reply().status, 200);
  Connection second(echo.port());
  second.send("GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(second.read_reply().status, 200);
  Connection third(echo.port());
  third.send("GET /3 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(third.read_reply().status, 200);
  EXPECT_EQ(first.read_to_end(), "");
  EXPECT_EQ(echo.server().figures().connections, 2U);
}

TEST(Server, RefusesConnectionsWhereAllAreBusy) {
  ServerLimits limits;
  limits.connections_max = 1;
  Echo echo(limits);
  Connection busy(echo.port());
  busy.send("GET /held HTTP/1.1\r\nHost: h\r\n\r\n");
  Connection refused(echo.port());
  EXPECT_EQ(refused.read_reply().status, 503);
  echo.release("done");
  EXPECT_EQ(busy.read_reply().body, "done");
  EXPECT_EQ(echo.server().figures().connections_refused, 1U);
}

TEST(Server, StreamsABodyIntoItsSink) {
  Echo echo;
  const std::string body(700'000, 'z');
  EXPECT_EQ(ask(echo.port(), {"POST", "/sink", {}, body}).body, "700000");
}

TEST(Server, StopsReadingWhereTheSinkRefuses) {
  Echo echo;
  const ClientReply reply = ask(echo.port(), {"POST", "/sink", {}, std::string(100'000, 'z') + "poison"});
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(echo.handled(), 0);
}

TEST(Server, LimitsWhatASinkGets) {
  Echo echo;
  Connection connection(echo.port());
  connection.send("POST /sink HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "10000\r\n" + std::string(65536, 'z') + "\r\n";
  for (int i = 0; i < 17; ++i) connection.send(chunk);
  EXPECT_EQ(connection.read_reply().status, 413);
}

TEST(Server, FinishesWhatIsUnderWayBeforeItStops) {
  Echo echo;
  Connection busy(echo.port());
  busy.send("GET /held HTTP/1.1\r\nHost: h\r\n\r\n");
  Connection idle(echo.port());
  idle.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(idle.read_reply().status, 200);
  std::thread stopping([&echo] { echo.server().stop(std::chrono::seconds(20)); });
  EXPECT_EQ(idle.read_to_end(), "");  // closed at once: so the server is stopping
  echo.release("finished");
  const ClientReply reply = busy.read_reply();
  EXPECT_EQ(reply.body, "finished");
  EXPECT_EQ(reply.header("Connection"), "close");
  stopping.join();
  EXPECT_FALSE(Connection(echo.port()).is_open());
}

TEST(Server, DoesNotWaitForTheRestOfARequestWhenItStops) {
  Echo echo;
  Connection head(echo.port());
  head.send("POST / HTTP/1.1\r\nHost:");
  Connection body(echo.port());
  body.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\n\r\nhalf of");
  Connection other(echo.port());
  other.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(other.read_reply().status, 200);
  const auto begin = std::chrono::steady_clock::now();
  std::thread stopping([&echo] { echo.server().stop(std::chrono::minutes(5)); });
  EXPECT_EQ(head.read_reply().status, 503);
  const ClientReply reply = body.read_reply();
  EXPECT_EQ(reply.status, 503);
  EXPECT_NE(reply.body.find("send it again"), std::string::npos) << reply.body;
  stopping.join();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::minutes(1));
}

TEST(Server, StopsWithinItsLimitWhateverIsUnderWay) {
  Echo echo;
  Connection busy(echo.port());
  busy.send("GET /held HTTP/1.1\r\nHost: h\r\n\r\n");
  Connection other(echo.port());
  other.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(other.read_reply().status, 200);
  echo.server().stop(Duration(20));
  EXPECT_EQ(busy.read_to_end(), "");
  echo.release("nobody hears it");
}

TEST(Server, SaysWhyItCannotListen) {
  Echo echo;
  BlockingPool pool(1);
  HttpServer second([](const HttpRequest&) { return Intake{}; }, pool);
  const auto taken = second.start("127.0.0.1", echo.port());
  ASSERT_FALSE(taken);
  EXPECT_NE(taken.error().message.find("is another daemon running?"), std::string::npos);
  const auto nowhere = second.start("example.com", 0);
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, ErrorCode::invalid_input);
}

}  // namespace
}  // namespace countersign::web
