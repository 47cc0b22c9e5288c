// docs/command-line.md: the help texts as one page.

#include "cli/commands.h"

namespace countersign::cli {
namespace {

void append_command(const Command& command, std::string& page) {
  page += "\n## " + command.path() + "\n\n```\n" + command.help(Command::Shared::mentioned) + "```\n";
  for (const auto& each : command.commands()) append_command(*each, page);
}

}  // namespace

std::string command_line_page(const CommandLine& line) {
  const Command& root = line.root();
  std::string page =
      "# The command line\n\nWhat `--help` prints, on one page. A test keeps the two equal: after a change "
      "of a help "
      "text run it with\n`COUNTERSIGN_REWRITE_GOLDEN=1` in the environment.\n\n```\n" +
      root.help() + "```\n";
  for (const auto& each : root.commands()) append_command(*each, page);
  return page;
}

}  // namespace countersign::cli
