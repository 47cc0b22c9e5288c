// `gates`: ordered levels whose work goes on at once and which open in order.
#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "definition/grammar.h"
#include "definition/step_loader.h"

namespace countersign {
namespace {

constexpr std::array kGatesKeys = {
    Key{"stage", Shape::text, Need::required, "the stage that is reached when the level opens", ""},
    Key{"steps", Shape::steps, Need::optional, "the work that must be complete", ""},
    Key{"when", Shape::expression, Need::optional, "what must hold at that moment", ""},
    Key{"only", Shape::expressions, Need::optional,
        "persons and groups: nobody else completes the work, administrators included", ""},
};

const Grammar& level_grammar() {
  static const Grammar kGrammar{"level", {map_of({kGatesKeys})}};
  return kGrammar;
}
const Grammar& levels_grammar() {
  static const Grammar kGrammar{"gates", {list_of(level_grammar)}};
  return kGrammar;
}

void check_stage(const StepReading& reading, const MapReader& map, const std::string& stage,
                 const std::vector<Gates::Level>& before) {
  const std::vector<std::string>& stages = reading.loading.definition.stages;
  if (!map.find("stage")) return;
  const auto at = std::ranges::find(stages, stage);
  if (!stages.empty() && at == stages.end()) {
    report_unknown_name(reading.diagnostics(), Code::unknown_stage, map.at("stage"),
                        fmt::format("unknown stage '{}'", stage), stage, stages);
    return;
  }
  for (const Gates::Level& level : before) {
    if (level.stage == stage) {
      reading.diagnostics().error(
          Code::level_order, map.at("stage"),
          fmt::format("the stage '{}' has a level already: write what it needs there", stage));
      return;
    }
    const auto other = std::ranges::find(stages, level.stage);
    if (at != stages.end() && other != stages.end() && other > at) {
      reading.diagnostics().error(
          Code::level_order, map.at("stage"),
          fmt::format(
              "'{}' comes before '{}' in 'stages', and levels open in the order in which they stand here: "
              "move this level before that of '{}'",
              stage, level.stage, level.stage));
      return;
    }
  }
}

// What inside a level with `only` could complete the work without anybody whom it names.
void check_only(const StepReading& reading, const MapReader& map, ListIndex list) {
  if (!map.has("only")) return;
  const Definition& definition = reading.loading.definition;
  bool asks = false;
  for (const Step& step : definition.steps) {
    if (list == kNoList || step.list == kNoList || !encloses(definition, list, step.list)) continue;
    const auto* approve = std::get_if<Approve>(&step.kind);
    const auto* task = std::get_if<Task>(&step.kind);
    asks = asks || approve != nullptr || task != nullptr;
    const bool passes =
        (approve != nullptr && (approve->self == SelfRule::skip || approve->if_nobody == NobodyRule::skip)) ||
        (task != nullptr && task->if_nobody == NobodyRule::skip);
    if (passes) {
      reading.diagnostics().error(
          Code::only_is_passed, span_of(step.at),
          fmt::format("'skip' would pass this step without anybody whom 'only' in line {} names: write "
                      "'if_nobody: fail', so that it stands still for them",
                      map.key_at("only").line));
    }
  }
  if (!asks) {
    reading.diagnostics().error(Code::only_binds_nobody, map.key_at("only"),
                                "'only' binds whoever completes the level's work, and nobody is asked in it: "
                                "add an 'approve' or a 'task'");
  }
}

StepKind read_gates(const StepReading& reading) {
  Gates gates;
  if (reading.value.items.empty()) {
    reading.diagnostics().error(Code::bad_value, reading.value.at, "'gates' has no levels");
  }
  for (std::size_t i = 0; i < reading.value.items.size(); ++i) {
    const MapReader map(reading.value.items[i], "a level of 'gates'", kGatesKeys, reading.diagnostics());
    if (!map.is_map()) continue;
    Gates::Level level;
    level.stage = map.text("stage");
    check_stage(reading, map, level.stage, gates.levels);
    if (const YamlNode* when = map.find("when")) {
      level.when = read_expression(reading.loading, *when, reading.spot, expects_bool(), "'when'");
    }
    if (const YamlNode* only = map.find("only")) {
      level.only = read_expressions(reading.loading, *only, reading.spot, expects_people(), "'only'");
    }
    const std::string role = fmt::format("gate:{}", i);
    const std::string path = fmt::format("{}/gate/{}", reading.name, i);
    if (const YamlNode* steps = map.find("steps")) {
      level.list = read_steps(reading.loading, *steps, reading.index, role, path);
    } else {
      level.list = static_cast<ListIndex>(reading.loading.definition.lists.size());
      reading.loading.definition.lists.push_back({{}, reading.index, role});
    }
    const bool has_work = !reading.loading.definition.list(level.list).steps.empty();
    if (!has_work && !map.has("when") && !map.has("steps")) {
      reading.diagnostics().error(
          Code::level_without_condition, map.node().at,
          fmt::format("the level '{}' would open by itself: give it 'steps', 'when' or both", level.stage));
    }
    check_only(reading, map, level.list);
    gates.levels.push_back(std::move(level));
  }
  return gates;
}

}  // namespace

const StepWord& gates_word() {
  static const StepWord kWord{"gates", Shape::list,   "ordered levels of stages", kGatesKeys, {}, read_gates,
                              false,   levels_grammar};
  return kWord;
}

}  // namespace countersign
