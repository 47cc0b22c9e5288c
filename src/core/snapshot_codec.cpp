#include <fmt/format.h>

#include "core/codec/decode_members.h"
#include "core/codec/encode_members.h"
#include "core/codec/state_members.h"
#include "core/event_codec.h"

namespace countersign {
namespace {

struct Snapshot {
  std::uint32_t codec = kSnapshotVersion;
  State state;
};

}  // namespace

template <>
struct codec::Members<Snapshot> {
  static constexpr auto kList =
      std::tuple(required("codec", &Snapshot::codec), required("state", &Snapshot::state));
};

std::string encode_state(const State& state) {
  std::string text;
  text.reserve(2048);
  codec::JsonWriter out(text);
  out.begin_object();
  out.plain_key("codec");
  out.number(std::uint64_t{kSnapshotVersion});
  out.plain_key("state");
  codec::write(out, state);
  out.end_object();
  return text;
}

Result<State> decode_state(std::string_view text) {
  Snapshot snapshot;
  codec::Fault fault;
  // The version is looked at first where it can be: another version's members are no fault of theirs.
  const bool good = codec::read_document(text, snapshot, fault);
  if (snapshot.codec != kSnapshotVersion) {
    return fail(ErrorCode::corrupt,
                fmt::format("cannot read a snapshot of codec version {}: this program writes "
                            "version {}; fold the instance's events again",
                            snapshot.codec, kSnapshotVersion));
  }
  if (!good) {
    return fail(
        ErrorCode::corrupt,
        fmt::format("cannot read a snapshot: {}{}{}", fault.at, fault.at.empty() ? "" : ": ", fault.why),
        fault.at);
  }
  return std::move(snapshot.state);
}

}  // namespace countersign
