#include "tests/bench/load_steps.h"

#include <cstdio>
#include <utility>

namespace countersign::bench {

double Run::cpu_us_each() const {
  return (after.cpu_seconds - before.cpu_seconds) * 1e6 / static_cast<double>(result.requests);
}

void print(const char* what, const Run& run) {
  std::printf("%-34s %8.0f /s   p50 %6.2f ms  p99 %6.2f ms   %5.0f us CPU each   %zu failed\n", what,
              run.result.rate(), run.result.percentile_ms(50), run.result.percentile_ms(99),
              run.cpu_us_each(), run.result.failures);
  std::fflush(stdout);
}

std::string text_member(std::string_view json, std::string_view name) {
  const std::string key = "\"" + std::string(name) + "\":\"";
  const std::size_t at = json.find(key);
  if (at == std::string_view::npos) return {};
  const std::size_t from = at + key.size();
  return std::string(json.substr(from, json.find('"', from) - from));
}

std::string start_request(const LoadDaemon& daemon, const std::string& form) {
  return post("/api/v1/workflows/load/instances", daemon.key(), "",
              R"({"requester":"rep","form":)" + form + "}");
}

// The load workflows begin with their one question: the frame is 1, the activation 2, the item 3.
std::string decision_request(const LoadDaemon& daemon, const std::string& instance,
                             const std::string& actor) {
  return post("/api/v1/work-items/" + instance + ".3/decision", daemon.key(), actor,
              R"({"outcome":"approved","version":1})");
}

Run start_many(LoadDaemon& daemon, std::size_t clients, std::size_t count, std::vector<std::string>& ids,
               const std::function<std::string(std::size_t n)>& form) {
  std::size_t begun = 0;
  Run run;
  run.before = daemon.figures();
  run.result = run_load(
      daemon.port(), clients,
      [&](std::size_t) { return begun == count ? std::string() : start_request(daemon, form(begun++)); },
      [&](std::size_t, const LoadReply& reply) { ids.push_back(text_member(reply.body, "id")); });
  run.after = daemon.figures();
  return run;
}

Run start_many(LoadDaemon& daemon, std::size_t clients, std::size_t count, std::vector<std::string>& ids) {
  return start_many(daemon, clients, count, ids,
                    [](std::size_t) { return std::string(R"({"amount":"1280.50","note":"load"})"); });
}

Run decide_many(LoadDaemon& daemon, std::size_t clients, std::vector<std::string> ids) {
  Run run;
  run.before = daemon.figures();
  run.result = run_load(
      daemon.port(), clients,
      [&](std::size_t) {
        if (ids.empty()) return std::string();
        std::string request = decision_request(daemon, ids.back(), "boss");
        ids.pop_back();
        return request;
      },
      [](std::size_t, const LoadReply&) {});
  run.after = daemon.figures();
  return run;
}

std::string fetch(const LoadDaemon& daemon, const std::string& path) {
  std::string body;
  bool asked = false;
  run_load(
      daemon.port(), 1,
      [&](std::size_t) { return std::exchange(asked, true) ? std::string() : get(path, daemon.key()); },
      [&](std::size_t, const LoadReply& reply) { body = reply.body; });
  return body;
}

}  // namespace countersign::bench
