// What the person before a work item does with it other than answer it: transfer, delegate, add-approver,
// remove-approver, claim, release; and for those who only read: nudge, copy.

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/instance_act.h"
#include "cli/shown.h"
#include "cli/text_width.h"

namespace countersign::cli {
namespace {

struct ItemActOptions {
  std::string item, to, comment, where = "before";
  std::vector<std::string> people;
  std::size_t version = 0;
};

Outcome<ExitCode> act_on_item(Console& console, const Connection& connection, const ItemActOptions& options,
                              std::string_view route, json::object body, const std::string& words) {
  if (!options.item.starts_with("i_") || options.item.rfind('.') == std::string::npos) {
    return failed(ExitCode::wrong_use,
                  fmt::format("'{}' is no work item's id (INSTANCE.NUMBER, as 'countersign inbox' shows it)",
                              options.item));
  }
  if (options.version != 0) body["version"] = options.version;
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  const auto reply = client->post(work_item_path(options.item, route), body);
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
    return ExitCode::done;
  }
  std::string line = fmt::format("{}: {}", shown_at(reply->body, "reference"), words);
  std::string opened;
  for (const json::value& item : list_at(reply->body, "opened")) {
    if (item.is_string())
      opened += fmt::format("{}{}", opened.empty() ? "" : ", ", std::string_view(item.as_string()));
  }
  if (!opened.empty()) line += fmt::format(" ({})", opened);
  console.out << printable(line) << '\n';
  return ExitCode::done;
}

Command& item_command(Command& root, const std::string& name, std::string summary,
                      const std::shared_ptr<ItemActOptions>& options) {
  return root.add(name, std::move(summary)).argument(options->item, "ITEM", "the work item's id, i_....7");
}

constexpr const char* kExample = "i_01JQ8Z5T9V6C3M7N2K4P8R1S5W.2";
constexpr const char* kVersionHelp = "only if the work item is still at this version";

void add_handing_on(Command& root, Connection& connection) {
  struct Handing {
    const char *name, *route, *summary, *help, *words, *example;
  };
  for (const Handing& act :
       {Handing{"transfer", "/transfer", "give a work item to somebody else, for good",
                "whose it is from here on: an id or a mail address", "it is {}'s now", "Knows the project"},
        Handing{"delegate", "/delegate", "ask somebody for an opinion on a work item, and decide yourself",
                "whose opinion: an id or a mail address", "{} is asked for an opinion",
                "What do you think?"}}) {
    const auto options = std::make_shared<ItemActOptions>();
    Command& command = item_command(root, act.name, act.summary, options);
    command.option(options->to, "--to", "PERSON", act.help, Command::Need::required)
        .option(options->comment, "--comment", "TEXT", "what they read; it is recorded")
        .number(options->version, "--version", "N", kVersionHelp);
    add_connection(command, connection, Writes::yes);
    command
        .example(fmt::format("countersign {} {} --to zhao.lei --as wang.fang --comment '{}'", act.name,
                             kExample, act.example))
        .runs([options, &connection, act](Console& console) {
          return act_on_item(console, connection, *options, act.route,
                             {{"to", options->to}, {"comment", options->comment}},
                             fmt::format(fmt::runtime(act.words), options->to));
        });
  }
}

void add_approvers(Command& root, Connection& connection) {
  const auto options = std::make_shared<ItemActOptions>();
  Command& add =
      item_command(root, "add-approver", "ask more people to approve, beside the work item's own", options);
  add.arguments(options->people, "PERSON", "whom: ids or mail addresses")
      .option(options->where, "--where", "HOW",
              "before (you wait for them), after (yours holds once they agree) or beside (else before)")
      .option(options->comment, "--comment", "TEXT", "what they read; it is recorded")
      .number(options->version, "--version", "N", kVersionHelp);
  add_connection(add, connection, Writes::yes);
  add.example(fmt::format("countersign add-approver {} zhao.lei --where after --as wang.fang", kExample))
      .runs([options, &connection](Console& console) -> Outcome<ExitCode> {
        if (options->people.empty())
          return failed(ExitCode::wrong_use, "nobody is named: say whom to add, by id or mail address");
        return act_on_item(console, connection, *options, "/add-approver",
                           {{"who", json::array(options->people.begin(), options->people.end())},
                            {"where", options->where},
                            {"comment", options->comment}},
                           "added " + options->where);
      });

  const auto off = std::make_shared<ItemActOptions>();
  Command& remove = item_command(
      root, "remove-approver", "take off somebody whom you have added, or whose opinion you asked for", off);
  remove.option(off->comment, "--reason", "TEXT", "why; needed by an administrator who did not add them")
      .number(off->version, "--version", "N", kVersionHelp);
  add_connection(remove, connection, Writes::yes);
  remove
      .describe(
          "ITEM is the work item of the one who was added. Nobody is taken off who has decided, whom the "
          "workflow itself asks, or who is the last whose decision is waited for.")
      .example("countersign remove-approver i_01JQ8Z5T9V6C3M7N2K4P8R1S5W.4 --as wang.fang")
      .runs([off, &connection](Console& console) {
        return act_on_item(console, connection, *off, "/remove-approver", {{"reason", off->comment}},
                           "they are not asked any more");
      });
}

void add_claims(Command& root, Connection& connection) {
  const auto claimed = std::make_shared<ItemActOptions>();
  Command& claim = item_command(root, "claim", "take a group's work item", claimed);
  claim.number(claimed->version, "--version", "N", kVersionHelp);
  add_connection(claim, connection, Writes::yes);
  claim.example(fmt::format("countersign claim {} --as wang.fang", kExample))
      .runs([claimed, &connection](Console& console) {
        return act_on_item(console, connection, *claimed, "/claim", {}, "the work item is yours");
      });

  const auto released = std::make_shared<ItemActOptions>();
  Command& release = item_command(root, "release", "give a claimed work item back to its group", released);
  release.option(released->comment, "--reason", "TEXT", "why; needed by an administrator for somebody else")
      .number(released->version, "--version", "N", kVersionHelp);
  add_connection(release, connection, Writes::yes);
  release.example(fmt::format("countersign release {} --as wang.fang", kExample))
      .runs([released, &connection](Console& console) {
        return act_on_item(console, connection, *released, "/release", {{"reason", released->comment}},
                           "the work item is its group's again");
      });
}

}  // namespace

