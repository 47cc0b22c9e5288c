#pragma once
// The two halves of a connector file, each read by a class of its own. Internal to the connectors' loader.

#include <string>
#include <string_view>
#include <vector>

#include "core/connector.h"
#include "definition/connector_expressions.h"
#include "definition/map_reader.h"

namespace countersign {

struct ConnectorReading {
  const YamlDocument& document;
  Diagnostics& diagnostics;
  ConnectorExpressions expressions{document, diagnostics};
};

Inbound read_inbound(ConnectorReading& reading, const YamlNode& node);
// The same for a workflow's own webhook, which sends the one event kWebhookEvent and names no business key.
Inbound read_webhook(ConnectorReading& reading, const YamlNode& node);
KeyTable sender_keys();
KeyTable webhook_keys();
Outbound read_outbound(ConnectorReading& reading, const YamlNode& node);

// Fields as an action takes them, and as they are read from a message, with `value`.
std::vector<Field> read_input_fields(ConnectorReading& reading, const YamlNode& node, std::string_view what);
std::vector<MappedField> read_mapped_fields(ConnectorReading& reading, const YamlNode& node,
                                            const cel::Environment& environment, std::string_view what);

// A secret's name, or a list of one or two of them; empty where it is none (reported).
std::vector<std::string> read_secret_names(const YamlNode& node, std::string_view what, std::size_t at_most,
                                           Diagnostics& diagnostics);
// The one at `key`, "" where it is absent.
std::string read_secret_name(const MapReader& map, std::string_view key);

}  // namespace countersign
