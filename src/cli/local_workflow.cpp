#include "cli/local_workflow.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "base/text.h"
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

// Where a name was looked for.
struct Search {
  std::string file;                 // "": there is none
  std::vector<std::string> places;  // folders and files of the configuration
  std::vector<std::string> ids;     // of the workflows that are there
};

void look_into(const std::string& place, const std::string& name, Search& search) {
  std::error_code failure;
  std::vector<std::string> files;
  if (is_file(place)) files.push_back(place);
  for (fs::directory_iterator at(place, failure), end; !failure && at != end; at.increment(failure))
    files.push_back((fs::path(place) / at->path().filename()).string());
  std::ranges::sort(files);
  search.places.push_back(place);
  for (const std::string& file : files) {
    if (!file.ends_with(".yaml") || file.ends_with(".test.yaml") || !is_file(file)) continue;
    search.ids.push_back(workflow_name_of(file));
    if (search.ids.back() == name && search.file.empty()) search.file = file;
  }
}

Outcome<Search> search_for(const std::string& name, const std::string& config) {
  Search search;
  if (name.ends_with(".yaml")) {
    if (is_file(name)) search.file = name;
    return search;
  }
  const bool elsewhere = config.empty() && !is_file("countersign.yaml");
  const auto configuration = usable_configuration(elsewhere ? nearest_configuration("any") : config);
  if (!configuration) return std::unexpected(configuration.error());
  for (const std::string& place : configuration->workflows) look_into(place, name, search);
  // In the folder of the workflows itself, where nobody has written a configuration yet.
  if (search.ids.empty()) look_into(".", name, search);
  return search;
}

std::string why_none(const std::string& name, const Search& search) {
  if (name.ends_with(".yaml")) return fmt::format("there is no file {}", name);
  const auto meant = nearest(name, search.ids);
  const std::string hint = meant                ? fmt::format(" (did you mean '{}'?)", *meant)
                           : search.ids.empty() ? ": none is there; name its file, or --config FILE"
                                                : fmt::format(": there is {}", join(search.ids, ", "));
  return fmt::format("there is no workflow '{}' in {}{}", name, join(search.places, ", "), hint);
}

std::vector<Detail> details_of(const Diagnostics& diagnostics) {
  std::vector<Detail> details;
  for (const Diagnostic& each : diagnostics.all()) {
    if (each.severity != Severity::error) continue;
    details.push_back({"", fmt::format("{}:{}:{}: {}", each.file, each.line, each.column, each.message)});
  }
  return details;
}

// Calendars, people and connectors are a configuration's: without one they are unknown.
std::string without_configuration(const std::string& config, const std::string& file) {
  const bool none = config.empty() && nearest_configuration(file).empty();
  return none ? "; there is no countersign.yaml here, which has the calendars and names the people: --config "
                "names one"
              : "";
}

}  // namespace

Outcome<bool> has_local_workflow(const std::string& name, const std::string& config) {
  const auto search = search_for(name, config);
  if (!search) return std::unexpected(search.error());
  return !search->file.empty();
}

std::string no_local_workflow(const std::string& name, const std::string& config) {
  const auto search = search_for(name, config);
  return search ? why_none(name, *search) : search.error().message;
}

Outcome<LocalWorkflow> local_workflow(const std::string& name, const std::string& config) {
  const auto search = search_for(name, config);
  if (!search) return std::unexpected(search.error());
  if (search->file.empty()) return failed(ExitCode::not_so, why_none(name, *search));
  const std::string& file = search->file;
  Installations installations(config);
  const auto around = installations.of(file);
  if (!around) return failed(ExitCode::wrong_use, around.error().message);
  auto snapshot = std::make_shared<Snapshot>(**around);
  const std::string folder = fs::path(file).parent_path().string();
  Catalogue catalogue = catalogue_of(*snapshot);
  // Without a file of people names are not checked, instead of all being unknown.
  if (snapshot->directory->people().empty()) catalogue.directory = nullptr;
  auto loaded = load_workflow_files({folder.empty() ? "." : folder}, std::move(catalogue));
  if (!loaded) return failed(ExitCode::wrong_use, loaded.error().message);
  const std::string id = workflow_name_of(file);
  std::vector<Detail> problems;
  for (WorkflowFile& each : loaded->files) {
    const std::string each_id = workflow_name_of(each.file);
    if (each_id == id) problems = details_of(each.loaded.diagnostics);
    if (each.loaded.definition != nullptr)
      snapshot->workflows[WorkflowId(each_id)] = std::move(each.loaded.definition);
  }
  const auto definition = snapshot->workflow(WorkflowId(id));
  if (definition == nullptr)
    return failed(ExitCode::not_so, fmt::format("{} has errors{}", file, without_configuration(config, file)),
                  std::move(problems));
  return LocalWorkflow{definition, std::move(snapshot)};
}

}  // namespace countersign::cli
