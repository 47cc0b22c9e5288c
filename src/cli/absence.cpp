// countersign absence: who is away, and who acts for them.

#include <filesystem>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/shown.h"
#include "cli/table.h"
#include "cli/text_width.h"
#include "core/absence_calendar.h"
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

void print_absence_note(Console& console, const json::value& row) {
  const std::string note = shown_at(row, "note");
  if (!note.empty())
    console.out << printable(fmt::format("note: absence {}: {}", shown_at(row, "id"), note)) << '\n';
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
    print_absence_note(console, reply->body);
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
    const std::string source = shown_at(row, "source");
    table.add({id.empty() ? "file" : id, instant_at(row, "from"), instant_at(row, "until"),
               shown_at(row, "stand_in"), absence_scope(row), shown_at(row, "reason"),
               shown_at(row, "set_by") + (source.empty() ? "" : " from '" + source + "'")});
  }
  console.out << (table.empty() ? printable(person) + " is not away, now or later\n" : table.text());
  return ExitCode::done;
}

struct AbsenceImport {
  std::string file, person, stand_in, up_to, source;
  std::vector<std::string> workflows;
};

// By which the calendar is known the next time.
Outcome<std::string> source_of(const AbsenceImport& options, const CalendarAbsences& calendar) {
  if (!options.source.empty()) return options.source;
  if (!calendar.name.empty()) return calendar.name;
  if (options.file != "-") return std::filesystem::path(options.file).stem().string();
  return failed(ExitCode::wrong_use,
                "the calendar has no name of its own (X-WR-CALNAME): give it with --source");
}

void print_import(Console& console, const json::value& reply, const std::string& person) {
  for (const std::string_view kind : {"added", "changed"}) {
    for (const json::value& row : list_at(reply, kind)) {
      console.out << printable(fmt::format("{}: {}", kind, absence_words(row))) << '\n';
    }
  }
  for (const json::value& row : list_at(reply, "ended")) {
    console.out << printable(fmt::format("ended: absence {}, which began or would have begun at {} UTC",
                                         shown_at(row, "id"), instant_at(row, "from")))
                << '\n';
  }
  for (const std::string_view kind : {"added", "changed", "unchanged"}) {
    for (const json::value& row : list_at(reply, kind)) print_absence_note(console, row);
  }
  const auto count = [&](std::string_view kind) { return list_at(reply, kind).size(); };
  std::string line = fmt::format("absences of {} from '{}': {} added, {} changed, {} ended, {} unchanged",
                                 person, shown_at(reply, "source"), count("added"), count("changed"),
                                 count("ended"), count("unchanged"));
  if (const std::size_t ended = count("stays_ended"); ended > 0)
    line += fmt::format("; {} stay ended, because somebody ended them", ended);
  console.out << printable(line) << '\n';
}

// One request with the whole calendar, so that half of it is never taken.
Outcome<ExitCode> import_absences(Console& console, const Connection& connection,
                                  const AbsenceImport& options) {
  const auto text = read_input(console, options.file);
  if (!text) return std::unexpected(text.error());
  const auto calendar = parse_absences(*text, SystemClock().now());
  if (!calendar) return failed(ExitCode::not_so, calendar.error().message);
  const auto source = source_of(options, *calendar);
  if (!source) return std::unexpected(source.error());
  json::array absences;
  for (const CalendarAbsence& each : calendar->absences) {
    absences.push_back(
        {{"uid", each.uid}, {"from", each.from}, {"until", each.until}, {"reason", each.title}});
  }
  json::object body{{"source", *source},
                    {"absences", std::move(absences)},
                    {"workflows", json::array(options.workflows.begin(), options.workflows.end())}};
  if (!options.stand_in.empty()) body["stand_in"] = options.stand_in;
  if (!options.up_to.empty()) body["up_to"] = options.up_to;
  auto client = connect(console, connection);
  if (!client) return std::unexpected(client.error());
  const auto reply = client->post(absences_path(options.person) + "/import", body);
  if (!reply) return std::unexpected(reply.error());
  for (const std::string& note : calendar->notes)
    (connection.json ? console.err : console.out) << "note: " << printable(note) << '\n';
  if (connection.json) {
    print_json(console, reply->body);
  } else {
    print_import(console, reply->body, options.person);
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
  Command& import = absence.add("import", "make absences what a calendar (.ics) says");
  import
      .describe(
          "Each event is an absence with its title as the reason: those marked \"out of office\" where there "
          "are any, else all that do not leave the person free; of one that repeats each occurrence, a year "
          "ahead and at most 60. Importing the same calendar again replaces what moved in it and ends what "
          "it "
          "has no more; absences that people set, and what is over, are left alone, and what somebody has "
          "ended stays ended until it moves. Nothing changes where an event cannot be read. A cron line that "
          "fetches a calendar follows it.")
      .argument(importing->file, "FILE.ics", "as calendar programs export it; - for standard input")
      .option(importing->person, "--person", "ID", "who is away", Command::Need::required)
      .option(importing->stand_in, "--stand-in", "ID", "who acts meanwhile: an id or mail address")
      .options(importing->workflows, "--workflow", "ID", "only for this workflow; may be repeated (else all)")
      .option(importing->up_to, "--up-to", "AMOUNT", "only for requests without a larger amount: '10000 CNY'")
      .option(importing->source, "--source", "NAME",
              "by which the calendar is known the next time (else its own name, else the file's)");
  add_connection(import, connection, Writes::yes);
  import.example("countersign absence import away.ics --person li.na --stand-in wang.fang")
      .example("countersign absence import - --person li.na --source outlook < li.na.ics")
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
