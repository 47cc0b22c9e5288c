#include "cel/plan.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "cel/builtins.h"

namespace countersign::cel {
namespace {

constexpr std::uint64_t kFoldUnits = 1'000;  // constant parts that cost more are left to the evaluation

class NoBindings final : public Bindings {
 public:
  std::optional<Value> find(std::string_view /*name*/) const override { return std::nullopt; }
};

void collect_variables(const Syntax& node, std::set<std::string>& names) {
  if (node.tag == Syntax::Tag::name && node.meaning != Syntax::Meaning::local) names.insert(node.name);
  for (const SyntaxPtr& child : node.children) collect_variables(*child, names);
}

class Planner {
 public:
  Planner(const Syntax& root, const Environment& environment, bool checked, std::vector<Issue>& issues)
      : environment_(environment), checked_(checked), issues_(issues) {
    std::set<std::string> names;
    collect_variables(root, names);
    variables_.assign(names.begin(), names.end());
    slots_ = variables_.size();
  }

  Plan run(const Syntax& root) {
    StepPtr step = plan(root);
    return {std::move(step), variables_.size(), slots_};
  }

 private:
  StepPtr plan(const Syntax& node) {
    switch (node.tag) {
      case Syntax::Tag::literal:
        return constant_step(node.at, node.adapted ? *node.adapted : node.value);
      case Syntax::Tag::name:
        return name(node);
      case Syntax::Tag::select:
        return select(node);
      case Syntax::Tag::call:
        return call(node);
      case Syntax::Tag::operation:
        return operation(node);
      case Syntax::Tag::list: {
        Steps items = all(node, 0);
        const bool constant = all_constant(items);
        return folded(list_step(node.at, std::move(items), node.marked), constant, nullptr);
      }
      case Syntax::Tag::map: {
        Steps entries = all(node, 0);
        const bool constant = all_constant(entries);
        return folded(map_step(node.at, std::move(entries), node.marked), constant, nullptr);
      }
      case Syntax::Tag::macro:
        return macro(node);
    }
    return nullptr;
  }

  Steps all(const Syntax& node, std::size_t from) {
    Steps steps;
    for (std::size_t i = from; i < node.children.size(); ++i) steps.push_back(plan(*node.children[i]));
    return steps;
  }

  static bool all_constant(const Steps& steps) {
    return std::ranges::all_of(steps, [](const StepPtr& step) { return step->constant() != nullptr; });
  }

  // `call` where a failure now is an issue.
  StepPtr folded(StepPtr step, bool constant, const Syntax* call) {
    if (!constant) return step;
    const NoBindings bindings;
    Evaluation evaluation(bindings, no_host(), kFoldUnits, slots_, 0);
    Value scratch;
    const Value* value = step->view(evaluation, scratch);
    if (value != nullptr) return constant_step(call == nullptr ? SourceRange{} : call->at, *value);
    if (call != nullptr && checked_ && environment_.product && !evaluation.exhausted()) {
      issues_.push_back({call->at, evaluation.failure.message, {}});
    }
    return step;
  }

  StepPtr name(const Syntax& node) {
    if (node.meaning == Syntax::Meaning::local) {
      const auto local =
          std::find_if(locals_.rbegin(), locals_.rend(), [&](const Local& l) { return l.name == node.name; });
      COUNTERSIGN_INVARIANT(local != locals_.rend(), "a macro's variable stands outside of its macro");
      return local_step(node.at, local->slot);
    }
    const auto place = std::ranges::lower_bound(variables_, node.name) - variables_.begin();
    return variable_step(node.at, static_cast<std::size_t>(place), node.name);
  }

  StepPtr select(const Syntax& node) {
    const Access access = node.presence ? Access::presence : node.optional ? Access::optional : Access::plain;
    StepPtr base = plan(*node.children[0]);
    const bool constant = base->constant() != nullptr;
    return folded(field_step(node.at, std::move(base), node.name, access), constant, nullptr);
  }

  OperandStep operand(const Syntax& node) {
    OperandStep operand{plan(node), std::nullopt};
    if (environment_.product && !node.adapted) operand.literal = node.exact;
    return operand;
  }

