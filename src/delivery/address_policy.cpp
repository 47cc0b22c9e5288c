#include "delivery/address_policy.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace countersign {

namespace {

using Bytes = std::array<std::uint8_t, 16>;

constexpr Bytes kV4Mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0};

bool has_prefix(const Bytes& address, const Bytes& prefix, int bits) {
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (std::memcmp(address.data(), prefix.data(), whole) != 0) return false;
  const int rest = bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff << (8 - rest));
  return (address[whole] & mask) == (prefix[whole] & mask);
}

bool is_v4(const Bytes& address) {
  return has_prefix(address, kV4Mapped, 96);
}

Bytes mapped(const std::uint8_t* four_bytes) {
  Bytes address = kV4Mapped;
  std::memcpy(address.data() + 12, four_bytes, 4);
  return address;
}

std::optional<Bytes> parse_address(std::string_view text) {
  const std::string terminated(text);
  Bytes v6{};
  if (inet_pton(AF_INET6, terminated.c_str(), v6.data()) == 1) return v6;
  std::uint8_t v4[4];
  if (inet_pton(AF_INET, terminated.c_str(), v4) == 1) return mapped(v4);
  return std::nullopt;
}

std::string spelled(const Bytes& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (is_v4(address)) {
    inet_ntop(AF_INET, address.data() + 12, text, sizeof text);
  } else {
    inet_ntop(AF_INET6, address.data(), text, sizeof text);
  }
  return text;
}

struct SpecialBlock {
  const char* first;
  int prefix_bits;  // of the family that `first` is written in
  const char* what;
};

// IANA special-purpose registries; what is not global unicast is refused. The two single addresses are
// metadata services that clouds run on addresses that look public.
constexpr SpecialBlock kSpecialV4[] = {
    {"0.0.0.0", 8, "an unspecified address"},
    {"10.0.0.0", 8, "a private address"},
    {"100.64.0.0", 10, "a shared (carrier or cloud metadata) address"},
    {"127.0.0.0", 8, "a loopback address"},
    {"169.254.0.0", 16, "a link-local (cloud metadata) address"},
    {"172.16.0.0", 12, "a private address"},
    {"192.0.0.0", 24, "a reserved address"},
    {"192.0.2.0", 24, "a documentation address"},
    {"192.88.99.0", 24, "a 6to4 relay address"},
    {"192.168.0.0", 16, "a private address"},
    {"198.18.0.0", 15, "a benchmarking address"},
    {"198.51.100.0", 24, "a documentation address"},
    {"203.0.113.0", 24, "a documentation address"},
    {"224.0.0.0", 4, "a multicast address"},
    {"240.0.0.0", 4, "a reserved or broadcast address"},
    {"168.63.129.16", 32, "a cloud metadata address"},
};
constexpr SpecialBlock kSpecialV6[] = {
    {"::", 128, "an unspecified address"},
    {"::1", 128, "a loopback address"},
    {"fc00::", 7, "a private (unique local) address"},
    {"fe80::", 10, "a link-local address"},
    {"fec0::", 10, "a private (site-local) address"},
    {"ff00::", 8, "a multicast address"},
    {"2001::", 23, "a reserved (Teredo, ORCHID) address"},
    {"2001:db8::", 32, "a documentation address"},
    {"3fff::", 20, "a documentation address"},
};

const char* special_kind(const Bytes& address) {
  if (is_v4(address)) {
    for (const SpecialBlock& block : kSpecialV4) {
      if (has_prefix(address, *parse_address(block.first), 96 + block.prefix_bits)) return block.what;
    }
    return nullptr;
  }
  for (const SpecialBlock& block : kSpecialV6) {
    if (has_prefix(address, *parse_address(block.first), block.prefix_bits)) return block.what;
  }
  static const Bytes kGlobalUnicast = *parse_address("2000::");
  return has_prefix(address, kGlobalUnicast, 3) ? nullptr : "not a global unicast address";
}

