#include "runtime/workspace.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "definition/connector_files.h"
#include "definition/connector_loader.h"
#include "definition/people_loader.h"
#include "definition/workflow_files.h"

namespace countersign {
namespace {

std::string name_of_file(const std::string& path) {
  return std::filesystem::path(path).stem().string();
}

// A path of the configuration that is not there: the default ones may be missing, what the file names may
// not.
bool is_missing_default(const Configuration& configuration, const char* key, const std::string& path) {
  std::error_code ignored;
  return !configuration.named.contains(key) && !std::filesystem::exists(path, ignored);
}

Result<void> load_people_into(const Configuration& configuration, const Snapshot* running, Snapshot& next,
                              Diagnostics& diagnostics) {
  if (is_missing_default(configuration, "people", configuration.people)) {
    next.directory = *Directory::build({}, {});
    return {};
  }
  const Result<std::string> text = read_file(configuration.people);
  if (!text) return std::unexpected(text.error());
  next.directory = load_people(configuration.people, *text, configuration.calendars, diagnostics);
  // The same object where the same people stand in it: whatever watches them then has nothing to do.
  const bool is_kept = running != nullptr && (next.directory == nullptr ||
                                              next.directory->revision() == running->directory->revision());
  if (is_kept) next.directory = running->directory;
  return {};
}

// The paths of a setting without default ones that are not there.
std::vector<std::string> present(const Configuration& configuration, const char* key,
                                 const std::vector<std::string>& places) {
  std::vector<std::string> there;
  for (const std::string& place : places) {
    if (!is_missing_default(configuration, key, place)) there.push_back(place);
  }
  return there;
}

bool has_file(const std::vector<std::string>& places, const std::string& name) {
  std::error_code ignored;
  return std::any_of(places.begin(), places.end(), [&](const std::string& place) {
    return std::filesystem::exists(place + "/" + name + ".yaml", ignored) ||
           (name_of_file(place) == name && std::filesystem::is_regular_file(place, ignored));
  });
}

Result<void> load_connectors_into(const Configuration& configuration, const Snapshot* running, Snapshot& next,
                                  Diagnostics& diagnostics) {
  const std::vector<std::string> places = present(configuration, "connectors", configuration.connectors);
  auto loaded = load_connector_files(places);
  if (!loaded) return std::unexpected(loaded.error());
  next.connectors = std::move(loaded->connectors);
  diagnostics.append(loaded->diagnostics);
  if (running == nullptr) return {};
  for (const auto& [name, connector] : running->connectors) {
    if (has_file(places, name)) next.connectors.emplace(name, connector);  // its file has an error now
  }
  return {};
}

Result<void> load_workflows_into(const Configuration& configuration, const Snapshot* running, Snapshot& next,
                                 Diagnostics& diagnostics) {
  auto loaded =
      load_workflow_files(present(configuration, "workflows", configuration.workflows), catalogue_of(next));
  if (!loaded) return std::unexpected(loaded.error());
  for (WorkflowFile& file : loaded->files) {
    const WorkflowId id(workflow_name_of(file.file));
    auto definition = std::move(file.loaded.definition);
    if (definition == nullptr && running != nullptr) definition = running->workflow(id);
    if (definition != nullptr) next.workflows[id] = std::move(definition);
  }
  diagnostics.append(loaded->diagnostics);
  return {};
}

Result<LoadedWorkflow> load_row(const DefinitionRow& row, const Catalogue& catalogue) {
  MessageTexts messages;
  const Result<json::value> stored = parse_json(row.messages.empty() ? "{}" : row.messages);
  if (!stored || !stored->is_object()) {
    return fail(ErrorCode::corrupt, fmt::format("the stored messages of {} are damaged", row.workflow.value));
  }
  for (const auto& member : stored->as_object()) {
    const std::string key(member.key());
    const std::size_t dot = key.rfind('.');
    if (dot == std::string::npos || !member.value().is_string()) continue;
    messages[{key.substr(0, dot), key.substr(dot + 1)}] = std::string(member.value().as_string());
  }
  TableTexts tables;
  const Result<json::value> rows = parse_json(row.tables.empty() ? "{}" : row.tables);
  if (!rows || !rows->is_object()) {
    return fail(ErrorCode::corrupt, fmt::format("the stored tables of {} are damaged", row.workflow.value));
  }
  for (const auto& member : rows->as_object()) {
    if (member.value().is_string())
      tables[std::string(member.key())] = std::string(member.value().as_string());
  }
  return load_workflow("workflows/" + row.workflow.value + ".yaml", row.source, messages, catalogue, tables);
}

}  // namespace

Catalogue catalogue_of(const Snapshot& snapshot) {
  Catalogue catalogue;
  for (const auto& [name, connector] : snapshot.connectors)
    catalogue.connectors[name] = outline_of(*connector);
  for (const auto& [id, definition] : snapshot.workflows) {
    catalogue.workflows[id.value] = WorkflowOutline{definition->form, definition->statuses};
  }
  for (const auto& [name, calendar] : snapshot.calendars) {
    if (!name.empty()) catalogue.calendars.insert(name);
  }
  catalogue.ledgers.emplace();
  for (const LedgerSettings& ledger : snapshot.ledgers)
    catalogue.ledgers->emplace(ledger.name, ledger.currency);
  catalogue.directory = snapshot.directory;
  return catalogue;
}

Result<Workspace> load_workspace(const Configuration& configuration, const Snapshot* running) {
  auto next = std::make_shared<Snapshot>();
  Workspace workspace;
  next->calendars = configuration.calendars;
  next->ledgers = configuration.ledgers;
  next->reminders = configuration.reminders;
  if (auto loaded = load_people_into(configuration, running, *next, workspace.diagnostics); !loaded) {
    return std::unexpected(loaded.error());
  }
  if (next->directory == nullptr) return workspace;
  if (auto loaded = load_connectors_into(configuration, running, *next, workspace.diagnostics); !loaded) {
    return std::unexpected(loaded.error());
  }
  if (auto loaded = load_workflows_into(configuration, running, *next, workspace.diagnostics); !loaded) {
    return std::unexpected(loaded.error());
  }
  workspace.snapshot = std::move(next);
  return workspace;
}

Result<std::vector<Diagnostic>> missing_names(const DefinitionRow& row, const Snapshot& snapshot) {
  if (auto loads = load_stored(row, snapshot); !loads) return std::unexpected(loads.error());
  const auto loaded = load_row(row, catalogue_of(snapshot));
  if (!loaded) return std::unexpected(loaded.error());
  std::vector<Diagnostic> missing;
  for (const Diagnostic& diagnostic : loaded->diagnostics.all()) {
    if (diagnostic.code == info_of(Code::unknown_person).number ||
        diagnostic.code == info_of(Code::unknown_group).number)
      missing.push_back(diagnostic);
  }
  return missing;
}

Result<std::shared_ptr<const Definition>> load_stored(const DefinitionRow& row, const Snapshot& snapshot) {
  Catalogue catalogue = catalogue_of(snapshot);
  // Whoever has left since then, and budgets that are not listed any more, do not break what was in force.
  catalogue.directory = nullptr;
  catalogue.ledgers.reset();
  catalogue.in_force = true;
  const auto loaded = load_row(row, catalogue);
  if (!loaded) return std::unexpected(loaded.error());
  if (loaded->definition == nullptr) {
    return fail(ErrorCode::invalid_input,
                fmt::format("version {} of {}, which open instances run, no longer loads:\n{}",
                            row.version.substr(0, 12), row.workflow.value, loaded->diagnostics.to_text()));
  }
  return loaded->definition;
}

void load_versions_from(const Reader& reader, Library& library) {
  library.find_missing_with(
      [&reader, &library](const WorkflowId& workflow,
                          const std::string& version) -> std::shared_ptr<const Definition> {
        const auto row = reader.definition(workflow, version);
        if (!row) {
          spdlog::error("cannot read version {} of {}: {}", version.substr(0, 12), workflow.value,
                        row.error().message);
          return nullptr;
        }
        if (!*row) return nullptr;
        auto definition = load_stored(**row, *library.current());
        if (definition) return std::move(*definition);
        spdlog::error("{}", definition.error().message);
        return nullptr;
      });
}

}  // namespace countersign
