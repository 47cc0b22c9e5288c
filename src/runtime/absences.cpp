#include "runtime/absences.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "core/guest.h"
#include "runtime/absence_terms.h"

namespace countersign {
namespace {

std::expected<const Person*, Refusal> absent_person(const Snapshot& snapshot, const PersonId& id) {
  const Person* person = snapshot.directory->find(id);
  if (person == nullptr || !person->active || is_guest(person->id)) {
    return refuse(ErrorCode::not_found,
                  fmt::format("'{}' is not an active person of the directory", id.value));
  }
  return person;
}

std::unexpected<Refusal> too_many_absences(const PersonId& person, std::size_t count) {
  return refuse(ErrorCode::conflict,
                fmt::format("'{}' would have {} absences that are not over, at most {} are kept: end some of "
                            "them first",
                            person.value, count, kAbsencesMax));
}

json::object absence_with_note(const RecordedAbsence& set, std::span<const RecordedAbsence> known,
                               const Person& person) {
  json::object shown = absence_json(set);
  if (const std::string note = overlap_note(set, known, person); !note.empty()) shown["note"] = note;
  return shown;
}

bool was_ended_by_hand(const RecordedAbsence& row) {
  return row.origin && row.absence.until < row.origin->until;
}

struct WantedAbsence {
  std::string uid;
  Absence absence;
};

// What the calendar has that is not over.
std::vector<WantedAbsence> read_wanted(const ImportAbsences& request, Instant now, AbsenceTerms& terms) {
  Absence cover;
  terms.read_cover(request.stand_in, request.workflows, request.up_to, cover);
  if (request.source.empty() || request.source.size() > kAbsenceSourceMax)
    terms.problem("/source", fmt::format("the calendar's name has 1 to {} bytes", kAbsenceSourceMax));
  if (request.events.size() > kImportedAbsencesMax) {
    terms.problem("/absences", fmt::format("there are {}, at most {} are taken at once",
                                           request.events.size(), kImportedAbsencesMax));
    return {};
  }
  std::set<std::string> uids;
  std::vector<WantedAbsence> wanted;
  for (std::size_t i = 0; i < request.events.size(); ++i) {
    const ImportAbsences::Event& event = request.events[i];
    const std::string pointer = fmt::format("/absences/{}", i);
    if (event.uid.empty() || event.uid.size() > kAbsenceUidMax) {
      terms.problem(pointer + "/uid", fmt::format("an event's uid has 1 to {} bytes", kAbsenceUidMax));
    } else if (!uids.insert(event.uid).second) {
      terms.problem(pointer + "/uid", fmt::format("there is another with the uid '{}'", event.uid));
    }
    if (event.from.empty()) terms.problem(pointer + "/from", "it has to say when it begins");
    Absence absence = cover;
    const bool was_read = terms.read_times({event.from, event.until, event.reason}, pointer, absence);
    if (was_read && absence.until > now) wanted.push_back({event.uid, std::move(absence)});
  }
  return wanted;
}

// One calendar's absences of one person, as they become what it says now.
class AbsenceSync {
 public:
  AbsenceSync(Transaction& transaction, Instant now, RecordedAbsence pattern)
      : transaction_(transaction), now_(now), pattern_(std::move(pattern)) {}

  Result<void> run(const std::vector<WantedAbsence>& wanted) {
    auto rows = transaction_.absences_from(pattern_.person, pattern_.origin->source, now_);
    if (!rows) return std::unexpected(rows.error());
    std::map<std::string, RecordedAbsence> stored;
    for (RecordedAbsence& row : *rows) stored.insert_or_assign(row.origin->uid, std::move(row));
    for (const WantedAbsence& each : wanted) {
      const auto found = stored.find(each.uid);
      auto done = found == stored.end() ? add(each, added_) : update(found->second, each);
      if (!done) return done;
      if (found != stored.end()) stored.erase(found);
    }
    for (const auto& [uid, row] : stored) {
      if (auto gone = transaction_.retract_absence(row.id, now_); !gone) return gone;
      if (!was_ended_by_hand(row)) ended_.push_back(ended_absence_json(row, now_));
    }
    return {};
  }

  bool has_changed() const { return !added_.empty() || !changed_.empty() || !ended_.empty(); }

  json::object answer(std::span<const RecordedAbsence> known, const Person& person) const {
    const auto shown = [&](const std::vector<RecordedAbsence>& rows) {
      json::array list;
      for (const RecordedAbsence& row : rows) list.push_back(absence_with_note(row, known, person));
      return list;
    };
    json::array stays_ended;
    for (const RecordedAbsence& row : stays_ended_) stays_ended.push_back(absence_json(row));
    return {{"source", pattern_.origin->source}, {"added", shown(added_)},
            {"changed", shown(changed_)},        {"ended", ended_},
            {"unchanged", shown(unchanged_)},    {"stays_ended", std::move(stays_ended)}};
  }

