#pragma once
// Which instances a key may read. A key that belongs to a person reads what its person may
// (core/questions.h), what they may answer in somebody's place, and what shows them something that it hides
// from others (`visible_to`); one with the scope admin, and one of no person, reads everything. Blocks: for
// pool threads. Not thread-safe.

#include <map>

#include "web/access.h"
#include "web/instance_reading.h"

namespace countersign::web {

class ReadingRight {
 public:
  // Both outlive it.
  ReadingRight(const Backend& backend, const Principal& reader);
  bool is_for_all() const { return for_all_; }
  // Looked up once for each instance; false where there is none.
  bool covers(const InstanceId& instance);
  bool covers(const InstanceReading& reading) const;

 private:
  const Backend& backend_;
  const PersonId person_;
  const bool for_all_;
  std::map<InstanceId, bool> known_;
};

}  // namespace countersign::web
