#pragma once
// A request as the server hands it on and a reply as it is sent. Plain values of our own, so that only the
// server's two files know the HTTP library.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "delivery/headers.h"

namespace countersign::web {

struct HttpRequest {
  std::string method;  // "POST"; HEAD stays HEAD
  std::string path;    // as sent, still escaped, without the query: "/api/v1/instances/i_01"
  std::string query;   // as sent, without the "?"
  Headers headers;     // in the order in which they came
  std::string body;    // "" where a BodySink took it
  std::string peer;    // the address that connected: "127.0.0.1"
};

// A reply's body that comes piece by piece: a file, a stream of events. Asked for one piece at a time.
// Destroyed when the connection closes, perhaps while a piece is being made.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // Bytes in all where they are known; else the reply is sent in chunks.
  virtual std::optional<std::uint64_t> length() const { return std::nullopt; }
  // Calls `deliver` once, at once or later, from any thread: the next bytes (not empty), or nullopt at the
  // end. An end before length() closes the connection, so that the client sees that the body is not whole.
  using Deliver = std::function<void(std::optional<std::string>)>;
  virtual void next(Deliver deliver) = 0;
};

struct HttpReply {
  int status = 200;
  std::string content_type = "application/json";  // "" where there is no body
  Headers headers;
  std::string body;
  std::shared_ptr<BodySource> source;  // instead of `body`
};

// Sends the reply. Thread-safe, counts once: later calls and calls after the connection closed do nothing.
using Respond = std::function<void(HttpReply)>;
using Handler = std::function<void(HttpRequest, Respond)>;

// Takes a request's body as it comes in. Calls come one after another, on a thread that may block.
class BodySink {
 public:
  virtual ~BodySink() = default;
  // An Error ends the request: the client gets it as a problem document.
  virtual Result<void> write(std::string_view bytes) = 0;
};

// What the server does with a request whose head has come in.
struct Intake {
  std::optional<HttpReply> refusal;  // answered without reading the body
  std::size_t body_bytes_max = 0;
  std::shared_ptr<BodySink> sink;  // nullptr: the body is collected in HttpRequest::body
  Handler handle;                  // called on the server's thread once the body is there; must not block
};
// Called on the server's thread with everything but the body; must not block.
using Front = std::function<Intake(const HttpRequest& head)>;

}  // namespace countersign::web
