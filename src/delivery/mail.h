#pragma once
// Internet mail messages (RFC 5322, MIME), made with GMime. Thread-safe: the library is initialised once, and
// each call uses objects of its own.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace countersign {

struct MailAddress {
  std::string name;     // UTF-8, may be empty
  std::string address;  // local@domain, ASCII

  bool operator==(const MailAddress&) const = default;
};

// "dana@example.test" or "Dana Doe <dana@example.test>". Refused as invalid_input with the reason: control
// characters, local parts that are quoted or not ASCII (few servers take SMTPUTF8), domains that are not
// ASCII (they have an xn-- form), address literals, anything too long for RFC 5321 (64 and 254 characters).
Result<MailAddress> parse_mail_address(std::string_view text);
// The address alone, as an envelope needs it: the same rules.
Result<std::string> checked_mail_address(std::string_view address);

struct Mail {
  MailAddress from;
  MailAddress to;
  std::optional<MailAddress> reply_to;
  std::string subject;      // UTF-8, one line
  std::string text;         // UTF-8; always sent
  std::string html;         // UTF-8; empty: no HTML part
  std::string message_id;   // "i_01...-3@approvals.example.test", without angle brackets; required
  std::string in_reply_to;  // the same form, may be empty
  std::vector<std::string> references;  // the same form, oldest first
  Instant date;
  std::string list_id;         // "approvals.example.test"; empty: no List-Id
  bool auto_generated = true;  // Auto-Submitted: auto-generated (RFC 3834), X-Auto-Response-Suppress: All
};

// The message with CRLF line ends, without Bcc. Equal mails give equal bytes. invalid_input names the header
// that is not acceptable: control characters, invalid UTF-8, addresses as above, ids that are not of the form
// above.
Result<std::string> compose_mail(const Mail& mail);

}  // namespace countersign
