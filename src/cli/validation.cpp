#include "cli/validation.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/installation.h"
#include "cli/report.h"
#include "definition/connector_loader.h"
#include "definition/people_loader.h"
#include "definition/secrets.h"
#include "definition/workflow_files.h"
#include "runtime/deliverability.h"
#include "runtime/workspace.h"

namespace countersign::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kConfigurationFile = "countersign.yaml";

std::string folder_of(const std::string& file) {
  const std::string folder = fs::path(file).parent_path().string();
  return folder.empty() ? "." : folder;
}

Outcome<std::vector<std::string>> yaml_files_in(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code failure;
  for (fs::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure)) {
    const std::string name = at->path().filename().string();
    if (name.ends_with(".yaml") && !name.ends_with(".test.yaml") && !name.starts_with('.')) {
      files.push_back((fs::path(folder) / name).string());
    }
  }
  if (failure)
    return failed(ExitCode::wrong_use,
                  fmt::format("cannot read the folder {}: {}", folder, failure.message()));
  std::ranges::sort(files);
  return files;
}

}  // namespace

std::string Validation::what() const {
  std::vector<std::string> parts;
  if (configurations_ > 0) parts.push_back(counted(configurations_, "configuration", "configurations"));
  if (workflows_ > 0) parts.push_back(counted(workflows_, "workflow", "workflows"));
  if (connectors_ > 0) parts.push_back(counted(connectors_, "connector", "connectors"));
  if (people_ > 0) parts.push_back(counted(people_, "person", "people"));
  const std::string checked = parts.empty() ? "nothing" : join(parts, ", ");
  return stopped_at_.empty()
             ? checked
             : fmt::format("{}; workflows and connectors were not checked, because {} has errors", checked,
                           stopped_at_);
}

Outcome<void> Validation::check_installation() {
  std::error_code ignored;
  const bool is_there = fs::exists(kConfigurationFile, ignored);
  return check_installation_of(config_.empty() && is_there ? kConfigurationFile : config_);
}

Outcome<void> Validation::check_installation_of(const std::string& configuration_file) {
  if (!configuration_file.empty()) ++configurations_;
  used_defaults_ = used_defaults_ || configuration_file.empty();
  Diagnostics found;
  const auto configuration = read_configuration(configuration_file, found);
  diagnostics_.append(found);
  if (!configuration) return std::unexpected(configuration.error());
  if (!*configuration) {
    stopped_at_ = "the configuration";
    return {};
  }
  const auto workspace = load_workspace(**configuration, nullptr);
  if (!workspace) return failed(ExitCode::not_so, workspace.error().message);
  diagnostics_.append(workspace->diagnostics);
  if (workspace->snapshot == nullptr) {
    stopped_at_ = "the file of people";
    return {};
  }
  const Secrets secrets((*configuration)->secrets);
  diagnostics_.append(deliverability_of(**configuration, *workspace->snapshot,
                                        [&](const std::string& name) { return secrets.find(name); }));
  // A file with errors is no part of the snapshot, but was checked all the same.
  std::vector<std::string> broken;
  for (const Diagnostic& each : workspace->diagnostics.all()) {
    if (each.severity != Severity::error) continue;
    if (std::ranges::find(broken, each.file) == broken.end()) broken.push_back(each.file);
  }
  for (const std::string& file : broken) {
    const auto text = read_file(file);
    (text && kind_of_file(file, *text) == FileKind::connector ? connectors_ : workflows_) += 1;
  }
  workflows_ += workspace->snapshot->workflows.size();
  connectors_ += workspace->snapshot->connectors.size();
  people_ += workspace->snapshot->directory->people().size();
  return {};
}

std::string Validation::configuration_for(const std::string& path) const {
  return config_.empty() ? nearest_configuration(path) : config_;
}

