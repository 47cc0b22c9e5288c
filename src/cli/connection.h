#pragma once
// The options with which every command that speaks to the daemon finds it, and with which key.

#include <string>

#include "cli/api_client.h"
#include "cli/command.h"
#include "cli/console.h"

namespace countersign::cli {

struct Connection {
  std::string url;
  std::string key;
  std::string actor;
  std::string config;
  std::string data;
  std::string idempotency_key;
  std::size_t timeout_seconds = 30;
  bool json = false;
};

// Adds the options to the end of a command's own. `connection` outlives the parsing. Commands that write also
// take the person to act as and an idempotency key.
enum class Writes { no, yes };
void add_connection(Command& command, Connection& connection, Writes writes = Writes::no);

// The address: --url, COUNTERSIGN_URL, else the configuration's `listen`. The key: --key, COUNTERSIGN_KEY,
// else DATA/admin.key, which is sent only to this machine or to the configuration's own address.
Outcome<ApiClient> connect(Console& console, const Connection& connection);
// The same without a key where none is found: for what is open to everybody.
Outcome<ApiClient> connect_without_key(Console& console, const Connection& connection);

}  // namespace countersign::cli
