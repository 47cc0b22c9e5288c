#include "app/serve.h"

#include <cstdio>
#include <filesystem>

#include <fmt/format.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>

#include "app/daemon.h"
#include "app/logging.h"
#include "definition/configuration_loader.h"
#include "definition/workflow_files.h"

namespace countersign {
namespace {

constexpr const char* kDefaultConfig = "countersign.yaml";

Result<Configuration> configuration_of(const cli::ServeOptions& options) {
  std::string path = options.config;
  std::error_code ignored;
  if (path.empty() && std::filesystem::exists(kDefaultConfig, ignored)) path = kDefaultConfig;
  Configuration configuration = default_configuration();
  if (!path.empty()) {
    const Result<std::string> text = read_file(path);
    if (!text) return std::unexpected(text.error());
    Diagnostics diagnostics;
    const FileReader read = [](const std::string& file) { return read_file(file); };
    auto loaded = load_configuration(path, *text, read, diagnostics);
    const std::string report = diagnostics.to_text();
    if (!report.empty()) std::fputs(report.c_str(), stderr);
    if (!loaded) return fail(ErrorCode::invalid_input, fmt::format("{} cannot be used, see above", path));
    configuration = std::move(*loaded);
  }
  if (!options.data.empty()) configuration.data = options.data;
  if (!options.listen.empty()) {
    if (options.dev) configuration.named.erase("public_url");  // links lead here, where they are tried out
    if (const auto fault = set_listen(configuration, options.listen))
      return fail(ErrorCode::invalid_input, "--listen: " + *fault);
  }
  if (options.dev) {
    const bool loopback = configuration.listen_host.starts_with("127.") || configuration.listen_host == "::1";
    if (!loopback) {
      return fail(ErrorCode::invalid_input,
                  fmt::format("--dev serves on loopback only, not on {}", configuration.listen_host));
    }
  }
  return configuration;
}

// Signals are waited for, not handled: no code runs in a signal's context.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, number);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return signals;
}

}  // namespace

int serve(const cli::ServeOptions& options) {
  auto configuration = configuration_of(options);
  if (!configuration) {
    fmt::print(stderr, "countersign: {}\n", configuration.error().message);
    return 2;
  }
  ::umask(S_IRWXG | S_IRWXO);  // the database and its backups hold what people wrote
  set_up_logging(configuration->log_level, options.dev);
  const sigset_t signals = block_signals();
  const std::string host = configuration->listen_host;
  const std::string data = configuration->data;
  const std::string public_url = configuration->public_url;
  Daemon daemon({std::move(*configuration), options.dev});
  if (Result<void> started = daemon.start(); !started) {
    fmt::print(stderr, "countersign: cannot start: {}\n", started.error().message);
    return 1;
  }
  spdlog::info("serving on http://{}:{}, links begin with {}, data in {}", host, daemon.port(), public_url,
               data);
  if (options.dev) spdlog::info("the built-in mailbox: http://{}:{}/dev/mailbox", host, daemon.port());
  sd_notify(0, "READY=1");
  for (;;) {
    int number = 0;
    if (sigwait(&signals, &number) != 0) continue;
    if (number != SIGHUP) break;
    if (auto reloaded = daemon.reload(); !reloaded) spdlog::error("reload: {}", reloaded.error().message);
  }
  sd_notify(0, "STOPPING=1");
  spdlog::info("stopping: finishing what is in flight");
  daemon.stop();
  spdlog::info("stopped");
  return 0;
}

}  // namespace countersign
