#include "tests/bench/feed_listener.h"

#include <vector>

#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/load_client.h"
#include "tests/bench/load_steps.h"

namespace countersign::bench {

FeedListener::FeedListener(std::uint16_t port, const std::string& key) : socket_(connect_to(port)) {
  send_all(socket_,
           "GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n"
           "Authorization: Bearer " +
               key + "\r\n\r\n");
  thread_ = std::thread([this] { listen(); });
}

FeedListener::~FeedListener() {
  stop();
}

std::unordered_map<std::string, Instant> FeedListener::stop() {
  if (thread_.joinable()) {
    shutdown(socket_, SHUT_RDWR);
    thread_.join();
    close(socket_);
  }
  return std::move(arrived_);
}

void FeedListener::listen() {
  std::string text;
  std::vector<char> buffer(256 * 1024);
  for (;;) {
    const ssize_t n = read(socket_, buffer.data(), buffer.size());
    if (n <= 0) return;
    text.append(buffer.data(), static_cast<std::size_t>(n));
    take(text);
  }
}

// The lines of a whole event stand together: the stream is cut into chunks between events only.
void FeedListener::take(std::string& text) {
  const Instant now = SystemClock().now();
  std::size_t from = 0;
  for (;;) {
    const std::size_t end = text.find("\n\n", from);
    if (end == std::string::npos) break;
    const std::string_view event = std::string_view(text).substr(from, end - from);
    if (event.find("event: ended\n") != std::string_view::npos) {
      arrived_.emplace(text_member(event, "instance"), now);
      ++ended_;
    }
    from = end + 2;
  }
  text.erase(0, from);
}

}  // namespace countersign::bench
