#include <algorithm>
#include <functional>

#include <date/date.h>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/explain.h"
#include "cli/shown.h"
#include "cli/text_width.h"
#include "core/calendar.h"

namespace countersign::cli {
namespace {

using scenario::Route;
using scenario::RouteCondition;
using scenario::RouteStep;

class RoutePrinter {
 public:
  RoutePrinter(Console& console, const scenario::RouteQuestion& question) : console_(console) {
    const auto definition = question.snapshot->workflow(question.workflow);
    const auto& calendars = question.snapshot->calendars;
    const auto found = calendars.find(definition->calendar);
    calendar_ = found == calendars.end() ? calendars.at("") : found->second;
  }

  void print(const RouteStep& step, std::size_t number) {
    line(fmt::format("{:>3}. {:<20} {}", number, step.step.empty() ? "-" : step.step, what(step)));
    for (const scenario::AskedPerson& person : step.people) {
      std::string who = person.who;
      if (!person.members.empty()) who += fmt::format(" ({})", join(person.members, ", "));
      line(fmt::format("       asks {}, by {}", who, person.reason.empty() ? "its rules" : person.reason));
    }
    for (const std::string& why : step.not_asked) line("       " + why);
    if (step.due) line(fmt::format("       due {}", words(*step.due)));
    if (step.deadline) line(fmt::format("       deadline {}", words(*step.deadline)));
    if (step.kind != RouteStep::Kind::skips) {
      for (const std::string& chase : step.chases) line("       " + chase);
    }
    if (!step.condition.empty()) {
      line(fmt::format("       {} {}", step.kind == RouteStep::Kind::skips ? "because not:" : "because",
                       step.condition));
    }
  }

  std::string words(Instant at) const {
    return date::format("%Y-%m-%d %H:%M", date::floor<std::chrono::minutes>(calendar_->wall_time_of(at)));
  }
  void line(const std::string& text) { console_.out << printable(text) << '\n'; }
  void heading(const std::string& text) { console_.out << '\n' << text << '\n'; }

 private:
  static std::string what(const RouteStep& step) {
    std::string text = step.title;
    const auto add = [&](const std::string& words) { text += (text.empty() ? "" : "; ") + words; };
    switch (step.kind) {
      case RouteStep::Kind::asks:
        break;
      case RouteStep::Kind::passes:
        if (!step.what.empty()) add(step.what);
        break;
      case RouteStep::Kind::calls:
        add("calls " + step.what);
        break;
      case RouteStep::Kind::waits:
        add("waits");
        break;
      case RouteStep::Kind::starts:
        add("starts " + step.what);
        break;
      case RouteStep::Kind::skips:
        add("is skipped");
        break;
    }
    if (!step.outcome.empty()) add("then " + step.outcome);
    return text;
  }

