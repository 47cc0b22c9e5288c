#include "scenario/scenario_loader.h"

#include <array>
#include <filesystem>

#include "scenario/reading.h"
#include "scenario/scenario_grammar.h"
#include <fmt/format.h>

#include "definition/calendar_loader.h"
#include "definition/ledger_loader.h"
#include "definition/people_draft.h"
#include "definition/people_loader.h"
#include "definition/workflow_files.h"
#include "runtime/workspace.h"

namespace countersign::scenario {
namespace {

namespace fs = std::filesystem;

constexpr std::array kFileKeys = {
    Key{"people", Shape::any, Need::optional, "people as in people.yaml, or that file's path"},
    Key{"groups", Shape::map, Need::optional, "groups of the people that stand here"},
    Key{"calendars", Shape::map, Need::optional, "calendars as in countersign.yaml"},
    Key{"calendar", Shape::text, Need::optional, "the default one of them"},
    Key{"ledgers", Shape::map, Need::optional, "budgets as in countersign.yaml"},
    Key{"now", Shape::text, Need::optional, "what the clock says when a scenario begins"},
    Key{"files", Shape::texts, Need::optional, "names of files that people hand in"},
    Key{"replies", Shape::map, Need::optional, "CONNECTOR.ACTION: its output, or {fail: WHY}"},
    Key{"scenarios", Shape::list, Need::required, "the scenarios"},
};
constexpr std::array kScenarioKeys = {
    Key{"name", Shape::text, Need::required, "what it shows"},
    Key{"now", Shape::text, Need::optional, "what the clock says when it begins"},
    Key{"replies", Shape::map, Need::optional, "as for the whole file"},
    Key{"steps", Shape::list, Need::required, "acts and expectations in their order"},
};
// A Monday morning that is a working day everywhere but where somebody has said otherwise.
constexpr std::string_view kDefaultNow = "2026-03-02T09:00";
constexpr YamlLimits kLimits{8 << 20, 64, 1'000'000};

class FileLoader {
 public:
  FileLoader(std::string path, const Snapshot& installation)
      : path_(std::move(path)),
        folder_(fs::path(path_).parent_path().string()),
        installation_(installation) {}

  Result<LoadedScenarios> load() {
    const auto text = read_file(path_);
    if (!text) return std::unexpected(text.error());
    document_ = read_yaml(path_, *text, diagnostics_, kLimits);
    if (!document_) return finished();
    const MapReader map(document_->root, "the scenario file", kFileKeys, diagnostics_);
    if (!map.is_map()) return finished();
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->connectors = installation_.connectors;
    read_calendars_of(map, *snapshot);
    snapshot->ledgers = installation_.ledgers;
    // A story is about when somebody is reminded, and not about when the mail leaves.
    snapshot->reminders = {.digest = false, .per_day = UINT32_MAX, .quiet_hours = {}};
    if (const YamlNode* ledgers = map.find("ledgers"))
      snapshot->ledgers = read_ledgers(*ledgers, diagnostics_);
    if (auto read = read_people_of(map, *snapshot); !read) return std::unexpected(read.error());
    if (snapshot->directory == nullptr) return finished();
    if (auto read = load_workflows(*snapshot); !read) return std::unexpected(read.error());
    file_.file = path_;
    file_.source = document_->source;
    file_.workflow = WorkflowId(tested_workflow(path_));
    file_.snapshot = snapshot;
    const auto tested = snapshot->workflow(file_.workflow);
    if (tested == nullptr) return finished();
    read_scenarios(map, *tested);
    return finished();
  }

 private:
  Result<LoadedScenarios> finished() {
    LoadedScenarios loaded;
    if (!diagnostics_.has_errors() && file_.snapshot != nullptr) loaded.file = std::move(file_);
    loaded.diagnostics = std::move(diagnostics_);
    return loaded;
  }

  void read_calendars_of(const MapReader& map, Snapshot& snapshot) {
    snapshot.calendars = installation_.calendars;
    const YamlNode* node = map.find("calendars");
    if (node == nullptr) return;
    const FileReader read = [](const std::string& file) { return read_file(file); };
    snapshot.calendars = read_calendars(*node, folder_, read, diagnostics_);
    std::string chosen = map.text("calendar");
    if (chosen.empty() && !node->entries.empty()) chosen = node->entries.front().key;
    const auto found = snapshot.calendars.find(chosen);
    if (map.has("calendar") && found == snapshot.calendars.end()) {
      std::vector<std::string> known;
      for (const auto& [name, calendar] : snapshot.calendars) known.push_back(name);
      diagnostics_.error(Code::unknown_calendar, map.at("calendar"),
                         fmt::format("unknown calendar '{}'", chosen), nearest_of(chosen, known));
    }
    snapshot.calendars.emplace(
        "", found != snapshot.calendars.end() ? found->second : default_configuration().calendars.at(""));
  }

  Result<void> read_people_of(const MapReader& map, Snapshot& snapshot) {
    const YamlNode* people = map.find("people");
    if (people == nullptr) {
      if (map.has("groups")) {
        diagnostics_.error(Code::keys_conflict, map.key_at("groups"),
                           "'groups' stands beside 'people', whose members it names");
      }
      snapshot.directory = installation_.directory;
      return {};
    }
    if (people->is_scalar()) return read_people_file(*people, snapshot);
    if (!people->is_sequence()) {
      report_wrong_kind(*people, "'people'", "a list of people, or a path", diagnostics_);
      return {};
    }
    YamlNode root;
    root.kind = YamlNode::Kind::map;
    root.at = people->at;
    for (const YamlNode::Entry& entry : document_->root.entries) {
      if (entry.key == "people" || entry.key == "groups") root.entries.push_back(entry);
    }
    PeopleDraft draft(snapshot.calendars, diagnostics_);
    read_people_node(root, draft, diagnostics_);
    snapshot.directory = draft.finish();
    return {};
  }

