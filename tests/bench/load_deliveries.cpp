// Webhooks end to end: decision, outbox, signed request to a receiver of this program, answer noted.

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include "tests/bench/load_steps.h"
#include "tests/bench/sink_server.h"

namespace countersign::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kConnector = R"(connector: sink
outbound:
  base: http://127.0.0.1:PORT/hook
  auth:
    standard-webhooks: sink-secret
  actions:
    send:
      input:
        reference: {type: text}
        amount: {type: text}
      request:
        json: {type: '"contract.approved"', data: {reference: input.reference, amount: input.amount}}
    post:
      input:
        subject: {type: text, required: true}
        text: {type: long_text, required: true}
      request:
        json: {type: '"message.posted"', data: {subject: input.subject, text: input.text}}
)";

// Nobody waits for a message; a call's answer goes on with the instance.
constexpr const char* kMessage = R"(  - notify:
      via: sink
      subject: Approved
      text: ${instance.reference} is approved.
)";
constexpr const char* kCall = R"(  - call: sink.send
    with: {reference: instance.reference, amount: '"1280.50"'}
    on: {failed: {end: rejected}}
)";

LoadSetting delivering_setting(std::uint16_t port, const char* step) {
  LoadSetting setting = approval_setting();
  const std::string ending = "  - end: approved\n";
  setting.workflow.insert(setting.workflow.rfind(ending), step);
  std::string connector = kConnector;
  connector.replace(connector.find("PORT"), 4, std::to_string(port));
  setting.connectors = {{"sink", connector}};
  setting.secrets = {{"sink-secret", "whsec_bG9hZGxvYWRsb2FkbG9hZGxvYWRsb2FkbG9hZGxvYWQ="}};
  setting.configuration = "outbound: {allow: [127.0.0.0/8]}\n";
  return setting;
}

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Until the outbox holds nothing for the receiver any more.
void wait_for_empty_outbox(const LoadDaemon& daemon) {
  while (fetch(daemon, "/api/v1/admin/outbox?status=pending&target=http:sink&limit=1").find("\"id\"") !=
         std::string::npos) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

bool measure(const LoadOptions& options, const char* what, const char* step, std::size_t count) {
  SinkServer sink(make_http_session);
  LoadDaemon daemon(options.binary, options.folder + "/" + what, delivering_setting(sink.port(), step));
  const auto all_arrived = [&] {
    if (sink.wait_for(count, std::chrono::seconds(30))) return true;
    std::printf("FAILED: %zu of %zu deliveries arrived\n", sink.count(), count);
    return false;
  };
  std::vector<std::string> ids;
  if (start_many(daemon, 64, 2 * count, ids).result.failures > 0) return false;
  const std::vector<std::string> second(ids.begin() + static_cast<std::ptrdiff_t>(count), ids.end());
  ids.resize(count);

  // While decisions last, some of their deliveries are on their way. Whether they keep pace shows in the
  // second half: how many leave while how many are decided.
  const std::vector<std::string> later(ids.begin() + static_cast<std::ptrdiff_t>(count / 2), ids.end());
  ids.resize(count / 2);
  const Run begun = decide_many(daemon, 64, ids);
  const std::size_t at_half = sink.count();
  const Run decided = decide_many(daemon, 64, later);
  const std::size_t at_end = sink.count();
  if (begun.result.failures + decided.result.failures > 0 || !all_arrived()) return false;
  wait_for_empty_outbox(daemon);
  const ProcessFigures after = daemon.figures();

  // The deliveries alone: they gather while the receiver answers nobody.
  sink.forget();
  sink.hold(true);
  const Run gathered = decide_many(daemon, 64, second);
  const Clock::time_point released = Clock::now();
  sink.hold(false);
  if (gathered.result.failures > 0 || !all_arrived()) return false;
  wait_for_empty_outbox(daemon);
  const double alone = static_cast<double>(count) / seconds_since(released);

  std::printf("%s:\n", what);
  print("  decisions, 64 clients, second half", decided);
  std::printf("  deliveries behind them           %8zu after half, %zu after all; %.0f us CPU both\n",
              ids.size() - at_half, count - at_end,
              (after.cpu_seconds - begun.before.cpu_seconds) * 1e6 / static_cast<double>(count));
  print("  decisions, the receiver stands", gathered);
  std::printf("  deliveries alone                 %8.0f /s\n", alone);
  std::printf("  deliveries : decisions           %8.2f in the second half\n",
              static_cast<double>(at_end - at_half) / static_cast<double>(later.size()));
  return true;
}

}  // namespace

bool run_deliveries(const LoadOptions& options) {
  const std::size_t count = options.count_or(20'000, 1000);
  const bool messages = measure(options, "messages", kMessage, count);
  return measure(options, "calls", kCall, count) && messages;
}

}  // namespace countersign::bench
