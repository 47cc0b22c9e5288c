// countersign inbound: webhooks as they came in.

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/paging.h"
#include "cli/shown.h"
#include "cli/text_width.h"
#include "web/uri_text.h"

namespace countersign::cli {
namespace {

struct InboundListOptions {
  std::string source, status;
  Paging paging;
};

std::vector<std::string> inbound_cells(const json::value& row) {
  const json::value* answer = find(row, "answer");
  return {shown_at(row, "id"),
          shown_at(row, "source"),
          instant_at(row, "received_at"),
          shown_at(row, "status"),
          answer == nullptr ? "" : shown_at(*answer, "instances"),
          shown_at(row, "error")};
}

Outcome<ExitCode> list_deliveries(Console& console, const Connection& connection,
                                  const InboundListOptions& options) {
  return print_page(console, connection, options.paging,
                    {"/api/v1/admin/inbound",
                     {{"source", options.source}, {"status", options.status}},
                     "inbound",
                     {"ID", "SOURCE", "RECEIVED (UTC)", "STATUS", "INSTANCES", "ERROR"},
                     inbound_cells,
                     "nothing of that kind"});
}

Outcome<ExitCode> replay(Console& console, const Connection& connection, const std::string& id) {
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  const std::string path = "/api/v1/admin/inbound/" + web::escape_segment(id);
  const auto reply = client->post(path + "/replay", json::object());
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) print_json(console, reply->body);
  // The answer names instances alone; whether everything in it was understood now stands in the row.
  const auto row = client->get(path);
  if (!row) return std::unexpected(row.error());
  if (shown_at(row->body, "status") == "error") {
    return failed(ExitCode::not_so,
                  fmt::format("delivery {} still cannot be applied: {}", id, shown_at(row->body, "error")));
  }
  const std::string instances = shown_at(reply->body, "instances");
  if (!connection.json) {
    console.out << printable(
                       fmt::format("delivery {} is applied{}", id, instances.empty() ? "" : ": " + instances))
                << '\n';
  }
  return ExitCode::done;
}

Outcome<ExitCode> drop(Console& console, const Connection& connection, const std::string& id) {
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  const auto reply =
      client->post("/api/v1/admin/inbound/" + web::escape_segment(id) + "/drop", json::object());
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
  } else {
    console.out << printable(fmt::format("delivery {} is put away", id)) << '\n';
  }
  return ExitCode::done;
}

}  // namespace

void add_inbound(Command& root, Connection& connection) {
  Command& inbound = root.add("inbound", "see, replay or put away webhooks that came in");
  const auto options = std::make_shared<InboundListOptions>();
  Command& listing = inbound.add("list", "list webhooks, newest first");
  listing.option(options->source, "--source", "NAME", "of this connector")
      .option(options->status, "--status", "STATUS",
              "applied; error: it could not be mapped; held: its proof is weak; dropped");
  add_paging(listing, options->paging);
  add_connection(listing, connection);
  listing.example("countersign inbound list --status error").runs([options, &connection](Console& console) {
    return list_deliveries(console, connection, *options);
  });
  const auto id = std::make_shared<std::string>();
  Command& replaying =
      inbound.add("replay", "apply a stored webhook: after its mapping was mended, or a held one");
  replaying.argument(*id, "ID", "as 'countersign inbound list' shows it");
  add_connection(replaying, connection, Writes::yes);
  replaying.example("countersign inbound replay 17").runs([id, &connection](Console& console) {
    return replay(console, connection, *id);
  });
  const auto dropped = std::make_shared<std::string>();
  Command& dropping = inbound.add("drop", "put away a stored webhook that is not to be applied");
  dropping.argument(*dropped, "ID", "as 'countersign inbound list' shows it");
  add_connection(dropping, connection, Writes::yes);
  dropping.example("countersign inbound drop 17").runs([dropped, &connection](Console& console) {
    return drop(console, connection, *dropped);
  });
}

}  // namespace countersign::cli
