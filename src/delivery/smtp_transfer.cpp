// One mail through libcurl's SMTP.

#include <algorithm>
#include <cstring>
#include <map>

#include <fmt/format.h>
#include <sys/socket.h>

#include "base/text.h"
#include "delivery/mail.h"
#include "delivery/one_transfer.h"
#include "delivery/smtp_transcript.h"

namespace countersign {

// libcurl 7.88 finds an idle connection for a message by protocol, host, port and user. A plain one would
// also serve a message that asks for STARTTLS, and one made with other certificates another. So only the kind
// of connection that was first made to a host and port is shared; messages of another kind get connections of
// their own.
class SmtpReuse {
 public:
  bool may_share(const std::string& host_and_port, const std::string& kind) {
    return kinds_.emplace(host_and_port, kind).first->second == kind;
  }

 private:
  std::map<std::string, std::string> kinds_;
};

std::shared_ptr<SmtpReuse> make_smtp_reuse() {
  return std::make_shared<SmtpReuse>();
}

namespace {

constexpr std::size_t kRecipientsMax = 100;

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':' || c == '_';
  });
}

bool is_loopback_name(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

class SmtpTransfer final : public OneTransfer {
 public:
  SmtpTransfer(SmtpMessage message, std::function<void(SmtpOutcome)> done, std::shared_ptr<SmtpReuse> reuse)
      : message_(std::move(message)), done_(std::move(done)), reuse_(std::move(reuse)) {}

  std::optional<std::string> fault() override {
    const SmtpServer& server = message_.server;
    if (!is_host(server.host)) return "the mail server's host is not a host name or address";
    if (server.port < 1 || server.port > 65535) return "the mail server's port is not from 1 to 65535";
    const bool v6 = server.host.find(':') != std::string::npos;
    const char* scheme = server.tls == SmtpTls::implicit ? "smtps" : "smtp";
    target_ = fmt::format("{}://{}{}{}:{}", scheme, v6 ? "[" : "", server.host, v6 ? "]" : "", server.port);
    if (!server.ehlo_name.empty() && !is_host(server.ehlo_name)) return "the name for EHLO is no host name";
    if (has_control_characters(server.user) || has_control_characters(server.password)) {
      return "the user or password of the mail server has a control character";
    }
    if (!server.user.empty() && server.tls == SmtpTls::none && !is_loopback_name(server.host)) {
      return "a login without TLS would send the password in plain text; set tls to starttls or implicit";
    }
    if (message_.recipients.empty() || message_.recipients.size() > kRecipientsMax) {
      return fmt::format("a message has from 1 to {} recipients", kRecipientsMax);
    }
    return fault_of_addresses();
  }

  void configure(CURL* handle) override {
    const SmtpServer& server = message_.server;
    transcript_ = {};
    sent_ = 0;
    configure_rules(handle, message_.timeouts, server.ca_file);
    const std::string url = server.ehlo_name.empty() ? target_ : target_ + "/" + server.ehlo_name;
    curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(handle, CURLOPT_USE_SSL,
                     static_cast<long>(server.tls == SmtpTls::none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    if (!server.user.empty()) {
      curl_easy_setopt(handle, CURLOPT_USERNAME, server.user.c_str());
      curl_easy_setopt(handle, CURLOPT_PASSWORD, server.password.c_str());
    }
    const Duration reply = std::clamp<Duration>(message_.timeouts.reply, Duration(1), std::chrono::hours(1));
    curl_easy_setopt(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT,
                     static_cast<long>(std::chrono::ceil<std::chrono::seconds>(reply).count()));
    curl_easy_setopt(handle, CURLOPT_MAIL_FROM, message_.envelope_from.c_str());
    recipient_list_.reset();
    for (const std::string& recipient : message_.recipients) {
      curl_slist* longer = curl_slist_append(recipient_list_.get(), recipient.c_str());
      recipient_list_.release();
      recipient_list_.reset(longer);
    }
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipient_list_.get());
    // One refused recipient must not keep the message from the others.
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, &SmtpTransfer::on_read);
    curl_easy_setopt(handle, CURLOPT_READDATA, this);
    curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(message_.bytes.size()));
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &SmtpTransfer::ignore);
    // The trace is the only place where libcurl tells commands and replies apart.
    curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, &SmtpTransfer::on_trace);
    curl_easy_setopt(handle, CURLOPT_DEBUGDATA, this);
    const std::string kind = fmt::format("{}\n{}\n{}\n{}\n{}", static_cast<int>(server.tls), server.ca_file,
                                         server.user, server.password, server.ehlo_name);
    const bool own_connection =
        tried_before_ || !reuse_->may_share(fmt::format("{}:{}", server.host, server.port), kind);
    curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, own_connection ? 1L : 0L);
    curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, own_connection && !tried_before_ ? 1L : 0L);
  }

  bool wants_another_try(CURL* handle, CURLcode result) override {
    long connections_made = 0;
    curl_easy_getinfo(handle, CURLINFO_NUM_CONNECTS, &connections_made);
    const bool was_lost = result == CURLE_SEND_ERROR || result == CURLE_RECV_ERROR ||
                          result == CURLE_GOT_NOTHING || result == CURLE_WEIRD_SERVER_REPLY;
    const bool was_given_up = !transcript_.has_reply_to_mail() || transcript_.mail_code() == 421;
    const bool again = connections_made == 0 && was_lost && was_given_up && !tried_before_;
    tried_before_ = tried_before_ || again;
    return again;
  }

  std::function<void()> finish(CURL*, CURLcode result) override {
    SmtpOutcome outcome;
    bool any_failed = false;
    for (std::size_t i = 0; i < message_.recipients.size(); ++i) {
      SmtpRecipientOutcome recipient = transcript_.outcome(i);
      recipient.recipient = message_.recipients[i];
      any_failed |= recipient.verdict == SmtpVerdict::failed;
      outcome.recipients.push_back(std::move(recipient));
    }
    if (any_failed) {
      FailedTransfer failed_transfer = failed(result == CURLE_OK ? CURLE_WEIRD_SERVER_REPLY : result);
      outcome.failure = failed_transfer.failure;
      outcome.message = fmt::format("cannot send the mail through {}", failed_transfer.message);
    }
    return [done = std::move(done_), outcome = std::move(outcome)]() mutable { done(std::move(outcome)); };
  }

  std::function<void()> finish(FailedTransfer failed) override {
    SmtpOutcome outcome;
    for (const std::string& recipient : message_.recipients) {
      outcome.recipients.push_back({recipient, SmtpVerdict::failed, 0, ""});
    }
    outcome.failure = failed.failure;
    outcome.message = fmt::format("cannot send the mail through {}", failed.message);
    return [done = std::move(done_), outcome = std::move(outcome)]() mutable { done(std::move(outcome)); };
  }

 private:
  std::optional<std::string> fault_of_addresses() const {
    if (!message_.envelope_from.empty()) {
      if (const auto from = checked_mail_address(message_.envelope_from); !from) return from.error().message;
    }
    for (const std::string& recipient : message_.recipients) {
      if (const auto checked = checked_mail_address(recipient); !checked) return checked.error().message;
    }
    return std::nullopt;
  }

  static std::size_t on_read(char* to, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<SmtpTransfer*>(self);
    const std::size_t length = std::min(size * count, transfer.message_.bytes.size() - transfer.sent_);
    std::memcpy(to, transfer.message_.bytes.data() + transfer.sent_, length);
    transfer.sent_ += length;
    return length;
  }

  static std::size_t ignore(char*, std::size_t size, std::size_t count, void*) { return size * count; }

  static int on_trace(CURL*, curl_infotype type, char* bytes, std::size_t length, void* self) {
    auto& transfer = *static_cast<SmtpTransfer*>(self);
    const std::string_view line(bytes, length);
    if (type == CURLINFO_HEADER_IN) transfer.transcript_.reply_line(line);
    if (type != CURLINFO_HEADER_OUT) return 0;
    transfer.transcript_.command(line);
    // After a refusal libcurl says QUIT and waits for the answer without going back to the loop, so that a
    // server that hangs would stop every other delivery. The answer is of no interest: end the waiting.
    if (line.starts_with("QUIT") && transfer.socket_ != CURL_SOCKET_BAD)
      ::shutdown(transfer.socket_, SHUT_RD);
    return 0;
  }

  SmtpMessage message_;
  std::function<void(SmtpOutcome)> done_;
  std::shared_ptr<SmtpReuse> reuse_;
  SmtpTranscript transcript_;
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> recipient_list_{nullptr, curl_slist_free_all};
  std::size_t sent_ = 0;
  bool tried_before_ = false;
};

}  // namespace

std::unique_ptr<OneTransfer> make_smtp_transfer(SmtpMessage message, std::function<void(SmtpOutcome)> done,
                                                std::shared_ptr<SmtpReuse> reuse) {
  return std::make_unique<SmtpTransfer>(std::move(message), std::move(done), std::move(reuse));
}

}  // namespace countersign
