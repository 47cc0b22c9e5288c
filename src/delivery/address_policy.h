#pragma once
// Which addresses this program connects to. Public unicast addresses are allowed; loopback, private,
// link-local, shared (RFC 6598), multicast, documentation, reserved, unspecified and cloud-metadata addresses
// are refused, in every spelling that carries them (v4-mapped, v4-compatible, 6to4, NAT64), unless the
// configuration allows a block that holds them. The check is made on the very address a socket is opened for,
// after name resolution, so that a name that resolves differently the second time changes nothing. Blocks:
// the IANA special-purpose registries (RFC 6890). Immutable after parse; thread-safe.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

struct sockaddr;

namespace countersign {

class AddressPolicy {
 public:
  // Public addresses only.
  AddressPolicy() = default;

  // `allowed` are blocks as "127.0.0.0/8", "fc00::/7", or single addresses. Anything else: invalid_input that
  // names the entry and its index. Bits behind the prefix must be zero, so that a typing mistake does not
  // widen a block.
  static Result<AddressPolicy> parse(std::span<const std::string> allowed);
  static Result<AddressPolicy> parse(std::initializer_list<std::string> allowed);

  // Why this address is not to be connected to ("127.0.0.1 is a loopback address"); absent where it is
  // allowed. Families other than IPv4 and IPv6 are refused.
  std::optional<std::string> refusal(const sockaddr& address) const;
  // The same for the usual text of one address, "10.0.0.1" or "::ffff:10.0.0.1". Text that is no address is
  // refused.
  std::optional<std::string> refusal_of(std::string_view address) const;

 private:
  using Bytes = std::array<std::uint8_t, 16>;  // IPv4 as ::ffff:a.b.c.d
  struct Block {
    Bytes first{};
    int prefix_bits = 0;
  };
  static Result<Block> parse_block(std::string_view text);
  bool is_allowed_by_configuration(const Bytes& address) const;
  std::optional<std::string> refusal_of_bytes(const Bytes& address) const;

  std::vector<Block> allowed_;
};

}  // namespace countersign
