#pragma once
// An HTTP server on loopback that answers what a test tells it to, so that the client's behaviour is seen
// from the other side of a real socket.

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace countersign::cli::test {

struct FakeRequest {
  std::string method;
  std::string target;  // path and query
  std::string head;    // header lines, "Name: value\r\n" each
  std::string body;

  // The value of a header, "" where it was not sent.
  std::string header(const std::string& name) const;
};

struct FakeReply {
  int status = 200;
  std::string body = "{}";
  std::string type = "application/json";
  bool hangs_up = false;      // closes the connection instead of answering
  bool says_nothing = false;  // keeps it open without an answer
};

class FakeDaemon {
 public:
  using Handler = std::function<FakeReply(const FakeRequest&)>;

  // `handler` is called on the server's thread, one request at a time.
  explicit FakeDaemon(Handler handler);
  // The same answer to everything.
  explicit FakeDaemon(FakeReply reply);
  ~FakeDaemon();
  FakeDaemon(const FakeDaemon&) = delete;
  FakeDaemon& operator=(const FakeDaemon&) = delete;

  std::string url() const;
  // What came so far.
  std::vector<FakeRequest> requests() const;

 private:
  void serve();
  void serve_connection(int connection);

  Handler handler_;
  int listener_ = -1;
  int wake_[2] = {-1, -1};  // readable once the server shall end
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<FakeRequest> requests_;
  std::thread thread_;
};

}  // namespace countersign::cli::test
