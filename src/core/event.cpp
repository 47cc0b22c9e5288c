#include "core/event.h"

#include "core/codec/event_members.h"

namespace countersign {

std::string_view type_of(const EventBody& body) {
  return std::visit([]<class T>(const T&) { return codec::Members<T>::kType; }, body);
}

std::string event_key(std::string_view connector, std::string_view name) {
  std::string key(connector);
  if (!key.empty()) key += '.';
  return key += name;
}

}  // namespace countersign
