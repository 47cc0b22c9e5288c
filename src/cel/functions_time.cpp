// The parts of timestamps, durations and dates: getFullYear, getHours ...

#include "cel/builtins.h"
#include "cel/calendar.h"

namespace countersign::cel {
namespace {

using Arguments = std::span<const Value>;
using PartOfWall = std::int64_t (*)(const WallTime& wall);

// Of a timestamp, in UTC or in the zone named by the second argument; of a date where `dates`.
bool part(Evaluation& evaluation, std::string_view name, Arguments arguments, bool dates, PartOfWall get,
          Value& result) {
  if (arguments.size() == 1 && arguments[0].is(Kind::timestamp)) {
    result = Value::integer(get(wall_time(arguments[0].as_timestamp())));
    return true;
  }
  if (arguments.size() == 1 && dates && arguments[0].is(Kind::date)) {
    result = Value::integer(get(wall_time(arguments[0].as_date())));
    return true;
  }
  if (arguments.size() != 2 || !arguments[0].is(Kind::timestamp) || !arguments[1].is(Kind::string)) {
    return evaluation.fail(no_overload(name, arguments));
  }
  constexpr std::uint64_t kZoneUnits = 10;
  if (!evaluation.spend(kZoneUnits)) return false;
  const auto wall = wall_time(arguments[0].as_timestamp(), arguments[1].as_string());
  if (!wall) return evaluation.fail(wall.error());
  result = Value::integer(get(*wall));
  return true;
}

bool full_year(Evaluation& evaluation, Arguments arguments, Value& result) {
  return part(
      evaluation, "getFullYear", arguments, true, [](const WallTime& w) { return std::int64_t{w.year}; },
      result);
}
bool month(Evaluation& evaluation, Arguments arguments, Value& result) {
  return part(
      evaluation, "getMonth", arguments, true, [](const WallTime& w) { return std::int64_t{w.month} - 1; },
      result);
}
bool day_of_month(Evaluation& evaluation, Arguments arguments, Value& result) {
  return part(
      evaluation, "getDayOfMonth", arguments, true, [](const WallTime& w) { return std::int64_t{w.day} - 1; },
      result);
}
bool day_from_one(Evaluation& evaluation, Arguments arguments, Value& result) {
  return part(
      evaluation, "getDate", arguments, true, [](const WallTime& w) { return std::int64_t{w.day}; }, result);
}
bool day_of_week(Evaluation& evaluation, Arguments arguments, Value& result) {
  return part(
      evaluation, "getDayOfWeek", arguments, true,
      [](const WallTime& w) { return std::int64_t{w.day_of_week}; }, result);
}
bool day_of_year(Evaluation& evaluation, Arguments arguments, Value& result) {
  return part(
      evaluation, "getDayOfYear", arguments, true,
      [](const WallTime& w) { return std::int64_t{w.day_of_year}; }, result);
}

// Of a duration, all of it in `unit_seconds`; of a timestamp, what the clock shows.
bool clock(Evaluation& evaluation, std::string_view name, Arguments arguments, std::int64_t unit_seconds,
           PartOfWall get, Value& result) {
  if (arguments.size() == 1 && arguments[0].is(Kind::duration)) {
    result = Value::integer(arguments[0].as_duration().seconds / unit_seconds);
    return true;
  }
  return part(evaluation, name, arguments, false, get, result);
}

bool hours(Evaluation& evaluation, Arguments arguments, Value& result) {
  return clock(
      evaluation, "getHours", arguments, 3600, [](const WallTime& w) { return std::int64_t{w.hour}; },
      result);
}
bool minutes(Evaluation& evaluation, Arguments arguments, Value& result) {
  return clock(
      evaluation, "getMinutes", arguments, 60, [](const WallTime& w) { return std::int64_t{w.minute}; },
      result);
}
bool seconds(Evaluation& evaluation, Arguments arguments, Value& result) {
  return clock(
      evaluation, "getSeconds", arguments, 1, [](const WallTime& w) { return std::int64_t{w.second}; },
      result);
}
bool milliseconds(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (arguments.size() == 1 && arguments[0].is(Kind::duration)) {
    // The part below a second only, as langdef.md has it.
    result = Value::integer(arguments[0].as_duration().nanos / 1'000'000);
    return true;
  }
  return part(
      evaluation, "getMilliseconds", arguments, false,
      [](const WallTime& w) { return std::int64_t{w.millisecond}; }, result);
}

const std::vector<std::string_view> kDays = {"timestamp.() -> int", "timestamp.(string) -> int",
                                             "product: date.() -> int"};
const std::vector<std::string_view> kClock = {"timestamp.() -> int", "timestamp.(string) -> int",
                                              "duration.() -> int"};

}  // namespace

std::vector<BuiltinRow> time_functions() {
  return {
      {"getFullYear", full_year, kDays},
      {"getMonth", month, kDays},
      {"getDayOfMonth", day_of_month, kDays},
      {"getDate", day_from_one, kDays},
      {"getDayOfWeek", day_of_week, kDays},
      {"getDayOfYear", day_of_year, kDays},
      {"getHours", hours, kClock},
      {"getMinutes", minutes, kClock},
      {"getSeconds", seconds, kClock},
      {"getMilliseconds", milliseconds, kClock},
  };
}

}  // namespace countersign::cel
