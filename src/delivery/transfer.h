#pragma once
// The one client for everything that leaves the daemon: HTTP requests and mail over SMTP, by one libcurl
// multi handle that is driven by one Boost.Asio io_context.
//
// Threads: create, use and destroy on the io_context's thread (or while it does not run). Callbacks run on
// that thread, never from inside http() or smtp(), each exactly once; a callback may start further transfers.
//
// Rules kept for every transfer: the address policy is asked for the address that is connected to; redirects
// are answers, not followed; proxies and credentials from the environment or from .netrc are not used;
// certificates and host names are verified; TLS 1.2 or newer; control characters are refused before libcurl
// sees them.

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "delivery/address_policy.h"
#include "delivery/headers.h"

namespace boost::asio {
class io_context;
}

namespace countersign {

enum class TransferFailure {
  refused_address,  // the address policy forbids every address the name resolves to
  dns,              // the name does not resolve
  connect,          // nobody accepts the connection
  tls,              // no TLS where it was asked for, or the certificate is not the server's
  login,            // the mail server refused user and password
  timeout,          // a limit on time was passed, in whatever phase
  too_large,        // the answer is longer than allowed
  disconnected,     // the connection was lost in the middle; what was sent may have arrived
  protocol,         // the peer does not speak HTTP or SMTP properly
  invalid_request,  // the request was malformed and nothing was sent; repeating it is useless
  cancelled,        // cancel_all()
};
// "refused_address" and so on, for logs and for the outbox.
std::string_view to_string(TransferFailure failure);

struct TransferTimeouts {
  Duration connect = std::chrono::seconds(10);  // name resolution, TCP, TLS; for SMTP also greeting and login
  Duration reply = std::chrono::minutes(5);     // SMTP only: each answer of the server (RFC 5321, 4.5.3.2)
  Duration total = std::chrono::seconds(30);    // everything, from the moment the transfer is started
};

struct HttpRequest {
  std::string method = "POST";
  std::string url;  // http or https; user and password in it are refused
  Headers headers;  // Host, Content-Length, Transfer-Encoding, Connection and Expect are the client's own
  std::string body;
  TransferTimeouts timeouts;
  std::size_t response_bytes_max = 256 * 1024;  // of the body; the header section may have 64 KiB
  std::string ca_file;                          // PEM; empty: the system's certificates
};

struct HttpOutcome {
  // Where `failure` is absent: status, headers and body of the answer, whatever the status is.
  std::optional<TransferFailure> failure;
  std::string message;  // of a failure: what was attempted and why it failed; no secret, no query string
  int status = 0;
  Headers headers;
  std::string body;  // as it was sent: no content coding is asked for and none is undone
  // Retry-After of the answer (RFC 9110 section 10.2.3), a date taken relative to the answer's own Date;
  // never < 0.
  std::optional<Duration> retry_after;

  bool is_success() const { return !failure && status >= 200 && status < 300; }
};

enum class SmtpTls {
  none,      // plain text, and user and password are then refused unless the host is loopback
  starttls,  // STARTTLS (RFC 3207); without it nothing is sent
  implicit,  // TLS from the first byte (RFC 8314)
};

struct SmtpServer {
  std::string host;
  int port = 587;
  SmtpTls tls = SmtpTls::starttls;
  std::string user;       // empty: no login
  std::string password;   // AUTH PLAIN or LOGIN, whichever the server offers
  std::string ca_file;    // PEM; empty: the system's certificates
  std::string ehlo_name;  // empty: the host's name
};

struct SmtpMessage {
  SmtpServer server;
  std::string envelope_from;  // empty: the null sender "<>"
  std::vector<std::string> recipients;
  std::string bytes;  // a whole message, CRLF line ends, as compose_mail makes it
  TransferTimeouts timeouts{std::chrono::seconds(30), std::chrono::minutes(5), std::chrono::minutes(10)};
};

enum class SmtpVerdict {
  accepted,   // 2xx after the message: the server has taken responsibility
  temporary,  // 4xx: try again later
  permanent,  // 5xx to this sender, recipient or message: trying again is useless
  failed,     // no verdict; `SmtpOutcome::failure` says why; try again later unless it is invalid_request
};
std::string_view to_string(SmtpVerdict verdict);

struct SmtpRecipientOutcome {
  std::string recipient;
  SmtpVerdict verdict = SmtpVerdict::failed;
  int code = 0;      // the server's reply code; 0 where it gave none
  std::string text;  // the server's reply, control characters removed, at most 500 bytes
};

struct SmtpOutcome {
  std::vector<SmtpRecipientOutcome> recipients;  // one for each of the message's, in its order
  std::optional<TransferFailure> failure;
  std::string message;  // of a failure
};

struct TransferLimits {
  std::size_t parallel_max = 64;  // transfers under way at once; more wait in the client
  std::size_t parallel_per_target_max =
      8;  // with one scheme, host and port, so that a slow one starves nobody
};

class TransferClient {
 public:
  TransferClient(boost::asio::io_context& io, AddressPolicy policy, TransferLimits limits = {});
  // Drops what is not finished without calling back.
  ~TransferClient();
  TransferClient(const TransferClient&) = delete;
  TransferClient& operator=(const TransferClient&) = delete;

  void http(HttpRequest request, std::function<void(HttpOutcome)> done);
  // Connections to one server are kept and used again for the next message, as long as all messages to its
  // host and port ask for the same TLS and login; others get connections of their own. Where these settings
  // change for good, make a new client.
  void smtp(SmtpMessage message, std::function<void(SmtpOutcome)> done);

  // For connections that are made from now on.
  void set_policy(AddressPolicy policy);
  // Ends every transfer, waiting ones too; each is called back with `cancelled`.
  void cancel_all();
  // Transfers that have not been called back yet.
  std::size_t unfinished() const;

 private:
  class Driver;
  std::unique_ptr<Driver> driver_;
};

}  // namespace countersign
