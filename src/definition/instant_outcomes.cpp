#include "definition/instant_outcomes.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.h"

namespace countersign {
namespace {

class Finder {
 public:
  explicit Finder(const Definition& definition) {
    for (const Step& step : definition.steps) {
      const auto* set = std::get_if<Assign>(&step.kind);
      for (std::size_t i = 0; set != nullptr && i < set->targets.size(); ++i) {
        if (set->targets[i].form) moving_.insert(set->targets[i].name);
      }
      // Somebody may move it while others wait for it.
      if (const auto* task = std::get_if<Task>(&step.kind))
        moving_.insert(task->edit.begin(), task->edit.end());
      if (const auto* approve = std::get_if<Approve>(&step.kind))
        moving_.insert(approve->edit.begin(), approve->edit.end());
    }
    for (const Field& field : definition.form) {
      if (field.computed) moving_.insert(field.name);
    }
  }

  void look_at(const Step& step, std::map<std::string, std::string>& found) const {
    if (step.deadline) note(found, "timeout", *step.deadline, fmt::format("the deadline of '{}'", step.name));
    if (const auto* wait = std::get_if<Wait>(&step.kind)) look_at_wait(step, *wait, found);
    const auto* approve = std::get_if<Approve>(&step.kind);
    if (approve != nullptr && asks_requester_alone(*approve) && approve->self == SelfRule::skip) {
      found.emplace("approved",
                    fmt::format("'{}' asks the requester alone, whom 'self: skip' passes over", step.name));
    }
  }

 private:
  void look_at_wait(const Step& step, const Wait& wait, std::map<std::string, std::string>& found) const {
    if (wait.span) note(found, "elapsed", TimeRule(*wait.span), fmt::format("'for' of '{}'", step.name));
    if (wait.until) note(found, "elapsed", TimeRule(*wait.until), fmt::format("'until' of '{}'", step.name));
    if (wait.event && wait.event->since_start) {
      found.emplace("received",
                    fmt::format("'{}' takes an event that has come already ('since: start'), and takes the "
                                "same one again each time",
                                step.name));
    }
  }

  static bool asks_requester_alone(const Approve& approve) {
    return approve.seats.empty() && !approve.by.empty() &&
           std::ranges::all_of(approve.by, [](const Expression& each) {
             return each.program && trimmed(each.program.source()) == "requester";
           });
  }

  void note(std::map<std::string, std::string>& found, const std::string& outcome, const TimeRule& rule,
            const std::string& what) const {
    if (const auto* span = std::get_if<TimeSpan>(&rule)) {
      if (span->is_zero()) found.emplace(outcome, what + " is no time at all");
      return;
    }
    const cel::Program& program = std::get<Expression>(rule).program;
    if (!program || !is_fixed(program)) return;
    found.emplace(outcome,
                  fmt::format("{} is a moment that stays the same ({}), and once it has passed nobody "
                              "has any time: write a time span such as '3 days', or wait before it "
                              "goes round again",
                              what, trimmed(program.source())));
  }

  // A moment, and the same one each time.
  bool is_fixed(const cel::Program& program) const {
    if (!program.type().is(cel::Type::Tag::date) && !program.type().is(cel::Type::Tag::timestamp))
      return false;
    const std::string_view source = trimmed(program.source());
    if (source == "now" || source == "today") return true;
    return std::ranges::none_of(program.references(), [&](const std::vector<std::string>& chain) {
      const std::string& root = chain.front();
      if (root == "now" || root == "today" || root == "vars") return true;
      return root == "form" && (chain.size() < 2 || moving_.contains(chain[1]));
    });
  }

  std::set<std::string, std::less<>> moving_;  // fields of the form that may be others the next time
};

}  // namespace

InstantOutcomes instant_outcomes(const Definition& definition) {
  const Finder finder(definition);
  InstantOutcomes all;
  for (const Step& step : definition.steps) {
    std::map<std::string, std::string> found;
    finder.look_at(step, found);
    if (!found.empty()) all.emplace(step.index, std::move(found));
  }
  return all;
}

}  // namespace countersign
