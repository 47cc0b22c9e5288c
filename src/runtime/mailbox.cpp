#include "runtime/mailbox.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "base/json.h"

namespace countersign {
namespace {

json::value message_json(const MailboxMessage& message) {
  return json::object{{"at", format_rfc3339(message.at)},
                      {"channel", message.channel},
                      {"to", message.to},
                      {"subject", message.subject},
                      {"text", message.text},
                      {"html", message.html},
                      {"raw", message.raw}};
}

std::optional<MailboxMessage> message_from(const std::string& line) {
  const auto read = parse_json(line);
  if (!read || !read->is_object()) return std::nullopt;
  const auto text = [&](const char* name) {
    const json::value* value = read->as_object().if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
  };
  const auto at = parse_rfc3339(text("at"));
  if (!at) return std::nullopt;
  return MailboxMessage{.id = 0,
                        .at = *at,
                        .channel = text("channel"),
                        .to = text("to"),
                        .subject = text("subject"),
                        .text = text("text"),
                        .html = text("html"),
                        .raw = text("raw")};
}

}  // namespace

Result<void> Mailbox::keep_in(const std::string& path) {
  const std::lock_guard lock(mutex_);
  std::ifstream kept(path);
  for (std::string line; std::getline(kept, line);) {
    auto message = message_from(line);
    if (!message) continue;
    message->id = next_id_++;
    messages_.push_front(std::move(*message));
    if (messages_.size() > kMessagesMax) messages_.pop_back();
  }
  // Written anew, so that the file does not grow for ever.
  file_.open(path, std::ios::trunc);
  for (auto message = messages_.rbegin(); message != messages_.rend(); ++message) write(*message);
  if (!file_)
    return fail(ErrorCode::storage,
                fmt::format("cannot keep the mailbox in {}: {}", path, std::strerror(errno)));
  return {};
}

void Mailbox::write(const MailboxMessage& message) {
  if (file_.is_open()) file_ << json::serialize(message_json(message)) << std::endl;
}

void Mailbox::put(MailboxMessage message) {
  const std::lock_guard lock(mutex_);
  message.id = next_id_++;
  write(message);
  messages_.push_front(std::move(message));
  if (messages_.size() > kMessagesMax) messages_.pop_back();
}

std::vector<MailboxMessage> Mailbox::list(const std::string& to) const {
  const std::lock_guard lock(mutex_);
  std::vector<MailboxMessage> found;
  for (const MailboxMessage& message : messages_) {
    if (to.empty() || message.to == to) found.push_back(message);
  }
  return found;
}

std::optional<MailboxMessage> Mailbox::find(std::uint64_t id) const {
  const std::lock_guard lock(mutex_);
  for (const MailboxMessage& message : messages_) {
    if (message.id == id) return message;
  }
  return std::nullopt;
}

}  // namespace countersign
