// What a run is reported as: for people, for programs, and for build servers.
#include <algorithm>

#include "scenario/run.h"
#include <fmt/format.h>

#include "base/text.h"

namespace countersign::scenario {
namespace {

// Whoever fails a scenario of a thousand steps does not need all of them.
constexpr std::size_t kStoryMax = 12;

std::string indented(const std::string& text, std::string_view indent) {
  std::string out;
  for (const std::string& line : split(text, '\n')) {
    if (!out.empty()) out += '\n';
    if (!out.empty() && !line.empty()) out += indent;
    out += line;
  }
  return out;
}

// The place with its line and caret, then both sides.
std::string failure_text(const FileResult& file, const Failure& failure) {
  Diagnostics place{file.source};
  place.error(failure.code, failure.at, failure.message);
  std::string text = place.to_text();
  if (!failure.expected.empty() || !failure.found.empty()) {
    text += fmt::format("  expected: {}\n  found:    {}\n", indented(failure.expected, "            "),
                        indented(failure.found, "            "));
  }
  return text;
}

std::string story_text(const ScenarioResult& result, std::size_t max) {
  if (result.story.empty()) return {};
  std::string text = "  what happened:\n";
  const std::size_t from = result.story.size() > max ? result.story.size() - max : 0;
  if (from > 0) text += fmt::format("    ... ({} before)\n", from);
  for (std::size_t i = from; i < result.story.size(); ++i) text += fmt::format("    {}\n", result.story[i]);
  return text;
}

std::string coverage_text(const Coverage& coverage) {
  std::string text;
  for (const auto& [id, workflow] : coverage.workflows()) {
    text += fmt::format("{}: {} of {} ways reached\n", id, workflow.reached(), workflow.points.size());
    for (const Point& point : workflow.points) {
      if (point.hits > 0) continue;
      const std::string place = point.at.line == 0
                                    ? workflow.file
                                    : fmt::format("{}:{}:{}", workflow.file, point.at.line, point.at.column);
      text += fmt::format("  {}: not reached: {}\n", place, point.name);
    }
  }
  return text;
}

// For attributes and text; what XML 1.0 cannot hold is left out.
std::string xml_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\n':
        out += "&#10;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\t') out += c;
    }
  }
  return out;
}

std::string counted(std::size_t number, std::string_view one, std::string_view several) {
  return fmt::format("{} {}", number, number == 1 ? one : several);
}

}  // namespace

std::string report_text(const RunResult& run, const ReportOptions& options) {
  std::string text;
  std::size_t broken = 0;
  std::size_t left_out = 0;
  for (const FileResult& file : run.files) {
    text += file.diagnostics.to_text();
    broken += file.diagnostics.has_errors() ? 1 : 0;
    left_out += file.left_out;
    for (const ScenarioResult& result : file.scenarios) {
      if (!result.passed()) text += fmt::format("FAILED {}: {}\n", file.file, result.name);
      if (result.passed() && options.verbose) text += fmt::format("passed {}: {}\n", file.file, result.name);
      for (const Failure& failure : result.failures) text += failure_text(file, failure);
      if (!result.passed() || options.verbose)
        text += story_text(result, options.verbose ? result.story.size() : kStoryMax) + "\n";
    }
  }
  if (options.coverage) text += coverage_text(run.coverage);
  if (run.count() == 0 && broken > 0)
    return text + counted(broken, "file", "files") + " could not be played\n";
  text += counted(run.count(), "scenario", "scenarios") + ": ";
  text += run.failed() == 0 ? "all passed"
                            : fmt::format("{} passed, {} failed", run.count() - run.failed(), run.failed());
  if (left_out > 0) text += fmt::format(", {} left out", left_out);
  if (broken > 0) text += fmt::format("; {} could not be played", counted(broken, "file", "files"));
  return text + "\n";
}

json::value report_json(const RunResult& run) {
  json::array files;
  for (const FileResult& file : run.files) {
    json::array scenarios;
    for (const ScenarioResult& result : file.scenarios) {
      json::array failures;
      for (const Failure& failure : result.failures) {
        failures.push_back(json::object{{"line", failure.at.line},
                                        {"column", failure.at.column},
                                        {"message", failure.message},
                                        {"expected", failure.expected},
                                        {"found", failure.found}});
      }
      json::array story;
      for (const std::string& line : result.story) story.emplace_back(line);
      scenarios.push_back(json::object{{"name", result.name},
                                       {"line", result.at.line},
                                       {"passed", result.passed()},
                                       {"milliseconds", result.took.count()},
                                       {"failures", std::move(failures)},
                                       {"story", std::move(story)}});
    }
    files.push_back(json::object{{"file", file.file},
                                 {"diagnostics", file.diagnostics.to_json()},
                                 {"scenarios", std::move(scenarios)}});
  }
  json::array coverage;
  for (const auto& [id, workflow] : run.coverage.workflows()) {
    json::array missing;
    for (const Point& point : workflow.points) {
      if (point.hits == 0) missing.push_back(json::object{{"line", point.at.line}, {"name", point.name}});
    }
    coverage.push_back(json::object{{"workflow", id},
                                    {"file", workflow.file},
                                    {"ways", workflow.points.size()},
                                    {"reached", workflow.reached()},
                                    {"not_reached", std::move(missing)}});
  }
  return json::object{{"scenarios", run.count()},
                      {"failed", run.failed()},
                      {"files", std::move(files)},
                      {"coverage", std::move(coverage)}};
}

std::string report_junit(const RunResult& run) {
  const auto seconds = [](Duration took) {
    return fmt::format("{:.3f}", static_cast<double>(took.count()) / 1000.0);
  };
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  const auto broken_files = static_cast<std::size_t>(
      std::ranges::count_if(run.files, [](const FileResult& file) { return file.diagnostics.has_errors(); }));
  xml += fmt::format("<testsuites tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{}\">\n",
                     run.count() + broken_files, run.failed(), broken_files, seconds(run.took));
  for (const FileResult& file : run.files) {
    std::size_t failed = 0;
    Duration took{};
    for (const ScenarioResult& result : file.scenarios) {
      failed += result.passed() ? 0 : 1;
      took += result.took;
    }
    const bool broken = file.diagnostics.has_errors();
    xml += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{}\">\n",
                       xml_escaped(file.file), file.scenarios.size() + (broken ? 1 : 0), failed,
                       broken ? 1 : 0, seconds(took));
    if (broken) {
      xml += fmt::format(
          "    <testcase name=\"loads\" classname=\"{}\"><error message=\"{}\">{}</error></testcase>\n",
          xml_escaped(file.file), "the file has errors", xml_escaped(file.diagnostics.to_text()));
    }
    for (const ScenarioResult& result : file.scenarios) {
      xml += fmt::format("    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\" time=\"{}\"",
                         xml_escaped(result.name), xml_escaped(file.file), xml_escaped(file.file),
                         result.at.line, seconds(result.took));
      if (result.passed()) {
        xml += "/>\n";
        continue;
      }
      xml += ">\n";
      for (const Failure& failure : result.failures) {
        xml += fmt::format("      <failure message=\"{}\">{}</failure>\n", xml_escaped(failure.message),
                           xml_escaped(failure_text(file, failure)));
      }
      xml += "    </testcase>\n";
    }
    xml += "  </testsuite>\n";
  }
  return xml + "</testsuites>\n";
}

}  // namespace countersign::scenario
