#include "runtime/absence_terms.h"

#include <algorithm>

#include <fmt/format.h>

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

bool have_workflows_in_common(const Absence& one, const Absence& other) {
  if (one.workflows.empty() || other.workflows.empty()) return true;
  return std::ranges::any_of(one.workflows, [&](const WorkflowId& id) {
    return std::ranges::find(other.workflows, id) != other.workflows.end();
  });
}

// `is_first`: of two that end together the other one counts, as stand_ins_of() (core/stand_in.h) takes it.
std::string overlap_words(const Absence& set, const Absence& other, bool is_first, const std::string& named) {
  const bool counts = set.until > other.until || (set.until == other.until && is_first);
  const Absence& acting = counts ? set : other;
  const Absence& idle = counts ? other : set;
  return fmt::format(
      "from {} until {} it overlaps {}, in which {} stands in: for what both cover {} acts then, because "
      "that "
      "absence {}; {} only where {} may not",
      format_rfc3339(std::max(set.from, other.from)), format_rfc3339(std::min(set.until, other.until)), named,
      other.stand_in->value, acting.stand_in->value,
      set.until == other.until ? "was there first" : "ends later", idle.stand_in->value,
      acting.stand_in->value);
}

}  // namespace

std::optional<Error> refusal_to_set(const Caller& caller, const PersonId& person) {
  if (caller.admin || (!person.empty() && caller.actor.person == person)) return std::nullopt;
  return Error{ErrorCode::forbidden,
               fmt::format("cannot change the absences of '{}': a person sets their own, and a key with the "
                           "scope admin anybody's",
                           person.value),
               {}};
}

AbsenceTerms::AbsenceTerms(const Snapshot& snapshot, const Person& person, Instant now)
    : snapshot_(snapshot),
      person_(person),
      calendar_(calendar_of(snapshot.calendars, &person, "")),
      now_(now) {}

void AbsenceTerms::problem(std::string pointer, std::string detail) {
  problems_.push_back({std::move(pointer), std::move(detail)});
}

bool AbsenceTerms::read_times(const Times& times, const std::string& pointer, Absence& absence) {
  absence.reason = times.reason;
  if (times.reason.size() > kAbsenceReasonMax)
    problem(pointer + "/reason", fmt::format("a reason has at most {} bytes", kAbsenceReasonMax));
  const auto from =
      times.from.empty() ? Result<Instant>(now_) : moment_of(times.from, calendar_.get(), false);
  if (!from) problem(pointer + "/from", from.error().message);
  const auto until = moment_of(times.until, calendar_.get(), true);
  if (!until) problem(pointer + "/until", until.error().message);
  if (from && until && *until <= *from) problem(pointer + "/until", "it ends before it begins");
  absence.from = from.value_or(now_);
  absence.until = until.value_or(now_);
  return until.has_value();
}

void AbsenceTerms::read_cover(const PersonId& stand_in, const std::vector<std::string>& workflows,
                              const std::string& up_to, Absence& absence) {
  if (!stand_in.empty()) {
    const auto known = snapshot_.directory->person(stand_in.value);
    if (!known) {
      problem("/stand_in", known.error().message);
    } else if (!(*known)->active || is_guest((*known)->id)) {
      problem("/stand_in", fmt::format("'{}' is not active any more", (*known)->id.value));
    } else if ((*known)->id == person_.id) {
      problem("/stand_in", "nobody stands in for themselves");
    } else {
      absence.stand_in = (*known)->id;
    }
  }
  for (std::size_t i = 0; i < workflows.size(); ++i) {
    const WorkflowId id(workflows[i]);
    if (snapshot_.workflow(id) == nullptr)
      problem(fmt::format("/workflows/{}", i), fmt::format("there is no workflow '{}'", id.value));
    absence.workflows.push_back(id);
  }
  if (up_to.empty()) return;
  auto limit = parse_amount_limit(up_to);
  if (!limit) return problem("/up_to", limit.error().message);
  absence.up_to = std::move(*limit);
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
      {"source", absence.origin ? json::value(absence.origin->source) : json::value()},
      {"created_at", format_rfc3339(absence.created_at)}};
}

json::object ended_absence_json(const RecordedAbsence& absence, Instant now) {
  json::object shown = absence_json(absence);
  shown["until"] = format_rfc3339(now);
  shown["ended"] = true;
  return shown;
}

std::string overlap_note(const RecordedAbsence& set, std::span<const RecordedAbsence> known,
                         const Person& person) {
  std::string note;
  const auto look = [&](const Absence& other, bool is_first, const std::string& named) {
    const Absence& mine = set.absence;
    if (!mine.stand_in || !other.stand_in || mine.stand_in == other.stand_in) return;
    if (mine.until <= other.from || other.until <= mine.from || !have_workflows_in_common(mine, other))
      return;
    note += (note.empty() ? "" : "; ") + overlap_words(mine, other, is_first, named);
  };
  for (const Absence& listed : person.away) look(listed, false, "an absence in the file of people");
  for (const RecordedAbsence& other : known) {
    if (other.id != set.id) look(other.absence, set.id < other.id, fmt::format("absence {}", other.id));
  }
  return note;
}

}  // namespace countersign
