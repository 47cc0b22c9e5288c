#pragma once
// Every command, one function and one file each: adds itself with its help. `connection` is shared by all,
// since a process runs one command, and outlives the tree.

#include <memory>

#include "cli/command.h"
#include "cli/connection.h"
#include "cli/program.h"

namespace countersign::cli {

void add_serve(Command& root, const Serve& serve);
void add_validate(Command& root);
void add_schema(Command& root);
void add_test(Command& root);
void add_explain(Command& root, Connection& connection);
void add_graph(Command& root);
void add_eval(Command& root);
void add_version(Command& root);

void add_start(Command& root, Connection& connection);
void add_list(Command& root, Connection& connection);
void add_show(Command& root, Connection& connection);
void add_inbox(Command& root, Connection& connection);
void add_decide(Command& root, Connection& connection);
void add_item_acts(Command& root, Connection& connection);  // transfer, delegate, claim ...
void add_nudge(Command& root, Connection& connection);
void add_copy(Command& root, Connection& connection);
void add_comment(Command& root, Connection& connection);
void add_withdraw(Command& root, Connection& connection);
void add_cancel(Command& root, Connection& connection);
void add_retry(Command& root, Connection& connection);
void add_reassign(Command& root, Connection& connection);
void add_skip(Command& root, Connection& connection);
void add_jump(Command& root, Connection& connection);
void add_take_back(Command& root, Connection& connection);

void add_audit(Command& root, Connection& connection);
void add_backup(Command& root, Connection& connection);
void add_doctor(Command& root, Connection& connection);
void add_outbox(Command& root, Connection& connection);
void add_inbound(Command& root, Connection& connection);
void add_absence(Command& root, Connection& connection);
void add_ledger(Command& root, Connection& connection);
void add_report(Command& root, Connection& connection);
void add_reload(Command& root, Connection& connection);
void add_workflow(Command& root, Connection& connection);
void add_workflow_list(Command& workflow, Connection& connection);  // a command of `workflow`
void add_event(Command& root, Connection& connection);
void add_people(Command& root);
void add_key(Command& root, Connection& connection);

// The whole tree.
std::unique_ptr<CommandLine> make_command_line(Connection& connection, const Serve& serve);

// One run: parses, prints help or runs the command, prints a failure. `arguments` without the program's name.
int run_command_line(std::vector<std::string> arguments, Console& console, const Serve& serve);

// docs/command-line.md, made of the help texts.
std::string command_line_page(const CommandLine& line);

}  // namespace countersign::cli
