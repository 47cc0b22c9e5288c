#include "cli/report.h"

#include <fmt/format.h>

namespace countersign::cli {

std::string counted(std::size_t number, std::string_view one, std::string_view several) {
  return fmt::format("{} {}", number, number == 1 ? one : several);
}

std::string problems_in_words(const Diagnostics& diagnostics) {
  const std::size_t errors = diagnostics.error_count();
  const std::size_t warnings = diagnostics.warning_count();
  if (errors + warnings == 0) return "no problems";
  if (warnings == 0) return counted(errors, "error", "errors");
  if (errors == 0) return counted(warnings, "warning", "warnings");
  return counted(errors, "error", "errors") + ", " + counted(warnings, "warning", "warnings");
}

ExitCode print_report(Console& console, const Diagnostics& diagnostics, ReportFormat format,
                      const std::string& what, Warnings warnings) {
  if (format == ReportFormat::json) {
    print_json(console, json::object{{"checked", what},
                                     {"errors", diagnostics.error_count()},
                                     {"warnings", diagnostics.warning_count()},
                                     {"diagnostics", diagnostics.to_json()}});
  } else {
    console.out << diagnostics.to_text() << what << ": " << problems_in_words(diagnostics) << '\n';
  }
  const bool fails = diagnostics.has_errors() || (warnings == Warnings::fail && !diagnostics.all().empty());
  return fails ? ExitCode::not_so : ExitCode::done;
}

}  // namespace countersign::cli
