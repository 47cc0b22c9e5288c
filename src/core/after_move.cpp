#include "core/after_move.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/flow.h"

namespace countersign {
namespace {

enum class Place { behind, open, ahead };

// Where a step stands, seen from what is open.
Place place_of(const Definition& definition, const State& state, const Step& step) {
  struct Turn {
    ListIndex list;
    std::uint32_t position;
  };
  std::vector<Turn> way{{step.list, step.position}};
  for (StepIndex owner = definition.list(step.list).owner; owner != kNoStep;) {
    const Step& around = definition.step(owner);
    way.push_back({around.list, around.position});
    owner = definition.list(around.list).owner;
  }
  if (way.back().list != definition.root) return Place::ahead;  // an event may bring it at any time
  FrameId at = root_frame(state);
  while (at) {
    const Frame& frame = state.frames.at(at);
    const std::uint32_t position = way.back().position;
    const auto current = state.activations.find(frame.current);
    if (current == state.activations.end()) return position < frame.next ? Place::behind : Place::ahead;
    const Step& open = definition.step(current->second.step);
    if (open.list == kNoList || position > open.position) return Place::ahead;
    if (position < open.position) return Place::behind;
    way.pop_back();
    if (way.empty()) return Place::open;
    std::vector<FrameId> inside;
    for (const auto& [id, below] : state.frames) {
      if (below.parent == current->first && below.list == way.back().list) inside.push_back(id);
    }
    if (inside.empty())
      return definition.list(way.back().list).role.starts_with("on:") ? Place::ahead : Place::behind;
    if (inside.size() > 1) return Place::ahead;  // each item has its own
    at = inside.front();
  }
  return Place::ahead;
}

// Whether a way that comes to `from` comes to `step` behind it, or at it, too.
bool comes_after(const Definition& definition, const Step& from, const Step& step) {
  const auto way_to = [&](const Step& to) {
    std::vector<std::pair<ListIndex, std::uint32_t>> way{{to.list, to.position}};
    for (StepIndex owner = definition.list(to.list).owner; owner != kNoStep;) {
      const Step& around = definition.step(owner);
      way.insert(way.begin(), {around.list, around.position});
      owner = definition.list(around.list).owner;
    }
    return way;
  };
  const auto begin = way_to(from);
  const auto way = way_to(step);
  const auto [parts, other] = std::ranges::mismatch(begin, way);
  if (parts == begin.end()) return true;  // itself, or inside of it
  if (other == way.end() || parts->first != other->first)
    return false;  // around it, or another way beside it
  return parts->second < other->second;
}

// By step: whether a `go` or a sending back that may still come leads to it once more, though it lies behind.
std::vector<bool> steps_again(const Definition& definition, const State& state) {
  std::vector<Place> places(definition.steps.size(), Place::behind);
  for (const Step& step : definition.steps) {
    if (step.list != kNoList) places[step.index] = place_of(definition, state, step);
  }
  std::vector<bool> again(definition.steps.size(), false);
  const auto lead_back = [&](StepIndex to) {
    if (to == kNoStep || places[to] == Place::ahead || again[to]) return false;
    for (const Step& step : definition.steps) {
      if (step.list != kNoList && comes_after(definition, definition.step(to), step))
        again[step.index] = true;
    }
    return true;
  };
  const auto follow = [&](const Step& step) {
    if (step.list == kNoList || (places[step.index] == Place::behind && !again[step.index])) return false;
    if (const auto* go = std::get_if<Go>(&step.kind)) return lead_back(go->step);
    const auto* approve = std::get_if<Approve>(&step.kind);
    const auto* task = std::get_if<Task>(&step.kind);
    if (approve == nullptr && task == nullptr) return false;
    bool led = false;
    for (const ReturnTarget& target : approve != nullptr ? approve->return_to : task->return_to)
      led = (!target.requester && lead_back(target.step)) || led;
    return led;
  };
  // What is come to again may lead further back.
  for (bool led = true; led;) {
    led = false;
    for (const Step& step : definition.steps) led = follow(step) || led;
  }
  return again;
}

// An expression where absence is no answer.
struct Strict {
  const Expression* expression;
  std::string what;
  bool while_open = false;  // is looked at again while the step is open
};

std::vector<Strict> strict_expressions(const Step& step) {
  std::vector<Strict> all;
  const auto add = [&](const std::optional<Expression>& expression, std::string_view key,
                       bool while_open = false) {
    if (expression && expression->program)
      all.push_back({&*expression, fmt::format("'{}' of step '{}'", key, step.name), while_open});
  };
  add(step.when, "when");
  if (const auto* choose = std::get_if<Choose>(&step.kind)) {
    for (const Choose::Option& option : choose->options) add(option.when, "when");
  } else if (const auto* wait = std::get_if<Wait>(&step.kind)) {
    add(wait->until, "until");
    if (wait->event) add(wait->event->where, "where", true);
  } else if (const auto* gates = std::get_if<Gates>(&step.kind)) {
    for (const Gates::Level& level : gates->levels) add(level.when, "when", true);
  } else if (const auto* budget = std::get_if<Budget>(&step.kind)) {
    add(budget->amount, "amount");
    add(budget->from, "from");
    add(budget->to, "to");
  }
  return all;
}

// Whether the file takes it for granted: neither asked for with has() nor read with '?'.
bool reads_plainly(const cel::Program& program, const std::string& selection) {
  const std::string& text = program.source();
  const auto& guards = program.guards();
  return text.find(selection) != std::string::npos && text.find("has(" + selection) == std::string::npos &&
         std::ranges::find(guards, selection) == guards.end();
}

// What was found to be there by what is around the step.
bool is_guarded(const Definition& definition, const Step& step, const std::string& selection) {
  const auto guards = [&](const std::optional<Expression>& when) {
    return when && when->program &&
           std::ranges::find(when->program.guards(), selection) != when->program.guards().end();
  };
  for (const Step* at = &step;;) {
    if (guards(at->when)) return true;
    const StepIndex owner = definition.list(at->list).owner;
    if (owner == kNoStep) return false;
    const Step& around = definition.step(owner);
    const auto* choose = std::get_if<Choose>(&around.kind);
    for (std::size_t i = 0; choose != nullptr && i < choose->options.size(); ++i) {
      if (choose->options[i].list == at->list && guards(choose->options[i].when)) return true;
    }
    at = &around;
  }
}

class Readings {
 public:
  Readings(const Definition& to, const State& moved)
      : to_(to), moved_(moved), again_(steps_again(to, moved)) {}

