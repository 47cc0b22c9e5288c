#pragma once
// The words of built-in mails, in English and Chinese.

#include <string_view>

namespace countersign {

// Phrases with {} where something is filled in.
struct MailWords {
  std::string_view asked_by, task_by, for_revision, revision_by_self, revision_in_place, reminder,
      task_reminder, escalated, ended, due, overdue, data, so_far, open, why, sent_by, transferred, opinion,
      added, advice, nudge, copy, mention, you_stand_in, stands_in, settled, by, behalf, is_void, asked_again,
      relieved, read;
};
const MailWords& mail_words(std::string_view locale);

}  // namespace countersign
