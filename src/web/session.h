#pragma once
// One client's connection: reads a request, has it answered, writes the reply, reads the next. On the
// server's thread.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "web/server_core.h"

namespace countersign::web {

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(std::shared_ptr<ServerCore> core, Tcp::socket socket, std::string peer);

  void start();
  // Between two requests, with nothing of the next one there.
  bool is_idle() const { return phase_ == Phase::idle; }
  Moment deadline() const { return deadline_; }
  // The deadline has passed.
  void expire();
  // The server stops: closes now where nothing is under way, else after the reply.
  void finish();
  void close();

 private:
  enum class Phase { idle, head, body, handling, writing, leaving, closed };
  using Code = boost::system::error_code;

  void await(Phase phase, Duration limit, std::uint64_t bytes = 0);
  void read_more();
  void stop_reading();
  void advance();
  void next_request();
  void take_head();
  void admit();
  void take_body();
  void take_stream();
  void hand_to_sink(std::size_t bytes);
  void dispatch();
  void reply(std::uint64_t turn, HttpReply reply);
  void refuse(int status, std::string detail);
  void refuse_unread(std::string why);
  void hurry_if_stopping();
  void write_head(const HttpReply& reply);
  void pump();
  void write_piece(std::optional<std::string> piece);
  void end_reply();
  void leave();
  void drain();

  std::shared_ptr<ServerCore> core_;  // first: it owns the io_context, which the socket needs to the end
  Tcp::socket socket_;
  const std::string peer_;
  boost::beast::flat_buffer buffer_;
  Phase phase_ = Phase::idle;
  Moment deadline_ = kNever;

  std::optional<boost::beast::http::request_parser<boost::beast::http::empty_body>> head_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> body_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::buffer_body>> stream_;
  std::vector<char> stream_bytes_;
  HttpRequest request_;
  Intake intake_;
  std::uint64_t turn_ = 0;  // rises with every request: an answer to an earlier one is nobody's
  bool keep_alive_ = true;
  bool is_head_method_ = false;
  bool old_version_ = false;  // HTTP/1.0
  bool unread_body_ = false;  // the client may still be sending: leave gently

  std::string out_;
  HttpReply reply_;
  bool chunked_ = false;
  std::uint64_t left_ = 0;  // of a source with a known length
  std::size_t drained_ = 0;
};

}  // namespace countersign::web
