#include "cli/doctor_trial.h"

#include <algorithm>

#include "core/ask.h"
#include "runtime/workspace.h"

namespace countersign::cli {

Trial::Trial(const Reader& reader, std::shared_ptr<const Snapshot> snapshot, Instant now)
    : reader_(reader), snapshot_(std::move(snapshot)), library_(snapshot_), now_(now) {
  load_versions_from(reader, library_);
  // Where they cannot be read, the items say the same of themselves.
  if (auto absences = reader.absences(now)) absences_ = Absences(std::move(*absences));
}

std::shared_ptr<const State> Trial::state(const InstanceId& id) const {
  auto read = reader_.instance(id);
  return read && *read ? std::make_shared<const State>(std::move(**read)) : nullptr;
}

std::shared_ptr<const Definition> Trial::definition(const State& state) const {
  return library_.version(state.workflow, state.version);
}

Context Trial::context(const Definition& definition) const {
  static const Facts kNothing;
  return {.definition = definition,
          .directory = *snapshot_->directory,
          .calendars = snapshot_->calendars,
          .facts = kNothing,
          .now = now_,
          .asked = nullptr,
          .absences = &absences_};
}

std::shared_ptr<const State> Trial::after(const State& before, const countersign::Command& command) const {
  const auto version = definition(before);
  if (version == nullptr) return nullptr;
  countersign::Outcome outcome = decide(context(*version), before, command);
  auto* decision = std::get_if<Decision>(&outcome);
  return decision == nullptr || decision->refusal ? nullptr : decision->after;
}

std::shared_ptr<const State> Trial::after_retry(const State& before) const {
  auto state = std::make_shared<const State>(before);
  for (const auto& [id, activation] : before.activations) {
    const auto now = state->activations.find(id);
    if (now == state->activations.end() || !stands_still(*state, now->second)) continue;
    state = after(*state, Retry{id, administrator(), "tried"});
    if (state == nullptr) return nullptr;
  }
  const bool still = std::ranges::any_of(
      state->activations, [&](const auto& entry) { return stands_still(*state, entry.second); });
  return still ? nullptr : state;
}

bool Trial::stops_on_answer(const State& before, ActivationId activation) const {
  const auto version = definition(before);
  const auto open = before.activations.find(activation);
  if (version == nullptr || open == before.activations.end()) return false;
  const std::vector<std::string> outcomes = choices_of(*version, version->step(open->second.step), before);
  if (outcomes.empty()) return false;
  auto state = std::make_shared<const State>(before);
  for (const std::uint32_t number : open->second.items) {
    const auto item = state->items.find(number);
    if (item == state->items.end() || item->second.status != ItemStatus::open) continue;
    for (const PersonId& person : asked(item->second)) {
      const Decide answer{.item = number,
                          .by = {.kind = Actor::Kind::person, .person = person, .channel = "cli"},
                          .outcome = outcomes.front(),
                          .confirmed = true};
      countersign::Outcome outcome = decide(context(*version), *state, answer);
      const auto* decision = std::get_if<Decision>(&outcome);
      if (decision == nullptr) continue;
      if (decision->refusal) return true;
      state = decision->after;
      break;
    }
  }
  return false;
}

std::vector<PersonId> Trial::asked(const Item& item) const {
  if (!item.assignee.empty()) return {item.assignee};
  const auto members = directory().members(item.group);
  return members ? std::vector<PersonId>(members->begin(), members->end()) : std::vector<PersonId>();
}

Actor administrator() {
  return Actor{.kind = Actor::Kind::admin, .person = {}, .channel = "cli"};
}

PersonId new_assignee(const Trial& trial, const State& state, std::uint32_t item, const PersonId& first) {
  std::vector<PersonId> candidates;
  if (!first.empty()) candidates.push_back(first);
  if (const Group* admins = trial.directory().find_group("admins"); admins != nullptr)
    candidates.insert(candidates.end(), admins->members.begin(), admins->members.end());
  const auto accepted = std::ranges::find_if(candidates, [&](const PersonId& person) {
    return trial.after(state, Reassign{item, person, administrator(), "tried"}) != nullptr;
  });
  return accepted == candidates.end() ? PersonId() : *accepted;
}

}  // namespace countersign::cli
