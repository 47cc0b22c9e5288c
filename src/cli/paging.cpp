#include "cli/paging.h"

#include "cli/shown.h"
#include "cli/table.h"
#include "cli/text_width.h"

namespace countersign::cli {

void add_paging(Command& command, Paging& paging) {
  command.number(paging.limit, "--limit", "N", "at most so many rows, 1 to 200 (50)")
      .option(paging.cursor, "--cursor", "CURSOR", "go on where the page before ended");
}

void hint_at_more(Console& console, const json::value& reply) {
  const std::string cursor = string_at(reply, "next_cursor");
  if (!cursor.empty()) console.err << "there is more: --cursor " << printable(cursor) << '\n';
}

Outcome<ExitCode> print_page(Console& console, const Connection& connection, const Paging& paging,
                             Listing listing) {
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  listing.filters.emplace_back("limit", std::to_string(paging.limit));
  listing.filters.emplace_back("cursor", paging.cursor);
  const auto reply = client->get(listing.path, listing.filters);
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
    return ExitCode::done;
  }
  Table table(std::move(listing.headings));
  for (const json::value& row : list_at(reply->body, listing.member)) table.add(listing.cells(row));
  console.out << (table.empty() ? printable(listing.none) + "\n" : table.text());
  hint_at_more(console, reply->body);
  return ExitCode::done;
}

}  // namespace countersign::cli
