#pragma once
// What the connections of one server share. Included by server.cpp and session.cpp only: they are the two
// files that know Asio and Beast.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "web/server.h"

namespace countersign::web {

using Tcp = boost::asio::ip::tcp;
using Moment = std::chrono::steady_clock::time_point;
inline constexpr Moment kNever = Moment::max();

class Session;

// Everything is for the server's thread but what says otherwise.
class ServerCore : public std::enable_shared_from_this<ServerCore> {
 public:
  ServerCore(Front front, BlockingPool& pool, ServerLimits limits);

  const Front front;
  BlockingPool& pool;
  const ServerLimits limits;

  // From any thread before and after the server's thread runs.
  Result<void> start(const std::string& address, std::uint16_t port);
  void stop(Duration limit);
  std::uint16_t port() const { return port_; }
  ServerFigures figures() const;

  // From any thread: runs `work` on the server's thread, or drops it once the server has stopped. What comes
  // while the thread is awake is taken in one go, so that a commit that answers many requests wakes it once.
  void post(std::function<void()> work);

  bool stopping() const { return stopping_; }
  // A session expires at `deadline` at the earliest: the sweep looks no later than that.
  void watch(Moment deadline);
  void remove(Session* session);
  void count_reply(int status);
  void count_timeout() { timeouts_.fetch_add(1, std::memory_order_relaxed); }
  // The value of the Date field, made once a second.
  const std::string& date();

 private:
  void accept();
  void admit(Tcp::socket socket);
  bool make_room();
  void sweep();
  void arm(Moment at);
  void run_posted();
  void begin_stop(Duration limit);
  void end_if_empty();

  boost::asio::io_context io_{1};
  using Guard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;
  std::optional<Guard> guard_;
  Tcp::acceptor acceptor_{io_};
  boost::asio::steady_timer sweep_timer_{io_};
  boost::asio::steady_timer pause_timer_{io_};
  Moment sweep_at_ = kNever;
  std::unordered_map<Session*, std::shared_ptr<Session>> sessions_;
  bool stopping_ = false;
  std::uint16_t port_ = 0;
  std::int64_t date_second_ = 0;
  std::string date_;
  std::thread thread_;

  std::mutex posted_mutex_;
  std::vector<std::function<void()>> posted_;
  bool closed_ = false;  // by posted_mutex_: nothing more is taken

  std::atomic<std::uint64_t> connections_{0}, refused_{0}, timeouts_{0};
  std::atomic<std::uint64_t> replies_[6] = {};
};

}  // namespace countersign::web