// The IPv4 address that traffic to this IPv6 address ends at, where there is one.
std::optional<Bytes> embedded_v4(const Bytes& address) {
  static const Bytes kNat64 = *parse_address("64:ff9b::");
  static const Bytes k6to4 = *parse_address("2002::");
  static const Bytes kCompatible{};
  if (is_v4(address)) return std::nullopt;
  if (has_prefix(address, kNat64, 96)) return mapped(address.data() + 12);
  if (has_prefix(address, k6to4, 16)) return mapped(address.data() + 2);
  const bool unspecified_or_loopback =
      std::all_of(address.begin(), address.end() - 1, [](auto byte) { return byte == 0; }) &&
      address.back() <= 1;
  if (has_prefix(address, kCompatible, 96) && !unspecified_or_loopback) return mapped(address.data() + 12);
  return std::nullopt;
}

}  // namespace

Result<AddressPolicy::Block> AddressPolicy::parse_block(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::optional<Bytes> first = parse_address(text.substr(0, slash));
  if (!first) {
    return fail(ErrorCode::invalid_input,
                fmt::format("\"{}\" is no block of addresses; write it as 10.0.0.0/8 or fd00::/8", text));
  }
  const bool written_as_v4 = text.substr(0, slash).find(':') == std::string_view::npos;
  const int bits_max = written_as_v4 ? 32 : 128;
  int bits = bits_max;
  if (slash != std::string_view::npos) {
    const std::string_view number = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), bits);
    if (error != std::errc{} || end != number.data() + number.size() || bits < 0 || bits > bits_max) {
      return fail(ErrorCode::invalid_input,
                  fmt::format("\"{}\": the prefix length is a number from 0 to {}", text, bits_max));
    }
  }
  Block block{*first, written_as_v4 ? bits + 96 : bits};
  for (int bit = block.prefix_bits; bit < 128; ++bit) {
    if ((block.first[static_cast<std::size_t>(bit / 8)] >> (7 - bit % 8)) & 1) {
      return fail(
          ErrorCode::invalid_input,
          fmt::format("\"{}\": bits behind the prefix are set; name the first address of the block", text));
    }
  }
  return block;
}

Result<AddressPolicy> AddressPolicy::parse(std::span<const std::string> allowed) {
  AddressPolicy policy;
  for (std::size_t i = 0; i < allowed.size(); ++i) {
    Result<Block> block = parse_block(allowed[i]);
    if (!block) return fail(block.error().code, std::move(block.error().message), fmt::format("/{}", i));
    policy.allowed_.push_back(*block);
  }
  return policy;
}

Result<AddressPolicy> AddressPolicy::parse(std::initializer_list<std::string> allowed) {
  return parse(std::span<const std::string>(allowed.begin(), allowed.size()));
}

bool AddressPolicy::is_allowed_by_configuration(const Bytes& address) const {
  return std::any_of(allowed_.begin(), allowed_.end(),
                     [&](const Block& block) { return has_prefix(address, block.first, block.prefix_bits); });
}

std::optional<std::string> AddressPolicy::refusal_of_bytes(const Bytes& address) const {
  if (is_allowed_by_configuration(address)) return std::nullopt;
  if (const std::optional<Bytes> inner = embedded_v4(address)) {
    const std::optional<std::string> refused = refusal_of_bytes(*inner);
    if (!refused) return std::nullopt;
    return fmt::format("{} leads to {}", spelled(address), *refused);
  }
  const char* kind = special_kind(address);
  if (kind == nullptr) return std::nullopt;
  return fmt::format("{} is {}", spelled(address), kind);
}

std::optional<std::string> AddressPolicy::refusal(const sockaddr& address) const {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &address, sizeof v4);
    std::uint8_t bytes[4];
    std::memcpy(bytes, &v4.sin_addr, sizeof bytes);
    return refusal_of_bytes(mapped(bytes));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, &address, sizeof v6);
    Bytes bytes;
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return refusal_of_bytes(bytes);
  }
  return "the address is neither IPv4 nor IPv6";
}

std::optional<std::string> AddressPolicy::refusal_of(std::string_view address) const {
  const std::optional<Bytes> bytes = parse_address(address);
  if (!bytes) return fmt::format("\"{}\" is no IP address", address);
  return refusal_of_bytes(*bytes);
}

}  // namespace countersign
