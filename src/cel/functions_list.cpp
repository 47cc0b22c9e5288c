// The lists' helpers: sum, min, max, first, last, sort. Groups serve as lists of their members.

#include <algorithm>
#include <numeric>

#include "cel/builtins.h"
#include "cel/operations.h"

namespace countersign::cel {
namespace {

using Arguments = std::span<const Value>;

bool is_list(Arguments arguments) {
  return arguments.size() == 1 && arguments[0].is(Kind::list);
}

bool empty(Evaluation& evaluation, std::string_view name) {
  // Absent, as a missing key is: `managers(p, 2).last()` names nobody where there is no manager.
  return evaluation.fail(ErrorCode::not_found,
                         std::string(name) + "() of an empty list; test size(...) > 0 first");
}

// An empty list's sum is made by the plan, which knows the type; 0 where nobody does.
bool sum(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (!is_list(arguments)) return evaluation.fail(no_overload("sum", arguments));
  const List& items = arguments[0].as_list();
  if (!evaluation.spend(items.size())) return false;
  if (items.empty()) {
    result = Value::integer(0);
    return true;
  }
  Value total = items.front();
  const Kind kind = total.kind();
  const bool adds_up = kind == Kind::int_ || kind == Kind::uint_ || kind == Kind::double_ ||
                       kind == Kind::decimal || kind == Kind::money || kind == Kind::duration;
  if (!adds_up) return evaluation.fail(no_overload("sum", arguments));
  for (std::size_t i = 1; i < items.size(); ++i) {
    Value next;
    if (!calculate(evaluation, Operator::add, {total}, {items[i]}, next)) return false;
    total = std::move(next);
  }
  result = std::move(total);
  return true;
}

bool extreme(Evaluation& evaluation, std::string_view name, Arguments arguments, int wanted, Value& result) {
  if (!is_list(arguments)) return evaluation.fail(no_overload(name, arguments));
  const List& items = arguments[0].as_list();
  if (items.empty()) return empty(evaluation, name);
  if (!evaluation.spend(items.size())) return false;
  const Value* best = &items.front();
  for (const Value& candidate : items) {
    int sign = 0;
    if (!compare(evaluation, name, candidate, *best, sign)) return false;
    if (sign == wanted) best = &candidate;
  }
  result = *best;
  return true;
}

bool minimum(Evaluation& evaluation, Arguments arguments, Value& result) {
  return extreme(evaluation, "min", arguments, -1, result);
}
bool maximum(Evaluation& evaluation, Arguments arguments, Value& result) {
  return extreme(evaluation, "max", arguments, 1, result);
}

bool first(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (!is_list(arguments)) return evaluation.fail(no_overload("first", arguments));
  if (arguments[0].as_list().empty()) return empty(evaluation, "first");
  result = arguments[0].as_list().front();
  return true;
}

bool last(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (!is_list(arguments)) return evaluation.fail(no_overload("last", arguments));
  if (arguments[0].as_list().empty()) return empty(evaluation, "last");
  result = arguments[0].as_list().back();
  return true;
}

bool sort(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (!is_list(arguments)) return evaluation.fail(no_overload("sort", arguments));
  const List& items = arguments[0].as_list();
  if (!evaluation.spend(items.size() * 8)) return false;
  // All against the first: then any two compare, and the sort itself cannot fail but for cost.
  for (const Value& item : items) {
    int sign = 0;
    if (!compare(evaluation, "sort", item, items.front(), sign)) return false;
  }
  // A heap stays within its bounds even where large ints and doubles compare intransitively, or the cost runs
  // out.
  std::vector<std::size_t> places(items.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  bool ok = true;
  const auto before = [&](std::size_t a, std::size_t b) {
    int sign = 0;
    ok = ok && compare(evaluation, "sort", items[a], items[b], sign);
    return ok && (sign != 0 ? sign < 0 : a < b);
  };
  std::ranges::make_heap(places, before);
  std::ranges::sort_heap(places, before);
  if (!ok) return false;
  List sorted;
  sorted.reserve(items.size());
  for (const std::size_t place : places) sorted.push_back(items[place]);
  result = Value::list(std::move(sorted));
  return true;
}

}  // namespace

std::vector<BuiltinRow> list_functions() {
  const auto each = [](std::initializer_list<std::string_view> types) {
    return std::vector<std::string_view>(types);
  };
  return {
      {"sum", sum,
       each({"list(int).() -> int", "list(uint).() -> uint", "list(double).() -> double",
             "list(duration).() -> duration", "list(decimal).() -> decimal", "list(money).() -> money"}),
       true},
      {"min", minimum, each({"list(A).() -> A"}), true},
      {"max", maximum, each({"list(A).() -> A"}), true},
      {"first", first, each({"list(A).() -> A"}), true},
      {"last", last, each({"list(A).() -> A"}), true},
      {"sort", sort, each({"list(A).() -> list(A)"}), true},
  };
}

}  // namespace countersign::cel
