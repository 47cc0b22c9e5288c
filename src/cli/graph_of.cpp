#include "cli/graph_of.h"

#include <algorithm>
#include <cctype>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "core/ways.h"

namespace countersign::cli {
namespace {

constexpr const char* kStart = "start";

// The words of a text as its file has them: expressions stay as they are written.
std::string words_of(const Prose& prose) {
  std::string text;
  for (const Prose::Part& part : prose.parts)
    text += part.expression ? fmt::format("${{{}}}", part.expression->program.source()) : part.text;
  return text;
}
std::string words_of(const LocalText& text, std::string_view locale) {
  const Prose* prose = text.in(locale);
  return prose == nullptr ? std::string() : words_of(*prose);
}

std::string sources_of(const std::vector<Expression>& expressions) {
  std::vector<std::string> parts;
  for (const Expression& each : expressions) parts.push_back(each.program.source());
  return join(parts, ", ");
}

std::string need_of(const Quorum& need, const Approve& approve) {
  switch (need.kind) {
    case QuorumKind::one:
      return "";
    case QuorumKind::count:
      return fmt::format(", {} of them", need.number);
    case QuorumKind::all:
      return approve.order == Order::one_by_one ? ", all, one by one" : ", all";
    case QuorumKind::percent:
      return fmt::format(", {} % of them", need.number);
  }
  return "";
}

class GraphMaker {
 public:
  GraphMaker(const Definition& definition, std::string_view locale)
      : definition_(definition), locale_(locale) {}

  Graph make() {
    graph_.title = words_of(definition_.title, locale_);
    if (graph_.title.empty()) graph_.title = definition_.id.value;
    add_start();
    for (const Step& step : definition_.steps) {
      if (!is_arrow(step) && step.index != definition_.revise) add_node(step);
    }
    add_edge(kStart, node_of(way_into(definition_, definition_.root, Blocks::stop)), "");
    for (const Step& step : definition_.steps) {
      if (!is_arrow(step) && step.index != definition_.revise) add_ways(step);
    }
    for (const EventHandler& handler : definition_.on_event) add_event(handler);
    for (const std::string& status : ends_) {
      graph_.nodes.push_back({GraphNode::Shape::end, end_id(status), {status}});
    }
    return std::move(graph_);
  }

 private:
  static bool leads_away(const Step& step) {
    return std::holds_alternative<Go>(step.kind) || std::holds_alternative<End>(step.kind);
  }
  // A step that is drawn as an arrow to somewhere else; with a condition it is where two arrows part.
  static bool is_arrow(const Step& step) { return leads_away(step) && !step.when; }
  static std::string node_id(const Step& step) { return fmt::format("s{}", step.index); }
  std::string end_id(const std::string& status) {
    ends_.insert(status);
    std::string id = "end_";
    for (const char c : status) id += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    return id;
  }

  void add_start() {
    GraphNode node{GraphNode::Shape::start, kStart, {}};
    for (const Trigger& trigger : definition_.triggers) {
      if (trigger.kind == Trigger::Kind::form) node.lines.push_back("form");
      if (trigger.kind == Trigger::Kind::event)
        node.lines.push_back(trigger.connector.empty() ? trigger.event
                                                       : trigger.connector + "." + trigger.event);
      if (!is_form_or_event(trigger)) node.lines.push_back("schedule");
    }
    graph_.nodes.push_back(std::move(node));
  }
  static bool is_form_or_event(const Trigger& trigger) {
    return trigger.kind == Trigger::Kind::form || trigger.kind == Trigger::Kind::event;
  }

  void add_node(const Step& step) {
    GraphNode node{GraphNode::Shape::system, node_id(step), {}};
    const std::string title = words_of(step.title, locale_);
    if (leads_away(step)) {
      node.shape = GraphNode::Shape::choice;
      if (!title.empty()) node.lines.push_back(title);
      node.lines.push_back(step.when->program.source());
      graph_.nodes.push_back(std::move(node));
      return;
    }
    node.lines.push_back(title.empty() ? step.name : title);
    if (const auto* approve = std::get_if<Approve>(&step.kind)) {
      node.shape = GraphNode::Shape::people;
      if (approve->seats.empty())
        node.lines.push_back(sources_of(approve->by) + need_of(approve->need, *approve));
      for (const SeatGroup& group : approve->seats)
        node.lines.push_back(
            fmt::format("{}: {}{}", group.name, sources_of(group.by), need_of(group.need, *approve)));
    } else if (const auto* task = std::get_if<Task>(&step.kind)) {
      node.shape = GraphNode::Shape::people;
      node.lines.push_back(sources_of(task->owner));
    } else if (const auto* call = std::get_if<Call>(&step.kind)) {
      node.lines.push_back(fmt::format("call {}.{}", call->connector, call->action));
    } else if (const auto* notify = std::get_if<Notify>(&step.kind)) {
      node.lines.push_back("notify " + (notify->via.empty() ? sources_of(notify->to) : notify->via));
    } else if (const auto* run = std::get_if<Run>(&step.kind)) {
      node.lines.push_back("run " + run->workflow.value);
    } else if (std::holds_alternative<Wait>(step.kind)) {
      node.lines.push_back("wait");
    } else if (has_lists(step)) {
      node.shape = GraphNode::Shape::choice;
    }
    if (step.when) node.lines.push_back("if " + step.when->program.source());
    graph_.nodes.push_back(std::move(node));
  }