  StepPtr operation(const Syntax& node) {
    if (node.adapted) return constant_step(node.at, *node.adapted);
    switch (node.op) {
      case Operator::and_:
      case Operator::or_:
        return condition_step(node.at, node.op == Operator::and_, all(node, 0));
      case Operator::conditional:
        return conditional_step(node.at, plan(*node.children[0]), plan(*node.children[1]),
                                plan(*node.children[2]));
      case Operator::negate:
      case Operator::not_: {
        StepPtr inner = plan(*node.children[0]);
        const bool constant = inner->constant() != nullptr;
        return folded(unary_step(node.at, node.op, std::move(inner)), constant, nullptr);
      }
      case Operator::index: {
        Steps parts = all(node, 0);
        const bool constant = all_constant(parts);
        return folded(index_step(node.at, std::move(parts[0]), std::move(parts[1]), node.optional), constant,
                      nullptr);
      }
      default: {
        OperandStep a = operand(*node.children[0]);
        OperandStep b = operand(*node.children[1]);
        const bool constant = a.step->constant() != nullptr && b.step->constant() != nullptr;
        return folded(binary_step(node.at, node.op, std::move(a), std::move(b)), constant, nullptr);
      }
    }
  }

  std::vector<std::vector<Type>> signatures_of(const Syntax& node) const {
    std::vector<std::vector<Type>> signatures;
    for (const Function& function : environment_.functions) {
      if (function.name != node.name) continue;
      for (const Overload& overload : function.overloads) {
        if (overload.receiver == node.receiver) signatures.push_back(overload.arguments);
      }
    }
    return signatures;
  }

  StepPtr call(const Syntax& node) {
    if (node.meaning == Syntax::Meaning::declared) {
      return host_step(node.at, node.name, signatures_of(node), all(node, 0));
    }
    const Builtin* builtin =
        node.meaning == Syntax::Meaning::standard ? find_builtin(node.name, environment_.product) : nullptr;
    if (builtin == nullptr) return failing_step(node.at, fmt::format("unknown function '{}'", node.name));
    if (!takes_receiver(*builtin, node.receiver)) {
      return failing_step(node.at, node.receiver ? fmt::format("'{}' is not called on a value", node.name)
                                                 : fmt::format("'{}' is called on a value, as x.{}(...)",
                                                               node.name, node.name));
    }
    Steps arguments = all(node, 0);
    if (node.name == "or" || node.name == "orValue") {
      if (arguments.size() != 2)
        return failing_step(node.at, fmt::format("'{}' takes one argument", node.name));
      return or_step(node.at, std::move(arguments[0]), std::move(arguments[1]), node.name == "orValue");
    }
    if (node.name == "sum" && node.adapted && arguments.size() == 1) {
      return sum_step(node.at, builtin->evaluate, std::move(arguments[0]), *node.adapted);
    }
    if (node.name == "matches" && arguments.size() == 2) {
      if (StepPtr step = match(node, arguments)) return step;
    }
    const bool constant = all_constant(arguments);
    return folded(call_step(node.at, builtin->evaluate, std::move(arguments)), constant, &node);
  }

  // math.greatest and math.least list no signatures: they are called by name alone.
  static bool takes_receiver(const Builtin& builtin, bool receiver) {
    if (builtin.signatures.empty()) return !receiver;
    return std::ranges::any_of(builtin.signatures,
                               [&](const Signature& s) { return s.receiver == receiver; });
  }

  // A pattern that is known is compiled once. nullptr where the step is an ordinary call.
  StepPtr match(const Syntax& node, Steps& arguments) {
    const Value* source = arguments[1]->constant();
    if (source == nullptr || !source->is(Kind::string) || arguments[0]->constant() != nullptr) return nullptr;
    auto pattern = compile_pattern(source->as_string());
    if (pattern) return match_step(node.at, std::move(arguments[0]), *std::move(pattern));
    if (checked_ && environment_.product)
      issues_.push_back({node.children[1]->at, pattern.error().message, {}});
    return failing_step(node.at, pattern.error().message);
  }

  StepPtr macro(const Syntax& node) {
    StepPtr range = plan(*node.children[0]);
    const std::size_t slot = slots_++;
    locals_.push_back({node.variable, slot});
    StepPtr condition = node.children.size() == 3 ? plan(*node.children[1]) : nullptr;
    StepPtr body = plan(*node.children.back());
    locals_.pop_back();
    return macro_step(node.at, node.macro, std::move(range), slot, std::move(condition), std::move(body));
  }

  struct Local {
    std::string name;
    std::size_t slot;
  };

  const Environment& environment_;
  bool checked_;
  std::vector<Issue>& issues_;
  std::vector<std::string> variables_;
  std::vector<Local> locals_;
  std::size_t slots_ = 0;
};

}  // namespace

Plan make_plan(const Syntax& root, const Environment& environment, bool checked, std::vector<Issue>& issues) {
  return Planner(root, environment, checked, issues).run(root);
}

}  // namespace countersign::cel
