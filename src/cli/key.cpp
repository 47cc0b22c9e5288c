// countersign key: API keys.

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/shown.h"
#include "cli/table.h"
#include "cli/text_width.h"
#include "web/uri_text.h"

namespace countersign::cli {
namespace {

struct CreateOptions {
  std::string name, person, expires;
  std::vector<std::string> scopes;
};

Outcome<ExitCode> create(Console& console, const Connection& connection, const CreateOptions& options) {
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  json::object body{{"name", options.name},
                    {"scopes", json::array(options.scopes.begin(), options.scopes.end())}};
  if (!options.person.empty()) body["person"] = options.person;
  if (!options.expires.empty()) body["expires_at"] = options.expires;
  // The answer holds the key, so it is not kept for repeats.
  const auto reply = client->post_once("/api/v1/admin/keys", body);
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
    return ExitCode::done;
  }
  console.out << shown_at(reply->body, "key") << '\n';
  console.err << printable(fmt::format("key {} is shown this once: keep it", shown_at(reply->body, "id")))
              << '\n';
  return ExitCode::done;
}

Outcome<ExitCode> list_keys(Console& console, const Connection& connection) {
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  const auto reply = client->get("/api/v1/admin/keys");
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
    return ExitCode::done;
  }
  Table table({"ID", "NAME", "PERSON", "SCOPES", "CREATED (UTC)", "EXPIRES (UTC)", ""});
  for (const json::value& row : list_at(reply->body, "keys")) {
    table.add({shown_at(row, "id"), shown_at(row, "name"), shown_at(row, "person"), shown_at(row, "scopes"),
               instant_at(row, "created_at"), instant_at(row, "expires_at"),
               flag_at(row, "revoked") ? "revoked " + instant_at(row, "revoked_at") : ""});
  }
  console.out << (table.empty() ? "no keys\n" : table.text());
  return ExitCode::done;
}

Outcome<ExitCode> revoke(Console& console, const Connection& connection, const std::string& id) {
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  const auto reply =
      client->post(fmt::format("/api/v1/admin/keys/{}/revoke", web::escape_segment(id)), json::object());
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
  } else {
    console.out << printable(fmt::format("key {} is revoked", id)) << '\n';
  }
  return ExitCode::done;
}

}  // namespace

void add_key(Command& root, Connection& connection) {
  Command& key = root.add("key", "create, list or revoke API keys");
  const auto options = std::make_shared<CreateOptions>();
  Command& creating = key.add("create", "create an API key and print it, this once");
  creating.option(options->name, "--name", "NAME", "what it is for", Command::Need::required)
      .options(options->scopes, "--scope", "SCOPE", "start, read, decide, admin or act-as; may be repeated",
               Command::Need::required)
      .option(options->person, "--person", "ID", "whose it is (else a system's)")
      .option(options->expires, "--expires", "TIME", "until when it holds: 2027-01-01T00:00:00Z");
  add_connection(creating, connection);
  creating.example("countersign key create --name crm --scope start --scope read")
      .example(
          "countersign key create --name 'Li Na' --person li.na --scope start --scope decide --scope read")
      .runs([options, &connection](Console& console) { return create(console, connection, *options); });
  Command& listing = key.add("list", "list API keys, without the keys themselves");
  add_connection(listing, connection);
  listing.example("countersign key list").runs([&connection](Console& console) {
    return list_keys(console, connection);
  });
  const auto id = std::make_shared<std::string>();
  Command& revoking = key.add("revoke", "make an API key invalid at once");
  revoking.argument(*id, "ID", "the beginning of the key, as 'countersign key list' shows it");
  add_connection(revoking, connection, Writes::yes);
  revoking.example("countersign key revoke csk_ab12cd34").runs([id, &connection](Console& console) {
    return revoke(console, connection, *id);
  });
}

}  // namespace countersign::cli
