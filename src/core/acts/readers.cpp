// Copies and comments: people who read, and are asked nothing.

#include <algorithm>

#include <fmt/format.h>

#include "core/commands.h"
#include "core/guest.h"
#include "core/policy.h"

namespace countersign {
namespace {

constexpr std::size_t kCopiesAtOnceMax = 50;
constexpr std::size_t kTextBytesMax = 20'000;
constexpr std::size_t kMentionsMax = 50;

bool is_of_name(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
         c == '_' || c == '+' || c == '@' || byte >= 0x80;
}

bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

// Only what ends a sentence is taken off; a part of a name names nobody.
const Person* named(const Directory& directory, std::string_view name) {
  while (!name.empty()) {
    if (const Person* person = directory.find_by_id_or_mail(name)) return person;
    if (name.back() != '.' && name.back() != '-' && name.back() != '@') return nullptr;
    name.remove_suffix(1);
  }
  return nullptr;
}

// The person whose id or mail address stands at the beginning of `text`: "@li.na." names li.na, and so does
// "@li.na请看", for not every script has blanks. nullptr where it names nobody.
const Person* named_at(const Directory& directory, std::string_view text) {
  const auto end = std::ranges::find_if_not(text, is_of_name);
  const std::string_view whole = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  if (const Person* person = named(directory, whole)) return person;
  const auto foreign = std::ranges::find_if_not(whole, is_ascii);
  return foreign == whole.end()
             ? nullptr
             : named(directory, whole.substr(0, static_cast<std::size_t>(foreign - whole.begin())));
}

std::vector<PersonId> mentioned_in(Transition& transition, std::string_view text, const PersonId& author) {
  std::vector<PersonId> mentioned;
  for (std::size_t i = 0; i < text.size(); ++i) {
    // "@" inside of a word belongs to a mail address.
    if (text[i] != '@' || (i > 0 && is_of_name(text[i - 1]) && is_ascii(text[i - 1]))) continue;
    const Person* person = named_at(transition.context().directory, text.substr(i + 1));
    if (person == nullptr || !person->active || is_guest(person->id) || person->id == author) continue;
    if (std::ranges::find(mentioned, person->id) != mentioned.end() || mentioned.size() == kMentionsMax)
      continue;
    if (sees_instance(transition, person->id)) mentioned.push_back(person->id);
  }
  return mentioned;
}

}  // namespace

void comment(Transition& transition, const Comment& command) {
  const State& state = transition.state();
  // Guests too, once they were asked; a system's key is nobody in particular.
  const PersonId& by = command.by.person;
  const bool takes_part = command.by.kind != Actor::Kind::person || by.empty() ||
                          std::ranges::binary_search(state.involved, by) || sees_instance(transition, by);
  if (!takes_part) {
    return transition.refuse(
        ErrorCode::forbidden,
        fmt::format("cannot comment on {}: only who asks, is or was asked, got a copy or looks after it does",
                    state.reference));
  }
  if (command.text.empty() || command.text.size() > kTextBytesMax) {
    return transition.refuse(ErrorCode::invalid_input, "a comment has 1 to 20,000 bytes",
                             {{"/text", "write 1 to 20,000 bytes"}});
  }
  std::vector<PersonId> mentions = mentioned_in(transition, command.text, command.by.person);
  transition.emit(Commented{command.by, command.text, mentions});
  for (const PersonId& person : mentions) {
    transition.request(
        Send{.kind = SendKind::mention, .to = person, .text = command.text, .from = command.by.person});
  }
}

void send_copies(Transition& transition, const SendCopies& command) {
  const State& state = transition.state();
  const Directory& directory = transition.context().directory;
  const auto no = [&](ErrorCode code, std::string_view why, std::vector<FormProblem> problems = {}) {
    transition.refuse(code, fmt::format("cannot send copies of {}: {}", state.reference, why),
                      std::move(problems));
  };
  if (command.by.kind != Actor::Kind::admin) {
    const Person* by = directory.find(command.by.person);
    if (by == nullptr || !by->active || is_guest(by->id))
      return no(ErrorCode::forbidden, "only an active person of the directory does");
    const bool got_a_copy_only = std::ranges::binary_search(state.copies, by->id) &&
                                 by->id != state.requester &&
                                 !std::ranges::binary_search(state.involved, by->id);
    if (got_a_copy_only || !sees_instance(transition, by->id))
      return no(ErrorCode::forbidden, "only its requester and who is or was asked does");
  }
  if (command.to.empty() || command.to.size() > kCopiesAtOnceMax) {
    return no(ErrorCode::invalid_input,
              fmt::format("1 to {} people get one at once, not {}", kCopiesAtOnceMax, command.to.size()),
              {{"/to", "name who gets one"}});
  }
  if (command.comment.size() > kTextBytesMax)
    return no(ErrorCode::invalid_input, "a comment has at most 20,000 bytes", {{"/comment", "write less"}});
  std::vector<PersonId> to;
  for (std::size_t i = 0; i < command.to.size(); ++i) {
    const PersonId& id = command.to[i];
    const Person* person = directory.find(id);
    if (person == nullptr || !person->active || is_guest(id)) {
      return no(ErrorCode::invalid_input,
                fmt::format("'{}' is not an active person of the directory", id.value),
                {{fmt::format("/to/{}", i), "name an active person"}});
    }
    const bool has_one = std::ranges::binary_search(state.copies, id) || id == command.by.person;
    if (!has_one && std::ranges::find(to, id) == to.end()) to.push_back(id);
  }
  if (to.empty()) return no(ErrorCode::conflict, "everybody named has one already");
  transition.emit(CopiesSent{to, command.by, command.comment});
  for (const PersonId& person : to) {
    transition.request(
        Send{.kind = SendKind::copy, .to = person, .text = command.comment, .from = command.by.person});
  }
}

}  // namespace countersign
