#include "definition/connector_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "definition/connector_loader.h"
#include "definition/workflow_files.h"

namespace countersign {
namespace {

namespace fs = std::filesystem;

// The file itself, or the folder's *.yaml sorted by name, without hidden ones.
Result<std::vector<std::string>> files_at(const std::string& path) {
  std::error_code failure;
  const auto status = fs::status(path, failure);
  if (!fs::exists(status)) {
    return fail(ErrorCode::not_found,
                fmt::format("cannot load connectors from {}: there is no such folder", path));
  }
  if (!fs::is_directory(status)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  fs::directory_iterator entries(path, failure);
  for (; !failure && entries != fs::directory_iterator(); entries.increment(failure)) {
    const auto name = entries->path().filename().string();
    std::error_code ignored;
    if (name.starts_with('.') || !name.ends_with(".yaml") || !entries->is_regular_file(ignored)) continue;
    files.push_back(path + (path.ends_with('/') ? "" : "/") + name);
  }
  if (failure) {
    return fail(ErrorCode::invalid_input,
                fmt::format("cannot load connectors from {}: {}", path, failure.message()));
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace

Result<LoadedConnectors> load_connector_files(const std::vector<std::string>& paths) {
  LoadedConnectors loaded;
  std::map<std::string, std::string> first_file;
  for (const auto& path : paths) {
    auto files = files_at(path);
    if (!files) return std::unexpected(std::move(files.error()));
    for (const auto& file : *files) {
      auto text = read_file(file);
      if (!text) return std::unexpected(std::move(text.error()));
      Diagnostics diagnostics;
      auto connector = load_connector(file, *text, diagnostics);
      if (connector != nullptr) {
        const auto [first, added] = first_file.emplace(connector->name, file);
        if (added) {
          loaded.connectors.emplace(connector->name, std::move(connector));
        } else {
          diagnostics.error(
              Code::duplicate_definition, {},
              fmt::format("the connector '{}' is defined in {} already", first->first, first->second));
        }
      }
      loaded.diagnostics.append(diagnostics);
    }
  }
  return loaded;
}

}  // namespace countersign
