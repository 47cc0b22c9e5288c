#pragma once
// What the daemon sends to in a load run: a server on loopback with a thread of its own that takes every
// message as quickly as it can and counts them.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace countersign::bench {

// One connection's side of a protocol. Used by the server's thread only.
class SinkSession {
 public:
  virtual ~SinkSession() = default;
  // What is said to whoever connects.
  virtual std::string greeting() { return {}; }
  // Takes what is complete off the beginning of `in`, appends the answers to `out` and every whole message to
  // `messages`. False: the connection ends.
  virtual bool receive(std::string& in, std::string& out, std::vector<std::string>& messages) = 0;
};

std::unique_ptr<SinkSession> make_http_session();  // answers 200 to every request; a message is a body
std::unique_ptr<SinkSession> make_smtp_session();  // accepts every mail (RFC 5321); a message is the DATA's

class SinkServer {
 public:
  using Clock = std::chrono::steady_clock;
  using MakeSession = std::function<std::unique_ptr<SinkSession>()>;
  // Keeps the first `keep_max` messages.
  explicit SinkServer(MakeSession make_session, std::size_t keep_max = 0);
  ~SinkServer();
  SinkServer(const SinkServer&) = delete;
  SinkServer& operator=(const SinkServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::size_t count() const { return count_; }
  // Until so many have come in all; false where none came for `patience`.
  bool wait_for(std::size_t messages, std::chrono::seconds patience);
  Clock::time_point first_at() const;
  Clock::time_point last_at() const;
  std::vector<std::string> kept() const;
  void forget();  // counts from 0 again

  // While it is held it answers nobody; what is sent waits in the sockets.
  void hold(bool held);

 private:
  void serve();

  const MakeSession make_session_;
  const std::size_t keep_max_;
  int listener_ = -1;
  int poll_ = -1;
  int stop_ = -1;  // an eventfd
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> count_{0};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  bool stopping_ = false;
  Clock::time_point first_at_, last_at_;
  std::vector<std::string> kept_;
  std::thread thread_;
};

}  // namespace countersign::bench
