#include "runtime/composer.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "delivery/markdown.h"
#include "runtime/chasing.h"
#include "runtime/digest_text.h"
#include "runtime/mail_words.h"
#include "runtime/outbox_rows.h"
#include "runtime/phrases.h"
#include "runtime/presentation.h"

namespace countersign {
namespace {

std::string host_of(const std::string& public_url) {
  const std::size_t scheme = public_url.find("://");
  const std::string rest = scheme == std::string::npos ? public_url : public_url.substr(scheme + 3);
  const std::string host = rest.substr(0, rest.find_first_of(":/"));
  return host.empty() || host.find_first_not_of("0123456789.") == std::string::npos ? "countersign.invalid"
                                                                                    : host;
}

void add_fields(const Presentation& shown, const MailWords& words, std::string& markdown) {
  if (shown.fields.empty()) return;
  markdown += fmt::format("### {}\n\n", words.data);
  for (const PresentedField& field : shown.fields) {
    std::string text = markdown_escape(field.text);
    for (const PresentedFile& file : field.files) {
      if (!text.empty()) text += ", ";
      text += markdown_escape(file.name) + " (" + markdown_escape(file.size) + ")";
    }
    if (!field.rows.empty()) {
      for (const auto& row : field.rows) {
        std::string line;
        for (const std::string& cell : row) line += (line.empty() ? "" : " · ") + markdown_escape(cell);
        text += "\n  - " + line;
      }
    }
    if (!text.empty()) markdown += fmt::format("- **{}**: {}\n", markdown_escape(field.label), text);
  }
  markdown += "\n";
}

void add_history(const Presentation& shown, const MailWords& words, std::string& markdown) {
  std::string lines;
  for (const PresentedDecision& decision : shown.history) {
    const std::string behalf =
        decision.on_behalf_of.empty()
            ? ""
            : fmt::format(fmt::runtime(words.behalf), markdown_escape(decision.on_behalf_of));
    lines += fmt::format("- {} — {}{}: {}{}{}{}\n", markdown_escape(decision.when),
                         markdown_escape(decision.who), behalf, markdown_escape(decision.outcome_words),
                         decision.is_passed_over ? " (" + markdown_escape(decision.step) + ")" : "",
                         decision.is_void ? fmt::format(" ({})", words.is_void) : "",
                         decision.comment.empty() ? "" : " — " + markdown_escape(decision.comment));
  }
  if (!lines.empty()) markdown += fmt::format("### {}\n\n{}\n", words.so_far, lines);
}

// The first line of a message about an item, by why it is sent.
std::string opening(const Presentation& shown, const MessagePayload& message, const MailWords& words) {
  const auto with_name = [](std::string_view phrase, const std::string& name) {
    return fmt::format(fmt::runtime(phrase), markdown_escape(name));
  };
  if (message.kind == SendKind::request && !shown.added_by.empty())
    return with_name(shown.is_opinion ? words.opinion : words.added, shown.added_by);
  if (message.kind == SendKind::request && !shown.transferred_by.empty())
    return with_name(words.transferred, shown.transferred_by);
  const std::string asker = shown.requester.empty() ? shown.workflow_title : shown.requester;
  switch (message.kind) {
    case SendKind::reminder:
      return fmt::format(fmt::runtime(shown.is_task ? words.task_reminder : words.reminder), message.count,
                         markdown_escape(asker));
    case SendKind::escalation:
      return fmt::format(fmt::runtime(words.escalated), markdown_escape(asker),
                         markdown_escape(join(shown.late, ", ")));
    case SendKind::advice:
      return std::string(words.advice);
    case SendKind::nudge:
      return with_name(words.nudge, asker);
    case SendKind::returned:
      return fmt::format(fmt::runtime(shown.is_in_their_place     ? words.revision_in_place
                                      : shown.returned_by.empty() ? words.revision_by_self
                                                                  : words.for_revision),
                         markdown_escape(shown.reference), markdown_escape(asker)) +
             (shown.returned_why.empty()
                  ? std::string()
                  : "\n\n" + fmt::format(fmt::runtime(words.why), markdown_escape(shown.returned_why)));
    default:
      return with_name(shown.is_task ? words.task_by : words.asked_by, asker);
  }
}

// Lines of plain text inside a block quotation.
std::string quoted(const std::string& text) {
  std::string lines;
  for (const char c : markdown_escape(text)) {
    lines += c;
    if (c == '\n') lines += "> ";
  }
  return lines;
}

std::string item_markdown(const Presentation& shown, const MessagePayload& message, const std::string& url) {
  const MailWords& words = mail_words(shown.locale);
  std::string markdown = fmt::format("## {}\n\n", markdown_escape(shown.question));
  // The question alone says little to somebody who is asked for many things.
  if (shown.workflow_title != shown.question) {
    markdown +=
        fmt::format("{} · {}\n\n", markdown_escape(shown.workflow_title), markdown_escape(shown.reference));
  }
  markdown += opening(shown, message, words) + "\n\n";
  if (shown.answered_before) {
    markdown +=
        fmt::format(fmt::runtime(words.asked_again), markdown_escape(shown.answered_before->outcome_words),
                    markdown_escape(shown.answered_before->when)) +
        "\n\n";
  }
  if (!shown.note.empty()) markdown += fmt::format("> {}\n\n", quoted(shown.note));
  if (!shown.due.empty()) {
    markdown += fmt::format("{}\n\n", fmt::format(fmt::runtime(shown.is_overdue ? words.overdue : words.due),
                                                  markdown_escape(shown.due)));
  }
  for (const PresentedStandIn& each : shown.stand_ins) {
    const std::string absent = markdown_escape(each.absent);
    const std::string until = markdown_escape(each.until);
    markdown += (each.is_reader ? fmt::format(fmt::runtime(words.you_stand_in), absent, until)
                                : fmt::format(fmt::runtime(words.stands_in), markdown_escape(each.stand_in),
                                              absent, until)) +
                "\n\n";
  }
  markdown += fmt::format("**[{}]({})**\n\n", words.open, url);
  add_fields(shown, words, markdown);
  add_history(shown, words, markdown);
  markdown += fmt::format("---\n\n{}\n", words.sent_by);
  return markdown;
}

// That nothing is left to do, why, and by whom; no more of the request than its name.
std::string settled_markdown(const Presentation& shown, const MessagePayload& message,
                             const std::string& from) {
  const MailWords& words = mail_words(shown.locale);
  std::string markdown =
      fmt::format("## {}\n\n{}", markdown_escape(shown.question),
                  fmt::format(fmt::runtime(words.settled), markdown_escape(shown.closed_because)));
  if (!from.empty()) markdown += " " + fmt::format(fmt::runtime(words.by), markdown_escape(from));
  markdown += "\n\n";
  if (!message.text.empty()) markdown += fmt::format("> {}\n\n", quoted(message.text));
  return markdown;
}

// To whoever stood in, when the item is its people's again.
std::string relieved_markdown(const Presentation& shown) {
  const MailWords& words = mail_words(shown.locale);
  return fmt::format("## {}\n\n{}\n\n", markdown_escape(shown.question),
                     fmt::format(fmt::runtime(words.relieved), markdown_escape(shown.assignee)));
}

std::string outcome_markdown(const Presentation& shown) {
  const MailWords& words = mail_words(shown.locale);
  std::string markdown =
      fmt::format("## {}\n\n", fmt::format(fmt::runtime(words.ended), markdown_escape(shown.reference),
                                           markdown_escape(shown.status)));
  add_fields(shown, words, markdown);
  add_history(shown, words, markdown);
  return markdown;
}

// To somebody who reads: who writes, what, and the request as that person may see it. `url`: of their page,
// "" for none.
std::string reader_markdown(const Presentation& shown, const MessagePayload& message, const std::string& from,
                            const std::string& url) {
  const MailWords& words = mail_words(shown.locale);
  const bool is_copy = message.kind == SendKind::copy;
  std::string markdown = fmt::format("## {}\n\n{}\n\n", markdown_escape(shown.workflow_title),
                                     fmt::format(fmt::runtime(is_copy ? words.copy : words.mention),
                                                 markdown_escape(from), markdown_escape(shown.reference)));
  if (!message.text.empty()) markdown += fmt::format("> {}\n\n", quoted(message.text));
  if (!url.empty()) markdown += fmt::format("**[{}]({})**\n\n", words.read, url);
  add_fields(shown, words, markdown);
  add_history(shown, words, markdown);
  return markdown;
}

std::string subject_of(const Presentation& shown, const MessagePayload& message) {
  switch (message.kind) {
    case SendKind::outcome:
      return fmt::format("[{}] {}: {}", shown.reference, shown.workflow_title, shown.status);
    case SendKind::reminder:
      return fmt::format("[{}] {} ({})", shown.reference, shown.question,
                         is_chinese(shown.locale) ? "催办" : "reminder");
    case SendKind::closed:
      return fmt::format("[{}] {} ({})", shown.reference, shown.question,
                         is_chinese(shown.locale) ? "无需处理" : "settled");
    case SendKind::relieved:
      return fmt::format("[{}] {} ({})", shown.reference, shown.question,
                         is_chinese(shown.locale) ? "代理已结束" : "not yours any more");
    case SendKind::nudge:
      return fmt::format("[{}] {} ({})", shown.reference, shown.question,
                         is_chinese(shown.locale) ? "催办" : "please hurry");
    case SendKind::copy:
      return fmt::format("[{}] {} ({})", shown.reference, shown.workflow_title,
                         is_chinese(shown.locale) ? "抄送" : "copy");
    case SendKind::mention:
      return fmt::format("[{}] {} ({})", shown.reference, shown.workflow_title,
                         is_chinese(shown.locale) ? "提到了您" : "you were mentioned");
    case SendKind::returned:
      if (shown.returned_by.empty()) {
        return fmt::format("[{}] {}", shown.reference,
                           is_chinese(shown.locale) ? "已回到您处" : "With you again");
      }
      return fmt::format("[{}] {}", shown.reference,
                         is_chinese(shown.locale) ? "已退回，请修改" : "Changes requested");
    case SendKind::escalation:
      return fmt::format("[{}] {} ({})", shown.reference, shown.question,
                         is_chinese(shown.locale) ? "已超时" : "overdue");
    default:
      return fmt::format("[{}] {}", shown.reference, shown.question);
  }
}

std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return text;
}

}  // namespace

