// The two protocols of the load runs' sinks, as far as libcurl speaks them.

#include <cstdlib>
#include <cstring>

#include <strings.h>

#include "tests/bench/sink_server.h"

namespace countersign::bench {
namespace {

class HttpSession final : public SinkSession {
 public:
  bool receive(std::string& in, std::string& out, std::vector<std::string>& messages) override {
    for (;;) {
      const std::size_t head = in.find("\r\n\r\n");
      if (head == std::string::npos) return true;
      const char* found = strcasestr(in.c_str(), "content-length:");
      const std::size_t length = found == nullptr ? 0 : std::strtoul(found + 15, nullptr, 10);
      if (in.size() < head + 4 + length) return true;
      messages.push_back(in.substr(head + 4, length));
      in.erase(0, head + 4 + length);
      out += "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    }
  }
};

class SmtpSession final : public SinkSession {
 public:
  std::string greeting() override { return "220 sink.example.com ESMTP\r\n"; }

  bool receive(std::string& in, std::string& out, std::vector<std::string>& messages) override {
    for (;;) {
      if (in_data_) {
        // A message of no line at all is not sent here, so the end always stands behind a line's.
        const std::size_t end = in.find("\r\n.\r\n", looked_at_);
        if (end == std::string::npos) {
          looked_at_ = in.size() < 4 ? 0 : in.size() - 4;
          return true;
        }
        messages.push_back(in.substr(0, end + 2));
        in.erase(0, end + 5);
        in_data_ = false;
        out += "250 2.0.0 taken\r\n";
        continue;
      }
      const std::size_t end = in.find("\r\n");
      if (end == std::string::npos) return true;
      const std::string line = in.substr(0, end);
      in.erase(0, end + 2);
      if (begins(line, "QUIT")) {
        out += "221 2.0.0 bye\r\n";
        return false;
      }
      in_data_ = begins(line, "DATA");
      looked_at_ = 0;
      out += in_data_               ? "354 go on\r\n"
             : begins(line, "EHLO") ? "250-sink.example.com\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
                                    : "250 2.0.0 ok\r\n";
    }
  }

 private:
  static bool begins(const std::string& line, const char* command) {
    return strncasecmp(line.c_str(), command, std::strlen(command)) == 0;
  }

  bool in_data_ = false;
  std::size_t looked_at_ = 0;
};

}  // namespace

std::unique_ptr<SinkSession> make_http_session() {
  return std::make_unique<HttpSession>();
}

std::unique_ptr<SinkSession> make_smtp_session() {
  return std::make_unique<SmtpSession>();
}

}  // namespace countersign::bench
