#include "runtime/mailbox.h"

namespace countersign {

void Mailbox::put(MailboxMessage message) {
  const std::lock_guard lock(mutex_);
  message.id = next_id_++;
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
