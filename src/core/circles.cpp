#include "core/circles.h"

#include <algorithm>

#include <fmt/format.h>

namespace countersign {
namespace {

std::string since_words(Duration time) {
  if (time < std::chrono::seconds(1)) return "less than a second";
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).count();
  if (seconds < 120) return fmt::format("{} s", seconds);
  return fmt::format("{} minutes", seconds / 60);
}

bool is_too_often(const Returns& returns, std::uint64_t heard) {
  const std::uint64_t events = heard - returns.heard;
  const std::uint64_t by_itself = returns.times - std::min<std::uint64_t>(returns.times, events);
  return by_itself >= kReturnsMax || returns.times >= kHeardReturnsMax;
}

}  // namespace

std::optional<std::string> goes_in_circles(const State& state, FrameId frame, const Definition& definition,
                                           Instant now) {
  const Frame& in = state.frames.at(frame);
  for (const auto* counted : {&in.returns, &state.handled}) {
    for (const auto& [step, returns] : *counted) {
      const bool of_frame = counted == &in.returns || (in.event && definition.step(step).list == in.list);
      if (!of_frame || !is_too_often(returns, state.heard)) continue;
      return fmt::format(
          "it came back to {} {} times within {}, and nobody decided anything meanwhile: the way goes in a "
          "circle. Let a step in it wait (its deadline or time may have passed already), or end it",
          definition.step(step).name, returns.times, since_words(now - returns.since));
    }
  }
  return std::nullopt;
}

}  // namespace countersign
