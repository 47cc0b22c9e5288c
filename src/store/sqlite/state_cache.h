#pragma once
// The decoded states that were used last, so that most commands need not decode a snapshot. Used by the
// writer.

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "store/store.h"

namespace countersign::sqlite {

class StateCache {
 public:
  explicit StateCache(std::size_t entries_max) : entries_max_(entries_max) {}

  // nullptr where it is not held. Valid until the next call that is not const.
  const StoredInstance* find(const InstanceId& instance);
  void put(const InstanceId& instance, StoredInstance entry);
  void evict(const InstanceId& instance);
  std::size_t size() const { return places_.size(); }

 private:
  using Order = std::list<std::pair<InstanceId, StoredInstance>>;

  std::size_t entries_max_;
  Order order_;  // the one used last stands first
  std::unordered_map<InstanceId, Order::iterator> places_;
};

}  // namespace countersign::sqlite
