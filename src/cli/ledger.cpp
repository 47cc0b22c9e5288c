// countersign ledger: budgets, who holds what, and corrections.

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/paging.h"
#include "cli/shown.h"
#include "cli/table.h"
#include "cli/text_width.h"
#include "web/uri_text.h"

namespace countersign::cli {
namespace {

std::string path_of(const std::string& name) {
  return "/api/v1/ledgers/" + web::escape_segment(name);
}

std::string year_of(const json::value& ledger) {
  return shown_at(ledger, "year");
}

struct LedgerListOptions {
  std::string year, below;
};

Outcome<ExitCode> list_ledgers(Console& console, const Connection& connection,
                               const LedgerListOptions& options) {
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  const auto reply = client->get("/api/v1/ledgers", {{"year", options.year}, {"below", options.below}});
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
    return ExitCode::done;
  }
  Table table({"LEDGER", "YEAR", "KIND", "CURRENCY", "AMOUNT", "RESERVED", "SPENT", "AVAILABLE"});
  for (const json::value& row : list_at(reply->body, "ledgers")) {
    table.add({shown_at(row, "name"), year_of(row), shown_at(row, "kind"), shown_at(row, "currency"),
               shown_at(row, "amount"), shown_at(row, "reserved"), shown_at(row, "spent"),
               shown_at(row, "available")});
  }
  console.out << (table.empty() ? "no ledgers: countersign.yaml lists them under 'ledgers'\n" : table.text());
  return ExitCode::done;
}

struct LedgerShowOptions {
  std::string name, year;
  Paging paging;
};

Outcome<ExitCode> show(Console& console, const Connection& connection, const LedgerShowOptions& options) {
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  const auto reply = client->get(path_of(options.name), {{"year", options.year},
                                                         {"limit", std::to_string(options.paging.limit)},
                                                         {"cursor", options.paging.cursor}});
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
    return ExitCode::done;
  }
  const json::value& ledger = reply->body;
  console.out << printable(fmt::format(
                     "{} {} ({}): {} {}, of which {} are reserved and {} spent; {} are available",
                     shown_at(ledger, "name"), year_of(ledger), shown_at(ledger, "kind"),
                     shown_at(ledger, "amount"), shown_at(ledger, "currency"), shown_at(ledger, "reserved"),
                     shown_at(ledger, "spent"), shown_at(ledger, "available")))
              << "\n\n";
  Table held({"RESERVED FOR", "BY", "STEP", "AMOUNT", "SINCE (UTC)"});
  for (const json::value& row : list_at(ledger, "reservations")) {
    held.add({shown_at(row, "reference"), shown_at(row, "requester"), shown_at(row, "step"),
              shown_at(row, "amount"), instant_at(row, "since")});
  }
  if (!held.empty()) console.out << held.text() << '\n';
  Table moved({"WHEN (UTC)", "WHAT", "AMOUNT", "AVAILABLE", "FOR", "STEP", "BY", "REASON"});
  for (const json::value& row : list_at(ledger, "postings")) {
    moved.add({instant_at(row, "at"), shown_at(row, "act"), shown_at(row, "amount"),
               shown_at(row, "available"), shown_at(row, "reference"), shown_at(row, "step"),
               shown_at(row, "by"), shown_at(row, "reason")});
  }
  console.out << moved.text();
  hint_at_more(console, ledger);
  return ExitCode::done;
}

struct LedgerAdjustOptions {
  std::string name, by, year, reason;
};

Outcome<ExitCode> adjust(Console& console, const Connection& connection, const LedgerAdjustOptions& options) {
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  json::object body{{"by", options.by}, {"reason", options.reason}};
  if (!options.year.empty()) {
    if (options.year.size() > 4 || options.year.find_first_not_of("0123456789") != std::string::npos)
      return failed(ExitCode::wrong_use, fmt::format("'{}' is no year", options.year));
    body["year"] = std::stoi(options.year);
  }
  const auto reply = client->post(path_of(options.name) + "/adjust", body);
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
    return ExitCode::done;
  }
  console.out << printable(fmt::format("{} {}: {} {}, {} available", shown_at(reply->body, "name"),
                                       year_of(reply->body), shown_at(reply->body, "amount"),
                                       shown_at(reply->body, "currency"), shown_at(reply->body, "available")))
              << '\n';
  return ExitCode::done;
}

}  // namespace

void add_ledger(Command& root, Connection& connection) {
  Command& ledger = root.add("ledger", "see budgets, and correct them");
  const auto listed = std::make_shared<LedgerListOptions>();
  Command& list_command = ledger.add("list", "list budgets as they stand");
  list_command.option(listed->year, "--year", "YEAR", "of that year instead of the current ones")
      .option(listed->below, "--below", "NAME", "only those whose names begin with NAME/");
  add_connection(list_command, connection);
  list_command.example("countersign ledger list --below sales").runs([listed, &connection](Console& console) {
    return list_ledgers(console, connection, *listed);
  });

  const auto one = std::make_shared<LedgerShowOptions>();
  Command& show_command = ledger.add("show", "one budget: who holds what, and every posting");
  show_command.argument(one->name, "LEDGER", "its name: sales/travel")
      .option(one->year, "--year", "YEAR", "of that year instead of the current one");
  add_paging(show_command, one->paging);
  add_connection(show_command, connection);
  show_command.example("countersign ledger show sales/travel").runs([one, &connection](Console& console) {
    return show(console, connection, *one);
  });

  const auto adjusted = std::make_shared<LedgerAdjustOptions>();
  Command& adjust_command = ledger.add("adjust", "raise or lower a budget, as an administrator");
  adjust_command.argument(adjusted->name, "LEDGER", "its name: sales/travel")
      .option(adjusted->by, "--by", "AMOUNT", "by how much: 5000.00, or --by=-5000.00 to lower it",
              Command::Need::required)
      .option(adjusted->reason, "--reason", "TEXT", "why; it is recorded", Command::Need::required)
      .option(adjusted->year, "--year", "YEAR", "of that year instead of the current one");
  add_connection(adjust_command, connection, Writes::yes);
  adjust_command
      .example("countersign ledger adjust sales/travel --by 5000.00 --reason 'Decided by the board'")
      .runs([adjusted, &connection](Console& console) { return adjust(console, connection, *adjusted); });
}

}  // namespace countersign::cli
