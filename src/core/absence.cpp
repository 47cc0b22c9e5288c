#include "core/absence.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace countersign {

Absences::Absences(std::vector<RecordedAbsence> absences) : all_(std::move(absences)) {
  std::ranges::sort(all_, {}, [](const RecordedAbsence& each) { return std::pair(each.person, each.id); });
  for (std::size_t i = 0; i < all_.size(); ++i) {
    ++by_person_.try_emplace(all_[i].person, i, std::size_t{0}).first->second.second;
  }
  for (const RecordedAbsence& each : all_) {
    if (!each.absence.stand_in) continue;
    std::optional<Instant>& next = each.begun ? next_end_ : next_begin_;
    const Instant turns = each.begun ? each.absence.until : each.absence.from;
    next = next ? std::min(*next, turns) : turns;
  }
}

std::span<const RecordedAbsence> Absences::of(const PersonId& person) const {
  const auto found = by_person_.find(person);
  if (found == by_person_.end()) return {};
  return std::span(all_).subspan(found->second.first, found->second.second);
}

std::string scope_words(const Absence& absence) {
  std::vector<std::string> parts;
  std::vector<std::string> workflows;
  for (const WorkflowId& workflow : absence.workflows) workflows.push_back(workflow.value);
  if (!workflows.empty()) parts.push_back(join(workflows, ", "));
  if (absence.up_to) parts.push_back("up to " + absence.up_to->to_text());
  return join(parts, "; ");
}

Result<Money> parse_amount_limit(std::string_view text) {
  const std::string_view whole = trimmed(text);
  const std::size_t space = whole.find(' ');
  const auto amount = Decimal::parse(whole.substr(0, space));
  std::string currency(space == std::string_view::npos ? "" : trimmed(whole.substr(space)));
  const bool letters = currency.size() == 3 && std::ranges::all_of(currency, [](char c) {
                         return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                       });
  if (!amount || amount->is_negative() || !letters) {
    return fail(ErrorCode::invalid_input,
                fmt::format("'{}' is no amount with its currency (expected 10000 CNY)", text.substr(0, 60)));
  }
  for (char& c : currency) c = static_cast<char>(c & ~0x20);
  return Money{*amount, currency};
}

}  // namespace countersign
