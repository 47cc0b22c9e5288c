#include "runtime/digest_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "delivery/markdown.h"
#include "runtime/phrases.h"

namespace countersign {
namespace {

struct DigestWords {
  std::string_view subject_one, subject, overdue_in_subject, heading_one, heading, asked_by, due, overdue,
      reminder, sent_by;
};
constexpr DigestWords kDigestEnglish{"1 matter waits for you",
                                     "{} matters wait for you",
                                     ", {} overdue",
                                     "1 matter still waits for you",
                                     "{} matters still wait for you",
                                     "asked by {}",
                                     "due {}",
                                     "**overdue since {}**",
                                     "reminder {}",
                                     "Sent by Countersign instead of a mail for each. Opening a link decides "
                                     "nothing by itself; what was decided "
                                     "meanwhile says so."};
constexpr DigestWords kDigestChinese{
    "您有 1 项待办",
    "您有 {} 项待办",
    "，其中 {} 项已超时",
    "以下 1 项仍在等待您处理",
    "以下 {} 项仍在等待您处理",
    "申请人：{}",
    "截止：{}",
    "**已超时，截止时间为 {}**",
    "第 {} 次提醒",
    "由 Countersign 合并发送。打开链接不会自动做出任何决定；已处理的事项打开后会有说明。"};

const DigestWords& digest_words(std::string_view locale) {
  return is_chinese(locale) ? kDigestChinese : kDigestEnglish;
}

std::string counted_words(std::string_view one, std::string_view several, std::size_t number) {
  return number == 1 ? std::string(one) : fmt::format(fmt::runtime(several), number);
}

}  // namespace

std::string digest_subject(std::span<const DigestEntry> entries, std::string_view locale) {
  const DigestWords& words = digest_words(locale);
  std::string subject = counted_words(words.subject_one, words.subject, entries.size());
  const auto overdue = std::ranges::count_if(entries, &DigestEntry::is_overdue);
  if (overdue > 0) subject += fmt::format(fmt::runtime(words.overdue_in_subject), overdue);
  return subject;
}

std::string digest_markdown(std::span<const DigestEntry> entries, std::string_view locale) {
  const DigestWords& words = digest_words(locale);
  const std::string_view comma = is_chinese(locale) ? "，" : ", ";
  std::string markdown =
      fmt::format("## {}\n\n", counted_words(words.heading_one, words.heading, entries.size()));
  for (const DigestEntry& entry : entries) {
    const std::string question = entry.question.empty() ? entry.reference : entry.question;
    std::string about = markdown_escape(entry.reference);
    const auto add = [&](std::string_view word, const auto& value) {
      about += comma;
      about += fmt::format(fmt::runtime(word), value);
    };
    if (!entry.requester.empty()) add(words.asked_by, markdown_escape(entry.requester));
    if (!entry.due.empty()) add(entry.is_overdue ? words.overdue : words.due, markdown_escape(entry.due));
    if (entry.count != 0) add(words.reminder, entry.count);
    markdown += fmt::format("- **[{}]({})**\n  {}\n", markdown_escape(question), entry.url, about);
  }
  markdown += fmt::format("\n---\n\n{}\n", words.sent_by);
  return markdown;
}

}  // namespace countersign
