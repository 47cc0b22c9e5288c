#pragma once
// countersign.yaml, with the same strict diagnostics as workflows. All keys, with their defaults:
//
//   listen: 127.0.0.1:8080
//   public_url: https://approve.example.com/flow   # needed where listen is no loopback address
//   data: var/countersign
//   workflows: [workflows]                         # folders or files, relative to this file
//   connectors: [connectors]
//   people: people.yaml                            # or .csv
//   secrets: secrets                               # a folder, a file for each; COUNTERSIGN_SECRET_NAME
//                                                  # otherwise
//   mail: {connector: email, from: Approvals <approvals@example.com>}
//   calendar: office                               # the default one; needed where there are several
//   calendars:
//     office:
//       zone: Asia/Shanghai
//       hours: {mon-fri: ["09:00-12:00", "13:30-18:00"]}
//       holidays: [cn-2026.ics, 2026-12-24]        # iCalendar files and days
//       workdays: [2026-02-14]                     # worked although a weekend or holiday
//   ledgers:                                       # budgets that workflows reserve from
//     sales/travel: {currency: CNY, year: 2026, amount: 200000, kind: strict, spending: [paid]}
//   outbound: {allow: [10.1.2.0/24]}               # networks inside that connectors and mail may reach
//   limits: {body_bytes_max: 1048576, file_bytes_max: 20971520, connections_max: 1024, header_bytes_max:
//   16384,
//            header_timeout: 10 seconds, body_timeout: 20 seconds, idle_timeout: 75 seconds}
//   stop_within: 20 seconds
//   log: {level: info}

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "definition/configuration.h"
#include "definition/diagnostic.h"

namespace countersign {

// How files that the configuration names are read: read_file of workflow_files.h in the daemon.
using FileReader = std::function<Result<std::string>(const std::string& path)>;

// nullopt where there are errors. `read` gives the files of holidays.
std::optional<Configuration> load_configuration(std::string_view file, std::string_view text,
                                                const FileReader& read, Diagnostics& diagnostics);

// "127.0.0.1:8080", "[::1]:8080" or "localhost:8080" into listen_host and listen_port; a public_url that the
// file does not name follows. Why not, as a sentence, where it is none, or where others reach the address and
// nothing says what their links begin with.
std::optional<std::string> set_listen(Configuration& configuration, std::string_view text);

}  // namespace countersign
