// countersign graph: a workflow as a picture.

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/graph_of.h"
#include "cli/local_workflow.h"

namespace countersign::cli {
namespace {

struct GraphOptions {
  std::string workflow;
  std::string config;
  std::string format = "svg";
  std::string output;
  std::string locale = "en";
};

// Removes the file at the end.
class DraftFile {
 public:
  DraftFile() {
    path_ = (std::filesystem::temp_directory_path() / "countersign-graph-XXXXXX").string();
    descriptor_ = ::mkstemp(path_.data());
  }
  ~DraftFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  DraftFile(const DraftFile&) = delete;
  DraftFile& operator=(const DraftFile&) = delete;
  bool write(const std::string& text) const {
    if (descriptor_ < 0) return false;
    std::ofstream out(path_, std::ios::binary);
    out << text;
    out.close();
    return static_cast<bool>(out);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int descriptor_ = -1;
};

// Through Graphviz' own program. Its path has no character that a shell takes for its own (mkstemp's letters
// and digits behind the temporary folder), and is quoted all the same.
Outcome<std::string> draw(const std::string& dot) {
  const DraftFile draft;
  if (!draft.write(dot)) return failed(ExitCode::not_so, fmt::format("cannot write {}", draft.path()));
  const std::string command = fmt::format("dot -Tsvg '{}' 2>/dev/null", draft.path());
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string svg;
  std::array<char, 4096> bytes{};
  while (pipe != nullptr) {
    const std::size_t count = std::fread(bytes.data(), 1, bytes.size(), pipe.get());
    if (count == 0) break;
    svg.append(bytes.data(), count);
  }
  if (svg.find("<svg") == std::string::npos) {
    return failed(
        ExitCode::not_so,
        "cannot draw the picture: Graphviz' program 'dot' is not installed or failed; install the package "
        "graphviz, or choose --format mermaid or --format dot");
  }
  return svg;
}

Outcome<ExitCode> graph(Console& console, const GraphOptions& options) {
  if (options.format != "svg" && options.format != "dot" && options.format != "mermaid") {
    return failed(ExitCode::wrong_use,
                  fmt::format("--format is svg, dot or mermaid, not '{}'", options.format));
  }
  const auto workflow = local_workflow(options.workflow, options.config);
  if (!workflow) return std::unexpected(workflow.error());
  const Graph drawn = graph_of(*workflow->definition, options.locale);
  Outcome<std::string> text = options.format == "mermaid" ? to_mermaid(drawn) : to_dot(drawn);
  if (options.format == "svg") text = draw(*text);
  if (!text) return std::unexpected(text.error());
  if (options.output.empty()) {
    console.out << *text;
    return ExitCode::done;
  }
  std::ofstream out(options.output, std::ios::binary);
  out << *text;
  out.close();
  if (!out) return failed(ExitCode::wrong_use, fmt::format("cannot write {}", options.output));
  return ExitCode::done;
}

}  // namespace

void add_graph(Command& root) {
  const auto options = std::make_shared<GraphOptions>();
  root.add("graph", "draw a workflow as SVG, DOT or Mermaid")
      .describe(
          "Boxes are steps, arrows are outcomes; dashed arrows are send backs and events. SVG is drawn by "
          "Graphviz' "
          "program 'dot', which must be installed; the other two are text.")
      .argument(options->workflow, "WORKFLOW", "its id, or its file")
      .option(options->format, "--format", "FORMAT", "svg (default), dot or mermaid")
      .option(options->output, "--output", "FILE", "where to write it (else standard output)")
      .option(options->locale, "--locale", "LANG", "the language of titles (en)")
      .option(options->config, "--config", "FILE", "the configuration that the workflow belongs to")
      .example("countersign graph contract-review --output contract-review.svg")
      .example("countersign graph workflows/expense-approval.yaml --format mermaid --locale zh-CN")
      .runs([options](Console& console) { return graph(console, *options); });
}

}  // namespace countersign::cli
