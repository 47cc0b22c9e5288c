#include "delivery/one_transfer.h"

#include <algorithm>

#include <fmt/format.h>

#include "delivery/curl_loop.h"

namespace countersign {

namespace {

TransferFailure failure_of(CURLcode result) {
  switch (result) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return TransferFailure::dns;
    case CURLE_COULDNT_CONNECT:
      return TransferFailure::connect;
    case CURLE_OPERATION_TIMEDOUT:
      return TransferFailure::timeout;
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return TransferFailure::tls;
    case CURLE_LOGIN_DENIED:
    case CURLE_AUTH_ERROR:
      return TransferFailure::login;
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
      return TransferFailure::disconnected;
    case CURLE_FILESIZE_EXCEEDED:
      return TransferFailure::too_large;
    case CURLE_URL_MALFORMAT:
      return TransferFailure::invalid_request;
    default:
      return TransferFailure::protocol;
  }
}

long milliseconds(Duration duration) {
  // 0 would mean "no limit" or "libcurl's default" to libcurl.
  return static_cast<long>(std::clamp<Duration::rep>(duration.count(), 1, 24 * 3600 * 1000));
}

}  // namespace

curl_socket_t OneTransfer::on_open(void* self, curlsocktype purpose, curl_sockaddr* address) {
  auto& transfer = *static_cast<OneTransfer*>(self);
  if (purpose != CURLSOCKTYPE_IPCXN) return CURL_SOCKET_BAD;
  if (std::optional<std::string> refused = transfer.policy_->refusal(address->addr)) {
    transfer.refused_address_ = std::move(*refused);
    return CURL_SOCKET_BAD;
  }
  return transfer.loop_->open(*address);
}

void OneTransfer::configure_rules(CURL* handle, const TransferTimeouts& timeouts,
                                  const std::string& ca_file) {
  error_text_[0] = '\0';
  refused_address_.clear();
  socket_ = CURL_SOCKET_BAD;
  loop_->set_up(handle);
  curl_easy_setopt(handle, CURLOPT_PRIVATE, this);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error_text_);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, &OneTransfer::on_open);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  // Name resolution runs in a thread of libcurl's; without this a transfer that ends early would wait for it.
  curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, ca_file.c_str());
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
                   milliseconds(std::min(timeouts.connect, timeouts.total)));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, milliseconds(timeouts.total));
}

FailedTransfer OneTransfer::failed(CURLcode result) const {
  const bool was_refused = result == CURLE_COULDNT_CONNECT && !refused_address_.empty();
  if (was_refused) {
    return {TransferFailure::refused_address,
            fmt::format("{} is not connected to: {}; allow the block in the configuration if that is meant",
                        target_, refused_address_)};
  }
  const char* why = error_text_[0] != '\0' ? error_text_ : curl_easy_strerror(result);
  return {failure_of(result), fmt::format("{}: {}", target_, why)};
}

std::string_view to_string(TransferFailure failure) {
  switch (failure) {
    case TransferFailure::refused_address:
      return "refused_address";
    case TransferFailure::dns:
      return "dns";
    case TransferFailure::connect:
      return "connect";
    case TransferFailure::tls:
      return "tls";
    case TransferFailure::login:
      return "login";
    case TransferFailure::timeout:
      return "timeout";
    case TransferFailure::too_large:
      return "too_large";
    case TransferFailure::disconnected:
      return "disconnected";
    case TransferFailure::protocol:
      return "protocol";
    case TransferFailure::invalid_request:
      return "invalid_request";
    case TransferFailure::cancelled:
      return "cancelled";
  }
  return "protocol";
}

std::string_view to_string(SmtpVerdict verdict) {
  switch (verdict) {
    case SmtpVerdict::accepted:
      return "accepted";
    case SmtpVerdict::temporary:
      return "temporary";
    case SmtpVerdict::permanent:
      return "permanent";
    case SmtpVerdict::failed:
      return "failed";
  }
  return "failed";
}

}  // namespace countersign
