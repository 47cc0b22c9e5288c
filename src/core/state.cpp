#include "core/state.h"

#include <algorithm>

namespace countersign {

std::string_view to_string(Actor::Kind kind) {
  switch (kind) {
    case Actor::Kind::person:
      return "person";
    case Actor::Kind::system:
      return "system";
    case Actor::Kind::policy:
      return "policy";
    case Actor::Kind::admin:
      return "admin";
  }
  return "system";
}

std::string_view to_string(Seat::Vote vote) {
  switch (vote) {
    case Seat::Vote::none:
      return "none";
    case Seat::Vote::approved:
      return "approved";
    case Seat::Vote::rejected:
      return "rejected";
  }
  return "none";
}

std::string_view to_string(AddedAs how) {
  switch (how) {
    case AddedAs::before:
      return "before";
    case AddedAs::after:
      return "after";
    case AddedAs::beside:
      return "beside";
    case AddedAs::opinion:
      return "opinion";
  }
  return "opinion";
}

std::string_view to_string(TimerKind kind) {
  switch (kind) {
    case TimerKind::due:
      return "due";
    case TimerKind::deadline:
      return "deadline";
    case TimerKind::remind:
      return "remind";
    case TimerKind::escalate:
      return "escalate";
    case TimerKind::wait:
      return "wait";
  }
  return "wait";
}

bool is_own_request(const State& state, const PersonId& person) {
  return !person.empty() && (person == state.requester || person == state.submitted_by);
}

bool says_the_same(const cel::Value& one, const cel::Value& other) {
  if (one.is(cel::Kind::list) && other.is(cel::Kind::list)) {
    return std::ranges::equal(one.as_list(), other.as_list(), says_the_same);
  }
  if (one.is(cel::Kind::map) && other.is(cel::Kind::map)) {
    const cel::Value* content = one.as_map().find("sha256");
    const cel::Value* other_content = other.as_map().find("sha256");
    if (content != nullptr && other_content != nullptr) return *content == *other_content;
  }
  return one == other;
}

bool was_visited(const State& state, StepIndex step) {
  const auto visits = state.visits.find(step);
  return visits != state.visits.end() && visits->second > 0;  // 0: only passed over
}

bool asks_nobody(const State& state, const Activation& activation) {
  if (activation.roster.seats.empty() || !activation.outcome.empty() || !activation.incident.empty())
    return false;
  return std::ranges::none_of(activation.items, [&](std::uint32_t number) {
    const Item& item = state.items.at(number);
    return item.status == ItemStatus::open && item.added != AddedAs::opinion;
  });
}

bool stands_still(const State& state, const Activation& activation) {
  return !activation.incident.empty() || asks_nobody(state, activation);
}

ItemPath item_path(const State& state, FrameId frame) {
  ItemPath path;
  for (FrameId at = frame; at;) {
    const auto found = state.frames.find(at);
    if (found == state.frames.end()) break;
    if (found->second.item) path.push_back(*found->second.item);
    const auto parent = state.activations.find(found->second.parent);
    at = parent == state.activations.end() ? FrameId() : parent->second.frame;
  }
  std::ranges::reverse(path);
  return path;
}

const StepResult* find_result(const State& state, StepIndex step, const ItemPath& path) {
  if (const auto plain = state.results.find(step); plain != state.results.end()) return &plain->second;
  const auto of_items = state.item_results.find(step);
  if (of_items == state.item_results.end() || of_items->second.empty()) return nullptr;
  const std::size_t depth = of_items->second.begin()->first.size();
  if (path.size() < depth) return nullptr;
  const auto found = of_items->second.find(ItemPath(path.begin(), path.begin() + static_cast<long>(depth)));
  return found == of_items->second.end() ? nullptr : &found->second;
}

}  // namespace countersign