  std::vector<std::string> find() {
    for (const Step& step : to_.steps) {
      if (step.list == kNoList) continue;
      const Place place = place_of(to_, moved_, step);
      for (const Strict& strict : strict_expressions(step)) {
        const bool still_read = place == Place::ahead || (place == Place::open && strict.while_open);
        if (still_read || again_[step.index]) look_at(step, strict, !still_read);
      }
    }
    return std::move(found_);
  }

 private:
  // `returned`: only a way back comes to it.
  void look_at(const Step& step, const Strict& strict, bool returned) {
    for (const std::vector<std::string>& chain : strict.expression->program.references()) {
      if (chain.size() < 2) continue;
      const std::string selection = chain[0] + "." + chain[1];
      if (!reads_plainly(strict.expression->program, selection) || is_guarded(to_, step, selection)) continue;
      if (const std::string why = missing(chain[0], chain[1], returned); !why.empty())
        found_.push_back(fmt::format("{} reads '{}', {}", strict.what, selection, why));
    }
  }

  // Why there is no such value and never will be; "" where there is one, or may be.
  std::string missing(const std::string& root, const std::string& name, bool returned) const {
    if (root == "form") {
      return moved_.form.contains(name) ? "" : "and its form was handed in without it";
    }
    if (root == "vars") {
      return moved_.vars.contains(name) || is_set_ahead(name, returned)
                 ? ""
                 : "and the step that sets it lies behind";
    }
    const Step* of = to_.find_step(root);
    if (of == nullptr || of->list == kNoList || !for_each_around(to_, of->list).empty()) return {};
    if (may_come(*of, returned)) return {};
    const auto result = moved_.results.find(of->index);
    if (result == moved_.results.end())
      return fmt::format("and it is past '{}' without having been there", root);
    const bool own = name == "outcome" || name == "by" || name == "at" || name == "comment";
    if (own || result->second.voided || result->second.fields.contains(name)) return {};
    return fmt::format("and '{}' was answered without it", root);
  }

  bool may_come(const Step& step, bool returned) const {
    return place_of(to_, moved_, step) != Place::behind || (returned && again_[step.index]);
  }

  bool is_set_ahead(const std::string& name, bool returned) const {
    return std::ranges::any_of(to_.steps, [&](const Step& step) {
      const auto* set = std::get_if<Assign>(&step.kind);
      const auto sets = [&](const Assign::Target& target) { return !target.form && target.name == name; };
      return set != nullptr && step.list != kNoList && std::ranges::any_of(set->targets, sets) &&
             may_come(step, returned);
    });
  }

  const Definition& to_;
  const State& moved_;
  std::vector<bool> again_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> unreadable_after_move(const Definition& to, const State& moved) {
  return Readings(to, moved).find();
}

}  // namespace countersign
