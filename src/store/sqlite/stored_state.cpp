#include "store/sqlite/stored_state.h"

#include <fmt/format.h>

#include "core/event_codec.h"
#include "core/evolve.h"

namespace countersign::sqlite {
namespace {

constexpr Sql kSelectState(
    "SELECT i.n, i.seq, s.codec, s.head, s.state FROM instance i LEFT JOIN snapshot s ON s.instance = i.n "
    "WHERE i.id = ?");
constexpr Sql kSelectEvents(
    "SELECT e.seq, e.at, e.type, e.version, p.payload, e.hash FROM event e "
    "LEFT JOIN event_payload p ON p.position = e.position WHERE e.instance = ? ORDER BY e.seq");

Result<std::optional<StoredInstance>> fold(Connection& connection, const InstanceId& instance, std::int64_t n,
                                           std::uint64_t seq) {
  State state;
  state.id = instance;
  StoredInstance result{.n = n, .head = {}, .state = nullptr};
  Rows rows = connection.query(kSelectEvents, n);
  while (rows.next()) {
    Event event;
    event.seq = static_cast<std::uint64_t>(rows.integer(0));
    event.at = rows.instant(1);
    if (rows.is_null(4)) {
      return fail(
          ErrorCode::corrupt,
          fmt::format("cannot fold the events of {}: the payload of event {} was erased and the snapshot is "
                      "of another version",
                      instance.value, event.seq));
    }
    Result<EventBody> body =
        decode_event(rows.text(2), static_cast<std::uint32_t>(rows.integer(3)), rows.text(4));
    if (!body) {
      return std::unexpected(
          std::move(body.error()).within(fmt::format("event {} of {}", event.seq, instance.value)));
    }
    event.body = std::move(*body);
    evolve(state, event);
    result.head = rows.string(5);
  }
  if (auto done = rows.done(); !done) return passed_on(done);
  if (state.seq != seq) {
    return fail(ErrorCode::corrupt, fmt::format("the events of {} end at {} and not at {}; restore a backup",
                                                instance.value, state.seq, seq));
  }
  result.state = std::make_shared<const State>(std::move(state));
  return std::optional(std::move(result));
}

}  // namespace

Result<std::optional<StoredInstance>> stored_state(Connection& connection, const InstanceId& instance) {
  std::int64_t n = 0;
  std::uint64_t seq = 0;
  {
    Rows rows = connection.query(kSelectState, instance.value);
    if (!rows.next()) {
      if (auto done = rows.done(); !done) return passed_on(done);
      return std::optional<StoredInstance>();
    }
    n = rows.integer(0);
    seq = static_cast<std::uint64_t>(rows.integer(1));
    if (!rows.is_null(2) && rows.integer(2) == kSnapshotVersion) {
      Result<State> state = decode_state(rows.text(4));
      if (!state) {
        return std::unexpected(
            std::move(state.error()).within(fmt::format("snapshot of {}", instance.value)));
      }
      if (state->seq != seq || state->id != instance) {
        return fail(ErrorCode::corrupt,
                    fmt::format("the snapshot of {} is of event {} and not of {}; run doctor", instance.value,
                                state->seq, seq));
      }
      return std::optional(StoredInstance{
          .n = n, .head = rows.string(3), .state = std::make_shared<const State>(std::move(*state))});
    }
  }
  return fold(connection, instance, n, seq);
}

}  // namespace countersign::sqlite
