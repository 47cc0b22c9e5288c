#pragma once
// A client over plain blocking sockets, so that tests can send what no proper client would.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::web {

struct ClientReply {
  int status = 0;  // 0: the connection ended before a reply
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // The first field of that name without regard to case, "" for none.
  std::string header(std::string_view name) const;
};

class Connection {
 public:
  explicit Connection(std::uint16_t port);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool is_open() const { return socket_ >= 0; }
  // False where the peer has closed.
  bool send(std::string_view bytes);
  // The next reply; its body by Content-Length or chunks. `head_only` for an answer to HEAD.
  ClientReply read_reply(bool head_only = false);
  // Everything up to the peer's end. nullopt where it did not come within 20 seconds.
  std::optional<std::string> read_to_end();
  // Whether there is something to read, or the peer's end, within so many milliseconds.
  bool has_bytes_within(int milliseconds);
  // Bytes until `text` was seen, or the end.
  std::string read_until(std::string_view text);

 private:
  bool fill();

  int socket_ = -1;
  std::string buffer_;
};

struct ClientRequest {
  std::string method = "GET";
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};
std::string to_bytes(const ClientRequest& request);
// One request on a connection of its own.
ClientReply ask(std::uint16_t port, const ClientRequest& request);

}  // namespace countersign::web
