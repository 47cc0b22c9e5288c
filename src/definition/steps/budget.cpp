// `budget`: reserves, spends, raises or moves a ledger's money.
#include <array>

#include <fmt/format.h>

#include "definition/call_scan.h"
#include "definition/expression_scope.h"
#include "definition/step_loader.h"

namespace countersign {
namespace {

constexpr std::array kBudgetKeys = {
    Key{"reserve", Shape::expression, Need::optional, "how much to hold; needs `from`", ""},
    Key{"commit", Shape::text, Need::optional, "the step whose reservation is spent", ""},
    Key{"supplement", Shape::expression, Need::optional, "by how much the budget grows; needs `to`", ""},
    Key{"transfer", Shape::expression, Need::optional, "how much moves; needs `from` and `to`", ""},
    Key{"from", Shape::expression, Need::optional, "the ledger that it comes from", ""},
    Key{"to", Shape::expression, Need::optional, "the ledger that it goes to", ""},
};

struct Act {
  std::string_view word;
  Budget::Act act;
  bool from;
  bool to;
};
constexpr std::array kActs = {
    Act{"reserve", Budget::Act::reserve, true, false},
    Act{"commit", Budget::Act::commit, false, false},
    Act{"supplement", Budget::Act::supplement, false, true},
    Act{"transfer", Budget::Act::transfer, true, true},
};

const Act* chosen_act(const StepReading& reading, const MapReader& map) {
  const Act* chosen = nullptr;
  for (const Act& act : kActs) {
    if (!map.has(act.word)) continue;
    if (chosen != nullptr) {
      reading.diagnostics().error(
          Code::keys_conflict, map.key_at(act.word),
          fmt::format("a budget step does one thing: '{}' and '{}' stand here together", chosen->word,
                      act.word));
      return chosen;
    }
    chosen = &act;
  }
  if (chosen == nullptr && map.is_map()) {
    reading.diagnostics().error(Code::missing_key, reading.value.at,
                                "a budget step needs one of reserve, commit, supplement, transfer");
  }
  return chosen;
}

// A name in quotes is known when the file is loaded.
void check_name_of(const StepReading& reading, const YamlNode& node) {
  const auto& ledgers = reading.loading.catalogue.ledgers;
  if (!ledgers || !node.is_scalar() || !reading.loading.compiles()) return;
  for (const ScannedCall& call : scan_calls("budget(" + node.text + ")")) {
    if (call.name != "budget" || !call.literal || ledgers->contains(*call.literal)) continue;
    report_unknown_name(reading.diagnostics(), Code::unknown_ledger, node.at,
                        fmt::format("unknown ledger '{}'", *call.literal), *call.literal,
                        known_names(*ledgers));
  }
}

std::optional<Expression> read_ledger(const StepReading& reading, const MapReader& map, std::string_view key,
                                      bool wanted, std::string_view act) {
  const YamlNode* node = map.find(key);
  if (map.has(key) && !wanted) {
    reading.diagnostics().error(Code::keys_conflict, map.key_at(key),
                                fmt::format("'{}' does not stand beside '{}'", key, act));
    return std::nullopt;
  }
  if (!wanted) return std::nullopt;
  if (node == nullptr) {
    if (!map.has(key)) {
      reading.diagnostics().error(Code::missing_key, map.key_at(act),
                                  fmt::format("'{}' needs '{}': the name of a ledger", act, key));
    }
    return std::nullopt;
  }
  check_name_of(reading, *node);
  return read_expression(reading.loading, *node, reading.spot, filled(expects_ledger()),
                         fmt::format("'{}'", key));
}

// What the step's result holds, for steps that follow.
std::vector<Field> result_of(const std::string& currency) {
  const auto field = [&](std::string name, FieldType type) {
    Field made;
    made.name = std::move(name);
    made.type = type;
    if (type == FieldType::money) made.currency = currency;
    made.required = true;
    return made;
  };
  return {field("ledger", FieldType::text), field("amount", FieldType::money),
          field("available", FieldType::money), field("missing", FieldType::money)};
}

StepKind read_budget(const StepReading& reading) {
  Budget budget;
  const MapReader map(reading.value, "'budget'", kBudgetKeys, reading.diagnostics());
  const Act* act = chosen_act(reading, map);
  if (act == nullptr) return Budget{.act = Budget::Act::supplement};  // refused; an act without more to say
  budget.act = act->act;
  budget.from = read_ledger(reading, map, "from", act->from, act->word);
  budget.to = read_ledger(reading, map, "to", act->to, act->word);
  const YamlNode* value = map.find(act->word);
  if (budget.act == Budget::Act::commit) {
    if (value != nullptr) reading.loading.commit_targets[reading.index] = {value->text, value->at};
    return budget;
  }
  const YamlNode* ledger = map.find(act->from ? "from" : "to");
  const std::string currency =
      ledger == nullptr ? "" : currency_of_ledgers(reading.loading, "budget(" + ledger->text + ")");
  if (value != nullptr) {
    budget.amount = read_expression(reading.loading, *value, reading.spot, filled(expects_money(currency)),
                                    fmt::format("'{}'", act->word));
  }
  reading.loading.replies[reading.index] = result_of(currency);
  return budget;
}

}  // namespace

const StepWord& budget_word() {
  static const StepWord kWord{
      "budget", Shape::map, "reserves, spends, raises or moves budget", kBudgetKeys, {}, read_budget, false};
  return kWord;
}

}  // namespace countersign
