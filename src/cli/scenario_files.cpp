#include "cli/scenario_files.h"

#include <algorithm>
#include <filesystem>

#include "scenario/scenario_loader.h"
#include <fmt/format.h>

#include "cli/installation.h"
#include "definition/configuration_loader.h"
#include "definition/workflow_files.h"
#include "runtime/workspace.h"

namespace countersign::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = scenario::kScenarioEnding;

bool is_file(const std::string& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

Outcome<void> add_folder(const std::string& folder, std::vector<std::string>& files) {
  std::error_code failure;
  std::vector<std::string> found;
  for (fs::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure)) {
    const std::string name = at->path().filename().string();
    if (name.ends_with(kEnding) && !name.starts_with('.'))
      found.push_back((fs::path(folder) / name).string());
  }
  if (failure)
    return failed(ExitCode::wrong_use,
                  fmt::format("cannot read the folder {}: {}", folder, failure.message()));
  std::ranges::sort(found);
  files.insert(files.end(), found.begin(), found.end());
  return {};
}

Outcome<void> add_installation(const std::string& config, std::vector<std::string>& files) {
  const auto configuration = usable_configuration(config);
  if (!configuration) return std::unexpected(configuration.error());
  for (const std::string& place : configuration->workflows) {
    std::error_code ignored;
    if (!fs::is_directory(place, ignored)) continue;
    if (auto added = add_folder(place, files); !added) return added;
  }
  return {};
}

Outcome<void> add_path(const std::string& path, std::vector<std::string>& files) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    const std::string configuration = (fs::path(path) / "countersign.yaml").string();
    return is_file(configuration) ? add_installation(configuration, files) : add_folder(path, files);
  }
  if (!is_file(path)) return failed(ExitCode::wrong_use, fmt::format("there is no file or folder {}", path));
  if (fs::path(path).filename() == "countersign.yaml") return add_installation(path, files);
  if (path.ends_with(kEnding)) {
    files.push_back(path);
    return {};
  }
  const std::string beside =
      path.ends_with(".yaml") ? path.substr(0, path.size() - 5) + std::string(kEnding) : path;
  if (beside == path || !is_file(beside)) {
    return failed(ExitCode::wrong_use, fmt::format("{} has no scenarios: there is no {}", path, beside));
  }
  files.push_back(beside);
  return {};
}

// As an installation would look whose countersign.yaml nobody has written yet.
Configuration without_file(const std::string& workflow_file) {
  Configuration configuration = default_configuration();
  const fs::path folder = fs::path(workflow_file).parent_path();
  const fs::path root = folder.empty() ? fs::path("..") : folder / "..";
  configuration.connectors = {(root / "connectors").lexically_normal().string()};
  configuration.people = (root / "people.yaml").lexically_normal().string();
  configuration.workflows = {};
  return configuration;
}

}  // namespace

Outcome<std::vector<std::string>> scenario_files(const std::vector<std::string>& paths,
                                                 const std::string& config) {
  std::vector<std::string> files;
  if (paths.empty()) {
    if (auto added = add_installation(config, files); !added) return std::unexpected(added.error());
  }
  for (const std::string& path : paths) {
    if (auto added = add_path(path, files); !added) return std::unexpected(added.error());
  }
  if (files.empty()) {
    return failed(ExitCode::wrong_use,
                  "there are no scenarios: write NAME.test.yaml beside the workflow NAME.yaml");
  }
  return files;
}

Result<std::shared_ptr<const Snapshot>> Installations::of(const std::string& file) {
  const std::string found = config_.empty() ? nearest_configuration(file) : config_;
  const std::string key = found.empty() ? fs::path(file).parent_path().string() + "/" : found;
  if (const auto known = known_.find(key); known != known_.end()) return known->second;
  Configuration configuration = without_file(file);
  if (!found.empty()) {
    const auto text = read_file(found);
    if (!text) return std::unexpected(text.error());
    Diagnostics diagnostics;
    const FileReader read = [](const std::string& each) { return read_file(each); };
    auto loaded = load_configuration(found, *text, read, diagnostics);
    if (!loaded) {
      return fail(ErrorCode::invalid_input,
                  fmt::format("the configuration {} cannot be used:\n{}", found, diagnostics.to_text()));
    }
    configuration = std::move(*loaded);
    configuration.workflows = {};  // those beside the scenarios are loaded with them
  }
  const auto workspace = load_workspace(configuration, nullptr);
  if (!workspace) return std::unexpected(workspace.error());
  if (workspace->snapshot == nullptr) {
    return fail(ErrorCode::invalid_input,
                fmt::format("the people of {} cannot be used:\n{}", found, workspace->diagnostics.to_text()));
  }
  known_[key] = workspace->snapshot;
  return workspace->snapshot;
}

}  // namespace countersign::cli
