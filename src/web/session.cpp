#include "web/session.h"

#include <algorithm>
#include <array>

#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "web/problem.h"

namespace countersign::web {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr std::size_t kReadBytes = 16 * 1024;
constexpr std::size_t kPieceBytes = 64 * 1024;
constexpr std::size_t kDrainBytesMax = 1 << 20;
constexpr Duration kLeaveTimeout = std::chrono::seconds(2);
// When the server stops, what comes of a request that has come in part: nothing of it has been done yet.
constexpr Duration kRestOfRequest = std::chrono::seconds(1);

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

Session::Session(std::shared_ptr<ServerCore> core, Tcp::socket socket, std::string peer)
    : core_(std::move(core)), socket_(std::move(socket)), peer_(std::move(peer)) {}

void Session::start() {
  next_request();
}

void Session::await(Phase phase, Duration limit, std::uint64_t bytes) {
  phase_ = phase;
  const std::uint64_t rate = core_->limits.slowest_bytes_per_second;
  deadline_ = std::chrono::steady_clock::now() + limit + std::chrono::seconds(rate == 0 ? 0 : bytes / rate);
  core_->watch(deadline_);
  hurry_if_stopping();
}

void Session::hurry_if_stopping() {
  if (!core_->stopping() || (phase_ != Phase::head && phase_ != Phase::body)) return;
  deadline_ = std::min<Moment>(deadline_, std::chrono::steady_clock::now() + kRestOfRequest);
  core_->watch(deadline_);
}

void Session::expire() {
  switch (phase_) {
    case Phase::idle:
    case Phase::writing:
    case Phase::leaving:
    case Phase::closed:
      if (phase_ == Phase::writing) core_->count_timeout();
      close();
      return;
    case Phase::head:
      core_->count_timeout();
      stop_reading();
      refuse_unread("the head of the request did not come in time");
      return;
    case Phase::body:
      core_->count_timeout();
      stop_reading();
      refuse_unread("the body of the request did not come in time");
      return;
    case Phase::handling:
      core_->count_timeout();
      refuse(503, "the answer took too long; what was asked may still be done");
      return;
  }
}

void Session::refuse_unread(std::string why) {
  if (core_->stopping()) return refuse(503, "the server is stopping; nothing was done, send it again");
  refuse(408, std::move(why));
}

// A read that is still waiting owns the buffer's free space, which leave() reads into.
void Session::stop_reading() {
  Code ignored;
  socket_.cancel(ignored);
}

void Session::finish() {
  keep_alive_ = false;
  const bool endless = phase_ == Phase::writing && reply_.source && chunked_;
  if (phase_ == Phase::idle || endless) close();
  hurry_if_stopping();
}

void Session::close() {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  deadline_ = kNever;
  ++turn_;
  Code ignored;
  socket_.shutdown(Tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
  reply_.source.reset();
  intake_ = {};
  core_->remove(this);
}

void Session::next_request() {
  head_.emplace();
  head_->header_limit(static_cast<std::uint32_t>(core_->limits.header_bytes_max));
  head_->body_limit(boost::none);  // admit() compares with the route's own limit
  body_.reset();
  stream_.reset();
  request_ = {};
  intake_ = {};
  unread_body_ = false;
  await(Phase::idle, core_->limits.idle_timeout);
  advance();
}

void Session::read_more() {
  socket_.async_read_some(
      buffer_.prepare(kReadBytes), [self = shared_from_this()](const Code& error, std::size_t bytes) {
        if (self->phase_ == Phase::closed || self->phase_ == Phase::writing || self->phase_ == Phase::leaving)
          return;
        if (error) {
          self->close();
          return;
        }
        self->buffer_.commit(bytes);
        self->advance();
      });
}

void Session::advance() {
  if (phase_ == Phase::idle) {
    // RFC 9112 section 2.2: empty lines before a request are passed over.
    while (buffer_.size() >= 2 &&
           std::string_view(static_cast<const char*>(buffer_.data().data()), 2) == "\r\n") {
      buffer_.consume(2);
    }
    if (buffer_.size() == 0) {
      read_more();
      return;
    }
    await(Phase::head, core_->limits.header_timeout);
  }
  if (phase_ == Phase::head) {
    take_head();
  } else if (stream_) {
    take_stream();
  } else {
    take_body();
  }
}

void Session::take_head() {
  Code error;
  buffer_.consume(head_->put(buffer_.data(), error));
  if (error == http::error::need_more) {
    read_more();
  } else if (error == http::error::header_limit) {
    refuse(431,
           fmt::format("the head of the request has more than {} bytes", core_->limits.header_bytes_max));
  } else if (error) {
    refuse(400, "the request is not HTTP: " + error.message());
  } else if (!head_->is_header_done()) {
    read_more();
  } else {
    admit();
  }
}

void Session::admit() {
  const auto& message = head_->get();
  is_head_method_ = message.method() == http::verb::head;
  old_version_ = message.version() == 10;
  keep_alive_ = head_->keep_alive() && !core_->stopping();
  unread_body_ = !head_->is_done();

  if (message.version() != 10 && message.version() != 11) return refuse(505, "only HTTP/1.1 is spoken here");
  std::string_view target = view(message.target());
  if (target.starts_with("http://") || target.starts_with("https://")) {
    // The absolute form (RFC 9112 section 3.2.2): whom it names is as little believed as the Host field.
    const std::size_t slash = target.find('/', target.find("//") + 2);
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  if (!target.starts_with('/')) return refuse(400, "the request's target must be a path");
  request_.method = view(message.method_string());
  const std::size_t question = target.find('?');
  request_.path = target.substr(0, question);
  if (question != std::string_view::npos) request_.query = target.substr(question + 1);
  request_.peer = peer_;
  std::size_t hosts = 0;
  for (const auto& field : message) {
    if (field.name() == http::field::host) ++hosts;
    request_.headers.emplace_back(view(field.name_string()), view(field.value()));
  }
  if (request_.headers.size() > core_->limits.header_count_max) {
    return refuse(431,
                  fmt::format("the request has more than {} header fields", core_->limits.header_count_max));
  }
  if (hosts > 1 || (hosts == 0 && !old_version_)) return refuse(400, "the request must have one Host field");
  const auto coding = view(message[http::field::transfer_encoding]);
  if (!coding.empty() && lower_ascii(coding) != "chunked") {
    return refuse(501, "no other transfer coding than chunked is accepted");
  }
  const auto content_coding = view(message[http::field::content_encoding]);
  if (!content_coding.empty() && lower_ascii(content_coding) != "identity") {
    return refuse(415, "no content coding is accepted: send the body as it is");
  }

  intake_ = core_->front(request_);
  if (intake_.refusal) {
    reply(turn_, std::move(*intake_.refusal));
    return;
  }
  if (!unread_body_) return dispatch();
  const std::uint64_t length = head_->content_length().value_or(0);
  if (length > intake_.body_bytes_max) {
    return refuse(
        413, fmt::format("the body has {} bytes, at most {} are accepted", length, intake_.body_bytes_max));
  }
  const auto expectation = view(message[http::field::expect]);
  if (!expectation.empty()) {
    if (lower_ascii(expectation) != "100-continue") return refuse(417, "only 100-continue can be expected");
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    Code ignored;
    socket_.write_some(asio::buffer(kContinue), ignored);  // a handful of bytes into an empty send buffer
  }
  await(Phase::body, core_->limits.body_timeout,
        head_->content_length() ? length : std::uint64_t{intake_.body_bytes_max});
  if (intake_.sink) {
    stream_.emplace(std::move(*head_));
    stream_->body_limit(intake_.body_bytes_max);
    stream_->eager(true);
    stream_bytes_.resize(kPieceBytes);
    stream_->get().body().data = stream_bytes_.data();
    stream_->get().body().size = stream_bytes_.size();
    stream_->get().body().more = true;
    take_stream();
  } else {
    body_.emplace(std::move(*head_));
    body_->body_limit(intake_.body_bytes_max);
    body_->eager(true);
    take_body();
  }
}

void Session::take_body() {
  Code error;
  while (!body_->is_done()) {
    buffer_.consume(body_->put(buffer_.data(), error));
    if (error == http::error::need_more || (!error && !body_->is_done() && buffer_.size() == 0)) {
      read_more();
      return;
    }
    if (error == http::error::body_limit) {
      return refuse(413, fmt::format("the body has more than {} bytes", intake_.body_bytes_max));
    }
    if (error) return refuse(400, "the body is not as HTTP has it: " + error.message());
  }
  unread_body_ = false;
  request_.body = std::move(body_->get().body());
  dispatch();
}

void Session::take_stream() {
  while (true) {
    Code error;
    buffer_.consume(stream_->put(buffer_.data(), error));
    const std::size_t filled = stream_bytes_.size() - stream_->get().body().size;
    if (error == http::error::need_buffer || stream_->is_done()) return hand_to_sink(filled);
    if (error == http::error::need_more || (!error && buffer_.size() == 0)) return read_more();
    if (error == http::error::body_limit) {
      return refuse(413, fmt::format("the body has more than {} bytes", intake_.body_bytes_max));
    }
    if (error) return refuse(400, "the body is not as HTTP has it: " + error.message());
  }
}

// Nothing is read from the client while the sink writes: a fast client cannot fill the memory.
void Session::hand_to_sink(std::size_t bytes) {
  const bool done = stream_->is_done();
  const bool taken =
      core_->pool.run([self = shared_from_this(), sink = intake_.sink, bytes, done, turn = turn_] {
        Result<void> written = bytes == 0 ? Result<void>{} : sink->write({self->stream_bytes_.data(), bytes});
        self->core_->post([self, done, turn, outcome = std::move(written)] {
          if (self->turn_ != turn || self->phase_ != Phase::body) return;
          if (!outcome) {
            self->reply(turn, problem_of(outcome.error(), self->request_.path));
            return;
          }
          if (done) {
            self->unread_body_ = false;
            self->dispatch();
            return;
          }
          self->stream_->get().body().data = self->stream_bytes_.data();
          self->stream_->get().body().size = self->stream_bytes_.size();
          self->take_stream();
        });
      });
  if (!taken) refuse(503, "too much is being read and written already; try again in a moment");
}

void Session::dispatch() {
  await(Phase::handling, core_->limits.reply_timeout);
  Handler handle = std::move(intake_.handle);
  handle(std::move(request_), [self = shared_from_this(), turn = turn_](HttpReply answer) {
    self->core_->post(
        [self, turn, held = std::move(answer)]() mutable { self->reply(turn, std::move(held)); });
  });
}

void Session::refuse(int status, std::string detail) {
  unread_body_ = true;
  reply(turn_, problem(status, std::move(detail), request_.path));
}

void Session::reply(std::uint64_t turn, HttpReply answer) {
  if (turn != turn_ || phase_ == Phase::closed || phase_ == Phase::writing || phase_ == Phase::leaving)
    return;
  ++turn_;
  intake_ = {};
  reply_ = std::move(answer);
  if (unread_body_ || core_->stopping()) keep_alive_ = false;
  core_->count_reply(reply_.status);
  write_head(reply_);
  await(Phase::writing, core_->limits.write_timeout, reply_.body.size());
  const bool with_body = !is_head_method_ && !reply_.source;
  const std::array<asio::const_buffer, 2> pieces{
      asio::buffer(out_), with_body ? asio::buffer(reply_.body) : asio::const_buffer()};
  asio::async_write(socket_, pieces, [self = shared_from_this()](const Code& error, std::size_t) {
    if (self->phase_ == Phase::closed) return;
    if (error) return self->close();
    if (self->reply_.source && !self->is_head_method_) {
      self->pump();
    } else {
      self->end_reply();
    }
  });
}

void Session::write_head(const HttpReply& answer) {
  out_.clear();
  const auto reason = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(answer.status)));
  fmt::format_to(std::back_inserter(out_), "HTTP/1.1 {} {}\r\nDate: {}\r\n", answer.status, view(reason),
                 core_->date());
  if (!answer.content_type.empty()) out_.append("Content-Type: ").append(answer.content_type).append("\r\n");
  chunked_ = false;
  if (answer.source) {
    const auto length = answer.source->length();
    left_ = length.value_or(0);
    chunked_ = !length && !old_version_;
    if (length) {
      fmt::format_to(std::back_inserter(out_), "Content-Length: {}\r\n", *length);
    } else if (chunked_) {
      out_ += "Transfer-Encoding: chunked\r\n";
    } else {
      keep_alive_ = false;
    }
  } else if (answer.status != 204 && answer.status != 304) {
    fmt::format_to(std::back_inserter(out_), "Content-Length: {}\r\n", answer.body.size());
  }
  for (const Header& header : answer.headers) {
    // A line break in a value would end the head: such a field is not sent.
    if (has_control_characters(header.second)) continue;
    out_.append(header.first).append(": ").append(header.second).append("\r\n");
  }
  if (!keep_alive_) {
    out_ += "Connection: close\r\n";
  } else if (old_version_) {
    out_ += "Connection: keep-alive\r\n";
  }
  out_ += "\r\n";
}

void Session::pump() {
  deadline_ = kNever;  // how long the next piece takes is the source's matter
  reply_.source->next([self = shared_from_this(), turn = turn_](std::optional<std::string> piece) {
    self->core_->post([self, turn, held = std::move(piece)]() mutable {
      if (self->turn_ == turn && self->phase_ == Phase::writing) self->write_piece(std::move(held));
    });
  });
}

void Session::write_piece(std::optional<std::string> piece) {
  const bool last = !piece.has_value();
  if (last && !chunked_) {
    if (left_ != 0) return close();
    return end_reply();
  }
  out_.clear();
  if (last) {
    out_ = "0\r\n\r\n";
  } else if (chunked_) {
    out_ = fmt::format("{:x}\r\n{}\r\n", piece->size(), *piece);
  } else {
    if (reply_.source->length() && piece->size() > left_) return close();
    left_ -= std::min<std::uint64_t>(left_, piece->size());
    out_ = std::move(*piece);
  }
  await(Phase::writing, core_->limits.write_timeout, out_.size());
  asio::async_write(socket_, asio::buffer(out_),
                    [self = shared_from_this(), last](const Code& error, std::size_t) {
                      if (self->phase_ == Phase::closed) return;
                      if (error) return self->close();
                      if (last) {
                        self->end_reply();
                      } else {
                        self->pump();
                      }
                    });
}

void Session::end_reply() {
  reply_ = {};
  if (keep_alive_ && !core_->stopping()) {
    next_request();
  } else {
    leave();
  }
}

// Closing while the client still sends would reset the connection, and the reply might never be read: our
// side is shut first, then what comes is thrown away for a moment.
void Session::leave() {
  if (!unread_body_) return close();
  Code ignored;
  socket_.shutdown(Tcp::socket::shutdown_send, ignored);
  buffer_.consume(buffer_.size());
  drained_ = 0;
  await(Phase::leaving, kLeaveTimeout);
  drain();
}

void Session::drain() {
  socket_.async_read_some(buffer_.prepare(kReadBytes),
                          [self = shared_from_this()](const Code& error, std::size_t bytes) {
                            self->drained_ += bytes;
                            if (self->phase_ != Phase::leaving) return;
                            if (error || self->drained_ > kDrainBytesMax) return self->close();
                            self->drain();
                          });
}

}  // namespace countersign::web
