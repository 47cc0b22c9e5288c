// countersign people: checking files of people, and making people.yaml of a CSV file.

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/installation.h"
#include "cli/people_file.h"
#include "cli/report.h"
#include "definition/people_loader.h"
#include "definition/workflow_files.h"

namespace countersign::cli {
namespace {

namespace fs = std::filesystem;

struct PeopleOptions {
  std::string file, to, config;
  bool force = false;
  bool json = false;
};

struct Read {
  std::shared_ptr<const Directory> directory;  // nullptr where there are errors
  Diagnostics diagnostics;
  Calendars calendars;
};

Outcome<Read> read_people(const PeopleOptions& options) {
  const auto configuration = usable_configuration(options.config);
  if (!configuration) return std::unexpected(configuration.error());
  const auto text = read_file(options.file);
  if (!text) return failed(ExitCode::wrong_use, text.error().message);
  Read read;
  read.calendars = configuration->calendars;
  read.directory = load_people(options.file, *text, read.calendars, read.diagnostics);
  return read;
}

std::string contents(const Directory& directory) {
  return counted(directory.people().size(), "person", "people") + " and " +
         counted(directory.groups().size(), "group", "groups");
}

Outcome<ExitCode> check(Console& console, const PeopleOptions& options) {
  const auto read = read_people(options);
  if (!read) return std::unexpected(read.error());
  const std::string what =
      options.file + (read->directory == nullptr ? "" : " has " + contents(*read->directory));
  return print_report(console, read->diagnostics, options.json ? ReportFormat::json : ReportFormat::text,
                      what);
}

// All or nothing: a daemon that watches the file never sees half of it.
Outcome<void> write_whole(const std::string& path, const std::string& text) {
  const std::string temporary = path + ".new";
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  std::error_code failure;
  if (file) fs::rename(temporary, path, failure);
  if (file && !failure) return {};
  const std::string why = failure ? failure.message() : std::strerror(errno);
  std::error_code ignored;
  fs::remove(temporary, ignored);
  return failed(ExitCode::wrong_use, fmt::format("cannot write {}: {}", path, why));
}

Outcome<ExitCode> import(Console& console, const PeopleOptions& options) {
  if (!options.file.ends_with(".csv") && !options.file.ends_with(".CSV")) {
    return failed(
        ExitCode::wrong_use,
        fmt::format("{} is no .csv file: 'countersign people check' looks at YAML files", options.file));
  }
  const std::string to =
      options.to.empty() ? (fs::path(options.file).parent_path() / "people.yaml").string() : options.to;
  const auto read = read_people(options);
  if (!read) return std::unexpected(read.error());
  if (read->directory == nullptr) {
    return print_report(console, read->diagnostics, ReportFormat::text, options.file);
  }
  console.err << read->diagnostics.to_text();
  const std::string text = fmt::format("# Made of {} by 'countersign people import'.\n",
                                       fs::path(options.file).filename().string()) +
                           people_yaml(*read->directory);
  Diagnostics again;
  const auto same = load_people("people.yaml", text, read->calendars, again);
  if (same == nullptr || same->revision() != read->directory->revision()) {
    return failed(ExitCode::not_so,
                  fmt::format("{} cannot be spelt as YAML without a change: use the CSV file itself, "
                              "'people: {}' in the configuration",
                              options.file, options.file));
  }
  if (to == "-") {
    console.out << text;
    return ExitCode::done;
  }
  std::error_code ignored;
  if (!options.force && fs::exists(to, ignored)) {
    return failed(ExitCode::conflict, fmt::format("cannot write {}: it exists; --force replaces it", to));
  }
  if (const auto written = write_whole(to, text); !written) return std::unexpected(written.error());
  console.out << fmt::format("{} has {}\n", to, contents(*same));
  return ExitCode::done;
}

}  // namespace

void add_people(Command& root) {
  Command& people = root.add("people", "check a file of people, or make people.yaml of a CSV file");
  const auto options = std::make_shared<PeopleOptions>();
  constexpr const char* kConfig = "whose calendars people may name (else ./countersign.yaml)";
  people.add("check", "check a file of people and groups, YAML or CSV")
      .argument(options->file, "FILE", "people.yaml or a .csv file")
      .option(options->config, "--config", "FILE", kConfig)
      .flag(options->json, "--json", "print the diagnostics as JSON")
      .example("countersign people check people.yaml")
      .runs([options](Console& console) { return check(console, *options); });
  people.add("import", "check a CSV file and write it as people.yaml")
      .describe(
          "Columns: id and name, and as needed mail, manager, locale, calendar, zone, quiet_hours, "
          "approval_limit, department, active (true or false), groups (separated by semicolons), "
          "channel.NAME and attribute.NAME. Writes nothing where the file "
          "has errors. A daemon whose configuration names people.yaml reads it by itself. The CSV file can "
          "also be used "
          "as it is: 'people: FILE.csv' in the configuration.")
      .argument(options->file, "FILE.csv", "the people, one a row")
      .option(options->to, "--to", "FILE",
              "what to write (else people.yaml beside the CSV file); - prints it")
      .flag(options->force, "--force", "replace the file where it exists")
      .option(options->config, "--config", "FILE", kConfig)
      .example("countersign people import staff.csv --to /etc/countersign/people.yaml --force")
      .runs([options](Console& console) { return import(console, *options); });
}

}  // namespace countersign::cli
