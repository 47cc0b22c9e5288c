// The checker's part for functions: overloads, number literals as arguments, and what a call's type is beyond
// its signature.

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cel/checker.h"

namespace countersign::cel {
namespace {

using Tag = Type::Tag;

bool is_numeric(const Type& type) {
  return type.is(Tag::int_) || type.is(Tag::uint_) || type.is(Tag::double_) || type.is(Tag::decimal) ||
         type.is(Tag::money);
}

constexpr std::size_t kShownSignatures = 3;

}  // namespace

bool Checker::is_adaptable(const Syntax& node) const {
  if (!environment_.product) return false;
  if (node.exact) return true;
  switch (node.tag) {
    case Syntax::Tag::list:
      return !node.children.empty() &&
             std::ranges::all_of(node.children, [&](const SyntaxPtr& child) { return is_adaptable(*child); });
    case Syntax::Tag::operation:
      return node.op == Operator::conditional &&
             (is_adaptable(*node.children[1]) && is_adaptable(*node.children[2]));
    default:
      return false;
  }
}

bool Checker::can_adapt(const Syntax& node, const Type& wanted) const {
  if (!is_adaptable(node)) return false;
  if (node.exact) return wanted.is(Tag::decimal) || (wanted.is(Tag::money) && !wanted.name().empty());
  if (node.tag == Syntax::Tag::operation) {
    return can_adapt(*node.children[1], wanted) && can_adapt(*node.children[2], wanted);
  }
  if (!wanted.is(Tag::list)) return false;
  const Type element = inference_.applied(wanted.arguments()[0]);
  return std::ranges::all_of(node.children,
                             [&](const SyntaxPtr& child) { return can_adapt(*child, element); });
}

void Checker::adapt(Syntax& node, const Type& wanted) {
  node.type = wanted;
  if (node.exact) {
    node.adapted =
        wanted.is(Tag::money) ? Value::money({*node.exact, wanted.name()}) : Value::decimal(*node.exact);
  } else if (node.tag == Syntax::Tag::operation) {
    adapt(*node.children[1], wanted);
    adapt(*node.children[2], wanted);
  } else {
    for (SyntaxPtr& child : node.children) adapt(*child, inference_.applied(wanted.arguments()[0]));
  }
}

bool Checker::fits(Syntax& argument, const Type& wanted, std::vector<std::pair<Syntax*, Type>>& adaptations) {
  const Type known = inference_.applied(wanted);
  if (can_adapt(argument, known)) {
    adaptations.emplace_back(&argument, known);
    return true;
  }
  return inference_.assignable(wanted, argument.type);
}

std::optional<Type> Checker::resolve_overload(std::vector<Syntax*> arguments,
                                              const std::vector<Signature>& signatures, bool receiver) {
  std::optional<Type> result;
  std::vector<std::pair<Syntax*, Type>> adaptations;
  for (const Signature& signature : signatures) {
    if (signature.receiver != receiver || signature.arguments.size() != arguments.size()) continue;
    if (signature.product && !environment_.product) continue;
    const Inference::Mark before = inference_.mark();
    std::map<std::string, Type> names;
    std::vector<std::pair<Syntax*, Type>> adapting;
    bool all_fit = true;
    for (const bool literals : {false, true}) {
      for (std::size_t i = 0; i < arguments.size() && all_fit; ++i) {
        if (is_adaptable(*arguments[i]) != literals) continue;
        all_fit = fits(*arguments[i], inference_.instantiated(signature.arguments[i], names), adapting);
      }
    }
    // A signature that takes the literals as they are goes before one that they would have to adapt to.
    if (!all_fit || (result && !adapting.empty())) {
      inference_.reset(before);
      continue;
    }
    const Type type = inference_.applied(inference_.instantiated(signature.result, names));
    if (!result) {
      result = type;
      adaptations = std::move(adapting);
    } else if (!(*result == type)) {
      result = Type();
    }
  }
  for (auto& [argument, type] : adaptations) adapt(*argument, type);
  return result;
}

std::vector<Signature> Checker::signatures_of(const Syntax& node) const {
  std::vector<Signature> signatures;
  if (node.meaning == Syntax::Meaning::declared) {
    const auto function = std::ranges::find(environment_.functions, node.name, &Function::name);
    for (const Overload& overload : function->overloads) {
      signatures.push_back({overload.arguments, overload.result, overload.receiver, false});
    }
  } else if (const Builtin* builtin = find_builtin(node.name, environment_.product)) {
    for (const Signature& signature : builtin->signatures) {
      if (!signature.product || environment_.product) signatures.push_back(signature);
    }
  }
  return signatures;
}

void Checker::report_unknown_function(const Syntax& node) {
  std::vector<std::string> names = builtin_names(environment_.product);
  for (const Function& function : environment_.functions) names.push_back(function.name);
  for (const std::string_view macro :
       {"has", "all", "exists", "exists_one", "map", "filter", "optMap", "optFlatMap"}) {
    names.emplace_back(macro);
  }
  std::ranges::sort(names);
  if (std::ranges::binary_search(names, node.name)) {
    report(node.name_at, fmt::format("'{}' takes other arguments", node.name));
    return;
  }
  report(node.name_at, fmt::format("unknown function '{}'", node.name),
         nearest(node.name, names).value_or(""));
}

void Checker::report_no_overload(const Syntax& node, const std::vector<Signature>& signatures) {
  const auto listed = [&](auto begin, auto end, auto text) {
    std::string all;
    for (auto it = begin; it != end; ++it) all += (it == begin ? "" : ", ") + text(*it);
    return all;
  };
  const auto shown = [&](const Signature& signature) {
    const auto first = signature.arguments.begin() + (signature.receiver ? 1 : 0);
    const std::string arguments = listed(first, signature.arguments.end(), [&](const Type& t) {
      return t.is(Tag::parameter) ? t.to_text() : text_of_type(t);
    });
    const std::string on = signature.receiver ? signature.arguments[0].to_text() + "." : "";
    return fmt::format("{}{}({})", on, node.name, arguments);
  };
  const auto first = node.children.begin() + (node.receiver ? 1 : 0);
  const std::string given =
      listed(first, node.children.end(), [&](const SyntaxPtr& child) { return text_of_type(child->type); });
  std::vector<std::string> known;
  for (const Signature& signature : signatures) {
    if (known.size() < kShownSignatures) known.push_back(shown(signature));
  }
  std::string takes = join(known, " or ");
  if (signatures.size() > kShownSignatures) takes += " ...";
  report(node.at, fmt::format("{}() does not take ({}){}; it is {}", node.name, given,
                              node.receiver ? " on " + text_of_type(node.children[0]->type) : "", takes));
}

Type Checker::check_extreme(Syntax& node) {
  std::optional<Type> common;
  std::vector<std::pair<Syntax*, Type>> literals;
  for (SyntaxPtr& child : node.children) {
    Type type = inference_.applied(child->type);
    if (node.children.size() == 1 && type.is(Tag::list)) type = inference_.applied(type.arguments()[0]);
    if (!is_numeric(type) && !type.is(Tag::dyn) && !type.is(Tag::parameter)) {
      return report(child->at, fmt::format("{}() takes numbers, not {}", node.name, text_of_type(type)));
    }
    if (is_adaptable(*child) && node.children.size() > 1) {
      literals.emplace_back(child.get(), type);
    } else {
      join_item(common, *child, type);
    }
  }
  for (auto& [child, type] : literals) join_item(common, *child, type);
  if (!common) return report(node.at, fmt::format("{}() needs at least one number", node.name));
  return *common;
}

void Checker::finish_call(Syntax& node, Type& result) {
  if (node.meaning == Syntax::Meaning::declared && !node.children.empty() &&
      node.children.back()->tag == Syntax::Tag::literal && node.children.back()->value.is(Kind::string)) {
    const auto function = std::ranges::find(environment_.functions, node.name, &Function::name);
    const std::string literal(node.children.back()->value.as_string());
    const auto known = function->by_literal.find(literal);
    if (known != function->by_literal.end()) result = known->second;
    if (function->refuse) {
      const std::string why = function->refuse(inference_.applied(node.children[0]->type), literal);
      if (!why.empty()) report(node.children.back()->at, why);
    }
  }
  if (node.meaning != Syntax::Meaning::standard) return;
  if (node.receiver) refuse_end_of_nothing(node);
  const Type first = node.children.empty() ? Type() : inference_.applied(node.children[0]->type);
  if (result.is(Tag::money) && result.name().empty()) {
    // The currency goes through sum(), round() and math.abs().
    const Type source = first.is(Tag::list) ? first.arguments()[0] : first;
    if (source.is(Tag::money)) result = source;
    if (node.name == "money" && node.children[1]->value.is(Kind::string)) {
      result = Type::money(std::string(node.children[1]->value.as_string()));
    }
  }
  if (node.name != "sum") return;
  // What the sum of no elements is.
  switch (result.tag()) {
    case Tag::uint_:
      node.adapted = Value::unsigned_integer(0);
      break;
    case Tag::double_:
      node.adapted = Value::number(0);
      break;
    case Tag::decimal:
      node.adapted = Value::decimal(Decimal());
      break;
    case Tag::duration:
      node.adapted = Value::duration(Span{});
      break;
    case Tag::money:
      if (!result.name().empty()) node.adapted = Value::money({Decimal(), result.name()});
      break;
    default:
      break;
  }
}

Type Checker::check_call(Syntax& node) {
  for (SyntaxPtr& child : node.children) check(*child);
  if (node.meaning == Syntax::Meaning::unknown) {
    report_unknown_function(node);
    return {};
  }
  const bool standard = node.meaning == Syntax::Meaning::standard;
  if (standard && !node.receiver && (node.name == "math.greatest" || node.name == "math.least"))
    return check_extreme(node);
  std::vector<Syntax*> arguments;
  for (SyntaxPtr& child : node.children) arguments.push_back(child.get());
  const std::vector<Signature> signatures = signatures_of(node);
  auto result = resolve_overload(arguments, signatures, node.receiver);
  if (!result) {
    report_no_overload(node, signatures);
    return {};
  }
  finish_call(node, *result);
  pass_words_on(node);
  return *result;
}

}  // namespace countersign::cel
