// The checker's rules for money: amounts of one currency are added and compared, money is scaled by numbers,
// and a number literal beside it is an amount of its currency (a factor beside * and /).

#include <fmt/format.h>

#include "cel/checker.h"

namespace countersign::cel {
namespace {

using Tag = Type::Tag;

}  // namespace

bool Checker::is_money_operation(const Syntax& node) const {
  if (!environment_.product || node.op == Operator::index || node.op == Operator::in ||
      node.op == Operator::not_)
    return false;
  for (const SyntaxPtr& child : node.children) {
    if (inference_.applied(child->type).is(Tag::money)) return true;
  }
  return false;
}

Type Checker::check_money(Syntax& node) {
  const Operator op = node.op;
  Syntax& first = *node.children[0];
  const Type a = inference_.applied(first.type);
  if (op == Operator::negate) return a;
  Syntax& second = *node.children[1];
  const Type b = inference_.applied(second.type);
  const Type money = a.is(Tag::money) ? a : b;
  Syntax& other = a.is(Tag::money) ? second : first;
  const Type other_type = a.is(Tag::money) ? b : a;
  const bool open = other_type.is(Tag::dyn) || other_type.is(Tag::parameter);
  const bool literal = other.exact.has_value();

  if (op == Operator::multiply || op == Operator::divide) {
    if (op == Operator::divide && b.is(Tag::money) && a.is(Tag::money)) {
      if (inference_.assignable(a, b)) return Type::scalar(Tag::decimal);
    } else if (op == Operator::multiply || a.is(Tag::money)) {
      if (literal) {
        adapt(other, Type::scalar(Tag::decimal));
        return money;
      }
      if (open) return op == Operator::divide ? Type() : money;
      if (other_type.is(Tag::decimal) || other_type.is(Tag::int_)) return money;
    }
  } else if (op != Operator::modulo) {
    const Type result = is_comparison(op) ? Type::scalar(Tag::bool_) : money;
    if (can_adapt(other, money)) {
      adapt(other, money);
      return result;
    }
    // The currency is known when it is evaluated: the literal takes it then.
    if (literal || open) return result;
    if (a.is(Tag::money) && b.is(Tag::money)) {
      if (inference_.assignable(a, b))
        return is_comparison(op) || !a.name().empty() ? (is_comparison(op) ? result : a) : b;
    }
  }

  const bool both = a.is(Tag::money) && b.is(Tag::money);
  std::string_view why = "; an amount is written money(\"12.50\", \"CNY\")";
  if (both && !inference_.assignable(a, b)) {
    why = ": the currencies differ";
  } else if (other_type.is(Tag::double_)) {
    why = "; convert the double with decimal(...)";
  } else if (is_comparison(op) && other_type.is(Tag::null_)) {
    why = "; whether a field is filled is tested with has(...)";
  } else if (both || op == Operator::modulo || op == Operator::divide || op == Operator::multiply) {
    why = "";
  }
  report(node.at,
         fmt::format("'{}' does not {} {} and {}{}", spelling(op), is_comparison(op) ? "compare" : "combine",
                     text_of_type(a), text_of_type(b), why));
  return is_comparison(op) ? Type::scalar(Tag::bool_) : money;
}

}  // namespace countersign::cel