const Validation::Known& Validation::known_for(const std::string& path) {
  const std::string file = configuration_for(path);
  const auto [entry, is_new] = known_.try_emplace(file);
  Known& known = entry->second;
  used_defaults_ = used_defaults_ || file.empty();
  if (!is_new) return known;
  // What is wrong in other files is not asked here: each knows what can be loaded.
  Diagnostics elsewhere;
  const auto read = read_configuration(file, elsewhere);
  const Configuration configuration = read && *read ? **read : default_configuration();
  known.calendars = configuration.calendars;
  for (const auto& [name, calendar] : known.calendars) {
    if (!name.empty()) known.catalogue.calendars.insert(name);
  }
  // Without a configuration the names of ledgers are not checked either.
  if (!configuration.file.empty()) {
    known.catalogue.ledgers.emplace();
    for (const LedgerSettings& ledger : configuration.ledgers)
      known.catalogue.ledgers->emplace(ledger.name, ledger.currency);
  }
  const auto workspace = load_workspace(configuration, nullptr);
  if (!workspace || workspace->snapshot == nullptr) return known;
  const Snapshot& snapshot = *workspace->snapshot;
  for (const auto& [name, connector] : snapshot.connectors)
    known.catalogue.connectors[name] = outline_of(*connector);
  for (const auto& [id, definition] : snapshot.workflows) {
    known.catalogue.workflows[id.value] = {definition->form, definition->statuses};
  }
  // Without a file of people names are not checked, instead of all being unknown.
  if (!snapshot.directory->people().empty()) known.catalogue.directory = snapshot.directory;
  return known;
}

Outcome<void> Validation::check_workflow(const std::string& file, const std::string& text,
                                         const Known& known) {
  const std::string folder = folder_of(file);
  const auto messages = read_message_files(folder);
  if (!messages) return failed(ExitCode::not_so, messages.error().message);
  Catalogue catalogue = known.catalogue;
  const auto beside = yaml_files_in(folder);
  if (!beside) return std::unexpected(beside.error());
  for (const std::string& each : *beside) {
    const auto other = read_file(each);
    if (!other || kind_of_file(each, *other) != FileKind::workflow) continue;
    if (auto named = countersign::outline_of(each, *other)) {
      catalogue.workflows.insert_or_assign(named->id, std::move(named->outline));
    }
  }
  const auto tables = read_table_files(folder);
  if (!tables) return failed(ExitCode::not_so, tables.error().message);
  diagnostics_.append(load_workflow(file, text, *messages, catalogue, *tables).diagnostics);
  return {};
}

Outcome<void> Validation::check_file(const std::string& file, const std::string& text, FileKind kind) {
  switch (kind) {
    case FileKind::workflow:
      ++workflows_;
      return check_workflow(file, text, known_for(file));
    case FileKind::connector: {
      ++connectors_;
      Diagnostics found;
      (void)load_connector(file, text, found);
      diagnostics_.append(found);
      return {};
    }
    case FileKind::people: {
      Diagnostics found;
      const auto directory = load_people(file, text, known_for(file).calendars, found);
      if (directory != nullptr) people_ += directory->people().size();
      diagnostics_.append(found);
      return {};
    }
    case FileKind::configuration:
      return check_installation_of(file);
    case FileKind::scenario:
      return failed(ExitCode::wrong_use,
                    fmt::format("{} is a scenario: 'countersign test {}' plays it", file, file));
    case FileKind::other:
      return failed(
          ExitCode::wrong_use,
          fmt::format("{} is neither YAML nor CSV: name a workflow, a connector, people or a configuration",
                      file));
  }
  return {};
}

Outcome<void> Validation::check_folder(const std::string& folder) {
  const std::string configuration = (fs::path(folder) / kConfigurationFile).string();
  std::error_code ignored;
  if (fs::exists(configuration, ignored)) return check_installation_of(configuration);
  const auto files = yaml_files_in(folder);
  if (!files) return std::unexpected(files.error());
  if (files->empty()) return failed(ExitCode::wrong_use, fmt::format("there is no .yaml file in {}", folder));
  for (const std::string& file : *files) {
    if (const auto done = check(file); !done) return done;
  }
  return {};
}

Outcome<void> Validation::check(const std::string& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return check_folder(path);
  const auto text = read_file(path);
  if (!text) return failed(ExitCode::wrong_use, text.error().message);
  return check_file(path, *text, kind_of_file(path, *text));
}

}  // namespace countersign::cli
