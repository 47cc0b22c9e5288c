// countersign validate: the diagnostics of files, without a daemon.

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/report.h"
#include "cli/validation.h"

namespace countersign::cli {
namespace {

struct ValidateOptions {
  std::vector<std::string> paths;
  std::string config;
  std::string format = "text";
  bool json = false;
  bool strict = false;
};

Outcome<ExitCode> validate(Console& console, const ValidateOptions& options) {
  if (options.format != "text" && options.format != "json") {
    return failed(ExitCode::wrong_use, fmt::format("--format is text or json, not '{}'", options.format));
  }
  Validation validation(options.config);
  Outcome<void> checked;
  if (options.paths.empty()) checked = validation.check_installation();
  for (const std::string& path : options.paths) {
    if (checked) checked = validation.check(path);
  }
  const ReportFormat format =
      options.json || options.format == "json" ? ReportFormat::json : ReportFormat::text;
  // What was found before something could not be read is worth knowing, too.
  if (checked || validation.diagnostics().has_errors()) {
    // A folder may do without one: that matters only where something was not found.
    const bool matters = !options.paths.empty() || validation.diagnostics().has_errors();
    if (validation.used_defaults() && matters) {
      console.err << "there is no countersign.yaml: checked with the defaults, which have no calendars; "
                     "--config names "
                     "one\n";
    }
    const ExitCode code = print_report(console, validation.diagnostics(), format, validation.what(),
                                       options.strict ? Warnings::fail : Warnings::pass);
    if (checked) return code;
  }
  return std::unexpected(checked.error());
}

}  // namespace

void add_validate(Command& root) {
  const auto options = std::make_shared<ValidateOptions>();
  root.add("validate", "check workflows, connectors, people and the configuration")
      .describe(
          "Without PATH: the configuration and everything that it names, as the daemon would load it. A PATH "
          "is a "
          "workflow, a connector, people (YAML or CSV), a configuration or a folder; a single workflow is "
          "checked with "
          "the connectors, people and calendars of the nearest countersign.yaml above it. Prints every error "
          "as "
          "FILE:LINE:COLUMN and ends with exit code 1 where there are any; warnings alone end with 0, with "
          "--strict "
          "with 1.")
      .arguments(options->paths, "PATH", "what to check (else the whole installation)")
      .option(options->config, "--config", "FILE", "the configuration to check with")
      .option(options->format, "--format", "FORMAT", "text (default) or json")
      .flag(
          options->json, "--json",
          "the same as --format json: {\"checked\", \"errors\", \"warnings\", \"diagnostics\"}; members of a "
          "diagnostic are described in docs/workflow-reference.md")
      .flag(options->strict, "--strict", "warnings count as errors")
      .example("countersign validate")
      .example("countersign validate workflows/expense-approval.yaml")
      .example("countersign validate --config /etc/countersign/countersign.yaml --format json")
      .runs([options](Console& console) { return validate(console, *options); });
}

}  // namespace countersign::cli
