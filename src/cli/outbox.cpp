// countersign outbox: what leaves, and what could not.

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/paging.h"
#include "cli/shown.h"
#include "cli/text_width.h"
#include "web/uri_text.h"

namespace countersign::cli {
namespace {

struct OutboxListOptions {
  std::string status, target;
  Paging paging;
};

std::vector<std::string> outbox_cells(const json::value& row) {
  const bool waits = string_at(row, "status") == "pending";
  return {shown_at(row, "id"),        shown_at(row, "status"),
          shown_at(row, "target"),    shown_at(row, "kind"),
          shown_at(row, "recipient"), shown_at(row, "item"),
          shown_at(row, "attempts"),  waits ? instant_at(row, "next_at") : "",
          shown_at(row, "error")};
}

Outcome<ExitCode> list_messages(Console& console, const Connection& connection,
                                const OutboxListOptions& options) {
  return print_page(console, connection, options.paging,
                    {"/api/v1/admin/outbox",
                     {{"status", options.status}, {"target", options.target}},
                     "outbox",
                     {"ID", "STATUS", "TARGET", "KIND", "FOR", "ITEM", "TRIES", "NEXT (UTC)", "ERROR"},
                     outbox_cells,
                     "nothing of that kind"});
}

void add_act(Command& outbox, Connection& connection, const std::string& name, std::string summary,
             std::string description, std::string words) {
  const auto id = std::make_shared<std::string>();
  Command& command = outbox.add(name, std::move(summary));
  command.describe(std::move(description)).argument(*id, "ID", "as 'countersign outbox list' shows it");
  add_connection(command, connection, Writes::yes);
  command.example("countersign outbox " + name + " 1041")
      .runs([id, name, said = std::move(words), &connection](Console& console) -> Outcome<ExitCode> {
        auto client = connect(console, connection);
        if (!client) return std::unexpected(client.error());
        const auto reply = client->post(
            fmt::format("/api/v1/admin/outbox/{}/{}", web::escape_segment(*id), name), json::object());
        if (!reply) return std::unexpected(reply.error());
        if (connection.json) {
          print_json(console, reply->body);
        } else {
          console.out << printable(fmt::format("{} {}", *id, said)) << '\n';
        }
        return ExitCode::done;
      });
}

}  // namespace

void add_outbox(Command& root, Connection& connection) {
  Command& outbox = root.add("outbox", "see, retry or drop messages and calls that leave");
  const auto options = std::make_shared<OutboxListOptions>();
  Command& command = outbox.add("list", "list messages and calls, newest first");
  command
      .option(options->status, "--status", "STATUS",
              "pending, sent, dead (given up after all tries) or dropped")
      .option(options->target, "--target", "TARGET", "of one queue: mail, http:feishu");
  add_paging(command, options->paging);
  add_connection(command, connection);
  command.example("countersign outbox list --status dead").runs([options, &connection](Console& console) {
    return list_messages(console, connection, *options);
  });
  add_act(outbox, connection, "retry", "send a dead or dropped one again, under the same idempotency key",
          "A call whose step has gone on without its answer is not made again.", "is sent again");
  add_act(outbox, connection, "drop", "give up one that waits, or put a dead one away",
          "A step that waits for the answer of a call goes on with 'failed'.", "is dropped");
}

}  // namespace countersign::cli
