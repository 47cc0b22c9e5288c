#include "core/directory.h"

#include <algorithm>
#include <mutex>

#include <fmt/format.h>

#include "base/text.h"

namespace countersign {
namespace {

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
  const auto meant = nearest(word, known);
  return meant ? fmt::format(" (did you mean '{}'?)", *meant) : std::string();
}

}  // namespace

// The guests that were asked for so far: who they are stands in their ids alone.
struct Directory::Guests {
  std::mutex mutex;
  std::map<PersonId, Person> known;
};

Directory::Directory() : guests_(std::make_shared<Guests>()) {}

const Person* Directory::find(const PersonId& id) const {
  const auto found = by_id_.find(id);
  return found != by_id_.end() ? &people_[found->second] : find_guest(id);
}

std::string Directory::name_of(const PersonId& id) const {
  const Person* person = find(id);
  return person == nullptr || person->name.empty() ? id.value : person->name;
}

const Person* Directory::find_guest(const PersonId& id) const {
  if (!id.value.starts_with(kGuestPrefix)) return nullptr;
  const std::string_view spelt = std::string_view(id.value).substr(kGuestPrefix.size());
  const std::size_t colon = spelt.find(':');
  if (colon == std::string_view::npos) return nullptr;
  const std::lock_guard lock(guests_->mutex);
  Person guest;
  guest.id = id;
  guest.mail = spelt.substr(0, colon);
  guest.name = spelt.substr(colon + 1);
  return &guests_->known.try_emplace(id, std::move(guest)).first->second;
}

const Person* Directory::find_by_mail(std::string_view mail) const {
  const auto found = by_mail_.find(lower_ascii(mail));
  return found != by_mail_.end() ? &people_[found->second] : nullptr;
}

const Person* Directory::find_by_id_or_mail(std::string_view text) const {
  const auto found = by_id_.find(PersonId(std::string(text)));
  return found != by_id_.end() ? &people_[found->second] : find_by_mail(text);
}

const Group* Directory::find_group(std::string_view id) const {
  const auto found = by_group_.find(std::string(id));
  return found != by_group_.end() ? &groups_[found->second] : nullptr;
}

Result<const Person*> Directory::person(std::string_view id_or_mail) const {
  if (const Person* found = find_by_id_or_mail(id_or_mail)) return found;
  std::vector<std::string> known;
  for (const auto& person : people_) {
    known.push_back(person.id.value);
    if (!person.mail.empty()) known.push_back(person.mail);
  }
  return fail(ErrorCode::not_found, fmt::format("there is nobody called '{}' in the directory{}",
                                                id_or_mail.substr(0, 80), suggestion(id_or_mail, known)));
}

Result<std::span<const PersonId>> Directory::members(std::string_view group) const {
  if (const Group* found = find_group(group)) return std::span<const PersonId>(found->members);
  std::vector<std::string> known;
  for (const auto& other : groups_) known.push_back(other.id);
  return fail(ErrorCode::not_found, fmt::format("there is no group '{}' in the directory{}",
                                                group.substr(0, 80), suggestion(group, known)));
}

bool Directory::is_member(const PersonId& person, std::string_view group) const {
  return std::ranges::find(groups_of(person), group) != groups_of(person).end();
}

std::span<const std::string> Directory::groups_of(const PersonId& person) const {
  const auto found = groups_of_.find(person);
  return found != groups_of_.end() ? std::span<const std::string>(found->second)
                                   : std::span<const std::string>();
}

std::vector<PersonId> Directory::managers(const PersonId& person, int levels) const {
  std::vector<PersonId> chain;
  const Person* at = find(person);
  while (at != nullptr && at->manager && std::ssize(chain) < levels) {
    chain.push_back(*at->manager);
    at = find(*at->manager);
  }
  return chain;
}

Result<std::vector<PersonId>> Directory::managers_up_to(const PersonId& person, const Decimal& amount) const {
  std::vector<PersonId> chain;
  const Person* at = find(person);
  if (at == nullptr) {
    return fail(ErrorCode::not_found,
                fmt::format("there is nobody called '{}' in the directory", person.value));
  }
  while (at->manager) {
    chain.push_back(*at->manager);
    at = find(*at->manager);
    // Whoever has left is asked nothing: their limit covers nothing either.
    if (at->active && at->approval_limit && *at->approval_limit >= amount) return chain;
  }
  std::vector<std::string> asked;
  for (const auto& manager : chain) asked.push_back(manager.value);
  return fail(ErrorCode::not_found,
              fmt::format("no manager of {} may approve {}: {}", person.value, amount.to_text(),
                          asked.empty() ? "there is no manager"
                                        : "approval_limit is lower for " + join(asked, ", ")));
}

const Absence* Directory::absence_at(const PersonId& person, Instant at) const {
  const Person* found = find(person);
  if (found == nullptr) return nullptr;
  const Absence* latest = nullptr;
  for (const auto& absence : found->away) {
    if (at < absence.from || at >= absence.until) continue;
    if (latest == nullptr || absence.until > latest->until) latest = &absence;
  }
  return latest;
}

}  // namespace countersign
