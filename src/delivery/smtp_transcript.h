#pragma once
// Pairs the commands and replies of one SMTP transaction (RFC 5321), to know what the server said to each
// recipient. Pure; keeps no command, so no credentials.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "delivery/transfer.h"

namespace countersign {

struct SmtpReply {
  int code = 0;  // 0: there was none
  std::string text;

  bool is_positive() const { return code >= 200 && code < 400; }
};

class SmtpTranscript {
 public:
  // One command, and one line of a reply, with or without its line end.
  void command(std::string_view line);
  void reply_line(std::string_view line);

  bool has_reply_to_mail() const { return reply(Stage::mail).code != 0; }
  int mail_code() const { return reply(Stage::mail).code; }
  // What the server decided about the recipient with this index in the order of the RCPT commands.
  SmtpRecipientOutcome outcome(std::size_t recipient) const;

 private:
  enum class Stage { greeting, hello, starttls, login, mail, recipient, data, message, other };
  static constexpr std::size_t kStages = static_cast<std::size_t>(Stage::other) + 1;

  const SmtpReply& reply(Stage stage) const { return replies_[static_cast<std::size_t>(stage)]; }
  void complete(SmtpReply reply);

  Stage stage_ = Stage::greeting;
  std::array<SmtpReply, kStages> replies_;
  std::vector<SmtpReply> recipients_;
  SmtpReply last_negative_;  // of whatever stage
  std::string unfinished_text_;
};

}  // namespace countersign
