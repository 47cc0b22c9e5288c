#include "definition/people_loader.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "core/address_syntax.h"
#include "core/person_calendar.h"
#include "definition/expression_scope.h"
#include "definition/map_reader.h"
#include "definition/people_draft.h"

namespace countersign {

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) >= 0x80 ||
           std::string_view("._-@").find(c) != std::string_view::npos;
  });
}

SuggestedMessage take_suggestion(std::string message) {
  constexpr std::string_view kBegin = " (did you mean '", kEnd = "'?)";
  const std::size_t begin = message.rfind(kBegin);
  if (begin == std::string::npos || !message.ends_with(kEnd)) return {std::move(message), ""};
  const std::size_t word = begin + kBegin.size();
  return {message.substr(0, begin), message.substr(word, message.size() - kEnd.size() - word)};
}

void PeopleDraft::set_id(Person& person, std::string_view text, SourceSpan at) {
  if (!is_id(text)) {
    diagnostics_.error(
        Code::reserved_name, at,
        fmt::format("'{}' cannot be an id: it has letters, digits and . _ - @, no spaces", excerpt(text)));
  }
  // Kept all the same, so that nobody who refers to it is reported as well.
  person.id = PersonId(std::string(text));
}

void PeopleDraft::set_mail(Person& person, std::string_view text, SourceSpan at) {
  if (text.empty()) return;
  if (const auto fault = mail_address_fault(text)) {
    diagnostics_.error(Code::bad_value, at, *fault);
    return;
  }
  person.mail = text;
}

void PeopleDraft::set_locale(Person& person, std::string_view text, SourceSpan at) {
  if (text.empty()) return;
  if (!is_locale(text)) {
    diagnostics_.error(
        Code::bad_value, at,
        fmt::format("'{}' is no language tag (expected en, zh-CN or the like)", excerpt(text)));
    return;
  }
  person.locale = text;
}

void PeopleDraft::set_calendar(Person& person, std::string_view text, SourceSpan at) {
  if (text.empty()) return;
  if (!calendars_.contains(std::string(text))) {
    std::vector<std::string> names;
    for (const auto& [name, calendar] : calendars_) {
      if (!name.empty()) names.push_back(name);
    }
    diagnostics_.error(Code::unknown_calendar, at,
                       fmt::format("unknown calendar '{}': the configuration has {}", excerpt(text),
                                   names.empty() ? std::string("none") : join(names, ", ")),
                       nearest_of(text, names));
    return;
  }
  person.calendar = text;
}

void PeopleDraft::set_zone(Person& person, std::string_view text, SourceSpan at) {
  if (text.empty()) return;
  const auto anywhere = Calendar::make(CalendarSettings::standard());
  if (const auto known = anywhere->in_zone(std::string(text)); !known) {
    auto [message, suggestion] = take_suggestion(known.error().message);
    return diagnostics_.error(Code::bad_value, at, std::move(message), std::move(suggestion));
  }
  person.zone = text;
}

void PeopleDraft::set_quiet_hours(Person& person, std::string_view text, SourceSpan at) {
  if (text.empty()) return;
  const auto hours = parse_quiet_hours(text);
  if (!hours) return diagnostics_.error(Code::bad_value, at, hours.error().message);
  person.quiet_hours = *hours;
}

void PeopleDraft::set_approval_limit(Person& person, std::string_view text, SourceSpan at) {
  if (text.empty()) return;
  const auto limit = Decimal::parse(text);
  if (!limit || limit->is_negative()) {
    diagnostics_.error(
        Code::bad_value, at,
        fmt::format("'{}' is no amount for an approval limit (expected 50000 or 0.5)", excerpt(text)));
    return;
  }
  person.approval_limit = *limit;
}

std::shared_ptr<const Calendar> PeopleDraft::calendar_of(const Person& person) const {
  return countersign::calendar_of(calendars_, &person, "");
}

SourceSpan PeopleDraft::place_of(std::string_view pointer) const {
  // The value itself, else what it stands in.
  for (;;) {
    if (const auto found = places_.find(pointer); found != places_.end()) return found->second;
    const std::size_t slash = pointer.rfind('/');
    if (slash == std::string_view::npos || slash == 0) return {};
    pointer = pointer.substr(0, slash);
  }
}

Code PeopleDraft::code_of(const Error& problem) const {
  if (problem.pointer.ends_with("/id") || problem.pointer.ends_with("/mail")) return Code::duplicate_name;
  if (problem.message.find("not in the directory") != std::string::npos) return Code::unknown_person;
  if (problem.message.find("listed twice") != std::string::npos) return Code::duplicate_name;
  return Code::bad_value;
}

std::shared_ptr<const Directory> PeopleDraft::finish() {
  auto built = Directory::build(std::move(people), std::move(groups));
  if (!built) {
    for (const auto& problem : built.error()) {
      auto [message, suggestion] = take_suggestion(problem.message);
      diagnostics_.error(code_of(problem), place_of(problem.pointer), std::move(message),
                         std::move(suggestion));
    }
    return nullptr;
  }
  return diagnostics_.has_errors() ? nullptr : *built;
}

std::shared_ptr<const Directory> load_people(std::string_view file, std::string_view text,
                                             const Calendars& calendars, Diagnostics& diagnostics) {
  PeopleDraft draft(calendars, diagnostics);
  if (lower_ascii(file).ends_with(".csv")) {
    read_people_csv(file, text, draft, diagnostics);
  } else {
    read_people_yaml(file, text, draft, diagnostics);
  }
  return draft.finish();
}

}  // namespace countersign
