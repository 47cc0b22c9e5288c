#include "tests/bench/load_client.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace countersign::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Connection {
  int socket = -1;
  std::string in;
  Clock::time_point sent;
};

// A whole answer at the beginning of `in` is taken off it.
bool take_reply(std::string& in, LoadReply& reply) {
  const std::size_t head = in.find("\r\n\r\n");
  if (head == std::string::npos) return false;
  const char* found = strcasestr(in.c_str(), "content-length:");
  const std::size_t length = found == nullptr ? 0 : std::strtoul(found + 15, nullptr, 10);
  if (in.size() < head + 4 + length) return false;
  reply.status = std::atoi(in.c_str() + 9);
  reply.body = in.substr(head + 4, length);
  in.erase(0, head + 4 + length);
  return true;
}

}  // namespace

int connect_to(std::uint16_t port) {
  const int s = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(s, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    std::perror("connect");
    std::exit(1);
  }
  return s;
}

bool send_all(int socket, const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t n = write(socket, bytes.data() + sent, bytes.size() - sent);
    if (n <= 0) return false;
    sent += static_cast<std::size_t>(n);
  }
  return true;
}

double LoadResult::percentile_ms(double p) const {
  if (latencies_ms.empty()) return 0;
  const auto at = static_cast<std::size_t>(p / 100 * static_cast<double>(latencies_ms.size()));
  return latencies_ms[std::min(at, latencies_ms.size() - 1)];
}

LoadResult run_load(std::uint16_t port, std::size_t connections, const NextRequest& next,
                    const OnReply& on_reply) {
  LoadResult result;
  std::vector<Connection> all(connections);
  const int poll = epoll_create1(0);
  std::size_t open = 0;
  const auto send_next = [&](std::size_t i) {
    const std::string request = next(i);
    if (request.empty()) {
      close(all[i].socket);
      all[i].socket = -1;
      --open;
      return;
    }
    all[i].sent = Clock::now();
    if (!send_all(all[i].socket, request)) {
      ++result.failures;
      close(all[i].socket);
      all[i].socket = -1;
      --open;
    }
  };
  for (std::size_t i = 0; i < connections; ++i) {
    all[i].socket = connect_to(port);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    epoll_ctl(poll, EPOLL_CTL_ADD, all[i].socket, &event);
    ++open;
  }
  const auto begin = Clock::now();
  for (std::size_t i = 0; i < connections; ++i) send_next(i);
  std::vector<epoll_event> events(connections);
  std::vector<char> buffer(64 * 1024);
  while (open > 0) {
    const int ready = epoll_wait(poll, events.data(), static_cast<int>(events.size()), 30'000);
    if (ready == 0) {
      std::fprintf(stderr, "no answer for 30 seconds\n");
      result.failures += open;
      break;
    }
    for (int e = 0; e < ready; ++e) {
      const std::size_t i = events[static_cast<std::size_t>(e)].data.u64;
      if (all[i].socket < 0) continue;
      const ssize_t n = read(all[i].socket, buffer.data(), buffer.size());
      if (n <= 0) {
        ++result.failures;
        close(all[i].socket);
        all[i].socket = -1;
        --open;
        continue;
      }
      all[i].in.append(buffer.data(), static_cast<std::size_t>(n));
      LoadReply reply;
      if (!take_reply(all[i].in, reply)) continue;
      const std::chrono::duration<double, std::milli> took = Clock::now() - all[i].sent;
      result.latencies_ms.push_back(took.count());
      ++result.requests;
      if (reply.status < 200 || reply.status >= 300) {
        if (++result.failures <= 3) std::fprintf(stderr, "%d %s\n", reply.status, reply.body.c_str());
      }
      on_reply(i, reply);
      send_next(i);
    }
  }
  result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  for (const Connection& connection : all) {
    if (connection.socket >= 0) close(connection.socket);
  }
  close(poll);
  std::sort(result.latencies_ms.begin(), result.latencies_ms.end());
  return result;
}

std::string get(const std::string& path, const std::string& key) {
  return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + key + "\r\n\r\n";
}

std::string post(const std::string& path, const std::string& key, const std::string& actor,
                 const std::string& body) {
  std::string request =
      "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + key +
      "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size());
  if (!actor.empty()) request += "\r\nCountersign-Actor: " + actor;
  return request + "\r\n\r\n" + body;
}

}  // namespace countersign::bench
