// What stands still, and what makes it go on. Retrying is refused as long as the cause is there, so whether
// it helps is asked of the core before it is proposed.

#include <algorithm>

#include <fmt/format.h>

#include "cli/doctor_items.h"
#include "cli/report.h"

namespace countersign::cli {
namespace {

using enum Finding::Grade;

constexpr std::size_t kStandingMax = 1'000;  // that are looked at
constexpr std::size_t kStandingListed = 20;  // one by one
constexpr std::size_t kIdleListed = 50;
constexpr std::size_t kInstancesMax = 20'000;  // that are looked through for idle steps
constexpr std::size_t kInstancesPage = 500;

// An instance without a reference is named by its id.
const std::string& name_of(const InstanceRow& row) {
  return row.reference.empty() ? row.id.value : row.reference;
}

class Incident {
 public:
  Incident(const Ward& ward, const InstanceRow& row) : ward_(ward), row_(row) {
    if (ward.trial == nullptr) return;
    state_ = ward.trial->state(row.id);
    if (state_ != nullptr) definition_ = ward.trial->definition(*state_);
    if (definition_ == nullptr) return;
    for (const auto& [id, activation] : state_->activations) {
      if (stands_still(*state_, activation)) standing_.push_back(id);
    }
  }

  std::vector<Remedy> remedies() const {
    if (!standing_.empty() && goes_on_after_retry(*state_)) {
      return {{.words = "what stopped it is mended, so that it goes on with",
               .commands = {retry("what stopped it is mended")}}};
    }
    std::vector<Remedy> ways{after_mending_files(), after_mending_workflow()};
    if (standing_.size() != 1) return ways;
    if (auto reassigned = by_reassigning()) ways.push_back(std::move(*reassigned));
    if (auto passed = by_passing_over()) ways.push_back(std::move(*passed));
    return ways;
  }

 private:
  std::string retry(const std::string& reason) const {
    return ward_.commands.of_daemon({"retry", name_of(row_), "--reason", reason});
  }

  bool goes_on_after_retry(const State& before) const {
    const auto after = ward_.trial->after_retry(before);
    return after != nullptr && std::ranges::none_of(standing_, [&](ActivationId id) {
             return ward_.trial->stops_on_answer(*after, id);
           });
  }

  const Activation& activation() const { return state_->activations.at(standing_.front()); }
  const Step& step() const { return definition_->step(activation().step); }

  // What lies outside of the workflow: whom it asks, or what it calls.
  Remedy after_mending_files() const {
    const Call* call = standing_.size() == 1 ? std::get_if<Call>(&step().kind) : nullptr;
    std::string words =
        fmt::format("where people or groups are the cause: mend {}, then", ward_.files.people());
    if (call != nullptr)
      words = fmt::format("where the connector '{}' is the cause: mend it, then", call->connector);
    return {.words = std::move(words),
            .commands = {ward_.commands.reload(), retry("what stopped it is mended")}};
  }

  // The instance keeps its version with its tables until it is moved.
  Remedy after_mending_workflow() const {
    return {.words = fmt::format(
                "where the workflow or one of its tables is the cause: mend {}, then move its open requests:",
                ward_.files.of_workflow(row_.workflow)),
            .commands = {ward_.commands.reload(),
                         ward_.commands.of_daemon({"workflow", "migrate", row_.workflow.value, "--apply",
                                                   "--reason", "what stopped it is mended"}),
                         retry("what stopped it is mended")}};
  }

  // The work of whoever is asked there, where that is all that stops it.
  std::optional<Remedy> by_reassigning() const {
    auto state = state_;
    Remedy remedy{.words = "give the work to somebody else, then try again:"};
    for (const std::uint32_t number : activation().items) {
      const auto item = state->items.find(number);
      if (item == state->items.end() || item->second.status != ItemStatus::open) continue;
      const PersonId to = new_assignee(*ward_.trial, *state, number);
      if (to.empty()) return std::nullopt;
      state = ward_.trial->after(*state, Reassign{number, to, administrator(), row_.incident});
      remedy.commands.push_back(
          ward_.commands.of_daemon({"reassign", fmt::format("{}.{}", row_.id.value, number), "--to", to.value,
                                    "--reason", row_.incident}));
    }
    if (remedy.commands.empty() || !goes_on_after_retry(*state)) return std::nullopt;
    remedy.commands.push_back(retry("the work is with somebody else now"));
    return remedy;
  }