Result<std::optional<Mail>> Composer::compose(const OutboxRow& row, Instant now) const {
  const auto snapshot = library_.current();
  const auto absences = library_.absences();
  const Person* person = snapshot->directory->find(row.recipient);
  const bool by_mail = row.target == kMailTarget;
  if (person == nullptr || !person->active || (by_mail && person->mail.empty())) return std::optional<Mail>();
  if (row.kind == kDigestKind) return compose_digest(row, *person);
  const Result<MessagePayload> message = read_message(row);
  if (!message) return std::unexpected(message.error());
  auto state = reader_.instance(row.instance);
  if (!state) return std::unexpected(state.error());
  if (!*state) return fail(ErrorCode::corrupt, fmt::format("message {} is about no known instance", row.id));
  const bool about_item = row.item != 0;
  // What asks for something is dropped once it is answered, and what says that nothing is left is not said of
  // what was asked again meanwhile.
  const bool is_settled = message->kind == SendKind::closed;
  if (about_item && (*state)->items.contains(row.item) == is_settled) return std::optional<Mail>();

  Mail mail;
  mail.from = settings_.from;
  mail.to = {person->name, person->mail};
  mail.date = now;
  const std::string host = host_of(links_.public_url());
  mail.message_id = row.idempotency_key + "@" + host;
  // One thread an instance, whoever reads it.
  mail.in_reply_to = row.instance.value + ".thread@" + host;
  mail.references = {mail.in_reply_to};
  mail.list_id = (*state)->workflow.value + "." + host;

  std::string markdown = message->text;
  std::string subject = message->subject;
  if (message->kind != SendKind::notify && message->kind != SendKind::incident) {
    const auto items = all_items(reader_, row.instance);
    if (!items) return std::unexpected(items.error());
    const auto definition = library_.version((*state)->workflow, (*state)->version);
    const Presenting presenting{*snapshot, definition.get(), **state,       *items, row.recipient,
                                now,       &reader_,         absences.get()};
    if (about_item) {
      for (const WorkItemRow& item : *items) {
        if (item.number != row.item) continue;
        const Presentation shown = present_item(presenting, item);
        subject = subject_of(shown, *message);
        if (is_settled) {
          if (shown.is_asked_again) return std::optional<Mail>();
          markdown = settled_markdown(
              shown, *message, message->from.empty() ? "" : name_of(*snapshot->directory, message->from));
          continue;
        }
        if (message->kind == SendKind::relieved) {
          // They stand in again by now.
          if (std::ranges::any_of(shown.stand_ins, &PresentedStandIn::is_reader))
            return std::optional<Mail>();
          markdown = relieved_markdown(shown);
          continue;
        }
        const std::string token = links_.token(row.instance, row.item, item.round, row.recipient, row.nonce);
        markdown = item_markdown(shown, *message, links_.url(token));
      }
    } else if (message->kind == SendKind::copy || message->kind == SendKind::mention) {
      const Presentation shown = present_to_reader(presenting);
      subject = subject_of(shown, *message);
      const std::string from =
          message->from.empty() ? shown.workflow_title : name_of(*snapshot->directory, message->from);
      // A message of before links for readers has none.
      const std::string token = row.nonce.empty() ? std::string()
                                                  : links_.token(row.instance, kReadersItem, kReadersRound,
                                                                 row.recipient, row.nonce);
      markdown = reader_markdown(shown, *message, from, token.empty() ? token : links_.url(token));
    } else {
      const Presentation shown = present_instance(presenting);
      subject = subject_of(shown, *message);
      markdown = outcome_markdown(shown);
    }
  } else {
    if (subject.find((*state)->reference) == std::string::npos) {
      subject = fmt::format("[{}] {}", (*state)->reference, subject);
    }
  }
  mail.subject = one_line(std::move(subject));
  mail.text = markdown_to_text(markdown);
  mail.html = markdown_to_html(markdown);
  return std::optional<Mail>(std::move(mail));
}

