// `parallel`: several lists of steps at once.
#include <array>

#include <fmt/format.h>

#include "definition/grammar.h"
#include "definition/steps/people_rules.h"

namespace countersign {
namespace {

const Grammar& branches_grammar() {
  static const Grammar kGrammar{"branches", {names_of(steps_grammar)}};
  return kGrammar;
}

constexpr std::array kParallelKeys = {
    Key{"branches", Shape::map, Need::required, "name: steps", "", branches_grammar},
    Key{"need", Shape::any, Need::optional, "how many branches must end: all, 1, n (all)", "", need_grammar},
};

StepKind read_parallel(const StepReading& reading) {
  Parallel parallel;
  const MapReader map(reading.value, "'parallel'", kParallelKeys, reading.diagnostics());
  if (const YamlNode* branches = map.find("branches")) {
    if (branches->entries.size() < 2) {
      reading.diagnostics().error(Code::bad_value, branches->at, "'parallel' needs at least two branches");
    }
    for (const YamlNode::Entry& entry : branches->entries) {
      check_name(entry.key, entry.key_at, "the branch name", reading.diagnostics());
      if (entry.key == "all") {
        reading.diagnostics().error(Code::reserved_name, entry.key_at,
                                    "no branch is called 'all': that is the outcome of all");
      }
      const ListIndex list = read_steps(reading.loading, entry.value, reading.index, "branch:" + entry.key,
                                        fmt::format("{}/branch/{}", reading.name, entry.key));
      parallel.branches.push_back({entry.key, list});
    }
  }
  if (const YamlNode* need = map.find("need")) {
    if (const auto quorum = read_need(reading, *need, false)) parallel.need = *quorum;
    if (parallel.need.kind != QuorumKind::all && parallel.need.number > parallel.branches.size() &&
        map.find("branches") != nullptr) {
      reading.diagnostics().error(Code::bad_value, need->at,
                                  fmt::format("'need' is {}, but there are {} branches", parallel.need.number,
                                              parallel.branches.size()));
      parallel.need = Quorum{QuorumKind::all, 0};
    }
  }
  return parallel;
}

}  // namespace

const StepWord& parallel_word() {
  static const StepWord kWord{"parallel",    Shape::map, "several lists of steps at once", kParallelKeys, {},
                              read_parallel, false};
  return kWord;
}

}  // namespace countersign
