#pragma once
// The daemon's settings, from countersign.yaml; everything has a default. Plain values.

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "core/calendars.h"
#include "core/ledger.h"
#include "core/quiet_hours.h"
#include "definition/source_text.h"

namespace countersign {

// Limits on what clients may send. Sizes are bytes.
struct RequestLimits {
  std::size_t body_bytes_max = 1 << 20;   // of a JSON or form body, and of an inbound message
  std::size_t file_bytes_max = 20 << 20;  // of one uploaded file
  std::size_t connections_max = 1024;
  std::size_t header_bytes_max = 16 * 1024;
  Duration header_timeout = std::chrono::seconds(10);
  Duration body_timeout = std::chrono::seconds(20);
  Duration idle_timeout = std::chrono::seconds(75);
  bool operator==(const RequestLimits&) const = default;
};

struct MailSettings {
  std::string connector = "email";  // a connector of `kind: email`
  std::string from;                 // "Approvals <approvals@example.com>"; "": the connector's
  SourceSpan connector_at;          // where the file names the connector
};

struct Configuration {
  std::string file;             // as it was given; "" where all is default
  std::set<std::string> named;  // the keys that the file has at its top: what it names must be there
  std::string listen_host = "127.0.0.1";
  std::uint16_t listen_port = 8080;
  // What all links are built from, without a slash at the end; default: http://LISTEN_HOST:LISTEN_PORT.
  std::string public_url = "http://127.0.0.1:8080";
  // Paths are relative to the configuration file's folder in the file, and absolute or relative to the
  // process's folder here.
  std::string data = "var/countersign";
  std::vector<std::string> workflows{"workflows"};    // folders or files
  std::vector<std::string> connectors{"connectors"};  // folders or files
  std::string people = "people.yaml";                 // or .csv
  std::string secrets = "secrets";                    // a folder, a file for each
  MailSettings mail;
  std::string default_calendar;  // the name of what stands under "" in `calendars`; "" for the built-in one
  Calendars calendars;           // by name, and the default one under ""
  std::vector<LedgerSettings> ledgers;  // by name, each once
  ReminderSettings reminders;
  // Networks inside the company that connectors and mail may reach: "10.1.2.0/24". Public addresses always
  // may.
  std::vector<std::string> allowed_networks;
  RequestLimits limits;
  Duration stop_within = std::chrono::seconds(20);  // how long a graceful stop may take
  std::string log_level = "info";                   // debug, info, warning, error
};

// What stands for everything that a file does not say, with the built-in calendar: Monday to Friday, 09:00 to
// 17:00, UTC.
Configuration default_configuration();

}  // namespace countersign
