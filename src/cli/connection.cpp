#include "cli/connection.h"

#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/installation.h"
#include "definition/workflow_files.h"

namespace countersign::cli {
namespace {

constexpr std::size_t kTimeoutSecondsMax = 24 * 3600;

// Read once, and only where something is asked of it.
class Settings {
 public:
  explicit Settings(const Connection& connection) : connection_(connection) {}
  Outcome<Configuration> get() {
    if (!read_) read_ = usable_configuration(connection_.config);
    return *read_;
  }

 private:
  const Connection& connection_;
  std::optional<Outcome<Configuration>> read_;
};

Outcome<std::string> address(Console& console, const Connection& connection, Settings& settings) {
  if (!connection.url.empty()) return connection.url;
  const std::string from_environment = console.environment("COUNTERSIGN_URL");
  if (!from_environment.empty()) return from_environment;
  const auto configuration = settings.get();
  if (!configuration) return std::unexpected(configuration.error());
  return local_url(*configuration);
}

bool is_own(const std::string& url, const Configuration& configuration) {
  return url == local_url(configuration) || url == configuration.public_url;
}

Outcome<std::string> key_for(const std::string& url, Console& console, const Connection& connection,
                             Settings& settings) {
  if (!connection.key.empty()) return connection.key;
  const std::string from_environment = console.environment("COUNTERSIGN_KEY");
  if (!from_environment.empty()) return std::string(trimmed(from_environment));
  constexpr std::string_view kGive = "give one with --key, or in COUNTERSIGN_KEY";
  const auto configuration = settings.get();
  if (!configuration) return std::unexpected(configuration.error());
  if (!is_loopback_url(url) && !is_own(url, *configuration)) {
    return failed(ExitCode::wrong_use, fmt::format("no API key for {}: {}", url, kGive));
  }
  const std::string path = admin_key_path(connection.data.empty() ? configuration->data : connection.data);
  const auto text = read_file(path);
  if (!text)
    return failed(ExitCode::wrong_use, fmt::format("no API key: {} ({})", kGive, text.error().message));
  return std::string(trimmed(*text));
}

Outcome<ApiClient> connect_as(Console& console, const Connection& connection, bool needs_key) {
  Settings settings(connection);
  auto url = address(console, connection, settings);
  if (!url) return std::unexpected(url.error());
  while (url->ends_with('/')) url->pop_back();
  ApiSettings chosen;
  auto key = key_for(*url, console, connection, settings);
  if (!key && needs_key) return std::unexpected(key.error());
  if (key) chosen.key = std::move(*key);
  chosen.url = std::move(*url);
  chosen.actor = connection.actor;
  chosen.idempotency_key = connection.idempotency_key;
  if (connection.timeout_seconds == 0 || connection.timeout_seconds > kTimeoutSecondsMax) {
    return failed(ExitCode::wrong_use, fmt::format("--timeout must be 1 to {} seconds", kTimeoutSecondsMax));
  }
  chosen.timeout = std::chrono::seconds(connection.timeout_seconds);
  return ApiClient::make(std::move(chosen));
}

}  // namespace

void add_connection(Command& command, Connection& connection, Writes writes) {
  command.section("Reaching the daemon", true)
      .option(
          connection.url, "--url", "URL",
          "its address (else COUNTERSIGN_URL, else the configuration's listen, else http://127.0.0.1:8080)")
      .option(connection.key, "--key", "KEY",
              "an API key (else COUNTERSIGN_KEY, else the file DATA/admin.key)")
      .option(connection.config, "--config", "FILE", "the daemon's configuration (else ./countersign.yaml)")
      .option(connection.data, "--data", "DIR", "the daemon's data folder (else the configuration's)")
      .number(connection.timeout_seconds, "--timeout", "SECONDS", "how long to wait for an answer (30)");
  if (writes == Writes::yes) {
    command
        .option(connection.actor, "--as", "PERSON", "whom to act for, with a key that has the scope act-as")
        .option(connection.idempotency_key, "--idempotency-key", "KEY",
                "a name for this request: repeated under it, nothing is done twice (else a random one)");
  }
  command.flag(connection.json, "--json", "print the API's JSON instead of words for people");
}

Outcome<ApiClient> connect(Console& console, const Connection& connection) {
  return connect_as(console, connection, true);
}

Outcome<ApiClient> connect_without_key(Console& console, const Connection& connection) {
  return connect_as(console, connection, false);
}

}  // namespace countersign::cli
