#pragma once
// Which steps, outcomes, escalations, ways, triggers and rules of a workflow scenarios have reached. What an
// administrator passes over counts as reached by nobody; what was taken back afterwards counts all the
// same. Not thread-safe.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/definition.h"
#include "core/event.h"
#include "core/form_problem.h"

namespace countersign::scenario {

struct Happened;

// One thing that a scenario can reach.
struct Point {
  std::string name;  // "manager: rejected", "pay", "document: second way", "start by generic.deal_won",
                     // "refuse_when 1: refuses"
  SourcePosition at;
  std::size_t hits = 0;
};

struct WorkflowCoverage {
  std::shared_ptr<const Definition> definition;
  std::string file;
  std::vector<Point> points;  // in the order of the file
  std::size_t reached() const;
};

class Coverage {
 public:
  // Has scenarios of its own: is reported on.
  void add(std::shared_ptr<const Definition> definition, std::string file);
  // What happened in one scenario, children included.
  void note(const std::vector<Happened>& history);
  // What a form that was handed in was refused for.
  void note_refusal(const WorkflowId& workflow, const std::vector<FormProblem>& problems);

  const std::map<std::string, WorkflowCoverage>& workflows() const { return workflows_; }
  bool is_complete() const;

 private:
  void hit(const std::string& workflow, const std::string& name);

  std::map<std::string, WorkflowCoverage> workflows_;
};

}  // namespace countersign::scenario
