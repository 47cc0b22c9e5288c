#include "cli/installation.h"

#include <filesystem>

#include <fmt/format.h>

#include "definition/configuration_loader.h"
#include "definition/workflow_files.h"

namespace countersign::cli {
namespace {

constexpr const char* kDefaultFile = "countersign.yaml";

}  // namespace

Outcome<std::optional<Configuration>> read_configuration(const std::string& path, Diagnostics& diagnostics) {
  std::string file = path;
  std::error_code ignored;
  if (file.empty()) {
    if (!std::filesystem::exists(kDefaultFile, ignored)) return default_configuration();
    file = kDefaultFile;
  }
  const auto text = read_file(file);
  if (!text) return failed(ExitCode::wrong_use, text.error().message);
  const FileReader read = [](const std::string& each) { return read_file(each); };
  return load_configuration(file, *text, read, diagnostics);
}

Outcome<Configuration> usable_configuration(const std::string& path) {
  Diagnostics diagnostics;
  auto configuration = read_configuration(path, diagnostics);
  if (!configuration) return std::unexpected(configuration.error());
  if (*configuration) return std::move(**configuration);
  for (const Diagnostic& each : diagnostics.all()) {
    if (each.severity != Severity::error) continue;
    return failed(ExitCode::wrong_use,
                  fmt::format("the configuration cannot be used: {}:{}:{}: {}; 'countersign "
                              "validate {}' shows all errors",
                              each.file, each.line, each.column, each.message, each.file));
  }
  return failed(ExitCode::wrong_use, "the configuration cannot be used");
}

std::string nearest_configuration(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  for (fs::path folder = fs::absolute(path, ignored).parent_path();; folder = folder.parent_path()) {
    const fs::path file = folder / kDefaultFile;
    if (fs::exists(file, ignored)) return file.string();
    if (folder == folder.root_path()) break;
  }
  return fs::exists(kDefaultFile, ignored) ? kDefaultFile : "";
}

std::string local_url(const Configuration& configuration) {
  std::string host = configuration.listen_host;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  if (host.find(':') != std::string::npos && !host.starts_with('[')) host = "[" + host + "]";
  return fmt::format("http://{}:{}", host, configuration.listen_port);
}

std::string database_path(const std::string& data) {
  return data + "/countersign.db";
}
std::string admin_key_path(const std::string& data) {
  return data + "/admin.key";
}

}  // namespace countersign::cli
