#include "web/probes.h"

#include <fmt/format.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "runtime/figures.h"

namespace countersign::web {

namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

class Exposition {
 public:
  void counter(const char* name, const char* help, std::uint64_t value) {
    add(name, help, MetricType::Counter, value);
  }
  void gauge(const char* name, const char* help, std::uint64_t value) {
    add(name, help, MetricType::Gauge, value);
  }
  MetricFamily& family(const char* name, const char* help, MetricType type) {
    MetricFamily& added = families_.emplace_back();
    added.name = name;
    added.help = help;
    added.type = type;
    return added;
  }
  static void put(MetricFamily& family, std::uint64_t value,
                  std::vector<prometheus::ClientMetric::Label> labels = {}) {
    prometheus::ClientMetric& metric = family.metric.emplace_back();
    metric.label = std::move(labels);
    if (family.type == MetricType::Counter) {
      metric.counter.value = static_cast<double>(value);
    } else {
      metric.gauge.value = static_cast<double>(value);
    }
  }
  std::string text() const { return prometheus::TextSerializer().Serialize(families_); }

 private:
  void add(const char* name, const char* help, MetricType type, std::uint64_t value) {
    put(family(name, help, type), value);
  }
  std::vector<MetricFamily> families_;
};

// Never by person, and of so many steps at most: the others are one more, named "other".
constexpr std::size_t kStepsShownMax = 200;
// So many rows are looked at for a scrape.
constexpr std::size_t kScrapeRowsMax = 5'000;

std::vector<prometheus::ClientMetric::Label> step_labels(const WorkflowId& workflow,
                                                         const std::string& step) {
  return {{"workflow", workflow.value}, {"step", step}};
}

void add_overdue(const Reader& reader, Instant now, Exposition& shown) {
  const auto figures = overdue_figures(reader, {}, now, kScrapeRowsMax);
  if (!figures) return;
  MetricFamily& family =
      shown.family("countersign_overdue_items", "Open work items whose due time is past", MetricType::Gauge);
  std::uint64_t others = 0;
  for (std::size_t i = 0; i < figures->by_step.size(); ++i) {
    const OverdueFigure& figure = figures->by_step[i];
    if (i < kStepsShownMax) {
      Exposition::put(family, figure.items, step_labels(figure.workflow, figure.step));
    } else {
      others += figure.items;
    }
  }
  if (others != 0) Exposition::put(family, others, step_labels(WorkflowId("other"), "other"));
}

void add_waits(const Reader& reader, Instant now, Exposition& shown) {
  const auto figures = wait_figures(reader, {}, now - std::chrono::hours(24 * 7), kScrapeRowsMax);
  if (!figures) return;
  MetricFamily& open =
      shown.family("countersign_open_items", "Work items that people are asked to decide", MetricType::Gauge);
  std::uint64_t others = 0;
  for (std::size_t i = 0; i < figures->by_step.size(); ++i) {
    const WaitFigure& figure = figures->by_step[i];
    if (i < kStepsShownMax) {
      Exposition::put(open, figure.open, step_labels(figure.workflow, figure.step));
    } else {
      others += figure.open;
    }
  }
  if (others != 0) Exposition::put(open, others, step_labels(WorkflowId("other"), "other"));
  MetricFamily& waits =
      shown.family("countersign_decision_wait_seconds",
                   "How long decisions of the last seven days took, from being asked", MetricType::Gauge);
  for (std::size_t i = 0; i < std::min(figures->by_step.size(), kStepsShownMax); ++i) {
    const WaitFigure& figure = figures->by_step[i];
    if (figure.decided == 0) continue;
    for (const auto& [name, span] : {std::pair("0.5", figure.median), std::pair("0.9", figure.p90)}) {
      auto labels = step_labels(figure.workflow, figure.step);
      labels.push_back({"quantile", name});
      Exposition::put(waits, static_cast<std::uint64_t>(span.count() / 1000), std::move(labels));
    }
  }
}

HttpReply metrics(const Surroundings& around, const ServerFigures& server) {
  Exposition shown;
  if (around.backend.engine_figures) {
    const EngineFigures engine = around.backend.engine_figures();
    shown.counter("countersign_commands_total", "Commands applied", engine.commands);
    shown.counter("countersign_commands_rejected_total", "Commands refused with a reason", engine.rejected);
    shown.counter("countersign_commands_shed_total", "Commands refused because the queue was full",
                  engine.shed);
    shown.counter("countersign_batches_total", "Transactions of the writer", engine.batches);
    shown.counter("countersign_timers_fired_total", "Timers that became due", engine.timers_fired);
    shown.counter("countersign_schedule_starts_total", "Instances that schedules started",
                  engine.schedule_starts);
    shown.counter("countersign_schedule_failures_total", "Starts by schedules that were refused",
                  engine.schedule_failures);
    shown.gauge("countersign_queue_length", "Commands that wait for the writer", engine.queue_length);
    shown.gauge("countersign_store_failing", "1 while the last batch could not be stored",
                engine.store_error.empty() ? 0 : 1);
    shown.gauge("countersign_timers_paused", "1 while timers wait for an admin because the clock jumped",
                engine.paused ? 1 : 0);
  }
  if (around.backend.store_figures) {
    const StoreFigures store = around.backend.store_figures();
    shown.gauge("countersign_wal_bytes", "Size of the write-ahead log", store.wal_bytes);
    shown.gauge("countersign_database_bytes", "Size of the database", store.database_bytes);
    shown.counter("countersign_commits_total", "Commits of the database", store.commits);
    shown.counter("countersign_checkpoints_total", "Checkpoints of the database", store.checkpoints);
    shown.counter("countersign_cache_hits_total", "Instances found in the cache", store.cache_hits);
    shown.counter("countersign_cache_misses_total", "Instances read from the database", store.cache_misses);
  }
  if (around.backend.dispatcher_figures) {
    const DispatcherFigures sent = around.backend.dispatcher_figures();
    MetricFamily& deliveries =
        shown.family("countersign_deliveries_total",
                     "Attempts to deliver mail and calls, by what became of them", MetricType::Counter);
    Exposition::put(deliveries, sent.sent, {{"result", "sent"}});
    Exposition::put(deliveries, sent.retried, {{"result", "retried"}});
    Exposition::put(deliveries, sent.dead, {{"result", "dead"}});
    shown.gauge("countersign_deliveries_under_way", "Mail and calls that are being sent", sent.in_flight);
  }
  if (around.backend.disk_space) {
    if (const auto space = around.backend.disk_space()) {
      shown.gauge("countersign_disk_free_bytes", "Free space on the disk of the database", space->free_bytes);
    }
  }
  add_overdue(around.backend.reader, around.backend.clock.now(), shown);
  add_waits(around.backend.reader, around.backend.clock.now(), shown);
  shown.gauge("countersign_http_connections", "Open connections", server.connections);
  shown.counter("countersign_http_connections_refused_total", "Connections refused: too many",
                server.connections_refused);
  shown.counter("countersign_http_timeouts_total", "Requests that took too long to come or to be answered",
                server.timeouts);
  MetricFamily& replies =
      shown.family("countersign_http_replies_total", "Replies by class of status", MetricType::Counter);
  for (int digit = 2; digit < 6; ++digit) {
    Exposition::put(replies, server.replies[digit], {{"class", std::to_string(digit) + "xx"}});
  }
  HttpReply reply;
  reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
  reply.body = shown.text();
  return reply;
}

// "" where the database's disk can be written to, as far as can be told without writing.
std::string disk_fault(const Backend& backend) {
  if (!backend.disk_space) return {};
  const Result<DiskSpace> space = backend.disk_space();
  if (!space) return space.error().message;
  if (space->is_read_only) return "the disk of the database is read-only";
  if (space->free_bytes < kDiskFreeBytesMin) {
    return fmt::format("the disk of the database is nearly full: {} MB are free, {} MB are needed",
                       space->free_bytes >> 20, kDiskFreeBytesMin >> 20);
  }
  return {};
}

HttpReply ready(const Surroundings& around, const Call& call) {
  const Backend& backend = around.backend;
  const auto timer = backend.reader.next_timer();
  if (!timer) return problem(503, "the database cannot be read: " + timer.error().message, call.request.path);
  if (const std::string fault = disk_fault(backend); !fault.empty())
    return problem(503, fault, call.request.path);
  if (!backend.engine_figures) return json_reply(200, json::object{{"status", "ready"}});
  const std::string error = backend.engine_figures().store_error;
  if (error.empty()) return json_reply(200, json::object{{"status", "ready"}});
  // Who is not ready is asked for nothing, so that nothing would ever show that the disk is well again.
  if (backend.try_to_write) backend.try_to_write();
  return problem(503, "the database cannot be written: " + error, call.request.path);
}

}  // namespace

std::vector<Route> probe_routes(const Surroundings& around, std::function<ServerFigures()> server_figures) {
  std::vector<Route> routes;
  routes.push_back({"GET",
                    "/healthz",
                    Scope::everyone,
                    "The process is alive",
                    0,
                    {},
                    "",
                    "Status",
                    {},
                    [](const Call& call) { call.respond(json_reply(200, json::object{{"status", "ok"}})); }});
  routes.push_back({"GET",
                    "/readyz",
                    Scope::everyone,
                    "It can serve requests",
                    0,
                    {},
                    "",
                    "Status",
                    {},
                    on_pool(around, [&around](const Call& call) { return ready(around, call); })});
  routes.push_back({"GET",
                    "/metrics",
                    Scope::everyone,
                    "Figures for Prometheus",
                    0,
                    {},
                    "",
                    "Text",
                    {},
                    on_pool(around, [&around, figures = std::move(server_figures)](const Call&) {
                      return metrics(around, figures());
                    })});
  return routes;
}

}  // namespace countersign::web
