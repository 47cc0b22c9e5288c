#include "definition/schedule_loader.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/schedule.h"
#include "definition/expression_reader.h"
#include "definition/field_loader.h"
#include "definition/grammar.h"
#include "definition/steps/arguments.h"

namespace countersign {
namespace {

const Grammar& schedule_grammar() {
  static const Grammar kGrammar{"schedule", {map_of({schedule_keys()})}};
  return kGrammar;
}

constexpr std::array kTriggerKeys = {
    Key{"schedule", Shape::map, Need::required, "it starts by itself", "", schedule_grammar},
    Key{"id", Shape::text, Need::optional, "a name, where two schedules have the same `every`", ""},
    Key{"each", Shape::expressions, Need::optional, "an instance for each of these people", ""},
    Key{"requester", Shape::expression, Need::required, "on whose behalf", ""},
    Key{"form", Shape::map, Need::optional, "field: expression over item and period", "",
        expressions_by_name},
};
constexpr std::array kScheduleKeys = {
    Key{"every", Shape::word, Need::optional, "once in each", "day|week|month|quarter|year"},
    Key{"on", Shape::text, Need::optional, "the day: first business day, last friday, 15 ...", ""},
    Key{"at", Shape::text, Need::optional, "the time of day, \"09:00\" (when work begins)", ""},
    Key{"cron", Shape::text, Need::optional, "instead: minute hour day month weekday", ""},
};

void read_words(Loading& loading, const MapReader& map, Schedule& schedule) {
  using Every = Schedule::Every;
  schedule.every = map.word("every", Every::day,
                            {{"day", Every::day},
                             {"week", Every::week},
                             {"month", Every::month},
                             {"quarter", Every::quarter},
                             {"year", Every::year}});
  schedule.text = fmt::format("every {}", to_string(schedule.every));
  const YamlNode* on = map.find("on");
  if (on != nullptr && map.find("every") != nullptr) {
    const auto day = parse_period_day(schedule.every, on->text);
    if (day) {
      schedule.on = *day;
    } else {
      loading.diagnostics.error(Code::bad_schedule, on->at, day.error().message);
    }
    schedule.text += " on " + on->text;
  }
  if (const YamlNode* at = map.find("at")) {
    const auto time = parse_time_of_day(at->text);
    if (time) {
      schedule.at = *time;
    } else {
      loading.diagnostics.error(Code::bad_schedule, at->at, time.error().message);
    }
    schedule.text += " at " + at->text;
  }
}

void read_cron(Loading& loading, const YamlNode& node, Schedule& schedule) {
  schedule.every = Schedule::Every::firing;
  schedule.text = "cron " + node.text;
  auto cron = parse_cron(node.text);
  if (cron) {
    schedule.cron = *cron;
    return;
  }
  loading.diagnostics.error(Code::bad_schedule,
                            loading.document.span_in(node, cron.error().begin, cron.error().end),
                            cron.error().message);
}

Schedule read_schedule(Loading& loading, const YamlNode& node) {
  const MapReader map(node, "'schedule'", kScheduleKeys, loading.diagnostics);
  Schedule schedule;
  if (!map.is_map()) return schedule;
  // Where one of them is only misspelt, the reader of keys has said what was meant.
  if (!map.has("every") && !map.has("cron") && !map.is_misspelt("every") && !map.is_misspelt("cron")) {
    loading.diagnostics.error(Code::missing_key, node.at,
                              "'schedule' needs 'every' (day, week, month, quarter, year) or 'cron'");
  }
  if (map.has("cron")) {
    for (const std::string_view key : {"every", "on", "at"}) {
      if (!map.has(key)) continue;
      loading.diagnostics.error(Code::keys_conflict, map.key_at(key),
                                fmt::format("'{}' and 'cron' exclude each other: take one away", key));
    }
    if (const YamlNode* cron = map.find("cron")) read_cron(loading, *cron, schedule);
  } else {
    read_words(loading, map, schedule);
  }
  return schedule;
}

// What a schedule is known by in every version of the file, so that a changed file does not run a period
// again.
std::string read_name(Loading& loading, const MapReader& map, const Schedule& schedule) {
  const auto taken = [&](const std::string& name) {
    return std::ranges::any_of(loading.definition.triggers,
                               [&](const Trigger& other) { return other.schedule && other.name == name; });
  };
  if (const YamlNode* id = map.find("id")) {
    if (check_name(id->text, id->at, "the id", loading.diagnostics) && taken(id->text)) {
      loading.diagnostics.error(Code::duplicate_name, id->at,
                                fmt::format("another schedule is named '{}': choose another id", id->text));
    }
    return id->text;
  }
  const std::string name(to_string(schedule.every));
  if (taken(name)) {
    loading.diagnostics.error(
        Code::unnamed_schedule, map.key_at("schedule"),
        schedule.cron
            ? "a second 'cron' schedule needs an 'id' that tells them apart"
            : fmt::format("a second schedule for every {} needs an 'id' that tells them apart", name),
        "id: " + name + "_2");
  }
  return name;
}

}  // namespace

KeyTable schedule_trigger_keys() {
  return kTriggerKeys;
}
KeyTable schedule_keys() {
  return kScheduleKeys;
}

void read_schedule_trigger(Loading& loading, const YamlNode& node) {
  const MapReader map(node, "the trigger 'schedule'", kTriggerKeys, loading.diagnostics);
  Trigger trigger;
  trigger.kind = Trigger::Kind::schedule;
  Schedule schedule;
  if (const YamlNode* written = map.find("schedule")) schedule = read_schedule(loading, *written);
  trigger.name = read_name(loading, map, schedule);
  trigger.schedule = std::make_shared<const Schedule>(std::move(schedule));
  if (const YamlNode* each = map.find("each")) {
    trigger.each = read_expressions(loading, *each, {.place = Place::schedule}, expects_people(), "'each'");
  }
  const Spot spot{.place = map.has("each") ? Place::schedule_each : Place::schedule};
  if (const YamlNode* requester = map.find("requester")) {
    trigger.requester = read_expression(loading, *requester, spot, expects_person(), "'requester'");
  }
  // What comes to nothing for one person keeps nobody else's start: theirs is owed, and says why.
  trigger.form =
      read_arguments(loading, map.find("form"), loading.definition.form, "form", spot, map.node().at, false);
  loading.definition.triggers.push_back(std::move(trigger));
}

}  // namespace countersign
