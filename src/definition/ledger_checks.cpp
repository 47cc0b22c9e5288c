#include "definition/ledger_checks.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "definition/map_reader.h"

namespace countersign {
namespace {

constexpr std::size_t kNamesMax = 100;

class Choices final : public cel::Bindings {
 public:
  explicit Choices(const std::map<std::string, std::string>& values) {
    cel::Map form;
    for (const auto& [name, value] : values) form.set(name, cel::Value::string(value));
    form_ = cel::Value::map(std::move(form));
  }
  std::optional<cel::Value> find(std::string_view name) const override {
    if (name != "form") return std::nullopt;
    return form_;
  }

 private:
  cel::Value form_;
};

class LedgerNames {
 public:
  explicit LedgerNames(Loading& loading) : loading_(loading), definition_(loading.definition) {
    const auto read = [&](const std::optional<Expression>& condition) {
      if (!condition || !condition->program) return;
      for (const auto& chain : condition->program.references()) {
        if (chain.front() == "form") decided_by_.insert(chain.size() > 1 ? chain[1] : "");
      }
    };
    for (const Step& step : definition_.steps) {
      read(step.when);
      const auto* choose = std::get_if<Choose>(&step.kind);
      for (std::size_t i = 0; choose != nullptr && i < choose->options.size(); ++i)
        read(choose->options[i].when);
    }
    for (const RefuseRule& rule : definition_.refuse_when) read(rule.when);
  }

  void check(const Budget& budget) {
    for (const auto* ledger : {&budget.from, &budget.to}) {
      if (*ledger && (*ledger)->program) check_one(budget, **ledger);
    }
  }

 private:
  // The choices that it reads; empty where it reads anything else, or none.
  std::vector<const Field*> choices_of(const cel::Program& program) const {
    std::vector<const Field*> fields;
    for (const auto& chain : program.references()) {
      const Field* field =
          chain.size() == 2 && chain[0] == "form" ? definition_.find_field(chain[1]) : nullptr;
      if (field == nullptr || field->type != FieldType::choice || field->options.empty()) return {};
      if (decided_by_.contains(field->name) || decided_by_.contains("")) return {};
      fields.push_back(field);
    }
    return fields;
  }

  void check_one(const Budget& budget, const Expression& name) {
    const std::vector<const Field*> fields = choices_of(name.program);
    std::size_t combinations = fields.empty() ? 0 : 1;
    for (const Field* field : fields) combinations *= std::min(field->options.size(), kNamesMax + 1);
    if (combinations == 0 || combinations > kNamesMax) return;
    for (std::size_t number = 0; number < combinations; ++number) {
      std::map<std::string, std::string> values;
      std::size_t rest = number;
      for (const Field* field : fields) {
        values[field->name] = field->options[rest % field->options.size()].value;
        rest /= field->options.size();
      }
      cel::Cost cost;
      const auto made = name.program.evaluate(Choices(values), cel::no_host(), cost);
      if (!made || !made->is(cel::Kind::string)) return;
      if (!look_up(budget, name, values, std::string(made->as_string()))) return;
    }
  }

  // False where that was reported: one report for an expression.
  bool look_up(const Budget& budget, const Expression& name, const std::map<std::string, std::string>& values,
               const std::string& ledger) {
    const auto& ledgers = *loading_.catalogue.ledgers;
    std::string with;
    for (const auto& [field, value] : values)
      with += fmt::format("{}form.{} can be '{}'", with.empty() ? "" : " and ", field, value);
    const SourceSpan at = span_of(name.at, static_cast<std::uint32_t>(name.program.source().size()));
    const auto found = ledgers.find(ledger);
    if (found == ledgers.end()) {
      report_unknown_name(loading_.diagnostics, Code::unknown_ledger, at,
                          fmt::format("{}, and there is no ledger '{}'", with, ledger), ledger,
                          known_names(ledgers));
      return false;
    }
    const std::string paid =
        budget.amount && budget.amount->program && budget.amount->program.type().is(cel::Type::Tag::money)
            ? budget.amount->program.type().name()
            : "";
    if (paid.empty() || paid == found->second) return true;
    loading_.diagnostics.error(Code::expression, at,
                               fmt::format("{}, and the ledger '{}' is in {}, not in {} as the amount is",
                                           with, ledger, found->second, paid));
    return false;
  }

  Loading& loading_;
  const Definition& definition_;
  std::set<std::string> decided_by_;  // fields that conditions read
};

}  // namespace

void check_ledger_names(Loading& loading) {
  if (!loading.catalogue.ledgers || loading.catalogue.in_force) return;
  LedgerNames names(loading);
  for (const Step& step : loading.definition.steps) {
    if (const auto* budget = std::get_if<Budget>(&step.kind)) names.check(*budget);
  }
}

}  // namespace countersign
