#include "cli/paging.h"

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

}  // namespace countersign::cli