  bool has_lists(const Step& step) const {
    return std::ranges::any_of(definition_.lists, [&](const StepList& list) {
      return list.owner == step.index && !list.role.starts_with("on:");
    });
  }

  // The node that a way leads to; "" where it leads nowhere.
  std::string node_of(const Way& way) {
    if (!way.status.empty()) return end_id(way.status);
    if (way.block != kNoStep) {
      // Levels, branches and items come together again in their box: only it knows when enough of them have
      // ended, and with which outcome.
      return node_id(definition_.step(way.block));
    }
    return way.step == kNoStep ? std::string() : node_id(definition_.step(way.step));
  }
  std::string behind(const Step& step) { return node_of(way_behind(definition_, step, Blocks::stop)); }

  void add_edge(const std::string& from, const std::string& to, std::string label, bool dashed = false) {
    if (!to.empty()) graph_.edges.push_back({from, to, std::move(label), dashed});
  }

  void add_ways(const Step& step) {
    const std::string from = node_id(step);
    if (leads_away(step)) {
      const auto* go = std::get_if<Go>(&step.kind);
      add_edge(from,
               go != nullptr ? node_of(way_to(definition_, definition_.step(go->step)))
                             : end_id(std::get<End>(step.kind).status),
               "yes");
      return add_edge(from, behind(step), "no");
    }
    const bool goes_on = !add_inner_lists(step);
    std::vector<std::string> handled;
    for (const auto& [outcome, list] : step.on) {
      handled.push_back(outcome);
      add_edge(from, node_of(way_into(definition_, list, Blocks::stop)), outcome);
    }
    const auto is_handled = [&](std::string_view outcome) {
      return std::ranges::find(handled, outcome) != handled.end();
    };
    std::vector<std::string> rest;
    for (const std::string& outcome : outcomes_of(definition_, step)) {
      if (is_handled(outcome)) continue;
      if (outcome == "rejected") {
        add_edge(from, end_id("rejected"), "rejected");
      } else if (outcome == "returned") {
        add_returns(step);
      } else {
        rest.push_back(outcome);
      }
    }
    const bool ends_by_outcomes = rest.empty() && !outcomes_of(definition_, step).empty();
    if (goes_on && !ends_by_outcomes) add_edge(from, behind(step), label_of(rest, !handled.empty()));
    if (step.when) add_edge(from, behind(step), "skipped", true);
  }

  // Nothing where it says nothing: the one way on.
  static std::string label_of(const std::vector<std::string>& outcomes, bool beside_others) {
    if (outcomes.size() == 1 && !beside_others && (outcomes.front() == "done" || outcomes.front() == "all"))
      return "";
    return join(outcomes, " / ");
  }

  // "stage 4, if form.confirmed, only group("finance")".
  static std::string label_of(const Gates::Level& level) {
    std::string label = "stage " + level.stage;
    if (level.when) label += ", if " + level.when->program.source();
    if (!level.only.empty()) label += ", only " + sources_of(level.only);
    return label;
  }

  // Levels stand in the order in which they open; one without steps is a loop at the box.
  void add_levels(const Step& step, const Gates& gates) {
    for (const Gates::Level& level : gates.levels)
      add_edge(node_id(step), node_of(way_into(definition_, level.list, Blocks::stop)), label_of(level));
  }

  // Branches, options, levels. True where the way behind the step leaves from their ends: of options.
  bool add_inner_lists(const Step& step) {
    if (const auto* gates = std::get_if<Gates>(&step.kind)) {
      add_levels(step, *gates);
      return false;
    }
    bool any = false;
    bool has_else = false;
    for (ListIndex index = 0; index < definition_.lists.size(); ++index) {
      const StepList& list = definition_.list(index);
      if (list.owner != step.index || list.role.starts_with("on:")) continue;
      any = true;
      std::string label = list.role.substr(list.role.find(':') + 1);
      if (const auto* choose = std::get_if<Choose>(&step.kind)) {
        const auto option = std::ranges::find(choose->options, index, &Choose::Option::list);
        has_else = has_else || !option->when;
        label = option->when ? option->when->program.source() : "else";
      }
      add_edge(node_id(step), node_of(way_into(definition_, index, Blocks::stop)), label);
    }
    if (any && std::holds_alternative<Choose>(step.kind) && !has_else)
      add_edge(node_id(step), behind(step), "else");
    return any && std::holds_alternative<Choose>(step.kind);
  }

