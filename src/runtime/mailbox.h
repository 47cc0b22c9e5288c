#pragma once
// The built-in mailbox of --dev: keeps what would have been sent, newest first, so that somebody who tries
// the product sees every message without a mail server. Thread-safe; keeps the last `kMessagesMax`, in a file
// too, as the links of messages are nowhere else.

#include <deque>
#include <fstream>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace countersign {

struct MailboxMessage {
  std::uint64_t id = 0;  // from 1, ascending
  Instant at;
  std::string channel;  // "mail", "http:feishu"
  std::string to;       // address, or the URL
  std::string subject;
  std::string text;  // the plain part, or the body of the request
  std::string html;  // "" where there is none
  std::string raw;   // as it would have gone over the wire
};

class Mailbox {
 public:
  static constexpr std::size_t kMessagesMax = 1000;
  // Reads what the file holds, a JSON object on a line for each message, and appends what comes to it. Lines
  // that a crash cut off are passed over. storage where the file cannot be written.
  Result<void> keep_in(const std::string& path);
  void put(MailboxMessage message);
  // Newest first; `to` filters by recipient where it is not empty.
  std::vector<MailboxMessage> list(const std::string& to = {}) const;
  std::optional<MailboxMessage> find(std::uint64_t id) const;

 private:
  void write(const MailboxMessage& message);

  mutable std::mutex mutex_;
  std::ofstream file_;
  std::deque<MailboxMessage> messages_;
  std::uint64_t next_id_ = 1;
};

}  // namespace countersign
