// countersign decide: the answer to a work item.

#include <algorithm>

#include <fmt/format.h>

#include "cli/assignments.h"
#include "cli/commands.h"
#include "cli/instance_act.h"
#include "cli/shown.h"
#include "cli/text_width.h"

namespace countersign::cli {
namespace {

struct DecideOptions {
  std::string item, outcome, comment, return_to;
  std::size_t version = 0;
  std::vector<std::string> also, answers, form, checklist;
  bool confirmed = false;
};

bool is_item_id(const std::string& text) {
  return text.starts_with("i_") && text.find('.') != std::string::npos;
}

// The one open work item of an instance that the person may answer, so that people can name the instance.
Outcome<std::string> only_open_item(ApiClient& client, const std::string& reference,
                                    const std::string& person) {
  const auto id = instance_id(client, reference);
  if (!id) return std::unexpected(id.error());
  const auto reply =
      client.get("/api/v1/work-items", {{"instance", *id}, {"status", "open"}, {"assignee", person}});
  if (!reply) return std::unexpected(reply.error());
  const json::array& items = list_at(reply->body, "work_items");
  const std::string whom = person.empty() ? "" : " of " + person;
  if (items.empty())
    return failed(ExitCode::not_so, fmt::format("{} has no open work item{}", reference, whom));
  if (items.size() == 1) return string_at(items.front(), "id");
  std::vector<Detail> details;
  for (const json::value& item : items) {
    details.push_back(
        {shown_at(item, "id"), fmt::format("{} ({})", shown_at(item, "title"), shown_at(item, "step"))});
  }
  return failed(ExitCode::wrong_use,
                fmt::format("{} has {} open work items{}: name one by its id", reference, items.size(), whom),
                std::move(details));
}

// "EXP-2026-14: approved is recorded; it is running"
std::string recorded(const json::value& decided) {
  return printable(fmt::format("{}: {} is recorded; it is {}", shown_at(decided, "reference"),
                               shown_at(decided, "outcome"), shown_at(decided, "instance_status")));
}

// The same answer to several items. Each is decided or refused by itself, and the worst refusal is the exit
// code.
Outcome<ExitCode> decide_several(Console& console, const Connection& connection, ApiClient& client,
                                 const std::vector<std::string>& items, const json::object& answer) {
  json::array decisions;
  for (const std::string& item : items) {
    json::object decision = answer;
    decision["id"] = item;
    decisions.push_back(std::move(decision));
  }
  const auto reply =
      client.post("/api/v1/work-items/decisions", json::object{{"decisions", std::move(decisions)}});
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) print_json(console, reply->body);
  ExitCode worst = ExitCode::done;
  for (const json::value& result : list_at(reply->body, "results")) {
    const json::value* decided = find(result, "answer");
    if (decided == nullptr) {
      const json::value* status = find(result, "status");
      const int code = status != nullptr && status->is_int64() ? static_cast<int>(status->as_int64()) : 500;
      worst = std::max(worst, exit_code_of_status(code));
    }
    if (connection.json) continue;
    if (decided != nullptr) {
      console.out << recorded(*decided) << '\n';
    } else {
      const json::value* problem = find(result, "problem");
      console.out << printable(fmt::format("{}: {}", shown_at(result, "id"),
                                           problem == nullptr ? "refused" : shown_at(*problem, "detail")))
                  << '\n';
    }
  }
  return worst;
}

Outcome<ExitCode> decide(Console& console, const Connection& connection, const DecideOptions& options) {
  if (!options.also.empty() && options.version != 0)
    return failed(ExitCode::wrong_use, "--version is of one work item: leave it out beside --also");
  json::object answers, form;
  if (const auto set = assign(answers, options.answers, "--answer"); !set)
    return std::unexpected(set.error());
  if (const auto set = assign(form, options.form, "--form-set"); !set) return std::unexpected(set.error());
  json::object body{{"outcome", options.outcome}};
  if (!options.comment.empty()) body["comment"] = options.comment;
  if (!answers.empty()) body["answers"] = std::move(answers);
  if (!form.empty()) body["form"] = std::move(form);
  if (!options.checklist.empty())
    body["checklist"] = json::array(options.checklist.begin(), options.checklist.end());
  if (options.confirmed) body["confirmed"] = true;
  if (!options.return_to.empty()) body["return_to"] = options.return_to;
  if (options.version != 0) body["version"] = options.version;

  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  std::vector<std::string> items{options.item};
  items.insert(items.end(), options.also.begin(), options.also.end());
  for (std::string& item : items) {
    if (is_item_id(item)) continue;
    auto found = only_open_item(*client, item, connection.actor);
    if (!found) return std::unexpected(found.error());
    item = std::move(*found);
  }
  if (items.size() > 1) return decide_several(console, connection, *client, items, body);
  const auto reply = client->post(work_item_path(items.front(), "/decision"), body);
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
  } else {
    console.out << recorded(reply->body) << '\n';
  }
  return ExitCode::done;
}

}  // namespace

void add_decide(Command& root, Connection& connection) {
  const auto options = std::make_shared<DecideOptions>();
  Command& command = root.add("decide", "answer a work item");
  command
      .argument(
          options->item, "ITEM",
          "the work item's id, i_....7, or the reference of an instance that has one open for that person")
      .argument(options->outcome, "OUTCOME",
                "approved, rejected, returned, done, resubmitted, or one of the task's own")
      .options(options->also, "--also", "ITEM",
               "another work item that gets the same answer; may be repeated. Each is decided or refused by "
               "itself")
      .option(options->comment, "--comment", "TEXT", "why")
      .options(options->answers, "--answer", "NAME=VALUE", "a field that the step asks for; may be repeated")
      .options(options->form, "--form-set", "NAME=VALUE",
               "a field of the form that may be changed here; may be repeated")
      .options(options->checklist, "--check", "ENTRY",
               "an entry of the checklist that is done; may be repeated")
      .flag(options->confirmed, "--confirm", "what the step wants confirmed with an approval is")
      .option(options->return_to, "--return-to", "STEP", "with returned: to whom, a step or requester")
      .number(options->version, "--version", "N", "only if the work item is still at this version");
  add_connection(command, connection, Writes::yes);
  command.example("countersign decide EXP-2026-14 approved --as zhang.wei")
      .example("countersign decide EXP-2026-14 approved --also EXP-2026-15 --also EXP-2026-17 --as zhang.wei")
      .example(
          "countersign decide i_01JQ8Z5T9V6C3M7N2K4P8R1S5W.2 approved --as wang.fang --answer "
          "cost_center=4711")
      .example("countersign decide EXP-2026-14 returned --as zhang.wei --comment 'The invoice is missing'")
      .runs([options, &connection](Console& console) { return decide(console, connection, *options); });
}

}  // namespace countersign::cli
