#pragma once
// The daemon's HTTP API, one blocking request at a time over one kept connection. Redirects are not followed,
// every wait has a limit. Used by one thread.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "cli/exit_code.h"

namespace countersign::cli {

struct ApiSettings {
  std::string url = "http://127.0.0.1:8080";  // without a slash at the end
  std::string key;                            // an API key; "" for none
  std::string actor;                          // whom a key with act-as acts for; "" for its own person
  std::string idempotency_key;                // of writes; "" for a random one each
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(5);
  std::chrono::milliseconds timeout = std::chrono::seconds(30);
};

// Names and values of a query; a member with an empty value is left out.
using Query = std::vector<std::pair<std::string, std::string>>;

struct ApiReply {
  int status = 200;
  std::string text;
  json::value body;  // the text, where it is JSON; null otherwise
};

class ApiClient {
 public:
  static constexpr std::size_t kReplyBytesMax = 64 << 20;

  // wrong_use where a setting cannot be sent.
  static Outcome<ApiClient> make(ApiSettings settings);
  ~ApiClient();
  ApiClient(ApiClient&& other) noexcept;
  ApiClient& operator=(ApiClient&&) = delete;

  // `path` begins with a slash, its segments are escaped (web/uri_text.h). Replies below 400 are returned; of
  // the others, the failure carries the problem document: its detail, and its `errors` as details.
  // unreachable where there is no answer, or one of 500 and above.
  Outcome<ApiReply> get(std::string_view path, const Query& query = {});
  // Under an Idempotency-Key, so that repeating it with the same one does nothing twice.
  Outcome<ApiReply> post(std::string_view path, const json::value& body);
  // As post(), without a body.
  Outcome<ApiReply> remove(std::string_view path);
  // The few routes that take no Idempotency-Key.
  Outcome<ApiReply> post_once(std::string_view path, const json::value& body);
  Outcome<ApiReply> upload(std::string_view path, const Query& query, std::string_view bytes);

  const ApiSettings& settings() const { return settings_; }
  void set_timeout(std::chrono::milliseconds timeout) { settings_.timeout = timeout; }

 private:
  struct Transfer;
  ApiClient(ApiSettings settings, std::unique_ptr<Transfer> transfer);
  Outcome<ApiReply> send(const char* method, const std::string& target, std::vector<std::string> headers,
                         std::string_view body, const std::string& idempotency_key);
  std::string new_idempotency_key() const;

  ApiSettings settings_;
  std::unique_ptr<Transfer> transfer_;
};

// The exit code that stands for an HTTP status of 400 and above.
ExitCode exit_code_of_status(int status);
// True for localhost, 127.x.x.x and ::1 as the host of a URL.
bool is_loopback_url(std::string_view url);

}  // namespace countersign::cli
