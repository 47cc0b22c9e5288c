#include "runtime/absences.h"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "core/guest.h"
#include "core/person_calendar.h"

namespace countersign {
namespace {

// A day is its beginning, or where it is the last one its end, in the person's zone.
Result<Instant> moment_of(const std::string& text, const Calendar* calendar, bool is_last) {
  if (const auto day = parse_day(text)) {
    const Day counted = is_last ? *day + date::days(1) : *day;
    if (calendar == nullptr) return Instant(std::chrono::duration_cast<Duration>(counted.time_since_epoch()));
    return calendar->instant_of(counted, std::chrono::minutes(0));
  }
  if (const auto at = parse_rfc3339(text)) return *at;
  return fail(ErrorCode::invalid_input,
              fmt::format("'{}' is neither a day (2026-11-23) nor a time (2026-11-23T09:00:00+08:00)",
                          text.substr(0, 60)));
}

struct ReadAbsence {
  RecordedAbsence row;
  std::vector<FormProblem> problems;
  void problem(std::string pointer, std::string detail) {
    problems.push_back({std::move(pointer), std::move(detail)});
  }
};

void read_times(const SetAbsence& request, const Calendar* calendar, Instant now, ReadAbsence& read) {
  Absence& absence = read.row.absence;
  absence.from = now;
  if (!request.from.empty()) {
    const auto from = moment_of(request.from, calendar, false);
    if (from) {
      absence.from = *from;
    } else {
      read.problem("/from", from.error().message);
    }
  }
  const auto until = moment_of(request.until, calendar, true);
  if (!until) return read.problem("/until", until.error().message);
  absence.until = *until;
  if (absence.until <= absence.from) read.problem("/until", "it ends before it begins");
  if (absence.until <= now) read.problem("/until", "it is over already");
}

void read_stand_in(const SetAbsence& request, const Directory& directory, ReadAbsence& read) {
  if (request.stand_in.empty()) return;
  const auto known = directory.person(request.stand_in.value);
  if (!known) return read.problem("/stand_in", known.error().message);
  const Person& stand_in = **known;
  if (!stand_in.active || is_guest(stand_in.id)) {
    return read.problem("/stand_in", fmt::format("'{}' is not active any more", stand_in.id.value));
  }
  if (stand_in.id == request.person) {
    return read.problem("/stand_in", "nobody stands in for themselves");
  }
  read.row.absence.stand_in = stand_in.id;
}

void read_scope(const SetAbsence& request, const Snapshot& snapshot, ReadAbsence& read) {
  for (std::size_t i = 0; i < request.workflows.size(); ++i) {
    const WorkflowId id(request.workflows[i]);
    if (snapshot.workflow(id) == nullptr) {
      read.problem(fmt::format("/workflows/{}", i), fmt::format("there is no workflow '{}'", id.value));
    }
    read.row.absence.workflows.push_back(id);
  }
  if (request.up_to.empty()) return;
  auto limit = parse_amount_limit(request.up_to);
  if (!limit) return read.problem("/up_to", limit.error().message);
  read.row.absence.up_to = std::move(*limit);
}

std::optional<Error> refusal_to_set(const Caller& caller, const PersonId& person) {
  if (caller.admin || (!person.empty() && caller.actor.person == person)) return std::nullopt;
  return Error{ErrorCode::forbidden,
               fmt::format("cannot change the absences of '{}': a person sets their own, and a key with the "
                           "scope admin anybody's",
                           person.value),
               {}};
}

}  // namespace

void AbsenceBook::read() {
  auto rows = reader_.absences(clock_.now());
  stale_ = !rows;
  if (!rows) return spdlog::error("cannot read who is away: {}", rows.error().message);
  library_.set_absences(std::make_shared<const Absences>(std::move(*rows)));
}

json::object absence_json(const RecordedAbsence& absence) {
  json::array workflows;
  for (const WorkflowId& id : absence.absence.workflows) workflows.emplace_back(id.value);
  const auto text_or_null = [](const std::string& text) {
    return text.empty() ? json::value() : json::value(text);
  };
  return {
      {"id", absence.id},
      {"person", absence.person.value},
      {"from", format_rfc3339(absence.absence.from)},
      {"until", format_rfc3339(absence.absence.until)},
      {"stand_in", absence.absence.stand_in ? json::value(absence.absence.stand_in->value) : json::value()},
      {"workflows", std::move(workflows)},
      {"up_to", absence.absence.up_to ? json::value(absence.absence.up_to->to_text()) : json::value()},
      {"reason", text_or_null(absence.absence.reason)},
      {"set_by", text_or_null(absence.set_by.value)},
      {"created_at", format_rfc3339(absence.created_at)}};
}

Answer set_absence(const JobContext& context, const Caller& caller, const SetAbsence& request,
                   Transaction& transaction, Instant now) {
  if (auto refusal = refusal_to_set(caller, request.person)) return refuse(std::move(*refusal));
  const auto snapshot = context.library.current();
  const Person* person = snapshot->directory->find(request.person);
  if (person == nullptr || !person->active || is_guest(person->id)) {
    return refuse(ErrorCode::not_found,
                  fmt::format("'{}' is not an active person of the directory", request.person.value));
  }
  ReadAbsence read;
  read.row.person = person->id;
  read.row.set_by = caller.actor.person;
  read.row.created_at = now;
  read.row.absence.reason = request.reason;
  read_times(request, calendar_of(snapshot->calendars, person, "").get(), now, read);
  read_stand_in(request, *snapshot->directory, read);
  read_scope(request, *snapshot, read);
  if (request.reason.size() > kAbsenceReasonMax)
    read.problem("/reason", fmt::format("a reason has at most {} bytes", kAbsenceReasonMax));
  if (!read.problems.empty()) return refuse_input(read.problems);
  const auto known = transaction.absences_of(person->id, now);
  if (!known) return refuse(known.error());
  for (const RecordedAbsence& other : *known) {
    const bool same_begin =
        other.absence.from == read.row.absence.from || (request.from.empty() && other.absence.from <= now);
    Absence compared = read.row.absence;
    compared.from = other.absence.from;
    if (same_begin && compared == other.absence) return Reply{200, write_json(absence_json(other))};
  }
  if (known->size() >= kAbsencesMax) {
    return refuse(ErrorCode::conflict,
                  fmt::format("'{}' has {} absences already that are not over: end some of them first",
                              person->id.value, known->size()));
  }
  const auto id = transaction.add_absence(read.row);
  if (!id) return refuse(id.error());
  read.row.id = *id;
  return Reply{201, write_json(absence_json(read.row))};
}

Answer end_absence(const JobContext&, const Caller& caller, const EndAbsence& request,
                   Transaction& transaction, Instant now) {
  if (auto refusal = refusal_to_set(caller, request.person)) return refuse(std::move(*refusal));
  const auto known = transaction.absences_of(request.person, now);
  if (!known) return refuse(known.error());
  const auto found = std::ranges::find(*known, request.id, &RecordedAbsence::id);
  if (found == known->end()) {
    return refuse(ErrorCode::not_found,
                  fmt::format("'{}' has no absence {} that is not over", request.person.value, request.id));
  }
  if (Result<void> ended = transaction.end_absence(request.id, now); !ended) return refuse(ended.error());
  json::object shown = absence_json(*found);
  shown["until"] = format_rfc3339(now);
  shown["ended"] = true;
  return Reply{200, write_json(shown)};
}

}  // namespace countersign
