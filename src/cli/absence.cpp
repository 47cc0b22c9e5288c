// countersign absence: who is away, and who acts for them.

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/shown.h"
#include "cli/table.h"
#include "cli/text_width.h"
#include "core/absence_calendar.h"
#include "core/calendar_settings.h"
#include "definition/workflow_files.h"
#include "web/uri_text.h"

namespace countersign::cli {
namespace {

std::string absences_path(const std::string& person) {
  return fmt::format("/api/v1/people/{}/absences", web::escape_segment(person));
}

std::string absence_scope(const json::value& row) {
  std::string scope = shown_at(row, "workflows");
  const std::string up_to = shown_at(row, "up_to");
  if (!up_to.empty()) scope += (scope.empty() ? "up to " : "; up to ") + up_to;
  return scope.empty() ? "everything" : scope;
}

std::string absence_words(const json::value& row) {
  const std::string stand_in = shown_at(row, "stand_in");
  return fmt::format("{} is away from {} until {} UTC{} (absence {})", shown_at(row, "person"),
                     instant_at(row, "from"), instant_at(row, "until"),
                     stand_in.empty() ? std::string(", and nobody stands in")
                                      : fmt::format("; {} stands in for {}", stand_in, absence_scope(row)),
                     shown_at(row, "id"));
}

struct AbsenceSetting {
  std::string person, from, until, stand_in, up_to, reason;
  std::vector<std::string> workflows;
};

Outcome<ExitCode> set_absence(Console& console, const Connection& connection, const AbsenceSetting& options) {
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  json::object body{{"until", options.until},
                    {"workflows", json::array(options.workflows.begin(), options.workflows.end())}};
  for (const auto& [key, value] :
       {std::pair("from", &options.from), std::pair("stand_in", &options.stand_in),
        std::pair("up_to", &options.up_to), std::pair("reason", &options.reason)}) {
    if (!value->empty()) body[key] = *value;
  }
  const auto reply = client->post(absences_path(options.person), body);
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
  } else {
    console.out << printable(absence_words(reply->body)) << '\n';
  }
  return ExitCode::done;
}

Outcome<ExitCode> list_absences(Console& console, const Connection& connection, const std::string& person) {
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  const auto reply = client->get(absences_path(person));
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
    return ExitCode::done;
  }
  Table table({"ID", "FROM (UTC)", "UNTIL (UTC)", "STAND-IN", "FOR", "REASON", "SET BY"});
  for (const json::value& row : list_at(reply->body, "absences")) {
    const std::string id = shown_at(row, "id");
    table.add({id.empty() ? "file" : id, instant_at(row, "from"), instant_at(row, "until"),
               shown_at(row, "stand_in"), absence_scope(row), shown_at(row, "reason"),
               shown_at(row, "set_by")});
  }
  console.out << (table.empty() ? printable(person) + " is not away, now or later\n" : table.text());
  return ExitCode::done;
}

struct AbsenceImport {
  std::string file, person, stand_in;
};

// In every zone: of a day the last one has ended everywhere.
bool is_over(const std::string& until) {
  const Instant now = SystemClock().now();
  if (const auto day = parse_day(until))
    return date::sys_days(date::year_month_day(*day)) + date::days(2) <= now;
  const auto at = parse_rfc3339(until);
  return at && *at <= now;
}

// All or nothing as far as it can be seen beforehand; an absence that is set already is not set twice.
Outcome<ExitCode> import_absences(Console& console, const Connection& connection,
                                  const AbsenceImport& options) {
  const auto text = read_file(options.file);
  if (!text) return failed(ExitCode::wrong_use, text.error().message);
  const auto absences = parse_absences(*text);
  if (!absences) return failed(ExitCode::not_so, absences.error().message);
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  std::size_t set = 0;
  json::array answers;
  for (const CalendarAbsence& each : *absences) {
    json::object body{{"from", each.from}, {"until", each.until}, {"reason", each.title}};
    if (!options.stand_in.empty()) body["stand_in"] = options.stand_in;
    if (is_over(each.until)) continue;
    const auto reply = client->post(absences_path(options.person), body);
    if (!reply) return std::unexpected(reply.error());
    if (reply->status == 201) ++set;
    if (!connection.json) console.out << printable(absence_words(reply->body)) << '\n';
    answers.push_back(reply->body);
  }
  if (connection.json) {
    print_json(console, json::object{{"absences", std::move(answers)}});
  } else {
    console.out << fmt::format("{} of {} events set an absence\n", set, absences->size());
  }
  return ExitCode::done;
}

