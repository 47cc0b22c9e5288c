// `choose`: the first option whose condition holds.
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "definition/grammar.h"
#include "definition/step_loader.h"

namespace countersign {
namespace {

constexpr std::array kWhenKeys = {
    Key{"when", Shape::expression, Need::required, "the condition", ""},
    Key{"steps", Shape::steps, Need::required, "what happens then", ""},
};
constexpr std::array kElseKeys = {
    Key{"else", Shape::steps, Need::required, "what happens otherwise", ""},
};

const Grammar& choose_option_grammar() {
  static const Grammar kGrammar{"choose_option", {map_of({kWhenKeys}), map_of({kElseKeys})}};
  return kGrammar;
}
const Grammar& choose_options_grammar() {
  static const Grammar kGrammar{"choose", {list_of(choose_option_grammar)}};
  return kGrammar;
}

// Whether the option is the one for everything else, if only by a mistyped word.
bool is_else(const YamlNode& node) {
  if (node.find("else") != nullptr) return true;
  static const std::vector<std::string> kWords{"when", "steps", "else"};
  return node.entries.size() == 1 && nearest(node.entries.front().key, kWords) == "else";
}

StepKind read_choose(const StepReading& reading) {
  Choose choose;
  if (reading.value.items.empty()) {
    reading.diagnostics().error(Code::bad_value, reading.value.at, "'choose' has no options");
  }
  for (std::size_t i = 0; i < reading.value.items.size(); ++i) {
    const YamlNode& node = reading.value.items[i];
    const bool otherwise = is_else(node);
    const MapReader map(node, "an option of 'choose'", otherwise ? KeyTable(kElseKeys) : KeyTable(kWhenKeys),
                        reading.diagnostics());
    if (!map.is_map()) continue;
    if (otherwise && i + 1 < reading.value.items.size()) {
      reading.diagnostics().error(Code::keys_conflict, map.key_at("else"), "'else' is the last option");
    }
    Choose::Option option;
    const std::vector<std::string> asked_before = reading.loading.guards;
    if (const YamlNode* when = map.find("when")) {
      option.when = read_expression(reading.loading, *when, reading.spot, expects_condition(), "'when'");
      add_guards(reading.loading, *option.when);
    } else if (!otherwise) {
      option.when.emplace();  // refused; not an else
    }
    if (const YamlNode* steps = map.find(otherwise ? "else" : "steps")) {
      option.list = read_steps(reading.loading, *steps, reading.index, fmt::format("option:{}", i),
                               fmt::format("{}/option/{}", reading.name, i));
    }
    reading.loading.guards = asked_before;
    choose.options.push_back(std::move(option));
  }
  return choose;
}

}  // namespace

const StepWord& choose_word() {
  static const StepWord kWord{"choose",    Shape::list, "one of several lists of steps", kWhenKeys, {},
                              read_choose, false,       choose_options_grammar};
  return kWord;
}

}  // namespace countersign
