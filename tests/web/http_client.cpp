#include "tests/web/http_client.h"

#include <cerrno>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/text.h"

namespace countersign::web {

std::string ClientReply::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (lower_ascii(key) == lower_ascii(name)) return value;
  }
  return {};
}

Connection::Connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  timeval patience{20, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket_);
    socket_ = -1;
  }
}

Connection::~Connection() {
  if (socket_ >= 0) ::close(socket_);
}

bool Connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Connection::has_bytes_within(int milliseconds) {
  pollfd wanted{socket_, POLLIN, 0};
  return !buffer_.empty() || ::poll(&wanted, 1, milliseconds) > 0;
}

bool Connection::fill() {
  char piece[16384];
  const ssize_t got = ::recv(socket_, piece, sizeof piece, 0);
  if (got <= 0) return false;
  buffer_.append(piece, static_cast<std::size_t>(got));
  return true;
}

std::string Connection::read_until(std::string_view text) {
  while (buffer_.find(text) == std::string::npos) {
    if (!fill()) break;
  }
  const std::size_t at = buffer_.find(text);
  const std::size_t end = at == std::string::npos ? buffer_.size() : at + text.size();
  std::string taken = buffer_.substr(0, end);
  buffer_.erase(0, end);
  return taken;
}

std::optional<std::string> Connection::read_to_end() {
  while (true) {
    char piece[16384];
    const ssize_t got = ::recv(socket_, piece, sizeof piece, 0);
    if (got == 0 || (got < 0 && errno == ECONNRESET)) return std::exchange(buffer_, {});
    if (got < 0) return std::nullopt;
    buffer_.append(piece, static_cast<std::size_t>(got));
  }
}

ClientReply Connection::read_reply(bool head_only) {
  ClientReply reply;
  const std::string head = read_until("\r\n\r\n");
  if (!head.starts_with("HTTP/1.1 ")) return reply;
  reply.status = std::stoi(head.substr(9, 3));
  const auto lines = split(head, '\n');
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::size_t colon = lines[i].find(':');
    if (colon == std::string::npos) continue;
    reply.headers.emplace_back(lines[i].substr(0, colon), std::string(trimmed(lines[i].substr(colon + 1))));
  }
  if (reply.status == 100) return read_reply(head_only);
  if (head_only) return reply;
  if (reply.header("Transfer-Encoding") == "chunked") {
    while (true) {
      const std::string size_line = read_until("\r\n");
      const std::size_t size = std::stoul("0" + size_line, nullptr, 16);
      while (buffer_.size() < size + 2 && fill()) {
      }
      reply.body += buffer_.substr(0, size);
      buffer_.erase(0, size + 2);
      if (size == 0) return reply;
    }
  }
  const std::string length = reply.header("Content-Length");
  const std::size_t size = length.empty() ? 0 : std::stoul(length);
  while (buffer_.size() < size && fill()) {
  }
  reply.body = buffer_.substr(0, size);
  buffer_.erase(0, reply.body.size());
  return reply;
}

std::string to_bytes(const ClientRequest& request) {
  std::string bytes = fmt::format("{} {} HTTP/1.1\r\nHost: test\r\n", request.method, request.target);
  for (const auto& [name, value] : request.headers) bytes += name + ": " + value + "\r\n";
  if (!request.body.empty()) bytes += fmt::format("Content-Length: {}\r\n", request.body.size());
  return bytes + "\r\n" + request.body;
}

ClientReply ask(std::uint16_t port, const ClientRequest& request) {
  Connection connection(port);
  if (!connection.is_open() || !connection.send(to_bytes(request))) return {};
  return connection.read_reply(request.method == "HEAD");
}

}  // namespace countersign::web
