#include <fmt/format.h>

#include "core/codec/decode_members.h"
#include "core/codec/event_members.h"
#include "core/event_codec.h"

namespace countersign {
namespace {

Error corrupt(std::string_view type, std::uint32_t version, const codec::Fault& fault) {
  return {ErrorCode::corrupt,
          fmt::format("cannot read a stored event of type '{}' version {}: {}{}{}", type.substr(0, 40),
                      version, fault.at, fault.at.empty() ? "" : ": ", fault.why),
          fault.at};
}

// Reads the payload if T is what `type` names.
template <class T>
bool try_decode(std::string_view type, std::uint32_t version, std::string_view payload,
                Result<EventBody>& result) {
  if (type != codec::Members<T>::kType) return false;
  codec::Fault fault;
  T event;
  if (version != codec::Members<T>::kVersion) {
    fault.because("this program does not know that version; it may have been written by a newer one");
    result = std::unexpected(corrupt(type, version, fault));
  } else if (!codec::read_document(payload, event, fault)) {
    result = std::unexpected(corrupt(type, version, fault));
  } else {
    result = std::move(event);
  }
  return true;
}

template <class... T>
void decode_any(const std::variant<T...>*, std::string_view type, std::uint32_t version,
                std::string_view payload, Result<EventBody>& result) {
  static_cast<void>((try_decode<T>(type, version, payload, result) || ...));
}

}  // namespace

Result<EventBody> decode_event(std::string_view type, std::uint32_t version, std::string_view payload) {
  codec::Fault unknown;
  unknown.because("this program does not know that type; it may have been written by a newer one");
  Result<EventBody> result = std::unexpected(corrupt(type, version, unknown));
  decode_any(static_cast<const EventBody*>(nullptr), type, version, payload, result);
  return result;
}

}  // namespace countersign
