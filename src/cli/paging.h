#pragma once
// Lists that come in pages: their options, and the hint at the next page.

#include <string>

#include "cli/command.h"
#include "cli/console.h"

namespace countersign::cli {

struct Paging {
  std::size_t limit = 50;
  std::string cursor;
};

void add_paging(Command& command, Paging& paging);
// A line on standard error where `reply` says that there is more.
void hint_at_more(Console& console, const json::value& reply);

}  // namespace countersign::cli
