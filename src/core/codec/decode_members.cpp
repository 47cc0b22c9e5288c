#include "core/codec/decode_members.h"

namespace countersign::codec {

bool read(const json::value& in, bool& out, Fault& fault) {
  if (!in.is_bool()) return fault.because("true or false is expected");
  out = in.get_bool();
  return true;
}

bool read(const json::value& in, std::uint64_t& out, Fault& fault) {
  if (in.is_uint64()) {
    out = in.get_uint64();
    return true;
  }
  if (!in.is_int64() || in.get_int64() < 0) return fault.because("a whole number from 0 is expected");
  out = static_cast<std::uint64_t>(in.get_int64());
  return true;
}

bool read(const json::value& in, std::uint32_t& out, Fault& fault) {
  std::uint64_t wide = 0;
  if (!read(in, wide, fault)) return false;
  if (wide > std::numeric_limits<std::uint32_t>::max()) return fault.because("the number is too large");
  out = static_cast<std::uint32_t>(wide);
  return true;
}

bool read(const json::value& in, std::string& out, Fault& fault) {
  const auto* text = in.if_string();
  if (text == nullptr) return fault.because("a text is expected");
  out.assign(text->data(), text->size());
  return true;
}

bool read(const json::value& in, cel::Value& out, Fault& fault) {
  auto value = cel::decode(in);
  if (!value) return fault.because(std::move(value.error().message));
  out = std::move(*value);
  return true;
}

bool read(const json::value& in, Instant& out, Fault& fault) {
  std::string text;
  if (!read(in, text, fault)) return false;
  auto at = parse_rfc3339(text);
  if (!at) return fault.because(std::move(at.error().message));
  out = *at;
  return true;
}

bool read_key(std::string_view text, std::uint32_t& out) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  return code == std::errc{} && end == text.data() + text.size() && (text == "0" || text.front() != '0');
}

}  // namespace countersign::codec