  std::optional<Remedy> by_passing_over() const {
    const std::string& open = step().name;
    const Skip skip{open, standing_.front(), administrator(), row_.incident};
    if (goes_on_after(skip)) {
      std::vector<std::string> words{"skip", name_of(row_), open, "--reason", row_.incident};
      const auto same = std::ranges::count_if(
          state_->activations, [&](const auto& entry) { return entry.second.step == activation().step; });
      if (same > 1) words.insert(words.end(), {"--activation", std::to_string(standing_.front().value)});
      return Remedy{.words = fmt::format("pass over {}, so that nobody answers it:", open),
                    .commands = {ward_.commands.of_daemon(std::move(words))}};
    }
    // What lies ahead, then what is done again.
    std::vector<const Step*> targets;
    for (const bool is_ahead : {true, false}) {
      for (const Step& each : definition_->steps) {
        if (is_ahead == (each.index > step().index)) targets.push_back(&each);
      }
    }
    for (const Step* target : targets) {
      if (!goes_on_after(Jump{target->name, administrator(), row_.incident})) continue;
      return Remedy{.words = fmt::format("let it go on at {} instead:", target->name),
                    .commands = {ward_.commands.of_daemon(
                        {"jump", name_of(row_), target->name, "--reason", row_.incident})}};
    }
    return std::nullopt;
  }

  bool goes_on_after(const countersign::Command& command) const {
    const auto after = ward_.trial->after(*state_, command);
    return after != nullptr && std::ranges::none_of(after->activations, [&](const auto& entry) {
             return stands_still(*after, entry.second);
           });
  }

  const Ward& ward_;
  const InstanceRow& row_;
  std::shared_ptr<const State> state_;
  std::shared_ptr<const Definition> definition_;
  std::vector<ActivationId> standing_;
};

}  // namespace

void check_incidents_of(const Ward& ward, Findings& findings) {
  const auto standing = ward.reader.standing_instances(kStandingMax);
  if (!standing) return findings.add("instances", problem, standing.error().message);
  for (std::size_t i = 0; i < std::min(standing->size(), kStandingListed); ++i) {
    const InstanceRow& row = (*standing)[i];
    findings.add({.check = "instances",
                  .grade = problem,
                  .text = "stands still",
                  .on = name_of(row),
                  .why = row.incident,
                  .mend = Incident(ward, row).remedies()});
  }
  if (standing->size() > kStandingListed) {
    findings.add(
        {.check = "instances",
         .grade = problem,
         .text = counted(standing->size() - kStandingListed, "more stands still", "more stand still"),
         .mend = {{.words = "the column INCIDENT says why:",
                   .commands = {ward.commands.of_daemon({"list", "--open"})}}}});
  }
  if (standing->empty()) findings.add("instances", good, "none stands still");
}

void check_idle_steps(const Ward& ward, Findings& findings) {
  std::size_t found = 0;
  std::size_t looked_at = 0;
  std::size_t standing = 0;
  std::string cursor;
  do {
    const auto page = ward.reader.instances({.ended = false}, kInstancesPage, cursor);
    if (!page) return findings.add("steps", problem, page.error().message);
    for (const InstanceRow& row : page->rows) {
      const auto state = ward.reader.instance(row.id);
      if (!state) return findings.add("steps", problem, state.error().message);
      if (!*state) continue;
      ++looked_at;
      if (!row.incident.empty()) ++standing;
      const bool idle = std::ranges::any_of(
          (*state)->activations, [&](const auto& entry) { return asks_nobody(**state, entry.second); });
      if (!idle || ++found > kIdleListed) continue;
      findings.add({.check = "steps",
                    .grade = problem,
                    .text = "a step waits for people and asks nobody",
                    .on = name_of(row),
                    .why = "the last vote that it waited for fell, and nobody was asked instead",
                    .mend = {{.commands = {ward.commands.of_daemon(
                                  {"retry", name_of(row), "--reason", "nobody was asked"})}}}});
    }
    cursor = page->next_cursor;
  } while (!cursor.empty() && looked_at < kInstancesMax);
  if (found > kIdleListed)
    findings.add("steps", problem, fmt::format("{} more like these", found - kIdleListed));
  if (found > 0) return;
  const std::string what =
      counted(looked_at, "open instance", "open instances") + (cursor.empty() ? "" : " looked at") +
      (standing == 0
           ? ""
           : fmt::format(", of which {} said above to stand still", counted(standing, "is", "are")));
  findings.add("steps", good, what + ": no step waits for people without having asked any");
}

}  // namespace countersign::cli
