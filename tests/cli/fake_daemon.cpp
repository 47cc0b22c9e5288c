#include "tests/cli/fake_daemon.h"

#include <optional>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace countersign::cli::test {
namespace {

// Waits until `connection` can be read; false where the server shall end first.
bool wait_readable(int connection, int wake) {
  pollfd both[2] = {{connection, POLLIN, 0}, {wake, POLLIN, 0}};
  if (poll(both, 2, -1) < 0) return false;
  return both[1].revents == 0;
}

// Bytes of a connection, read as they are needed.
class Incoming {
 public:
  Incoming(int connection, int wake) : connection_(connection), wake_(wake) {}

  std::optional<FakeRequest> next() {
    std::size_t end = 0;
    while ((end = bytes_.find("\r\n\r\n")) == std::string::npos) {
      if (!more()) return std::nullopt;
    }
    FakeRequest request;
    const std::size_t line = bytes_.find("\r\n");
    const std::string first = bytes_.substr(0, line);
    request.method = first.substr(0, first.find(' '));
    request.target = first.substr(first.find(' ') + 1);
    request.target.resize(request.target.find(' '));
    request.head = bytes_.substr(line + 2, end - line);
    bytes_.erase(0, end + 4);
    const std::string length = request.header("Content-Length");
    const std::size_t size = length.empty() ? 0 : std::stoul(length);
    while (bytes_.size() < size) {
      if (!more()) return std::nullopt;
    }
    request.body = bytes_.substr(0, size);
    bytes_.erase(0, size);
    return request;
  }

 private:
  bool more() {
    if (!wait_readable(connection_, wake_)) return false;
    char buffer[4096];
    const ssize_t got = recv(connection_, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    bytes_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }

  int connection_;
  int wake_;
  std::string bytes_;
};

}  // namespace

std::string FakeRequest::header(const std::string& name) const {
  const std::string line = name + ": ";
  const std::size_t at = head.starts_with(line) ? 0 : head.find("\n" + line);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + line.size() + (at == 0 && head.starts_with(line) ? 0 : 1);
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

FakeDaemon::FakeDaemon(FakeReply reply) : FakeDaemon([reply](const FakeRequest&) { return reply; }) {}

FakeDaemon::FakeDaemon(Handler handler) : handler_(std::move(handler)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 16) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0 || pipe(wake_) != 0) {
    throw std::runtime_error("no server for the test");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

FakeDaemon::~FakeDaemon() {
  close(wake_[1]);
  thread_.join();
  close(wake_[0]);
  close(listener_);
}

std::string FakeDaemon::url() const {
  return "http://127.0.0.1:" + std::to_string(port_);
}

std::vector<FakeRequest> FakeDaemon::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void FakeDaemon::serve() {
  while (wait_readable(listener_, wake_[0])) {
    const int connection = accept(listener_, nullptr, nullptr);
    if (connection < 0) return;
    serve_connection(connection);
    close(connection);
  }
}

void FakeDaemon::serve_connection(int connection) {
  Incoming incoming(connection, wake_[0]);
  const auto request = incoming.next();
  if (!request) return;
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(*request);
  }
  const FakeReply reply = handler_(*request);
  if (reply.says_nothing) (void)incoming.next();  // until the client goes away
  if (reply.hangs_up || reply.says_nothing) return;
  // One request a connection, so that several clients never wait for each other.
  const std::string bytes = "HTTP/1.1 " + std::to_string(reply.status) +
                            " Status\r\nContent-Type: " + reply.type +
                            "\r\nConnection: close\r\nContent-Length: " + std::to_string(reply.body.size()) +
                            "\r\n\r\n" + reply.body;
  (void)send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

}  // namespace countersign::cli::test
