// What is overdue, and where requests wait.

#include <fmt/format.h>

#include "runtime/figures.h"
#include "web/routes.h"

namespace countersign::web {

namespace {

constexpr std::size_t kDaysMax = 366;
constexpr std::size_t kRowsShownMax = 200;  // of each table

std::int64_t seconds_of(Duration span) {
  return std::chrono::duration_cast<std::chrono::seconds>(span).count();
}

json::value name_or_null(const std::string& text) {
  return text.empty() ? json::value() : json::value(text);
}

json::object overdue_json(const OverdueFigure& figure, bool of_step) {
  json::object shown;
  if (of_step) {
    shown["workflow"] = figure.workflow.value;
    shown["step"] = figure.step;
  } else {
    shown["person"] = name_or_null(figure.person.value);
    shown["group"] = name_or_null(figure.group);
  }
  shown["items"] = figure.items;
  shown["oldest_due_at"] = format_rfc3339(figure.oldest_due_at);
  return shown;
}

json::object wait_json(const WaitFigure& figure, bool of_step) {
  json::object shown;
  if (of_step) {
    shown["workflow"] = figure.workflow.value;
    shown["step"] = figure.step;
  } else {
    shown["person"] = name_or_null(figure.person.value);
  }
  shown["decided"] = figure.decided;
  const auto seconds = [&](const char* name, Duration span) {
    shown[name] = figure.decided == 0 ? json::value() : json::value(seconds_of(span));
  };
  seconds("median_seconds", figure.median);
  seconds("p90_seconds", figure.p90);
  seconds("longest_seconds", figure.longest);
  shown["open"] = figure.open;
  shown["oldest_opened_at"] =
      figure.oldest_open ? json::value(format_rfc3339(*figure.oldest_open)) : json::value();
  return shown;
}

template <class Figure, class ToJson>
json::array table_of(const std::vector<Figure>& figures, bool of_step, ToJson to_json) {
  json::array shown;
  for (const Figure& figure : figures) {
    if (shown.size() == kRowsShownMax) break;
    shown.push_back(to_json(figure, of_step));
  }
  return shown;
}

HttpReply overdue(const Surroundings& around, const Call& call) {
  const Instant now = around.backend.clock.now();
  const auto figures = overdue_figures(around.backend.reader, query_text(call, "workflow"), now);
  if (!figures) return problem_of(figures.error(), call.request.path);
  return json_reply(200, json::object{{"at", format_rfc3339(now)},
                                      {"items", figures->items},
                                      {"complete", figures->complete},
                                      {"steps", table_of(figures->by_step, true, overdue_json)},
                                      {"people", table_of(figures->by_person, false, overdue_json)}});
}

HttpReply bottlenecks(const Surroundings& around, const Call& call) {
  const auto days = query_number(call, "days", 30, kDaysMax);
  if (!days) return problem(400, days.error().message, call.request.path);
  const Instant now = around.backend.clock.now();
  const Instant since = now - std::chrono::hours(24) * static_cast<std::int64_t>(*days);
  const auto figures = wait_figures(around.backend.reader, query_text(call, "workflow"), since);
  if (!figures) return problem_of(figures.error(), call.request.path);
  return json_reply(200, json::object{{"at", format_rfc3339(now)},
                                      {"since", format_rfc3339(since)},
                                      {"complete", figures->complete},
                                      {"steps", table_of(figures->by_step, true, wait_json)},
                                      {"people", table_of(figures->by_person, false, wait_json)}});
}

}  // namespace

std::vector<Route> report_routes(const Surroundings& around) {
  const auto reading = [&around](HttpReply (*read)(const Surroundings&, const Call&)) {
    return on_pool(around, [&around, read](const Call& call) { return read(around, call); });
  };
  std::vector<Route> routes;
  routes.push_back({"GET",
                    "/api/v1/reports/overdue",
                    Scope::read,
                    "Work items whose due time is past, by workflow and step and by person",
                    0,
                    {},
                    "",
                    "OverdueReport",
                    {"workflow"},
                    reading(overdue)});
  routes.push_back({"GET",
                    "/api/v1/reports/bottlenecks",
                    Scope::read,
                    "How long decisions took in the last days and what waits now, by workflow and step and "
                    "by person",
                    0,
                    {},
                    "",
                    "BottleneckReport",
                    {"workflow", "days"},
                    reading(bottlenecks)});
  return routes;
}

}  // namespace countersign::web
