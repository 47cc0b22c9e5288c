#pragma once
// Diagnostics as commands print them.

#include <string>

#include "cli/console.h"
#include "definition/diagnostic.h"

namespace countersign::cli {

// "2 errors, 1 warning", "no problems".
std::string problems_in_words(const Diagnostics& diagnostics);
// "1 workflow", "3 workflows", "0 people".
std::string counted(std::size_t number, std::string_view one, std::string_view several);

// Text: each diagnostic with its line, then "WHAT: 2 errors, 1 warning". JSON: {"checked", "errors",
// "warnings", "diagnostics"}. not_so where there are errors, or warnings if those count too, else done.
enum class ReportFormat { text, json };
enum class Warnings { pass, fail };
ExitCode print_report(Console& console, const Diagnostics& diagnostics, ReportFormat format,
                      const std::string& what, Warnings warnings = Warnings::pass);

}  // namespace countersign::cli