// Entries stay in the order in which they were written, the overdue ones first.
Result<std::optional<Mail>> Composer::compose_digest(const OutboxRow& row, const Person& person) const {
  const auto fixed = read_digest(row);
  if (!fixed) return std::unexpected(fixed.error());
  if (!*fixed) return fail(ErrorCode::internal, fmt::format("digest {} is not settled yet", row.id));
  const auto members = reader_.digest_entries(row.id);
  if (!members) return std::unexpected(members.error());
  const auto snapshot = library_.current();
  std::vector<DigestEntry> entries;
  bool waits = false;
  for (const OutboxRow& member : *members) {
    if (std::ranges::find((*fixed)->entries, member.id) == (*fixed)->entries.end()) continue;
    const auto message = read_message(member);
    if (!message) return std::unexpected(message.error());
    const auto state = reader_.instance(member.instance);
    if (!state) return std::unexpected(state.error());
    const auto items = all_items(reader_, member.instance);
    if (!items) return std::unexpected(items.error());
    if (!*state) continue;
    waits = waits || (*state)->items.contains(member.item);
    const auto definition = library_.version((*state)->workflow, (*state)->version);
    const Presenting presenting{*snapshot,     definition.get(), **state, *items,
                                row.recipient, (*fixed)->at,     &reader_};
    for (const WorkItemRow& item : *items) {
      if (item.number != member.item) continue;
      const Presentation shown = present_item(presenting, item);
      const std::string token =
          links_.token(member.instance, member.item, item.round, row.recipient, member.nonce);
      entries.push_back({shown.question, shown.reference, shown.requester, shown.due, shown.is_overdue,
                         message->count, links_.url(token)});
    }
  }
  if (entries.empty() || !waits) return std::optional<Mail>();
  // Two passes instead of a stable sort: libstdc++ 12's uses what clang calls deprecated.
  std::vector<DigestEntry> ordered;
  for (const bool is_overdue : {true, false}) {
    for (DigestEntry& entry : entries) {
      if (entry.is_overdue == is_overdue) ordered.push_back(std::move(entry));
    }
  }
  entries = std::move(ordered);
  Mail mail;
  mail.from = settings_.from;
  mail.to = {person.name, person.mail};
  mail.date = (*fixed)->at;
  const std::string host = host_of(links_.public_url());
  mail.message_id = row.idempotency_key + "@" + host;
  mail.list_id = "reminders." + host;
  mail.subject = one_line(digest_subject(entries, person.locale));
  const std::string markdown = digest_markdown(entries, person.locale);
  mail.text = markdown_to_text(markdown);
  mail.html = markdown_to_html(markdown);
  return std::optional<Mail>(std::move(mail));
}

}  // namespace countersign