  Console& console_;
  std::shared_ptr<const Calendar> calendar_;
};

std::string held_in_words(const RouteCondition& condition) {
  if (!condition.held) return "not looked at, as " + condition.why_not;
  return *condition.held ? "true" : "false";
}

std::string who_in_words(const json::value& asked) {
  const std::string group = shown_at(asked, "group");
  const std::string who = group.empty() ? shown_at(asked, "person") : "group " + group;
  const std::string reason = shown_at(asked, "reason");
  return reason.empty() ? who : fmt::format("{} (by {})", who, reason);
}

std::string place_in_words(const json::value& way) {
  const std::string ends = shown_at(way, "ends");
  const std::string step = shown_at(way, "step");
  const std::string asks = shown_at(way, "asks");
  const std::string block = shown_at(way, "block");
  if (!ends.empty()) return "it ends: " + ends;
  if (!block.empty()) {
    std::vector<std::string> beside;
    for (const json::value& each : list_at(way, "waits_for")) beside.push_back(shown(each));
    return fmt::format("{} still waits for {}", block, join(beside, ", "));
  }
  if (step.empty()) return "the other branches go on";
  return asks.empty() ? step : fmt::format("{}, which asks {}", step, asks);
}

// "c, which asks group("legal"), where form.n > 100; else it ends: small".
std::string way_in_words(const json::value& way) {
  const std::string condition = shown_at(way, "if");
  const std::string place = place_in_words(way);
  const json::value* otherwise = find(way, "otherwise");
  if (condition.empty() || otherwise == nullptr) return place;
  return fmt::format("{}, where {}; else {}", place, condition, way_in_words(*otherwise));
}

std::string timer_in_words(const json::value& timer) {
  const std::string kind = shown_at(timer, "kind");
  const std::string step = shown_at(timer, "step");
  const std::string at = instant_at(timer, "due_at");
  if (kind == "remind") {
    const std::string every = shown_at(timer, "every");
    const std::string again =
        every.empty() ? ""
                      : fmt::format(", then every {}, up to {} times", every, shown_at(timer, "at_most"));
    return fmt::format("{} UTC  the next reminder of {}{}", at, step, again);
  }
  if (kind == "escalate") {
    const std::string to = shown_at(timer, "to");
    return fmt::format("{} UTC  {} escalates{}", at, step, to.empty() ? "" : " to " + to);
  }
  if (kind == "deadline") return fmt::format("{} UTC  the deadline of {}", at, step);
  if (kind == "due") return fmt::format("{} UTC  {} is due", at, step);
  return fmt::format("{} UTC  {} goes on by itself", at, step);
}

// "stage 4: waits for its work, and for form.confirmed (false)".
std::string level_in_words(const json::value& level, bool next) {
  const std::string name = "stage " + shown_at(level, "stage");
  const json::value* open = find(level, "open");
  if (open != nullptr && open->is_bool() && open->as_bool()) return name + ": open";
  const bool works = shown_at(level, "work") == "open";
  const std::string when = shown_at(level, "when");
  std::vector<std::string> waits;
  if (!next) waits.emplace_back("the stages before it");
  if (works) waits.emplace_back("its work");
  if (!when.empty()) {
    std::vector<std::string> reads;
    if (const json::value* values = find(level, "reads"); values != nullptr && values->is_object()) {
      for (const auto& member : values->as_object()) {
        reads.push_back(fmt::format("{} is {}", std::string(member.key()),
                                    member.value().is_null() ? "empty" : shown(member.value())));
      }
    }
    waits.push_back("when " + when + (reads.empty() ? "" : fmt::format(" ({})", join(reads, ", "))));
  }
  std::string text = fmt::format("{}: waits for {}", name, join(waits, "; "));
  std::vector<std::string> only;
  for (const json::value& each : list_at(level, "only")) only.push_back(shown(each));
  if (works && !only.empty()) text += fmt::format("; only {} may complete its work", join(only, ", "));
  return text;
}

void print_levels(const json::value& step, const std::function<void(const std::string&)>& line) {
  bool next = true;
  for (const json::value& level : list_at(step, "levels")) {
    line("    " + level_in_words(level, next));
    const json::value* open = find(level, "open");
    next = open != nullptr && open->is_bool() && open->as_bool();
  }
}

}  // namespace

void print_route(Console& console, const scenario::RouteQuestion& question, const Route& route) {
  RoutePrinter printer(console, question);
  printer.line(fmt::format("{} for {}, where everybody agrees{}", question.workflow.value,
                           question.requester.value,
                           question.assumed.empty() ? "" : " and with what is assumed"));
  std::size_t number = 0;
  for (const RouteStep& step : route.steps) printer.print(step, ++number);
  printer.line(route.end.empty() ? fmt::format("It stops: {}", route.stops)
                                 : fmt::format("It ends: {}", route.end));
  if (!route.conditions.empty()) printer.heading("What the way depends on");
  for (const RouteCondition& condition : route.conditions) {
    if (!condition.yes_or_no) {
      printer.line(fmt::format("  {:<20} {}: {}", condition.step, condition.leads_to, condition.expression));
      continue;
    }
    printer.line(fmt::format("  {:<20} {} if {}: {}", condition.step, condition.leads_to,
                             condition.expression, held_in_words(condition)));
  }
  if (!route.filled_in.empty())
    printer.heading("Filled in to go on (--assume STEP.FIELD=VALUE says something else)");
  for (const std::string& line : route.filled_in) printer.line("  " + line);
}

json::value route_json(const Route& route) {
  static constexpr std::string_view kKinds[] = {"asks", "calls", "waits", "passes", "starts", "skips"};
  json::array steps;
  for (const RouteStep& step : route.steps) {
    json::array people;
    for (const scenario::AskedPerson& person : step.people) {
      json::array members;
      for (const std::string& member : person.members) members.emplace_back(member);
      people.push_back(
          json::object{{"who", person.who}, {"reason", person.reason}, {"members", std::move(members)}});
    }
    steps.push_back(json::object{
        {"kind", kKinds[static_cast<std::size_t>(step.kind)]},
        {"step", step.step},
        {"title", step.title},
        {"what", step.what},
        {"at", format_rfc3339(step.at)},
        {"deadline_at", step.deadline ? json::value(format_rfc3339(*step.deadline)) : json::value()},
        {"due_at", step.due ? json::value(format_rfc3339(*step.due)) : json::value()},
        {"asked", std::move(people)},
        {"not_asked", json::array(step.not_asked.begin(), step.not_asked.end())},
        {"chases", json::array(step.chases.begin(), step.chases.end())},
        {"outcome", step.outcome},
        {"when", step.condition}});
  }
  json::array conditions;
  for (const RouteCondition& condition : route.conditions) {
    conditions.push_back(json::object{{"step", condition.step},
                                      {"leads_to", condition.leads_to},
                                      {"expression", condition.expression},
                                      {"held", condition.held ? json::value(*condition.held) : json::value()},
                                      {"why_not", condition.why_not}});
  }
  json::array filled;
  for (const std::string& line : route.filled_in) filled.emplace_back(line);
  return json::object{{"steps", std::move(steps)},
                      {"conditions", std::move(conditions)},
                      {"filled_in", std::move(filled)},
                      {"end", route.end},
                      {"stops", route.stops}};
}

void print_standing(Console& console, const json::value& instance) {
  const auto line = [&](const std::string& text) { console.out << printable(text) << '\n'; };
  const std::string ended = instant_at(instance, "ended_at");
  line(fmt::format("{}  {}", shown_at(instance, "reference"), shown_at(instance, "title")));
  if (!ended.empty()) {
    line(fmt::format("  It has ended: {}, {} UTC", shown_at(instance, "status"), ended));
    return;
  }
  for (const json::value& step : list_at(instance, "open_steps")) {
    line(fmt::format("  {} is open since {} UTC", shown_at(step, "step"), instant_at(step, "opened_at")));
    const std::string incident = shown_at(step, "incident");
    if (!incident.empty()) {
      line(fmt::format("    it stands still: {}", incident));
      line(
          fmt::format("    once the cause is mended: countersign retry {}", shown_at(instance, "reference")));
    }
    for (const json::value& asked : list_at(step, "asked")) line("    asked: " + who_in_words(asked));
    for (const json::value& item : list_at(instance, "work_items")) {
      if (shown_at(item, "status") != "open" || shown_at(item, "step") != shown_at(step, "step")) continue;
      line(fmt::format("    waits for {} ({})", whose_at(item), shown_at(item, "id")));
      for (const json::value& each : list_at(item, "stand_ins")) {
        line(fmt::format("      {} is away; {} stands in until {} UTC", shown_at(each, "absent"),
                         shown_at(each, "stand_in"), instant_at(each, "until")));
      }
      for (const json::value& note : list_at(item, "stand_in_notes")) line("      " + shown(note));
    }
    const std::string due = instant_at(step, "due_at");
    if (!due.empty()) line(fmt::format("    due {} UTC", due));
    print_levels(step, line);
    if (!list_at(step, "levels").empty()) continue;
    for (const json::value& way : list_at(step, "next"))
      line(fmt::format("    if {}: {}", shown_at(way, "outcome"), way_in_words(way)));
  }
  const json::array& timers = list_at(instance, "timers");
  if (!timers.empty()) line("  By itself, unless somebody answers before");
  // Those of all who are asked at once are alike.
  std::vector<std::pair<std::string, std::size_t>> alike;
  for (const json::value& timer : timers) {
    const std::string words = timer_in_words(timer);
    const auto known = std::ranges::find(alike, words, &std::pair<std::string, std::size_t>::first);
    if (known == alike.end()) {
      alike.emplace_back(words, 1);
    } else {
      ++known->second;
    }
  }
  for (const auto& [words, count] : alike)
    line(fmt::format("    {}{}", words, count == 1 ? "" : fmt::format(" ({} work items)", count)));
  const json::array& events = list_at(instance, "events");
  if (!events.empty()) line("  Wherever it stands");
  for (const json::value& event : events) {
    const std::string where = shown_at(event, "where");
    line(fmt::format("    on {}{}: {}", shown_at(event, "event"), where.empty() ? "" : " where " + where,
                     way_in_words(event)));
  }
}

}  // namespace countersign::cli
