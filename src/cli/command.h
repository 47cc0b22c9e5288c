#pragma once
// The tree of commands: what each takes, what its help says, what it runs. Parsing is CLI11's, which only
// command.cpp sees; help texts are ours, so that the page docs/command-line.md is made of the same. Used by
// one thread.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/exit_code.h"

namespace CLI {
class App;
}

namespace countersign::cli {

class Command {
 public:
  using Run = std::function<Outcome<ExitCode>(Console&)>;

  struct Entry {
    std::string spelling;  // "--form FILE", "REF"
    std::string help;
  };
  struct Section {
    std::string title;
    bool shared = false;  // many commands have it: the page shows it once
    std::vector<Entry> entries;
  };
  struct Example {
    std::string line;
    std::string what;
  };

  Command(CLI::App& app, std::string path, std::string summary);
  ~Command();
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  Command& add(const std::string& name, std::string summary);

  // Sentences below the usage line.
  Command& describe(std::string text);
  Command& example(std::string line, std::string what = "");
  // What follows is listed under that title.
  Command& section(std::string title, bool shared = false);
  // A line of the section that is neither an argument nor an option.
  Command& note(std::string spelling, std::string help);

  // Targets outlive the parsing; a target keeps its value where the option is not given.
  enum class Need { optional, required };
  Command& argument(std::string& target, const std::string& name, std::string help,
                    Need need = Need::required);
  Command& arguments(std::vector<std::string>& target, const std::string& name, std::string help);
  Command& option(std::string& target, const std::string& name, const std::string& value, std::string help,
                  Need need = Need::optional);
  // May be given several times, with one value each.
  Command& options(std::vector<std::string>& target, const std::string& name, const std::string& value,
                   std::string help, Need need = Need::optional);
  Command& number(std::size_t& target, const std::string& name, const std::string& value, std::string help);
  Command& flag(bool& target, const std::string& name, std::string help);

  Command& runs(Run run);

  const std::string& path() const { return path_; }  // "countersign outbox list"
  const std::string& summary() const { return summary_; }
  const std::string& description() const { return description_; }
  const std::vector<Section>& sections() const { return sections_; }
  const std::vector<Example>& examples() const { return examples_; }
  const std::vector<std::unique_ptr<Command>>& commands() const { return commands_; }
  // "countersign decide ITEM OUTCOME [options]"
  std::string usage() const;
  // Everything that --help prints; shared sections can be left to one place, by a line that says so.
  enum class Shared { printed, mentioned };
  std::string help(Shared shared = Shared::printed) const;

  Outcome<ExitCode> run(Console& console) const { return run_(console); }

 private:
  friend class CommandLine;
  void list(const std::string& spelling, std::string help);
  // The command that the arguments chose, as deep as they were understood.
  const Command& chosen() const;

  CLI::App& app_;
  std::string path_;
  std::string summary_;
  std::string description_;
  std::string arguments_;  // of the usage line
  bool has_options_ = false;
  std::vector<Section> sections_;
  std::vector<Example> examples_;
  std::vector<std::unique_ptr<Command>> commands_;
  Run run_;
};

class CommandLine {
 public:
  CommandLine(const std::string& name, std::string summary);
  ~CommandLine();

  Command& root() { return *root_; }
  const Command& root() const { return *root_; }

  struct Chosen {
    const Command* command = nullptr;
    bool wants_help = false;
  };
  // `arguments` without the program's name. wrong_use with one line that says what is wrong.
  Outcome<Chosen> parse(std::vector<std::string> arguments);

 private:
  std::unique_ptr<CLI::App> app_;
  std::unique_ptr<Command> root_;
};

}  // namespace countersign::cli
