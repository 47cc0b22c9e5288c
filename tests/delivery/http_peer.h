#pragma once
// An HTTP server on loopback for tests, on the test's own io_context: answers exactly the bytes it is told
// to, and misbehaves on request.

#include <functional>
#include <istream>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

namespace countersign::tests {

enum class Then { close, keep_open, hang, send_forever, reset };

struct PeerAnswer {
  std::string bytes;
  Then then = Then::close;
};

struct PeerRequest {
  std::string head;  // request line and header fields
  std::string body;
};

class HttpPeer {
 public:
  using Handler = std::function<PeerAnswer(const PeerRequest&)>;

  HttpPeer(boost::asio::io_context& io, Handler handler)
      : handler_(std::move(handler)), acceptor_(io, {boost::asio::ip::make_address("127.0.0.1"), 0}) {
    accept();
  }

  std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port()) + path;
  }
  int port() const { return acceptor_.local_endpoint().port(); }
  std::vector<PeerRequest> requests;
  int connections = 0;

 private:
  struct Session : std::enable_shared_from_this<Session> {
    Session(HttpPeer& owner, boost::asio::ip::tcp::socket connected)
        : peer(owner), socket(std::move(connected)) {}

    void read_head() {
      boost::asio::async_read_until(socket, buffer, "\r\n\r\n",
                                    [self = shared_from_this()](auto error, std::size_t n) {
                                      if (!error) self->read_body(n);
                                    });
    }
    void read_body(std::size_t head_bytes) {
      request.head = take(head_bytes);
      const std::size_t at = request.head.find("Content-Length: ");
      const std::size_t length = at == std::string::npos ? 0 : std::stoul(request.head.substr(at + 16));
      const std::size_t missing = length > buffer.size() ? length - buffer.size() : 0;
      boost::asio::async_read(socket, buffer, boost::asio::transfer_exactly(missing),
                              [self = shared_from_this(), length](auto error, std::size_t) {
                                if (!error) self->answer(length);
                              });
    }
    void answer(std::size_t length) {
      request.body = take(length);
      peer.requests.push_back(request);
      given = peer.handler_(request);
      write(given.bytes);
    }
    void write(const std::string& bytes) {
      boost::asio::async_write(socket, boost::asio::buffer(bytes),
                               [self = shared_from_this()](auto error, std::size_t) {
                                 if (!error) self->go_on();
                               });
    }
    void go_on() {
      switch (given.then) {
        case Then::close:
          return;
        case Then::keep_open:
          return read_head();
        case Then::send_forever:
          given.bytes.assign(16 * 1024, 'x');
          return write(given.bytes);
        case Then::reset:
          socket.set_option(boost::asio::socket_base::linger(true, 0));
          return socket.close();
        case Then::hang:  // until the client goes away
          return boost::asio::async_read(socket, buffer, boost::asio::transfer_at_least(1),
                                         [self = shared_from_this()](auto, std::size_t) {});
      }
    }
    std::string take(std::size_t length) {
      std::string bytes(length, '\0');
      std::istream(&buffer).read(bytes.data(), static_cast<std::streamsize>(length));
      return bytes;
    }

    HttpPeer& peer;
    boost::asio::ip::tcp::socket socket;
    boost::asio::streambuf buffer;
    PeerRequest request;
    PeerAnswer given;
  };

  void accept() {
    acceptor_.async_accept([this](boost::system::error_code error, boost::asio::ip::tcp::socket socket) {
      if (error) return;
      ++connections;
      std::make_shared<Session>(*this, std::move(socket))->read_head();
      accept();
    });
  }

  Handler handler_;
  boost::asio::ip::tcp::acceptor acceptor_;
};

inline std::string response(const std::string& status, const std::string& body,
                            const std::string& headers = "") {
  return "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

}  // namespace countersign::tests
