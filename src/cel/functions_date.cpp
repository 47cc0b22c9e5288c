// Dates and calendar periods: date(x), days(n), months(n).

#include "cel/builtins.h"
#include "cel/calendar.h"
#include "cel/operations.h"

namespace countersign::cel {
namespace {

using Arguments = std::span<const Value>;

bool to_date(Evaluation& evaluation, Arguments arguments, Value& result) {
  const bool zoned =
      arguments.size() == 2 && arguments[0].is(Kind::timestamp) && arguments[1].is(Kind::string);
  if (arguments.size() != 1 && !zoned) return evaluation.fail(no_overload("date", arguments));
  const Value& from = arguments[0];
  if (from.is(Kind::date)) {
    result = from;
    return true;
  }
  if (from.is(Kind::string)) {
    const auto date = parse_date(from.as_string());
    if (!date) return evaluation.fail(date.error());
    result = Value::date(*date);
    return true;
  }
  if (!from.is(Kind::timestamp)) return evaluation.fail(no_overload("date", arguments));
  const auto wall = wall_time(from.as_timestamp(), zoned ? arguments[1].as_string() : "UTC");
  if (!wall) return evaluation.fail(wall.error());
  result = Value::date(wall->date);
  return true;
}

bool days(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (arguments.size() != 1 || !arguments[0].is(Kind::int_))
    return evaluation.fail(no_overload("days", arguments));
  result = make_period({0, arguments[0].as_int()});
  if (!as_period(result)) return evaluation.fail("the period is too long");
  return true;
}

bool months(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (arguments.size() != 1 || !arguments[0].is(Kind::int_))
    return evaluation.fail(no_overload("months", arguments));
  result = make_period({arguments[0].as_int(), 0});
  if (!as_period(result)) return evaluation.fail("the period is too long");
  return true;
}

}  // namespace

std::vector<BuiltinRow> date_functions() {
  return {
      {"date",
       to_date,
       {"(date) -> date", "(string) -> date", "(timestamp) -> date", "(timestamp, string) -> date"},
       true},
      {"days", days, {"(int) -> period"}, true},
      {"months", months, {"(int) -> period"}, true},
  };
}

}  // namespace countersign::cel
