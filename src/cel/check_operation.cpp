// The checker's part for operators.

#include <fmt/format.h>

#include "cel/checker.h"

namespace countersign::cel {
namespace {

using Tag = Type::Tag;

// What to do about two types that an operator does not take together.
std::string_view hint(Operator op, const Type& a, const Type& b) {
  const auto either = [&](Tag tag) { return a.is(tag) || b.is(tag); };
  if (is_comparison(op) && either(Tag::null_)) return "; whether a field is filled is tested with has(...)";
  if (either(Tag::decimal) && either(Tag::double_)) return "; convert the double with decimal(...)";
  if (either(Tag::decimal) && either(Tag::string)) return "; convert the text with decimal(...)";
  if (either(Tag::int_) && either(Tag::double_)) return "; convert one with int(...) or double(...)";
  if (either(Tag::int_) && either(Tag::uint_)) return "; convert one with int(...) or uint(...)";
  if (either(Tag::date) && either(Tag::string)) return "; convert the text with date(...)";
  if (either(Tag::date) && either(Tag::int_)) return "; days are added as days(...)";
  if (either(Tag::date) && either(Tag::timestamp)) return "; convert the time with date(time, \"Zone/Name\")";
  if (either(Tag::timestamp) && either(Tag::opaque))
    return "; days and months are added to dates, durations to times";
  if (either(Tag::person) && either(Tag::string)) return "; a person's id is .id";
  if (op == Operator::add && either(Tag::string)) return "; convert to text with string(...)";
  if (either(Tag::optional)) return "; say what holds where it is absent with orValue(...)";
  return "";
}

bool is_people(const Type& type) {
  if (type.is(Tag::list)) return is_people(type.arguments()[0]);
  return type.is(Tag::person) || type.is(Tag::group);
}

}  // namespace

void Checker::report_operands(const Syntax& node) {
  const Type a = inference_.applied(node.children[0]->type, true);
  if (node.children.size() == 1) {
    report(node.at, fmt::format("'{}' does not take {}", spelling(node.op), text_of_type(a)));
    return;
  }
  const Type b = inference_.applied(node.children[1]->type, true);
  if (node.op == Operator::index) {
    const std::string_view by = a.is(Tag::record) ? "; its fields are selected by name" : "";
    report(node.at,
           fmt::format("{} has no elements to be found by {}{}", text_of_type(a), text_of_type(b), by));
    return;
  }
  if (node.op == Operator::in) {
    report(node.at, fmt::format("'in' does not find {} in {}", text_of_type(a), text_of_type(b)));
    return;
  }
  const std::string_view does = is_comparison(node.op) ? "compare" : "combine";
  report(node.at, fmt::format("'{}' does not {} {} and {}{}", spelling(node.op), does, text_of_type(a),
                              text_of_type(b), hint(node.op, a, b)));
}

Type Checker::check_condition(Syntax& node) {
  // && holds where all parts hold, so each part may rely on the guards of all others; an error of one part is
  // swallowed where another is false.
  const bool truth = node.op == Operator::and_;
  const Guards outer = guards_;
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    guards_ = outer;
    for (std::size_t j = 0; j < node.children.size(); ++j) {
      if (j != i) collect_guards(*node.children[j], truth, guards_);
    }
    const Type type = check(*node.children[i]);
    require_bool(*node.children[i], type, fmt::format("what stands beside '{}'", spelling(node.op)));
  }
  guards_ = outer;
  return Type::scalar(Tag::bool_);
}

Type Checker::check_conditional(Syntax& node) {
  Syntax& condition = *node.children[0];
  require_bool(condition, check(condition), "the condition before '?'");
  const Guards outer = guards_;
  collect_guards(condition, true, guards_);
  const Type then = check(*node.children[1]);
  guards_ = outer;
  collect_guards(condition, false, guards_);
  const Type otherwise = check(*node.children[2]);
  guards_ = outer;
  const auto type = resolve_overload({node.children[0].get(), node.children[1].get(), node.children[2].get()},
                                     operator_signatures(Operator::conditional, false), false);
  // A person and a group are both people to whoever takes either.
  if (!type && is_people(inference_.applied(then)) && is_people(inference_.applied(otherwise))) return {};
  // A condition that is no bool has been reported already.
  if (type || !inference_.assignable(Type::scalar(Tag::bool_), condition.type)) return type.value_or(Type());
  return report(node.at, fmt::format("both sides of ':' must have one type; here are {} and {}",
                                     text_of_type(then), text_of_type(otherwise)));
}

// form["amount"]: a field as long as its name is written there.
Type Checker::check_record_index(Syntax& node, const Type& record) {
  const Syntax& key = *node.children[1];
  if (!inference_.assignable(Type::scalar(Tag::string), key.type)) {
    report_operands(node);
    return {};
  }
  Type type;
  if (key.tag == Syntax::Tag::literal && key.value.is(Kind::string)) {
    node.name = key.value.as_string();
    node.name_at = key.at;
    type = record_field(node, record, node.optional);
  }
  return node.optional ? Type::optional(type) : type;
}

// x / 0, but for doubles, which give infinity.
void Checker::refuse_division_by_zero(const Syntax& node) {
  const Syntax& by = *node.children[1];
  const bool zero = by.tag == Syntax::Tag::literal && by.exact && by.exact->is_zero();
  if (!zero || !environment_.product || !environment_.words) return;
  const Type divided = inference_.applied(node.children[0]->type);
  const bool exact =
      divided.is(Tag::int_) || divided.is(Tag::uint_) || divided.is(Tag::decimal) || divided.is(Tag::money);
  if (exact) report(node.at, "this divides by zero, which never gives anything");
}

Type Checker::check_operation(Syntax& node) {
  if (node.op == Operator::and_ || node.op == Operator::or_) return check_condition(node);
  if (node.op == Operator::conditional) return check_conditional(node);
  std::vector<Syntax*> operands;
  for (SyntaxPtr& child : node.children) {
    check(*child);
    operands.push_back(child.get());
  }
  if (node.op == Operator::divide || node.op == Operator::modulo) refuse_division_by_zero(node);
  if (is_money_operation(node)) return check_money(node);
  if (node.op == Operator::index) {
    const Type base = inference_.applied(operands[0]->type);
    if (base.is(Tag::record)) return check_record_index(node, base);
    if (Words words = words_of(*operands[0]); !words.words.empty()) words_[&node] = std::move(words);
  }
  if (node.op == Operator::equal || node.op == Operator::not_equal || node.op == Operator::in)
    check_words(*operands[0], *operands[1]);
  const bool optional_index = node.op == Operator::index && node.optional;
  const auto type = resolve_overload(operands, operator_signatures(node.op, optional_index), false);
  if (type) return *type;
  report_operands(node);
  // A comparison is a bool whatever went wrong in it.
  return is_comparison(node.op) || node.op == Operator::in || node.op == Operator::not_
             ? Type::scalar(Tag::bool_)
             : Type();
}

}  // namespace countersign::cel
