#include "cli/api_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include "base/random.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/version.h"
#include "web/uri_text.h"

namespace countersign::cli {
namespace {

constexpr std::string_view kApi = "/api/v1";

std::string target_of(std::string_view path, const Query& query) {
  std::string target(path);
  char mark = '?';
  for (const auto& [name, value] : query) {
    if (value.empty()) continue;
    target += fmt::format("{}{}={}", mark, name, web::escape_segment(value));
    mark = '&';
  }
  return target;
}

std::vector<Detail> details_of(const json::value& document) {
  std::vector<Detail> details;
  const json::value* errors = find(document, "errors");
  if (errors == nullptr || !errors->is_array()) return details;
  for (const json::value& error : errors->as_array()) {
    details.push_back({string_at(error, "pointer"), string_at(error, "detail")});
  }
  return details;
}

// What the daemon, or something between here and it, refused.
Failure failure_of(const ApiReply& reply, const std::string& url) {
  Failure failure{exit_code_of_status(reply.status), string_at(reply.body, "detail"), details_of(reply.body)};
  if (failure.message.empty()) {
    failure.message =
        fmt::format("{} answered with status {} and no reason: is it countersign?", url, reply.status);
  }
  return failure;
}

std::size_t append(char* bytes, std::size_t size, std::size_t count, void* target) {
  auto& text = *static_cast<std::string*>(target);
  if (text.size() + size * count > ApiClient::kReplyBytesMax) return 0;
  text.append(bytes, size * count);
  return size * count;
}

std::string seconds_text(std::chrono::milliseconds span) {
  return fmt::format("{:g} seconds", std::chrono::duration<double>(span).count());
}

}  // namespace

struct ApiClient::Transfer {
  Transfer() : curl(curl_easy_init()) {}
  ~Transfer() { curl_easy_cleanup(curl); }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  CURL* curl;
};

ExitCode exit_code_of_status(int status) {
  if (status >= 500) return ExitCode::unreachable;
  switch (status) {
    case 404:
      return ExitCode::not_so;
    case 409:
    case 410:
    case 412:
    case 428:
      return ExitCode::conflict;
    case 401:
    case 403:
    case 413:
    case 422:
      return ExitCode::refused;
    case 408:
    case 429:
      return ExitCode::unreachable;
    default:
      return ExitCode::wrong_use;
  }
}

bool is_loopback_url(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (url.find('@') != std::string_view::npos) return false;
  if (url.starts_with('[')) return url.starts_with("[::1]");
  const std::string_view host = url.substr(0, url.find(':'));
  // Digits and points only: 127.0.0.1.example.com is somebody else's.
  const bool numeric = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return lower_ascii(host) == "localhost" || (numeric && host.starts_with("127."));
}

ApiClient::ApiClient(ApiSettings settings, std::unique_ptr<Transfer> transfer)
    : settings_(std::move(settings)), transfer_(std::move(transfer)) {}
ApiClient::~ApiClient() = default;
ApiClient::ApiClient(ApiClient&& other) noexcept = default;

Outcome<ApiClient> ApiClient::make(ApiSettings settings) {
  while (settings.url.ends_with('/')) settings.url.pop_back();
  if (!settings.url.starts_with("http://") && !settings.url.starts_with("https://")) {
    return failed(
        ExitCode::wrong_use,
        fmt::format("the daemon's address must begin with http:// or https://, '{}' does not", settings.url));
  }
  for (const auto& [what, text] : {std::pair("the daemon's address", &settings.url),
                                   {"the API key", &settings.key},
                                   {"the person to act as", &settings.actor},
                                   {"the idempotency key", &settings.idempotency_key}}) {
    if (has_control_characters(*text)) {
      return failed(ExitCode::wrong_use,
                    fmt::format("{} holds a line end or another control character", what));
    }
  }
  auto transfer = std::make_unique<Transfer>();
  if (transfer->curl == nullptr) return failed(ExitCode::unreachable, "libcurl cannot be initialised");
  return ApiClient(std::move(settings), std::move(transfer));
}

std::string ApiClient::new_idempotency_key() const {
  if (!settings_.idempotency_key.empty()) return settings_.idempotency_key;
  SystemRandom random;
  return "cli-" + sortable_id(SystemClock().now(), random);
}

Outcome<ApiReply> ApiClient::get(std::string_view path, const Query& query) {
  return send("GET", target_of(path, query), {}, {}, {});
}

Outcome<ApiReply> ApiClient::post(std::string_view path, const json::value& body) {
  return send("POST", std::string(path), {"Content-Type: application/json"}, write_json(body),
              new_idempotency_key());
}

Outcome<ApiReply> ApiClient::remove(std::string_view path) {
  return send("DELETE", std::string(path), {}, {}, new_idempotency_key());
}

Outcome<ApiReply> ApiClient::post_once(std::string_view path, const json::value& body) {
  return send("POST", std::string(path), {"Content-Type: application/json"}, write_json(body), {});
}

Outcome<ApiReply> ApiClient::upload(std::string_view path, const Query& query, std::string_view bytes) {
  return send("POST", target_of(path, query), {"Content-Type: application/octet-stream"}, bytes, {});
}

Outcome<ApiReply> ApiClient::send(const char* method, const std::string& target,
                                  std::vector<std::string> headers, std::string_view body,
                                  const std::string& idempotency_key) {
  CURL* curl = transfer_->curl;
  curl_easy_reset(curl);
  const std::string url = settings_.url + target;
  ApiReply reply;
  char reason[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings_.connect_timeout.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(settings_.timeout.count()));
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply.text);
  // A proxy of the environment never stands between a machine and itself.
  if (is_loopback_url(settings_.url)) curl_easy_setopt(curl, CURLOPT_PROXY, "");
  headers.emplace_back("Accept: application/json");
  headers.emplace_back("Expect:");
  headers.push_back(fmt::format("User-Agent: countersign/{}", kVersion));
  if (!settings_.key.empty() && target.starts_with(kApi))
    headers.push_back("Authorization: Bearer " + settings_.key);
  if (!settings_.actor.empty() && target.starts_with(kApi)) {
    headers.push_back("Countersign-Actor: " + settings_.actor);
  }
  if (!idempotency_key.empty()) headers.push_back("Idempotency-Key: " + idempotency_key);
  if (std::string_view(method) == "POST") {
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data() == nullptr ? "" : body.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  } else if (std::string_view(method) != "GET") {
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
  }
  curl_slist* list = nullptr;
  for (const std::string& header : headers) list = curl_slist_append(list, header.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
  const CURLcode code = curl_easy_perform(curl);
  curl_slist_free_all(list);

  if (code != CURLE_OK) {
    const std::string why = reason[0] != '\0' ? reason : curl_easy_strerror(code);
    const bool never_sent = code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST ||
                            code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_URL_MALFORMAT;
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
      return failed(ExitCode::wrong_use,
                    fmt::format("'{}' is no address of a daemon: {}", settings_.url, why));
    }
    if (never_sent) {
      return failed(ExitCode::unreachable,
                    fmt::format("cannot reach the daemon at {}: {}", settings_.url, why));
    }
    std::string message =
        code == CURLE_OPERATION_TIMEDOUT
            ? fmt::format("no answer from {} within {}", settings_.url, seconds_text(settings_.timeout))
            : fmt::format("the daemon at {} gave no usable answer: {}", settings_.url, why);
    if (!idempotency_key.empty()) {
      message += fmt::format(
          "; it may have been done all the same: the same command with --idempotency-key {} does "
          "nothing twice",
          idempotency_key);
    }
    return failed(ExitCode::unreachable, std::move(message));
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  reply.status = static_cast<int>(status);
  if (auto parsed = parse_json(reply.text, {.bytes_max = kReplyBytesMax})) reply.body = std::move(*parsed);
  if (reply.status >= 400) return std::unexpected(failure_of(reply, settings_.url));
  const bool must_be_json = target.starts_with(kApi);
  if (reply.status >= 300 || (must_be_json && !reply.body.is_object())) {
    return failed(ExitCode::unreachable,
                  fmt::format("{} answered with status {}, but not as countersign does", url, reply.status));
  }
  return reply;
}

}  // namespace countersign::cli
