#include "store/sqlite/state_cache.h"

namespace countersign::sqlite {

const StoredInstance* StateCache::find(const InstanceId& instance) {
  const auto found = places_.find(instance);
  if (found == places_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second);
  return &found->second->second;
}

void StateCache::put(const InstanceId& instance, StoredInstance entry) {
  if (const auto found = places_.find(instance); found != places_.end()) {
    found->second->second = std::move(entry);
    order_.splice(order_.begin(), order_, found->second);
    return;
  }
  if (entries_max_ == 0) return;
  if (places_.size() >= entries_max_) {
    places_.erase(order_.back().first);
    order_.pop_back();
  }
  order_.emplace_front(instance, std::move(entry));
  places_.emplace(instance, order_.begin());
}

void StateCache::evict(const InstanceId& instance) {
  const auto found = places_.find(instance);
  if (found == places_.end()) return;
  order_.erase(found->second);
  places_.erase(found);
}

}  // namespace countersign::sqlite
