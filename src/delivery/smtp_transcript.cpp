#include "delivery/smtp_transcript.h"

#include <algorithm>

#include "base/text.h"

namespace countersign {

namespace {

constexpr std::size_t kReplyBytesMax = 500;

SmtpVerdict verdict_of(int code) {
  if (code >= 400 && code < 500) return SmtpVerdict::temporary;
  if (code >= 500 && code < 600) return SmtpVerdict::permanent;
  return SmtpVerdict::failed;
}

std::string without_control_characters(std::string_view text) {
  std::string clean(text);
  std::replace_if(
      clean.begin(), clean.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; },
      ' ');
  return std::string(trimmed(clean));
}

}  // namespace

void SmtpTranscript::command(std::string_view line) {
  const std::string verb = lower_ascii(line.substr(0, line.find_first_of(" \r\n")));
  if (verb == "ehlo" || verb == "helo") {
    stage_ = Stage::hello;
  } else if (verb == "starttls") {
    stage_ = Stage::starttls;
  } else if (verb == "auth") {
    stage_ = Stage::login;
  } else if (verb == "mail") {
    stage_ = Stage::mail;
  } else if (verb == "rcpt") {
    stage_ = Stage::recipient;
    recipients_.emplace_back();
  } else if (verb == "data") {
    stage_ = Stage::data;
  } else if (stage_ != Stage::login) {  // a login goes on with lines that are no commands
    stage_ = Stage::other;
  }
}

void SmtpTranscript::reply_line(std::string_view line) {
  if (line.size() < 3 || !std::all_of(line.begin(), line.begin() + 3, is_digit)) return;
  const std::string text = without_control_characters(line.substr(std::min<std::size_t>(4, line.size())));
  if (!unfinished_text_.empty() && !text.empty()) unfinished_text_ += ' ';
  unfinished_text_ += text;
  if (unfinished_text_.size() > kReplyBytesMax) unfinished_text_.resize(kReplyBytesMax);
  if (line.size() > 3 && line[3] == '-') return;  // more lines follow
  const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  complete({code, std::move(unfinished_text_)});
  unfinished_text_.clear();
}

void SmtpTranscript::complete(SmtpReply reply) {
  // It is stored and shown as text, and may have been cut inside a character.
  if (!is_valid_utf8(reply.text)) {
    std::replace_if(
        reply.text.begin(), reply.text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; },
        '?');
  }
  if (reply.code >= 400) last_negative_ = reply;
  if (stage_ == Stage::recipient) recipients_.back() = reply;
  const bool message_follows = stage_ == Stage::data && reply.code == 354;
  replies_[static_cast<std::size_t>(stage_)] = std::move(reply);
  if (message_follows) stage_ = Stage::message;
}

SmtpRecipientOutcome SmtpTranscript::outcome(std::size_t recipient) const {
  SmtpRecipientOutcome outcome;
  const auto take = [&outcome](const SmtpReply& from) {
    outcome.code = from.code;
    outcome.text = from.text;
    outcome.verdict = verdict_of(from.code);
  };
  const bool was_named = recipient < recipients_.size();
  if (was_named && recipients_[recipient].code >= 400) {
    take(recipients_[recipient]);
  } else if (was_named && reply(Stage::message).is_positive()) {
    take(reply(Stage::message));
    outcome.verdict = SmtpVerdict::accepted;
  } else if (reply(Stage::message).code >= 400) {
    take(reply(Stage::message));
  } else if (reply(Stage::data).code >= 400) {
    take(reply(Stage::data));
  } else if (reply(Stage::mail).code >= 400) {
    take(reply(Stage::mail));
  } else if (last_negative_.code != 0) {
    // Greeting, EHLO, STARTTLS, login: said to us and not to the recipient, so never the recipient's fault.
    take(last_negative_);
    const bool busy = outcome.verdict == SmtpVerdict::temporary && reply(Stage::login).code < 400;
    outcome.verdict = busy ? SmtpVerdict::temporary : SmtpVerdict::failed;
  }
  return outcome;
}

}  // namespace countersign