 private:
  Result<void> add(const WantedAbsence& wanted, std::vector<RecordedAbsence>& into) {
    RecordedAbsence row = pattern_;
    row.absence = wanted.absence;
    row.origin->uid = wanted.uid;
    row.origin->from = wanted.absence.from;
    row.origin->until = wanted.absence.until;
    const auto id = transaction_.add_absence(row);
    if (!id) return std::unexpected(id.error());
    row.id = *id;
    into.push_back(std::move(row));
    return {};
  }

  // One that changed ends, and another takes its place, so that whoever stood in is told of either.
  Result<void> update(const RecordedAbsence& row, const WantedAbsence& wanted) {
    const bool by_hand = was_ended_by_hand(row);
    const bool same_times =
        row.origin->from == wanted.absence.from && row.origin->until == wanted.absence.until;
    if (by_hand && same_times) {
      stays_ended_.push_back(row);
      return {};
    }
    if (row.absence == wanted.absence) {
      unchanged_.push_back(row);
      return {};
    }
    if (auto gone = transaction_.retract_absence(row.id, now_); !gone) return gone;
    return add(wanted, by_hand ? added_ : changed_);
  }

  Transaction& transaction_;
  Instant now_;
  RecordedAbsence pattern_;  // whose they are, who takes them over, from where
  std::vector<RecordedAbsence> added_, changed_, unchanged_, stays_ended_;
  json::array ended_;
};

}  // namespace

void AbsenceBook::read() {
  auto rows = reader_.absences(clock_.now());
  stale_ = !rows;
  if (!rows) return spdlog::error("cannot read who is away: {}", rows.error().message);
  library_.set_absences(std::make_shared<const Absences>(std::move(*rows)));
}

Answer set_absence(const JobContext& context, const Caller& caller, const SetAbsence& request,
                   Transaction& transaction, Instant now) {
  if (auto refusal = refusal_to_set(caller, request.person)) return refuse(std::move(*refusal));
  const auto snapshot = context.library.current();
  const auto person = absent_person(*snapshot, request.person);
  if (!person) return std::unexpected(person.error());
  RecordedAbsence row{.person = (*person)->id, .set_by = caller.actor.person, .created_at = now};
  AbsenceTerms terms(*snapshot, **person, now);
  const bool was_read = terms.read_times({request.from, request.until, request.reason}, "", row.absence);
  if (was_read && row.absence.until <= now) terms.problem("/until", "it is over already");
  terms.read_cover(request.stand_in, request.workflows, request.up_to, row.absence);
  if (!terms.problems().empty()) return refuse_input(terms.problems());
  const auto known = transaction.absences_of(row.person, now);
  if (!known) return refuse(known.error());
  for (const RecordedAbsence& other : *known) {
    if (other.origin) continue;  // it goes with its calendar
    const bool same_begin =
        other.absence.from == row.absence.from || (request.from.empty() && other.absence.from <= now);
    Absence compared = row.absence;
    compared.from = other.absence.from;
    if (same_begin && compared == other.absence)
      return Reply{200, write_json(absence_with_note(other, *known, **person))};
  }
  if (known->size() >= kAbsencesMax) return too_many_absences(row.person, known->size() + 1);
  const auto id = transaction.add_absence(row);
  if (!id) return refuse(id.error());
  row.id = *id;
  context.absences.note_change();
  return Reply{201, write_json(absence_with_note(row, *known, **person))};
}

Answer end_absence(const JobContext& context, const Caller& caller, const EndAbsence& request,
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
  context.absences.note_change();
  return Reply{200, write_json(ended_absence_json(*found, now))};
}

Answer import_absences(const JobContext& context, const Caller& caller, const ImportAbsences& request,
                       Transaction& transaction, Instant now) {
  if (auto refusal = refusal_to_set(caller, request.person)) return refuse(std::move(*refusal));
  const auto snapshot = context.library.current();
  const auto person = absent_person(*snapshot, request.person);
  if (!person) return std::unexpected(person.error());
  AbsenceTerms terms(*snapshot, **person, now);
  const std::vector<WantedAbsence> wanted = read_wanted(request, now, terms);
  if (!terms.problems().empty()) return refuse_input(terms.problems());
  AbsenceSync sync(transaction, now,
                   {.person = (*person)->id,
                    .set_by = caller.actor.person,
                    .created_at = now,
                    .origin = AbsenceOrigin{request.source, {}, {}, {}}});
  if (Result<void> done = sync.run(wanted); !done) return refuse(done.error());
  if (sync.has_changed()) context.absences.note_change();
  const auto known = transaction.absences_of((*person)->id, now);
  if (!known) return refuse(known.error());
  if (known->size() > kAbsencesMax) return too_many_absences((*person)->id, known->size());
  return Reply{200, write_json(sync.answer(*known, **person))};
}

}  // namespace countersign
