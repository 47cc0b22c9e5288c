// One HTTP request through libcurl.

#include <algorithm>
#include <array>
#include <ctime>

#include <fmt/format.h>

#include "base/text.h"
#include "delivery/one_transfer.h"

namespace countersign {

namespace {

constexpr std::size_t kReplyHeaderBytesMax = 64 * 1024;
constexpr std::size_t kUrlBytesMax = 8 * 1024;
constexpr Duration kRetryAfterMax = std::chrono::hours(24 * 30);

using CurlList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

void append(CurlList& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return;
  list.release();
  list.reset(longer);
}

bool is_token(std::string_view text) {  // RFC 9110 section 5.6.2
  constexpr std::string_view kOther = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kOther.find(c) != std::string_view::npos;
  });
}

bool is_set_by_the_client(const std::string& header_name) {
  constexpr std::array<std::string_view, 7> kOwn{
      "host", "content-length", "transfer-encoding", "connection", "expect", "te", "upgrade"};
  return std::find(kOwn.begin(), kOwn.end(), lower_ascii(header_name)) != kOwn.end();
}

// "https://host:port" of a URL, or why it is not acceptable. libcurl's own parser, so that what is looked at
// here is what is connected to later.
std::optional<std::string> read_target(const std::string& url, std::string& target) {
  if (url.size() > kUrlBytesMax) return fmt::format("the URL is longer than {} bytes", kUrlBytesMax);
  if (has_control_characters(url) || url.find(' ') != std::string::npos) {
    return "the URL has a space or control character";
  }
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), curl_url_cleanup);
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK) {
    return "the URL is malformed or has user and password in it (use a header for credentials)";
  }
  const auto part = [&parsed](CURLUPart which, unsigned int flags) {
    char* text = nullptr;
    if (curl_url_get(parsed.get(), which, &text, flags) != CURLUE_OK) return std::string();
    std::string copy(text);
    curl_free(text);
    return copy;
  };
  const std::string scheme = part(CURLUPART_SCHEME, 0);
  if (scheme != "http" && scheme != "https") return "the URL is neither http nor https";
  target =
      fmt::format("{}://{}:{}", scheme, part(CURLUPART_HOST, 0), part(CURLUPART_PORT, CURLU_DEFAULT_PORT));
  return std::nullopt;
}

std::optional<Duration> retry_after_of(const Headers& headers) {
  const auto value = first_header(headers, "Retry-After");
  if (!value) return std::nullopt;
  const std::string text(trimmed(*value));
  const bool is_number = !text.empty() && text.size() <= 9 &&
                         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (is_number) return std::min<Duration>(std::chrono::seconds(std::stol(text)), kRetryAfterMax);
  const std::time_t at = curl_getdate(text.c_str(), nullptr);
  if (at == -1) return std::nullopt;
  std::time_t now = curl_getdate(std::string(first_header(headers, "Date").value_or("")).c_str(), nullptr);
  if (now == -1) now = std::time(nullptr);
  return std::clamp<Duration>(std::chrono::seconds(at - now), Duration::zero(), kRetryAfterMax);
}

class HttpTransfer final : public OneTransfer {
 public:
  HttpTransfer(HttpRequest request, std::function<void(HttpOutcome)> done)
      : request_(std::move(request)), done_(std::move(done)) {}

  std::optional<std::string> fault() override {
    if (std::optional<std::string> bad_url = read_target(request_.url, target_)) return bad_url;
    if (!is_token(request_.method)) return "the method is no token";
    for (const auto& [name, value] : request_.headers) {
      if (!is_token(name)) return "the name of a header is no token";
      if (is_set_by_the_client(name)) return fmt::format("the header {} is not to be set", name);
      if (has_control_characters(value)) return fmt::format("the header {} has a control character", name);
    }
    return std::nullopt;
  }

  void configure(CURL* handle) override {
    configure_rules(handle, request_.timeouts, request_.ca_file);
    curl_easy_setopt(handle, CURLOPT_URL, request_.url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "countersign");
    if (request_.method == "HEAD") {
      curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    } else if (request_.method != "GET" || !request_.body.empty()) {
      curl_easy_setopt(handle, CURLOPT_POST, 1L);
      curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
      curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request_.body.data());
      curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    }
    header_lines_.reset();
    append(header_lines_, "Expect:");
    if (!first_header(request_.headers, "Content-Type")) append(header_lines_, "Content-Type:");
    for (const auto& [name, value] : request_.headers) {
      append(header_lines_, value.empty() ? name + ";" : name + ": " + value);
    }
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, header_lines_.get());
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &HttpTransfer::on_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &HttpTransfer::on_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
  }

  std::function<void()> finish(CURL* handle, CURLcode result) override {
    if (too_large_) {
      return finish(
          FailedTransfer{TransferFailure::too_large,
                         fmt::format("{}: the answer is longer than {} bytes, or its header section than {}",
                                     target_, request_.response_bytes_max, kReplyHeaderBytesMax)});
    }
    if (result != CURLE_OK) return finish(failed(result));
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    outcome_.status = static_cast<int>(status);
    outcome_.retry_after = retry_after_of(outcome_.headers);
    return [done = std::move(done_), outcome = std::move(outcome_)]() mutable { done(std::move(outcome)); };
  }

  std::function<void()> finish(FailedTransfer failed) override {
    HttpOutcome outcome;
    outcome.failure = failed.failure;
    outcome.message = fmt::format("cannot send the request to {}", failed.message);
    return [done = std::move(done_), outcome = std::move(outcome)]() mutable { done(std::move(outcome)); };
  }

 private:
  static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<HttpTransfer*>(self);
    const std::string_view line(bytes, size * count);
    transfer.header_bytes_ += line.size();
    if (transfer.header_bytes_ > kReplyHeaderBytesMax) {
      transfer.too_large_ = true;
      return 0;
    }
    if (line.starts_with("HTTP/")) {  // an interim answer (1xx) came before
      transfer.outcome_.headers.clear();
      return line.size();
    }
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) {
      transfer.outcome_.headers.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
    }
    return line.size();
  }

  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<HttpTransfer*>(self);
    const std::size_t length = size * count;
    if (length > transfer.request_.response_bytes_max - transfer.outcome_.body.size()) {
      transfer.too_large_ = true;
      return length == 0 ? 1 : 0;
    }
    transfer.outcome_.body.append(bytes, length);
    return length;
  }

  HttpRequest request_;
  std::function<void(HttpOutcome)> done_;
  HttpOutcome outcome_;
  CurlList header_lines_{nullptr, curl_slist_free_all};
  std::size_t header_bytes_ = 0;
  bool too_large_ = false;
};

}  // namespace

std::unique_ptr<OneTransfer> make_http_transfer(HttpRequest request, std::function<void(HttpOutcome)> done) {
  return std::make_unique<HttpTransfer>(std::move(request), std::move(done));
}

}  // namespace countersign