struct AbsenceEnding {
  std::string person, id;
};

Outcome<ExitCode> end_absence(Console& console, const Connection& connection, const AbsenceEnding& options) {
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  const auto reply = client->remove(absences_path(options.person) + "/" + web::escape_segment(options.id));
  if (!reply) return std::unexpected(reply.error());
  if (connection.json) {
    print_json(console, reply->body);
  } else {
    console.out << printable(fmt::format("absence {} of {} is over", options.id, options.person)) << '\n';
  }
  return ExitCode::done;
}

}  // namespace

void add_absence(Command& root, Connection& connection) {
  Command& absence = root.add("absence", "say who is away and who stands in, list it, end it");
  const auto setting = std::make_shared<AbsenceSetting>();
  Command& set = absence.add("set", "somebody is away, and somebody stands in for them");
  set.describe(
         "Whoever stands in may answer what waits for the person, also what was open before, and gets its "
         "messages and reminders; the record names both. Days are the person's own: the last one counts "
         "whole. "
         "Without --stand-in nobody acts meanwhile. A person's key sets their own absences, one with the "
         "scope "
         "admin anybody's.")
      .argument(setting->person, "PERSON", "their id")
      .option(setting->until, "--until", "DAY", "the last day, 2026-12-04, or a time of RFC 3339",
              Command::Need::required)
      .option(setting->from, "--from", "DAY", "the first day (else from now on)")
      .option(setting->stand_in, "--stand-in", "ID", "who acts meanwhile: an id or mail address")
      .options(setting->workflows, "--workflow", "ID", "only for this workflow; may be repeated (else all)")
      .option(setting->up_to, "--up-to", "AMOUNT", "only for requests without a larger amount: '10000 CNY'")
      .option(setting->reason, "--reason", "TEXT", "why, for whoever looks");
  add_connection(set, connection, Writes::yes);
  set.example("countersign absence set li.na --from 2026-11-23 --until 2026-12-04 --stand-in wang.fang")
      .example("countersign absence set li.na --until 2026-12-04 --stand-in wang.fang --up-to '10000 CNY'")
      .runs([setting, &connection](Console& console) { return set_absence(console, connection, *setting); });

  const auto person = std::make_shared<std::string>();
  Command& list = absence.add("list", "list the absences of somebody that are not over");
  list.argument(*person, "PERSON", "their id or mail address");
  add_connection(list, connection);
  list.example("countersign absence list li.na").runs([person, &connection](Console& console) {
    return list_absences(console, connection, *person);
  });

  const auto importing = std::make_shared<AbsenceImport>();
  Command& import = absence.add("import", "set the absences that a calendar file (.ics) holds");
  import
      .describe(
          "Each event is an absence with its title as the reason: those marked \"out of office\" where there "
          "are "
          "any, else all that do not leave the person free. What is over and what is set already is passed "
          "over. "
          "Nothing is set where an event cannot be read: one that repeats, or whose times have no zone.")
      .argument(importing->file, "FILE.ics", "as calendar programs export it")
      .option(importing->person, "--person", "ID", "who is away", Command::Need::required)
      .option(importing->stand_in, "--stand-in", "ID", "who acts meanwhile: an id or mail address");
  add_connection(import, connection, Writes::yes);
  import.example("countersign absence import away.ics --person li.na --stand-in wang.fang")
      .runs([importing, &connection](Console& console) {
        return import_absences(console, connection, *importing);
      });

  const auto ending = std::make_shared<AbsenceEnding>();
  Command& end = absence.add("end", "end an absence now, or take back one to come");
  end.argument(ending->person, "PERSON", "their id")
      .argument(ending->id, "ID", "its number, as 'countersign absence list' shows it");
  add_connection(end, connection, Writes::yes);
  end.example("countersign absence end li.na 3").runs([ending, &connection](Console& console) {
    return end_absence(console, connection, *ending);
  });
}

}  // namespace countersign::cli
