#include "core/after_move.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/flow.h"
#include "core/gates.h"
#include "core/transition.h"

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
  Readings(const Definition& to, const State& moved) : to_(to), moved_(moved) {}

  std::vector<std::string> find() {
    for (const Step& step : to_.steps) {
      if (step.list == kNoList) continue;
      const Place place = place_of(to_, moved_, step);
      for (const Strict& strict : strict_expressions(step)) {
        if (place == Place::behind || (place == Place::open && !strict.while_open)) continue;
        look_at(step, strict);
      }
    }
    return std::move(found_);
  }

 private:
  void look_at(const Step& step, const Strict& strict) {
    for (const std::vector<std::string>& chain : strict.expression->program.references()) {
      if (chain.size() < 2) continue;
      const std::string selection = chain[0] + "." + chain[1];
      if (!reads_plainly(strict.expression->program, selection) || is_guarded(to_, step, selection)) continue;
      if (const std::string why = missing(chain[0], chain[1]); !why.empty())
        found_.push_back(fmt::format("{} reads '{}', {}", strict.what, selection, why));
    }
  }

  // Why there is no such value and never will be; "" where there is one, or may be.
  std::string missing(const std::string& root, const std::string& name) const {
    if (root == "form") {
      return moved_.form.contains(name) ? "" : "and its form was handed in without it";
    }
    if (root == "vars") {
      return moved_.vars.contains(name) || is_set_ahead(name) ? "" : "and the step that sets it lies behind";
    }
    const Step* of = to_.find_step(root);
    if (of == nullptr || of->list == kNoList || !for_each_around(to_, of->list).empty()) return {};
    if (place_of(to_, moved_, *of) != Place::behind) return {};
    const auto result = moved_.results.find(of->index);
    if (result == moved_.results.end())
      return fmt::format("and it is past '{}' without having been there", root);
    const bool own = name == "outcome" || name == "by" || name == "at" || name == "comment";
    if (own || result->second.voided || result->second.fields.contains(name)) return {};
    return fmt::format("and '{}' was answered without it", root);
  }

  bool is_set_ahead(const std::string& name) const {
    return std::ranges::any_of(to_.steps, [&](const Step& step) {
      const auto* set = std::get_if<Assign>(&step.kind);
      const auto sets = [&](const Assign::Target& target) { return !target.form && target.name == name; };
      return set != nullptr && step.list != kNoList && std::ranges::any_of(set->targets, sets) &&
             place_of(to_, moved_, step) != Place::behind;
    });
  }

  const Definition& to_;
  const State& moved_;
  std::vector<std::string> found_;
};

std::vector<PersonId> asked_people(const Directory& directory, const Item& item) {
  if (item.group.empty() || !item.assignee.empty()) return {item.assignee};
  const Group* group = directory.find_group(item.group);
  return group == nullptr ? std::vector<PersonId>() : group->members;
}

}  // namespace

std::vector<std::string> unreadable_after_move(const Definition& to, const State& moved) {
  return Readings(to, moved).find();
}

std::vector<std::string> work_out_of_hands(const Context& context, const State& moved) {
  std::vector<std::string> found;
  Transition there(context, moved);
  for (const auto& [number, item] : moved.items) {
    const Activation& activation = moved.activations.at(item.activation);
    const std::vector<PersonId> people = asked_people(context.directory, item);
    const bool somebody = std::ranges::any_of(
        people, [&](const PersonId& person) { return may_complete(there, activation.frame, person); });
    if (somebody || people.empty() || there.stopped()) continue;
    const std::string whose = item.assignee.empty() ? "the group " + item.group : item.assignee.value;
    found.push_back(
        fmt::format("the work item of step '{}' is before {}, whom 'only' of its stage does not "
                    "name there: reassign it first, or leave it where it is",
                    context.definition.step(activation.step).name, whose));
  }
  return found;
}

}  // namespace countersign
