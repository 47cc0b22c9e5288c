#include "cli/program.h"

#include <cstdlib>
#include <iostream>

#include "cli/commands.h"

namespace countersign::cli {

std::unique_ptr<CommandLine> make_command_line(Connection& connection, const Serve& serve) {
  auto line = std::make_unique<CommandLine>("countersign", "approval workflows from YAML files");
  Command& root = line->root();
  root.describe(
      "One program: 'countersign serve' is the daemon, every other command speaks to it or looks at files. "
      "'countersign COMMAND --help' says more about each.");
  add_serve(root, serve);
  add_validate(root);
  add_schema(root);
  add_test(root);
  add_explain(root, connection);
  add_graph(root);
  add_eval(root);
  add_start(root, connection);
  add_list(root, connection);
  add_show(root, connection);
  add_inbox(root, connection);
  add_decide(root, connection);
  add_item_acts(root, connection);
  add_nudge(root, connection);
  add_copy(root, connection);
  add_comment(root, connection);
  add_withdraw(root, connection);
  add_take_back(root, connection);
  add_cancel(root, connection);
  add_retry(root, connection);
  add_reassign(root, connection);
  add_skip(root, connection);
  add_jump(root, connection);
  add_audit(root, connection);
  add_backup(root, connection);
  add_doctor(root, connection);
  add_outbox(root, connection);
  add_inbound(root, connection);
  add_event(root, connection);
  add_ledger(root, connection);
  add_report(root, connection);
  add_absence(root, connection);
  add_reload(root, connection);
  add_workflow(root, connection);
  add_people(root);
  add_key(root, connection);
  add_version(root);
  add_connection(root, connection);
  root.section("Exit codes")
      .note("0", "done")
      .note("1", "the thing asked about is not so: a broken file, nothing of that name")
      .note("2", "wrong use: the command line, or a file that it names")
      .note("3", "the daemon cannot be reached, or cannot answer now")
      .note("4", "refused: not allowed, or not acceptable")
      .note("5", "conflict: it was decided, closed or changed meanwhile");
  return line;
}

int run_command_line(std::vector<std::string> arguments, Console& console, const Serve& serve) {
  Connection connection;
  const auto line = make_command_line(connection, serve);
  Outcome<ExitCode> ended = ExitCode::done;
  if (const auto chosen = line->parse(std::move(arguments)); !chosen) {
    ended = std::unexpected(chosen.error());
  } else if (chosen->wants_help) {
    console.out << chosen->command->help();
  } else {
    ended = chosen->command->run(console);
  }
  console.out.flush();
  if (ended && !console.out) {
    ended = failed(ExitCode::not_so, "cannot write to standard output");
  }
  if (ended) return static_cast<int>(*ended);
  print_failure(console, ended.error());
  return static_cast<int>(ended.error().code);
}

int run_program(int argc, const char* const* argv, const Serve& serve) {
  std::ios::sync_with_stdio(false);
  Console console{std::cin, std::cout, std::cerr, [](const std::string& name) {
                    const char* value = std::getenv(name.c_str());
                    return std::string(value == nullptr ? "" : value);
                  }};
  std::vector<std::string> arguments;
  for (int i = 1; i < argc; ++i) arguments.emplace_back(argv[i]);
  return run_command_line(std::move(arguments), console, serve);
}

}  // namespace countersign::cli
