#include "cli/local_workflow.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "cli/installation.h"
#include "cli/scenario_files.h"
#include "definition/workflow_files.h"
#include "runtime/workspace.h"

namespace countersign::cli {
namespace {

namespace fs = std::filesystem;

bool is_file(const std::string& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

// The workflow's file; "" where there is none.
Outcome<std::string> file_of(const std::string& name, const std::string& config) {
  if (name.ends_with(".yaml")) return is_file(name) ? name : std::string();
  const auto configuration = usable_configuration(config);
  if (!configuration) return std::unexpected(configuration.error());
  for (const std::string& place : configuration->workflows) {
    const std::string file = (fs::path(place) / (name + ".yaml")).string();
    if (is_file(file)) return file;
    if (fs::path(place).filename() == name + ".yaml" && is_file(place)) return place;
  }
  return std::string();
}

std::vector<Detail> details_of(const Diagnostics& diagnostics) {
  std::vector<Detail> details;
  for (const Diagnostic& each : diagnostics.all()) {
    if (each.severity != Severity::error) continue;
    details.push_back({"", fmt::format("{}:{}:{}: {}", each.file, each.line, each.column, each.message)});
  }
  return details;
}

}  // namespace

bool has_local_workflow(const std::string& name, const std::string& config) {
  const auto file = file_of(name, config);
  return file && !file->empty();
}

Outcome<LocalWorkflow> local_workflow(const std::string& name, const std::string& config) {
  const auto file = file_of(name, config);
  if (!file) return std::unexpected(file.error());
  if (file->empty()) return failed(ExitCode::not_so, fmt::format("there is no workflow '{}' here", name));
  Installations installations(config);
  const auto around = installations.of(*file);
  if (!around) return failed(ExitCode::wrong_use, around.error().message);
  auto snapshot = std::make_shared<Snapshot>(**around);
  const std::string folder = fs::path(*file).parent_path().string();
  Catalogue catalogue = catalogue_of(*snapshot);
  // Without a file of people names are not checked, instead of all being unknown.
  if (snapshot->directory->people().empty()) catalogue.directory = nullptr;
  auto loaded = load_workflow_files({folder.empty() ? "." : folder}, std::move(catalogue));
  if (!loaded) return failed(ExitCode::wrong_use, loaded.error().message);
  const std::string id = workflow_name_of(*file);
  std::vector<Detail> problems;
  for (WorkflowFile& each : loaded->files) {
    const std::string each_id = workflow_name_of(each.file);
    if (each_id == id) problems = details_of(each.loaded.diagnostics);
    if (each.loaded.definition != nullptr)
      snapshot->workflows[WorkflowId(each_id)] = std::move(each.loaded.definition);
  }
  const auto definition = snapshot->workflow(WorkflowId(id));
  if (definition == nullptr)
    return failed(ExitCode::not_so, fmt::format("{} has errors", *file), std::move(problems));
  return LocalWorkflow{definition, std::move(snapshot)};
}

}  // namespace countersign::cli