  void add_returns(const Step& step) {
    const std::vector<ReturnTarget>* targets = nullptr;
    if (const auto* approve = std::get_if<Approve>(&step.kind)) targets = &approve->return_to;
    if (const auto* task = std::get_if<Task>(&step.kind)) targets = &task->return_to;
    if (targets == nullptr) return;
    for (const ReturnTarget& target : *targets) {
      add_edge(node_id(step),
               target.requester ? kStart : node_of(way_to(definition_, definition_.step(target.step))),
               "returned", true);
    }
  }

  void add_event(const EventHandler& handler) {
    const std::string name =
        handler.connector.empty() ? handler.name : handler.connector + "." + handler.name;
    const std::string id = fmt::format("e{}", handler.list);
    graph_.nodes.push_back({GraphNode::Shape::start, id, {"whenever " + name}});
    add_edge(id, node_of(way_into(definition_, handler.list)), "", true);
  }

  const Definition& definition_;
  std::string_view locale_;
  Graph graph_;
  std::set<std::string> ends_;
};

std::string dot_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c != '\n') out += c;
  }
  return out;
}

// Mermaid takes HTML's entities, and ends a label with a quote.
std::string mermaid_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "#quot;";
        break;
      case '<':
        out += "#lt;";
        break;
      case '>':
        out += "#gt;";
        break;
      case '#':
        out += "#35;";
        break;
      case '\n':
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace

Graph graph_of(const Definition& definition, std::string_view locale) {
  return GraphMaker(definition, locale).make();
}

std::string to_dot(const Graph& graph) {
  static constexpr std::string_view kShapes[] = {"shape=oval, style=filled, fillcolor=\"#e8f0fe\"",
                                                 "shape=box, style=\"rounded,filled\", fillcolor=\"#fff8e1\"",
                                                 "shape=box, style=filled, fillcolor=\"#f5f5f5\"",
                                                 "shape=diamond, style=filled, fillcolor=\"#f5f5f5\"",
                                                 "shape=oval, style=\"filled,bold\", fillcolor=\"#e6f4ea\""};
  std::string dot = fmt::format(
      "digraph workflow {{\n  label=\"{}\"; labelloc=t; rankdir=TB;\n  node [fontname=\"sans-serif\", "
      "fontsize=11]; "
      "edge [fontname=\"sans-serif\", fontsize=10];\n",
      dot_text(graph.title));
  for (const GraphNode& node : graph.nodes) {
    std::vector<std::string> lines;
    for (const std::string& line : node.lines) lines.push_back(dot_text(line));
    dot += fmt::format("  {} [label=\"{}\", {}];\n", node.id, join(lines, "\\n"),
                       kShapes[static_cast<std::size_t>(node.shape)]);
  }
  for (const GraphEdge& edge : graph.edges) {
    dot += fmt::format("  {} -> {} [label=\"{}\"{}];\n", edge.from, edge.to, dot_text(edge.label),
                       edge.dashed ? ", style=dashed" : "");
  }
  return dot + "}\n";
}

std::string to_mermaid(const Graph& graph) {
  std::string text = "flowchart TD\n";
  for (const GraphNode& node : graph.nodes) {
    std::vector<std::string> lines;
    for (const std::string& line : node.lines) lines.push_back(mermaid_text(line));
    const std::string label = "\"" + join(lines, "<br/>") + "\"";
    switch (node.shape) {
      case GraphNode::Shape::start:
      case GraphNode::Shape::end:
        text += fmt::format("  {}([{}])\n", node.id, label);
        break;
      case GraphNode::Shape::choice:
        text += fmt::format("  {}{{{}}}\n", node.id, label);
        break;
      case GraphNode::Shape::people:
        text += fmt::format("  {}({})\n", node.id, label);
        break;
      case GraphNode::Shape::system:
        text += fmt::format("  {}[{}]\n", node.id, label);
        break;
    }
  }
  for (const GraphEdge& edge : graph.edges) {
    const std::string arrow = edge.dashed ? "-.->" : "-->";
    text += edge.label.empty()
                ? fmt::format("  {} {} {}\n", edge.from, arrow, edge.to)
                : fmt::format("  {} {}|\"{}\"| {}\n", edge.from, arrow, mermaid_text(edge.label), edge.to);
  }
  return text;
}

}  // namespace countersign::cli
