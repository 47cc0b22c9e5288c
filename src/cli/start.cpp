// countersign start: a new instance of a workflow.

#include <filesystem>

#include <fmt/format.h>

#include "cli/assignments.h"
#include "cli/commands.h"
#include "cli/shown.h"
#include "cli/text_width.h"
#include "definition/workflow_files.h"
#include "web/uri_text.h"

namespace countersign::cli {
namespace {

constexpr std::size_t kFileBytesMax = 1 << 30;  // the daemon's own limit is the lower one

struct StartOptions {
  std::string workflow;
  std::string form;
  std::vector<std::string> set;
  std::vector<std::string> attach;
  std::string requester;
};

// Uploads what --attach names, and puts the files' ids into the form.
Outcome<void> attach(ApiClient& client, const std::vector<std::string>& files, json::object& form) {
  std::vector<std::string> assignments;
  for (const std::string& text : files) {
    const auto file = parse_assignment(text, "--attach");
    if (!file) return std::unexpected(file.error());
    const auto bytes = read_file(file->value, kFileBytesMax);
    if (!bytes) return failed(ExitCode::wrong_use, bytes.error().message);
    const std::string name = std::filesystem::path(file->value).filename().string();
    const auto reply = client.upload("/api/v1/files", {{"name", name}}, *bytes);
    if (!reply) return std::unexpected(reply.error());
    assignments.push_back(file->name + "=" + string_at(reply->body, "id"));
  }
  return assign(form, assignments, "--attach");
}

Outcome<ExitCode> start(Console& console, const Connection& connection, const StartOptions& options) {
  json::object form;
  if (!options.form.empty()) {
    auto read = read_json_object(console, options.form);
    if (!read) return std::unexpected(read.error());
    form = std::move(*read);
  }
  if (const auto set = assign(form, options.set, "--set"); !set) return std::unexpected(set.error());
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  if (const auto done = attach(*client, options.attach, form); !done) return std::unexpected(done.error());
  json::object body{{"form", std::move(form)}};
  const std::string requester = options.requester.empty() ? connection.actor : options.requester;
  if (!requester.empty()) body["requester"] = requester;
  const auto reply = client->post(
      fmt::format("/api/v1/workflows/{}/instances", web::escape_segment(options.workflow)), body);
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
  } else {
    console.out << printable(fmt::format("{} {}: it is {} ({})", shown_at(reply->body, "reference"),
                                         reply->status == 201 ? "started" : "was there already",
                                         shown_at(reply->body, "status"), shown_at(reply->body, "id")))
                << '\n';
    const std::string incident = shown_at(reply->body, "incident");
    if (!incident.empty()) {
      console.out << printable(fmt::format("it stands still: {} ('countersign retry {}' goes on once that is "
                                           "mended)",
                                           incident, shown_at(reply->body, "reference")))
                  << '\n';
    }
  }
  return ExitCode::done;
}

}  // namespace

void add_start(Command& root, Connection& connection) {
  const auto options = std::make_shared<StartOptions>();
  Command& command = root.add("start", "start an instance of a workflow");
  command
      .describe(
          "The form comes from a JSON file, from --set, or both, where --set wins. Values of --set are sent "
          "as text "
          "and read by the field's type, so that money stays exact; NAME:=JSON sends JSON, for tables. A "
          "repeated "
          "NAME makes a list.")
      .argument(options->workflow, "WORKFLOW", "its id, which is its file's name")
      .option(options->form, "--form", "FILE", "the form's values as a JSON object; - for standard input")
      .options(options->set, "--set", "NAME=VALUE", "one value of the form; may be repeated")
      .options(options->attach, "--attach", "NAME=FILE", "upload a file into a field; may be repeated")
      .option(options->requester, "--requester", "ID", "who asks; needed with a key that belongs to nobody");
  add_connection(command, connection, Writes::yes);
  command
      .example(
          "countersign start expense-approval --requester li.na --set purpose='Train to Beijing' --set "
          "amount=8200 "
          "--set category=travel")
      .example(
          "countersign start expense-approval --requester li.na --form claim.json --attach invoices=scan.pdf")
      .runs([options, &connection](Console& console) { return start(console, connection, *options); });
}

}  // namespace countersign::cli
