#include "web/server.h"

#include <ctime>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "web/server_core.h"
#include "web/session.h"

namespace countersign::web {

namespace asio = boost::asio;
using Code = boost::system::error_code;

ServerCore::ServerCore(Front front_of_house, BlockingPool& blocking_pool, ServerLimits server_limits)
    : front(std::move(front_of_house)), pool(blocking_pool), limits(server_limits) {}

Result<void> ServerCore::start(const std::string& address, std::uint16_t port) {
  Code error;
  const auto host = asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address, error);
  if (error) {
    return fail(
        ErrorCode::invalid_input,
        fmt::format("cannot listen on '{}': it is no address (write 127.0.0.1, ::1 or 0.0.0.0)", address));
  }
  const Tcp::endpoint endpoint(host, port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return fail(ErrorCode::unavailable, fmt::format("cannot listen on {}:{}: {} (is another daemon running?)",
                                                    address, port, error.message()));
  }
  port_ = acceptor_.local_endpoint(error).port();
  guard_.emplace(io_.get_executor());
  accept();
  thread_ = std::thread([this] { io_.run(); });
  return {};
}

void ServerCore::stop(Duration limit) {
  if (!thread_.joinable()) return;
  post([this, limit] { begin_stop(limit); });
  thread_.join();
  std::vector<std::function<void()>> dropped;
  const std::lock_guard lock(posted_mutex_);
  closed_ = true;
  dropped.swap(posted_);
}

void ServerCore::begin_stop(Duration limit) {
  stopping_ = true;
  Code ignored;
  acceptor_.close(ignored);
  pause_timer_.expires_after(limit);
  pause_timer_.async_wait([this](const Code& error) {
    if (error) return;
    const auto left = sessions_;
    for (const auto& [_, session] : left) session->close();
  });
  const auto all = sessions_;
  for (const auto& [_, session] : all) session->finish();
  end_if_empty();
}

void ServerCore::end_if_empty() {
  if (!stopping_ || !sessions_.empty()) return;
  guard_.reset();
  pause_timer_.cancel();
  sweep_timer_.cancel();
}

void ServerCore::post(std::function<void()> work) {
  {
    const std::lock_guard lock(posted_mutex_);
    if (closed_) return;
    posted_.push_back(std::move(work));
    if (posted_.size() > 1) return;  // whoever was first has woken the thread
  }
  asio::post(io_, [this] { run_posted(); });
}

void ServerCore::run_posted() {
  std::vector<std::function<void()>> taken;
  {
    const std::lock_guard lock(posted_mutex_);
    taken.swap(posted_);
  }
  for (std::function<void()>& work : taken) work();
}

void ServerCore::accept() {
  acceptor_.async_accept([this](const Code& error, Tcp::socket socket) {
    if (stopping_ || error == asio::error::operation_aborted) return;
    if (error) {
      // Out of descriptors or memory: whoever waits in the backlog stays there for a moment.
      pause_timer_.expires_after(std::chrono::milliseconds(100));
      pause_timer_.async_wait([this](const Code& cancelled) {
        if (!cancelled && !stopping_) accept();
      });
      return;
    }
    admit(std::move(socket));
    accept();
  });
}

void ServerCore::admit(Tcp::socket socket) {
  Code ignored;
  if (sessions_.size() >= limits.connections_max && !make_room()) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    static constexpr std::string_view kFull =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: "
        "close\r\n\r\n";
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(kFull), ignored);
    return;
  }
  socket.set_option(Tcp::no_delay(true), ignored);
  const Tcp::endpoint peer = socket.remote_endpoint(ignored);
  const auto session =
      std::make_shared<Session>(shared_from_this(), std::move(socket), peer.address().to_string(ignored));
  sessions_.emplace(session.get(), session);
  connections_.store(sessions_.size(), std::memory_order_relaxed);
  session->start();
}

bool ServerCore::make_room() {
  std::shared_ptr<Session> oldest;
  for (const auto& [_, session] : sessions_) {
    if (session->is_idle() && (!oldest || session->deadline() < oldest->deadline())) oldest = session;
  }
  if (oldest) oldest->close();
  return oldest != nullptr;
}

void ServerCore::remove(Session* session) {
  sessions_.erase(session);
  connections_.store(sessions_.size(), std::memory_order_relaxed);
  end_if_empty();
}

void ServerCore::watch(Moment deadline) {
  if (deadline < sweep_at_) arm(deadline);
}

// Deadlines mostly move later, so one timer that looks at all sessions when the earliest may be due costs far
// less than a timer for each.
void ServerCore::arm(Moment at) {
  sweep_at_ = at;
  sweep_timer_.expires_at(at);
  sweep_timer_.async_wait([this](const Code& error) {
    if (!error) sweep();
  });
}

void ServerCore::sweep() {
  const Moment now = std::chrono::steady_clock::now();
  std::vector<std::shared_ptr<Session>> expired;
  for (const auto& [_, session] : sessions_) {
    if (session->deadline() <= now) expired.push_back(session);
  }
  sweep_at_ = kNever;
  for (const auto& session : expired) session->expire();
  Moment next = kNever;
  for (const auto& [_, session] : sessions_) next = std::min(next, session->deadline());
  if (next != kNever && next < sweep_at_) arm(next);
}

void ServerCore::count_reply(int status) {
  const int digit = status / 100;
  if (digit > 0 && digit < 6) replies_[digit].fetch_add(1, std::memory_order_relaxed);
}

const std::string& ServerCore::date() {
  const std::time_t now = std::time(nullptr);
  if (now != date_second_) {
    date_second_ = now;
    std::tm parts{};
    gmtime_r(&now, &parts);
    static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    date_ =
        fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", kDays[parts.tm_wday], parts.tm_mday,
                    kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
  }
  return date_;
}

ServerFigures ServerCore::figures() const {
  ServerFigures figures;
  figures.connections = connections_.load(std::memory_order_relaxed);
  figures.connections_refused = refused_.load(std::memory_order_relaxed);
  figures.timeouts = timeouts_.load(std::memory_order_relaxed);
  for (int i = 0; i < 6; ++i) figures.replies[i] = replies_[i].load(std::memory_order_relaxed);
  return figures;
}

HttpServer::HttpServer(Front front, BlockingPool& pool, ServerLimits limits)
    : core_(std::make_shared<ServerCore>(std::move(front), pool, limits)) {}

HttpServer::~HttpServer() {
  core_->stop(Duration(0));
}

Result<void> HttpServer::start(const std::string& address, std::uint16_t port) {
  return core_->start(address, port);
}

std::uint16_t HttpServer::port() const {
  return core_->port();
}

void HttpServer::stop(Duration limit) {
  core_->stop(limit);
}

ServerFigures HttpServer::figures() const {
  return core_->figures();
}

}  // namespace countersign::web
