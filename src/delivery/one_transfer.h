#pragma once
// One HTTP request or one mail on its way through libcurl; used by transfer.cpp and the two kinds only.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <curl/curl.h>

#include "delivery/address_policy.h"
#include "delivery/transfer.h"

namespace countersign {

class CurlLoop;

struct FailedTransfer {
  TransferFailure failure;
  std::string message;
};

class OneTransfer {
 public:
  virtual ~OneTransfer() = default;

  // What is wrong with the request, before anything is sent. Also finds out target().
  virtual std::optional<std::string> fault() = 0;
  // Sets all options of a handle that was reset. May be called a second time, see wants_another_try().
  virtual void configure(CURL* handle) = 0;
  // Gives the call to `done` with the outcome; nothing else is called afterwards.
  virtual std::function<void()> finish(CURL* handle, CURLcode result) = 0;
  // The same where libcurl did not run to its end.
  virtual std::function<void()> finish(FailedTransfer failed) = 0;
  // True where nothing can have arrived because the connection was an old one that the server had given up.
  virtual bool wants_another_try(CURL*, CURLcode) { return false; }

  // Scheme, host and port, for limits and messages.
  const std::string& target() const { return target_; }
  // Keeps the socket that the transfer waits for, and forgets it when libcurl does.
  void set_socket(curl_socket_t socket, bool is_in_use) {
    if (is_in_use) {
      socket_ = socket;
    } else if (socket_ == socket) {
      socket_ = CURL_SOCKET_BAD;
    }
  }

 protected:
  // Options of every transfer: address policy, TLS, limits on time, nothing taken from the environment.
  void configure_rules(CURL* handle, const TransferTimeouts& timeouts, const std::string& ca_file);
  FailedTransfer failed(CURLcode result) const;

  std::string target_;
  curl_socket_t socket_ = CURL_SOCKET_BAD;

 private:
  friend class TransferRules;
  static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* address);

  const AddressPolicy* policy_ = nullptr;
  CurlLoop* loop_ = nullptr;
  std::string refused_address_;  // what the policy said about the last address it refused
  char error_text_[CURL_ERROR_SIZE] = "";
};

// Hands policy and loop of a client to its transfers.
class TransferRules {
 public:
  TransferRules(const AddressPolicy& policy, CurlLoop& loop) : policy_(policy), loop_(loop) {}
  void apply_to(OneTransfer& transfer) const {
    transfer.policy_ = &policy_;
    transfer.loop_ = &loop_;
  }

 private:
  const AddressPolicy& policy_;
  CurlLoop& loop_;
};

std::unique_ptr<OneTransfer> make_http_transfer(HttpRequest request, std::function<void(HttpOutcome)> done);

// Connections that libcurl must not share: a server that is also used in plain text or with another login.
class SmtpReuse;
std::unique_ptr<OneTransfer> make_smtp_transfer(SmtpMessage message, std::function<void(SmtpOutcome)> done,
                                                std::shared_ptr<SmtpReuse> reuse);
std::shared_ptr<SmtpReuse> make_smtp_reuse();

}  // namespace countersign
