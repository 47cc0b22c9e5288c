#pragma once
// The HTTP/1.1 server (RFC 9110, RFC 9112): one thread that reads, hands on and writes. Keep-alive; requests
// that a client sends ahead are answered in order, one at a time. Every size and every time that a client
// decides over has a limit.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/time.h"
#include "web/blocking_pool.h"
#include "web/http_message.h"

namespace countersign::web {

struct ServerLimits {
  std::size_t connections_max = 1024;        // above it the longest idle one is closed, else 503
  std::size_t header_bytes_max = 16 * 1024;  // request line and header fields; above it 431
  std::size_t header_count_max = 64;
  Duration header_timeout = std::chrono::seconds(10);  // from a request's first byte to the end of its head
  Duration body_timeout = std::chrono::seconds(20);  // for the whole body, plus the time at the slowest rate
  Duration idle_timeout = std::chrono::seconds(75);  // between two requests
  Duration reply_timeout = std::chrono::seconds(120);  // until the handler has answered
  Duration write_timeout =
      std::chrono::seconds(30);  // for a piece of the reply, plus the time at the slowest rate
  std::size_t slowest_bytes_per_second = 16 * 1024;
};

struct ServerFigures {
  std::uint64_t connections = 0;          // open now
  std::uint64_t connections_refused = 0;  // too many
  std::uint64_t timeouts = 0;
  std::uint64_t replies[6] = {};  // by the first digit of the status
};

class ServerCore;

class HttpServer {
 public:
  // `pool` outlives the server and everything that still waits in it.
  HttpServer(Front front, BlockingPool& pool, ServerLimits limits = {});
  // As stop() without patience.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Binds `address` ("127.0.0.1", "::1", "0.0.0.0") and serves from a thread of its own. Port 0 takes any
  // free one.
  Result<void> start(const std::string& address, std::uint16_t port);
  std::uint16_t port() const;
  // Accepts nothing more, lets requests that are under way finish within `limit`, then closes what is left.
  void stop(Duration limit);
  // Thread-safe.
  ServerFigures figures() const;

 private:
  std::shared_ptr<ServerCore> core_;
};

}  // namespace countersign::web
