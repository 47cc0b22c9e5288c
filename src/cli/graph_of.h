#pragma once
// A workflow as a diagram: boxes and arrows, printed as Graphviz' DOT or as Mermaid. Pure functions.

#include <string>
#include <vector>

#include "core/definition.h"

namespace countersign::cli {

struct GraphNode {
  enum class Shape { start, people, system, choice, end } shape = Shape::system;
  std::string id;  // letters, digits and _
  std::vector<std::string> lines;
};
struct GraphEdge {
  std::string from, to;
  std::string label;
  bool dashed = false;  // a send back, an event, a step that is skipped
};
struct Graph {
  std::string title;
  std::vector<GraphNode> nodes;
  std::vector<GraphEdge> edges;
};

Graph graph_of(const Definition& definition, std::string_view locale);

// https://graphviz.org/doc/info/lang.html
std::string to_dot(const Graph& graph);
// https://mermaid.js.org/syntax/flowchart.html
std::string to_mermaid(const Graph& graph);

}  // namespace countersign::cli
