#include "core/codec/encode_members.h"
#include "core/codec/event_members.h"
#include "core/event_codec.h"

namespace countersign {

EncodedEvent encode_event(const EventBody& body) {
  return std::visit(
      []<class T>(const T& event) {
        EncodedEvent encoded{codec::Members<T>::kType, codec::Members<T>::kVersion, {}};
        encoded.payload.reserve(256);
        codec::JsonWriter out(encoded.payload);
        codec::write(out, event);
        return encoded;
      },
      body);
}

}  // namespace countersign
