#include "tests/bench/sink_server.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <unordered_map>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace countersign::bench {
namespace {

struct Client {
  std::unique_ptr<SinkSession> session;
  std::string in;
};

void watch(int poll, int descriptor) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = descriptor;
  epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
}

// Answers are short: they always fit into the socket's buffer.
bool say(int socket, const std::string& text) {
  return text.empty() || write(socket, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

}  // namespace

SinkServer::SinkServer(MakeSession make_session, std::size_t keep_max)
    : make_session_(std::move(make_session)),
      keep_max_(keep_max),
      listener_(socket(AF_INET, SOCK_STREAM, 0)),
      poll_(epoll_create1(0)),
      stop_(eventfd(0, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 64) != 0) {
    std::perror("sink");
    std::exit(1);
  }
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  watch(poll_, listener_);
  watch(poll_, stop_);
  thread_ = std::thread([this] { serve(); });
}

SinkServer::~SinkServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  eventfd_write(stop_, 1);
  thread_.join();
  for (const int descriptor : {listener_, poll_, stop_}) close(descriptor);
}

void SinkServer::serve() {
  std::unordered_map<int, Client> clients;
  std::array<epoll_event, 64> events{};
  std::vector<char> buffer(256 * 1024);
  std::vector<std::string> messages;
  std::string out;
  for (;;) {
    const int ready = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), -1);
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !held_ || stopping_; });
      if (stopping_) break;
    }
    for (int i = 0; i < ready; ++i) {
      const int socket = events[static_cast<std::size_t>(i)].data.fd;
      if (socket == listener_) {
        const int accepted = accept(listener_, nullptr, nullptr);
        const int on = 1;
        setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        Client& client = clients[accepted];
        client.session = make_session_();
        say(accepted, client.session->greeting());
        watch(poll_, accepted);
        continue;
      }
      const auto client = clients.find(socket);
      if (client == clients.end()) continue;
      const ssize_t n = read(socket, buffer.data(), buffer.size());
      bool goes_on = n > 0;
      if (goes_on) {
        client->second.in.append(buffer.data(), static_cast<std::size_t>(n));
        out.clear();
        goes_on = client->second.session->receive(client->second.in, out, messages);
        goes_on = say(socket, out) && goes_on;
      }
      if (!goes_on) {
        close(socket);
        clients.erase(client);
      }
    }
    if (messages.empty()) continue;
    const std::lock_guard lock(mutex_);
    last_at_ = Clock::now();
    if (count_ == 0) first_at_ = last_at_;
    count_ += messages.size();
    for (std::string& message : messages) {
      if (kept_.size() < keep_max_) kept_.push_back(std::move(message));
    }
    messages.clear();
    changed_.notify_all();
  }
  for (const auto& [socket, client] : clients) close(socket);
}

bool SinkServer::wait_for(std::size_t messages, std::chrono::seconds patience) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (count_ >= messages) return true;
    const std::size_t before = count_;
    if (changed_.wait_for(lock, patience) == std::cv_status::timeout && count_ == before) return false;
  }
}

SinkServer::Clock::time_point SinkServer::first_at() const {
  const std::lock_guard lock(mutex_);
  return first_at_;
}

SinkServer::Clock::time_point SinkServer::last_at() const {
  const std::lock_guard lock(mutex_);
  return last_at_;
}

std::vector<std::string> SinkServer::kept() const {
  const std::lock_guard lock(mutex_);
  return kept_;
}

void SinkServer::forget() {
  const std::lock_guard lock(mutex_);
  count_ = 0;
  kept_.clear();
}

void SinkServer::hold(bool held) {
  {
    const std::lock_guard lock(mutex_);
    held_ = held;
  }
  changed_.notify_all();
}

}  // namespace countersign::bench
