#pragma once
// What is known beside the file that is being loaded: connectors, people and groups, calendars, other
// workflows. The loader checks names and types against it. Plain values.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/definition.h"
#include "core/directory.h"

namespace countersign {

// A connector's outbound action: what `with` takes and what the result of `call` holds. `required` of an
// input says that it must be given.
struct ActionOutline {
  std::vector<Field> input;
  std::vector<Field> output;
};

// An event that a connector declares. Without fields its data are not declared: any member may be read.
struct EventOutline {
  std::vector<Field> data;
};

struct ConnectorOutline {
  std::map<std::string, EventOutline, std::less<>> events;
  std::map<std::string, ActionOutline, std::less<>> actions;
  bool posts = false;  // may stand behind `via`
};

// What `run` sees of another workflow.
struct WorkflowOutline {
  std::vector<Field> form;
  std::vector<std::string> statuses;
};

struct Catalogue {
  std::map<std::string, ConnectorOutline, std::less<>> connectors;
  std::map<std::string, WorkflowOutline, std::less<>> workflows;
  std::set<std::string, std::less<>> calendars;
  // Name -> currency. nullopt: no configuration is known, and their names are not checked.
  std::optional<std::map<std::string, std::string, std::less<>>> ledgers;
  // A version that is in force already is read again: what the loader has learnt to refuse since then, and
  // what went well so far, is let pass.
  bool in_force = false;
  // For person("...") and group("..."); null: those are not checked.
  std::shared_ptr<const Directory> directory;
};

}  // namespace countersign