  Result<void> read_people_file(const YamlNode& node, Snapshot& snapshot) {
    const std::string file = path_below(folder_, node.text);
    const auto text = read_file(file);
    if (!text) {
      diagnostics_.error(Code::bad_value, node.at, text.error().message);
      return {};
    }
    Diagnostics found;
    snapshot.directory = load_people(file, *text, snapshot.calendars, found);
    diagnostics_.append(found);
    return {};
  }

  Result<void> load_workflows(Snapshot& snapshot) {
    auto loaded = load_workflow_files({folder_.empty() ? "." : folder_}, catalogue_of(snapshot));
    if (!loaded) return std::unexpected(loaded.error());
    const std::string tested = tested_workflow(path_);
    bool is_there = false;
    for (WorkflowFile& workflow : loaded->files) {
      const std::string name = workflow_name_of(workflow.file);
      if (name == tested) {
        is_there = true;
        // Warnings are 'countersign validate's.
        if (workflow.loaded.diagnostics.has_errors()) diagnostics_.append(workflow.loaded.diagnostics);
      }
      if (workflow.loaded.definition != nullptr)
        snapshot.workflows[WorkflowId(name)] = std::move(workflow.loaded.definition);
    }
    if (is_there) return {};
    std::vector<std::string> known;
    for (const auto& [id, definition] : snapshot.workflows) known.push_back(id.value);
    diagnostics_.error(Code::scenario_without_workflow, {1, 1, 1},
                       fmt::format("there is no workflow '{}' beside this file", tested),
                       nearest_of(tested, known));
    return {};
  }

  std::vector<Reply> read_replies(const Reading& reading, const MapReader& map) const {
    std::vector<Reply> replies;
    const YamlNode* node = map.find("replies");
    if (node == nullptr) return replies;
    for (const YamlNode::Entry& entry : node->entries) {
      if (!read_action(reading, entry.key, entry.key_at)) continue;
      Reply reply{entry.key, {}, nullptr};
      const YamlNode* failure = entry.value.find("fail");
      if (failure != nullptr && entry.value.entries.size() == 1) {
        reply.failure = failure->text.empty() ? "the other system refused" : failure->text;
      } else {
        reply.data = input_of(entry.value);
      }
      replies.push_back(std::move(reply));
    }
    return replies;
  }

  void read_scenarios(const MapReader& map, const Definition& tested) {
    Reading reading{*document_, diagnostics_, *file_.snapshot, tested};
    file_.uploads = map.texts("files");
    const std::vector<Reply> replies = read_replies(reading, map);
    auto now = read_instant(reading, map.text("now", kDefaultNow), map.at("now"));
    const YamlNode* list = map.find("scenarios");
    if (list == nullptr) return;
    std::set<std::string> names;
    for (const YamlNode& node : list->items) {
      const MapReader each(node, "a scenario", kScenarioKeys, diagnostics_);
      if (!each.is_map()) continue;
      Scenario scenario;
      scenario.name = placed(each.find("name"));
      if (!scenario.name.empty() && !names.insert(scenario.name.text).second) {
        diagnostics_.error(Code::duplicate_name, scenario.name.at,
                           fmt::format("two scenarios are called '{}'", scenario.name.text));
      }
      if (const YamlNode* own = each.find("now")) {
        scenario.now = read_instant(reading, own->text, own->at).value_or(Instant());
      } else if (now) {
        scenario.now = *now;
      }
      scenario.replies = read_replies(reading, each);  // before the file's: the first that fits serves
      scenario.replies.insert(scenario.replies.end(), replies.begin(), replies.end());
      reading.instances.clear();
      if (const YamlNode* steps = each.find("steps")) {
        for (const YamlNode& entry : steps->items) scenario.entries.push_back(read_entry(reading, entry));
      }
      file_.scenarios.push_back(std::move(scenario));
    }
  }

  std::string path_;
  std::string folder_;
  const Snapshot& installation_;
  Diagnostics diagnostics_;
  std::optional<YamlDocument> document_;
  ScenarioFile file_;
};

}  // namespace

const Grammar& scenario_file_grammar() {
  static const Grammar kEntries{"entries", {list_of(entry_grammar)}};
  static const std::vector<Key> kScenario =
      with_inside(kScenarioKeys, {{"steps", []() -> const Grammar& { return kEntries; }}});
  static const Grammar kOne{"scenario", {map_of({kScenario})}};
  static const Grammar kAll{"scenarios", {list_of([]() -> const Grammar& { return kOne; })}};
  static const Grammar kCalendars{"calendars", {names_of(calendar_grammar)}};
  static const std::vector<Key> kFile =
      with_inside(kFileKeys, {{"scenarios", []() -> const Grammar& { return kAll; }},
                              {"calendars", []() -> const Grammar& { return kCalendars; }}});
  static const Grammar kGrammar{"scenario_file", {map_of({kFile})}};
  return kGrammar;
}

Result<LoadedScenarios> load_scenarios(const std::string& path, const Snapshot& installation) {
  return FileLoader(path, installation).load();
}

std::string tested_workflow(const std::string& path) {
  const std::string name = fs::path(path).filename().string();
  return name.ends_with(kScenarioEnding) ? name.substr(0, name.size() - kScenarioEnding.size()) : name;
}

}  // namespace countersign::scenario
