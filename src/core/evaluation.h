#pragma once
// Evaluating a workflow's expressions and prose against one instance: binds the variables and answers the
// functions that scope.h declares. Keeps what it has built (the form as a value, a step's result) until
// forget(). Not thread-safe; make one per command or view.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cel/program.h"
#include "core/decide.h"

namespace countersign {

// What evaluating fails with where managers_up_to() finds nobody whose limit is enough. In lists of people
// that means nobody at all (resolve_people); anywhere else it is an error.
inline constexpr ErrorCode kNobodySuffices = ErrorCode::precondition;

class Evaluation final : public cel::Bindings, public cel::Host {
 public:
  // `context` and `state` outlive it.
  Evaluation(const Context& context, const State& state);

  // After the state has changed.
  void forget() { bound_.clear(); }
  // Where what is evaluated next stands: it sees the frame's event, the items of the for_each steps around
  // it, and of steps inside those the results that belong to its own items. Of other steps inside a for_each
  // it sees lists of optionals, in the order of the items.
  void enter(FrameId frame);
  // The data that `event` names; nullopt: there is no event here.
  void set_event(std::optional<cel::Value> event);
  // A variable of the place itself: `year` and `number` of a reference.
  void set_local(std::string name, cel::Value value);

  // Errors: not_found where the expression reads something absent (an empty field, a manager nobody has),
  // else what Program::evaluate says.
  Result<cel::Value> evaluate(const Expression& expression) const;

  // Replaces every ${ }: an absent value is "", persons are shown by name, times in the workflow's calendar's
  // zone.
  enum class Landing { plain, markdown };
  Result<std::string> prose(const Prose& prose, Landing landing) const;
  // The text in the best of its languages for `locale`, "" where there is none.
  Result<std::string> text(const LocalText& text, std::string_view locale, Landing landing) const;

  std::optional<cel::Value> find(std::string_view name) const override;
  Result<std::optional<cel::Value>> person_field(const PersonId& person,
                                                 std::string_view field) const override;
  Result<cel::Value> call(std::string_view function, std::span<const cel::Value> arguments) const override;
  Result<std::vector<PersonId>> members(std::string_view group) const override;

  // Whether managers_up_to() names a chain without an end as well, instead of failing.
  void name_parts_of_chains(bool parts) { names_parts_ = parts; }
  // The chains that managers_up_to() has named since this was last asked, each with whoever's limit is enough
  // at its end.
  std::vector<std::vector<PersonId>> take_chains() { return std::exchange(chains_, {}); }

 private:
  std::optional<cel::Value> bind(std::string_view name) const;
  cel::Value result_of(const Step& step) const;
  cel::Value results_below(StepIndex step, const std::vector<StepIndex>& around, const ItemPath& path) const;
  std::size_t item_count(StepIndex for_each, const ItemPath& path) const;
  std::string display(const cel::Value& value) const;
  Result<cel::Value> budget_of(const std::string& name) const;

  const Context& context_;
  const State& state_;
  std::optional<cel::Value> event_;
  std::map<std::string, cel::Value, std::less<>> locals_;
  std::map<std::string, cel::Value, std::less<>> items_;  // of the for_each steps around, by `as`
  std::vector<StepIndex> around_;                         // those steps, the outermost first
  ItemPath path_;                                         // and their items
  mutable std::map<std::string, std::optional<cel::Value>, std::less<>> bound_;
  mutable cel::Cost cost_;
  mutable std::vector<std::vector<PersonId>> chains_;
  bool names_parts_ = false;
};

// For as long as it lives.
class PartsOfChains {
 public:
  PartsOfChains(Evaluation& evaluation, bool parts) : evaluation_(evaluation) {
    evaluation_.name_parts_of_chains(parts);
  }
  ~PartsOfChains() { evaluation_.name_parts_of_chains(false); }
  PartsOfChains(const PartsOfChains&) = delete;
  PartsOfChains& operator=(const PartsOfChains&) = delete;

 private:
  Evaluation& evaluation_;
};

// A step's result as expressions see it: an empty map where there is none (nullptr) or it is voided.
cel::Value result_value(const StepResult* result);
cel::Value form_value(const Fields& form);

// So that a value inside Markdown stays text.
std::string escape_markdown(std::string_view text);

}  // namespace countersign