void add_item_acts(Command& root, Connection& connection) {
  add_handing_on(root, connection);
  add_approvers(root, connection);
  add_claims(root, connection);
}

void add_nudge(Command& root, Connection& connection) {
  const auto reference = std::make_shared<std::string>();
  Command& command = root.add("nudge", "remind whoever is asked, as the requester");
  command.argument(*reference, "REF", "the instance's reference or id");
  add_connection(command, connection, Writes::yes);
  command
      .describe(
          "Each work item at most three times and not again before 4 hours, unless the workflow's 'nudge' "
          "says otherwise.")
      .example("countersign nudge EXP-2026-14 --as li.na")
      .runs([reference, &connection](Console& console) {
        return act_on_instance(console, connection, *reference, "/nudge", {}, "whoever is asked is reminded");
      });
}

void add_copy(Command& root, Connection& connection) {
  struct CopyOptions {
    std::string reference, comment;
    std::vector<std::string> people;
  };
  const auto options = std::make_shared<CopyOptions>();
  Command& command =
      root.add("copy", "send people a copy of an instance; they read it and are asked nothing");
  command.argument(options->reference, "REF", "the instance's reference or id")
      .arguments(options->people, "PERSON", "to whom: ids or mail addresses")
      .option(options->comment, "--comment", "TEXT", "what they read with it");
  add_connection(command, connection, Writes::yes);
  command.example("countersign copy EXP-2026-14 zhao.lei qian.min --as li.na")
      .runs([options, &connection](Console& console) {
        return act_on_instance(console, connection, options->reference, "/copies",
                               {{"to", json::array(options->people.begin(), options->people.end())},
                                {"comment", options->comment}},
                               "copies are sent");
      });
}

}  // namespace countersign::cli
