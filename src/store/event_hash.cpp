#include "store/event_hash.h"

#include <array>

namespace countersign {
namespace {

constexpr std::array<char, 32> kZeros{};

// Big-endian, eight bytes.
std::array<char, 8> bytes_of(std::uint64_t number) {
  std::array<char, 8> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(number >> (8 * (7 - i)));
  return bytes;
}

std::string_view view(const std::array<char, 8>& bytes) {
  return {bytes.data(), bytes.size()};
}

std::string_view kind_of(const Actor& actor) {
  switch (actor.kind) {
    case Actor::Kind::person:
      return "person";
    case Actor::Kind::system:
      return "system";
    case Actor::Kind::policy:
      return "policy";
    case Actor::Kind::admin:
      return "admin";
  }
  return "";
}

}  // namespace

std::string_view first_previous_hash() {
  return {kZeros.data(), kZeros.size()};
}

std::string actor_in_envelope(const EventBody& body) {
  return std::visit(
      [](const auto& event) -> std::string {
        if constexpr (requires { event.by; }) {
          std::string text(kind_of(event.by));
          if (!event.by.channel.empty()) text.append(" ").append(event.by.channel);
          return text;
        } else {
          return {};
        }
      },
      body);
}

Digest payload_hash(std::string_view salt, std::string_view payload) {
  return sha256_pieces("countersign payload 1", {salt, payload});
}

Digest envelope_hash(const EventRow& row) {
  const auto seq = bytes_of(row.seq);
  const auto at = bytes_of(static_cast<std::uint64_t>(to_unix_ms(row.at)));
  const auto version = bytes_of(row.version);
  return sha256_pieces("countersign event 1",
                       {row.instance.value, view(seq), view(at), row.type, view(version), row.actor,
                        row.payload_hash, row.previous_hash});
}

Digest block_hash(std::string_view stream, std::uint64_t n, std::string_view event_hashes,
                  std::string_view previous_hash) {
  const auto number = bytes_of(n);
  const auto count = bytes_of(event_hashes.size() / sizeof(Digest));
  return sha256_pieces("countersign block 1",
                       {stream, view(number), view(count), event_hashes, previous_hash});
}

}  // namespace countersign
