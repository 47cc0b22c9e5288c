#pragma once
// What operators do with values. Pure but for cost; all return false with the evaluation's failure set where
// nothing is defined for the kinds or the result does not exist.
//
// `literal` is the exact number of an operand that is a number literal, or nullptr: beside a decimal or money
// the literal counts as that, not as an int or a double.

#include "cel/evaluation.h"
#include "cel/syntax.h"

namespace countersign::cel {

struct Operand {
  const Value& value;
  const Decimal* literal = nullptr;
};

// Fails: the operator is not defined for these two.
bool refuse(Evaluation& evaluation, Operator op, const Value& a, const Value& b);

// + - * / %
bool calculate(Evaluation& evaluation, Operator op, Operand a, Operand b, Value& result);
bool negate(Evaluation& evaluation, const Value& value, Value& result);
// < <= > >=
bool order(Evaluation& evaluation, Operator op, Operand a, Operand b, Value& result);
// -1, 0, 1 into `sign`; for sort, min and max. NaN is refused.
bool compare(Evaluation& evaluation, std::string_view function, const Value& a, const Value& b, int& sign);
// == and !=
bool equals(Evaluation& evaluation, Operator op, Operand a, Operand b, Value& result);
// a in b: a list, a map's keys, a group's members.
bool contains(Evaluation& evaluation, Operand a, const Value& b, Value& result);

// Calendar periods, what days(n) and months(n) give: a map of "months" and "days" at run time.
struct Period {
  std::int64_t months = 0;
  std::int64_t days = 0;
};
Value make_period(Period period);
std::optional<Period> as_period(const Value& value);

// Decimal, money, date and period arithmetic; called where one side is of these.
bool calculate_product(Evaluation& evaluation, Operator op, Operand a, Operand b, Value& result);
constexpr bool is_product(Kind kind) {
  return kind >= Kind::decimal;
}
// The literal as what stands beside it: a decimal, or money of its currency; nullopt where it stays itself.
std::optional<Value> beside(Operand literal, const Value& other, Operator op);

}  // namespace countersign::cel
