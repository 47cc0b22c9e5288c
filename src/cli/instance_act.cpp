#include "cli/instance_act.h"

#include <fmt/format.h>

#include "cli/text_width.h"
#include "web/uri_text.h"

namespace countersign::cli {

std::string instance_path(const std::string& id, std::string_view below) {
  return fmt::format("/api/v1/instances/{}{}", web::escape_segment(id), below);
}

std::string work_item_path(const std::string& id, std::string_view below) {
  return fmt::format("/api/v1/work-items/{}{}", web::escape_segment(id), below);
}

Outcome<std::string> instance_id(ApiClient& client, const std::string& id_or_reference) {
  if (id_or_reference.starts_with("i_")) return id_or_reference;
  if (id_or_reference.empty()) return failed(ExitCode::wrong_use, "the reference of an instance is empty");
  const auto reply = client.get("/api/v1/instances", {{"reference", id_or_reference}, {"limit", "2"}});
  if (!reply) return std::unexpected(reply.error());
  const json::value* rows = find(reply->body, "instances");
  if (rows == nullptr || !rows->is_array() || rows->as_array().empty()) {
    return failed(ExitCode::not_so, fmt::format("there is no instance '{}'", id_or_reference));
  }
  if (rows->as_array().size() > 1) {
    return failed(
        ExitCode::wrong_use,
        fmt::format("several instances have the reference '{}': name one by its id ('countersign list "
                    "--reference {} --json')",
                    id_or_reference, id_or_reference));
  }
  return string_at(rows->as_array().front(), "id");
}

Outcome<ExitCode> act_on_instance(Console& console, const Connection& connection,
                                  const std::string& id_or_reference, std::string_view route,
                                  const json::object& body, std::string_view words) {
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  const auto id = instance_id(*client, id_or_reference);
  if (!id) return std::unexpected(id.error());
  const auto reply = client->post(instance_path(*id, route), body);
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
  } else {
    const std::string reference = string_at(reply->body, "reference", id_or_reference);
    const std::string status = string_at(reply->body, "status");
    console.out << printable(fmt::format("{}: {}; it is {}", reference, words, status)) << '\n';
  }
  return ExitCode::done;
}

}  // namespace countersign::cli
