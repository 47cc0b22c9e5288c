#pragma once
// Lists that come in pages: their options, and one page as a table or as JSON.

#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/connection.h"

namespace countersign::cli {

struct Paging {
  std::size_t limit = 50;
  std::string cursor;
};

void add_paging(Command& command, Paging& paging);

// A line on standard error where `reply` says that there is more.
void hint_at_more(Console& console, const json::value& reply);

// What is listed, and how a row reads.
struct Listing {
  std::string path;    // "/api/v1/instances"
  Query filters;       // empty values do not filter
  std::string member;  // of the reply, which holds the rows: "instances"
  std::vector<std::string> headings;
  std::vector<std::string> (*cells)(const json::value& row);
  std::string none;  // what is said where there is no row
};

// Prints the page, with that hint.
Outcome<ExitCode> print_page(Console& console, const Connection& connection, const Paging& paging,
                             Listing listing);

}  // namespace countersign::cli
