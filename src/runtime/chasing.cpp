#include "runtime/chasing.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/json.h"
#include "core/effect.h"
#include "core/person_calendar.h"
#include "runtime/outbox_rows.h"

namespace countersign {
namespace {

constexpr std::chrono::minutes kPast{5};  // the hour
constexpr std::size_t kRowsMax = 512;     // that are read at once
constexpr std::size_t kEntriesMax = 200;  // of one digest
constexpr Duration kChasingRest = std::chrono::seconds(5);
// Quiet hours and working hours may take turns; where they never leave a moment, the reminder goes out.
constexpr int kTurnsMax = 30;

QuietHours quiet_hours_of(const Snapshot& snapshot, const Person& person) {
  if (person.quiet_hours) return *person.quiet_hours;
  return snapshot.reminders.quiet_hours.value_or(QuietHours{});
}

Instant allowed_from(const Snapshot& snapshot, const Person& person, Instant at) {
  const auto own = calendar_of(snapshot.calendars, &person, "");
  const Calendar& calendar = *own;
  const QuietHours quiet = quiet_hours_of(snapshot, person);
  Instant moment = at;
  for (int turn = 0; turn < kTurnsMax; ++turn) {
    const Instant next = end_of_quiet(calendar, quiet, calendar.next_working_time(moment));
    if (next == moment) return moment;
    moment = next;
  }
  return at;
}

std::int64_t day_number(const Calendar& calendar, Instant at) {
  return calendar.day_of(at).time_since_epoch().count();
}

std::string digest_payload(const FixedDigest* fixed) {
  json::object payload{{"kind", kDigestKind}};
  if (fixed != nullptr) {
    payload["entries"] = json::array(fixed->entries.begin(), fixed->entries.end());
    payload["at"] = to_unix_ms(fixed->at);
  }
  return write_json(payload);
}

// Where something was held so long that the next reminder of the same item came to it: nobody is reminded of
// one thing twice in a breath. The older one stays, so that it does not lose its place in a day's measure.
Result<void> drop_repeated(Transaction& transaction, std::vector<OutboxRow>& held) {
  std::set<std::pair<InstanceId, std::uint32_t>> reminded;
  std::vector<OutboxRow> left;
  for (OutboxRow& row : held) {
    if (reminded.emplace(row.instance, row.item).second) {
      left.push_back(std::move(row));
    } else if (auto done = transaction.finish_outbox(row.id, OutboxStatus::dropped,
                                                     "an earlier reminder of the same was still held back");
               !done) {
      return done;
    }
  }
  held = std::move(left);
  return {};
}

}  // namespace

bool is_chasing(std::string_view kind) {
  return kind == kDigestKind || kind == to_string(SendKind::reminder);
}

Instant held_until(const Snapshot& snapshot, const Person& person, Instant now) {
  if (!snapshot.reminders.digest) return now;
  const auto own = calendar_of(snapshot.calendars, &person, "");
  const Calendar& calendar = *own;
  const auto wall = calendar.wall_time_of(now);
  const auto past_hour = wall - date::floor<std::chrono::hours>(wall);
  const Duration wait =
      past_hour < kPast ? kPast - past_hour : std::chrono::hours(1) + Duration(kPast) - past_hour;
  return calendar.is_working_time(now + wait) ? now + wait : now;
}

Instant may_leave_from(const Snapshot& snapshot, const PersonId& person, Instant at) {
  const Person* known = snapshot.directory->find(person);
  return known == nullptr ? at : allowed_from(snapshot, *known, at);
}

Instant could_leave_at(const Snapshot& snapshot, const OutboxRow& row) {
  return is_chasing(row.kind) ? may_leave_from(snapshot, row.recipient, row.created_at) : row.created_at;
}

void Chasing::look(Instant now) {
  const auto targets = reader_.due_targets();
  if (!targets) {
    spdlog::error("cannot read which reminders are held: {}", targets.error().message);
    next_ = now + kChasingRest;
    return;
  }
  next_.reset();
  for (const Reader::TargetDue& target : *targets) {
    if (target.target == kChaseTarget) next_ = target.next_at;
  }
}

std::vector<QueuedJob> Chasing::take(Instant now, std::size_t max) {
  std::vector<QueuedJob> jobs;
  if (!next_ || *next_ > now) return jobs;
  const auto rows = reader_.due_outbox(kChaseTarget, now, kRowsMax);
  if (!rows) {
    spdlog::error("cannot read the held reminders: {}", rows.error().message);
    next_ = now + kChasingRest;
    return jobs;
  }
  std::set<PersonId> recipients;
  for (const OutboxRow& row : *rows) {
    if (jobs.size() == max) break;
    if (!recipients.insert(row.recipient).second) continue;
    jobs.push_back({[this, to = row.recipient](Transaction& transaction, Instant at) {
                      return release(transaction, to, at);
                    },
                    [this, to = row.recipient](const Result<void>& released) {
                      if (released) return;
                      failed_ = true;
                      spdlog::error("the reminders of {} wait: {}", to.value, released.error().message);
                    },
                    0});
  }
  return jobs;
}

// A job that fails does not keep the loop busy.
void Chasing::settle(Instant now) {
  if (!std::exchange(failed_, false)) return look(now);
  next_ = now + kChasingRest;
}

Result<void> Chasing::release(Transaction& transaction, const PersonId& recipient, Instant now) {
  const auto snapshot = library_.current();
  auto held = transaction.held_messages(recipient, kEntriesMax);
  if (!held) return std::unexpected(held.error());
  if (held->empty()) return {};
  if (auto done = drop_repeated(transaction, *held); !done) return done;
  const auto release_singly = [&](std::size_t count) -> Result<void> {
    for (std::size_t i = 0; i < std::min(count, held->size()); ++i) {
      if (auto done = transaction.release_message((*held)[i].id, kMailTarget, now); !done) return done;
    }
    execution_.add_outbox_ripple();
    return {};
  };
  const Person* person = snapshot->directory->find(recipient);
  // Whoever has left gets nothing; that is found when the mail is composed.
  if (person == nullptr || !person->active) return release_singly(held->size());
  const Instant allowed = allowed_from(*snapshot, *person, now);
  if (allowed > now) return transaction.postpone_messages(recipient, allowed);

  const ReminderSettings& settings = snapshot->reminders;
  const auto own = calendar_of(snapshot->calendars, person, "");
  const Calendar& calendar = *own;
  const std::int64_t today = day_number(calendar, now);
  const auto sent = transaction.chased(recipient, today);
  if (!sent) return std::unexpected(sent.error());
  const std::size_t left = settings.per_day > *sent ? settings.per_day - *sent : 0;
  const bool together = settings.digest && held->size() >= settings.digest_from;
  const std::size_t leaving = together ? 1 : held->size();
  if (leaving > left) {
    const Instant tomorrow =
        calendar.instant_of(calendar.day_of(now) + date::days(1), std::chrono::minutes(0));
    auto done = transaction.postpone_messages(recipient, allowed_from(*snapshot, *person, tomorrow));
    if (!done || left == 0) return done;
  }
  const std::size_t mails = std::min(leaving, left);
  if (auto counted = transaction.count_chased(recipient, today, static_cast<std::uint32_t>(mails));
      !counted) {
    return counted;
  }
  if (!together) return release_singly(mails);
  OutboxRow digest;
  digest.target = kMailTarget;
  digest.kind = kDigestKind;
  digest.recipient = recipient;
  // The first entry's own key: the Message-ID is settled here, whatever happens to the row later.
  digest.idempotency_key = "digest." + held->front().idempotency_key;
  digest.payload = digest_payload(nullptr);
  digest.created_at = now;
  digest.next_at = now;
  std::vector<std::int64_t> entries;
  for (const OutboxRow& row : *held) entries.push_back(row.id);
  const auto added = transaction.add_digest(std::move(digest), entries);
  if (!added) return std::unexpected(added.error());
  execution_.add_outbox_ripple();
  return {};
}

Result<void> fix_digest(Transaction& transaction, std::int64_t digest, Instant now) {
  const auto row = transaction.outbox_row(digest);
  if (!row) return std::unexpected(row.error());
  if (!*row || (*row)->status != OutboxStatus::pending) return {};
  const auto members = transaction.digest_entries(digest);
  if (!members) return std::unexpected(members.error());
  FixedDigest fixed{.entries = {}, .at = now};
  for (const OutboxRow& member : *members) {
    if (member.status == OutboxStatus::pending) fixed.entries.push_back(member.id);
  }
  if (fixed.entries.empty()) {
    return transaction.finish_outbox(digest, OutboxStatus::dropped, "everything in it was decided meanwhile");
  }
  return transaction.set_outbox_payload(digest, digest_payload(&fixed));
}

Result<void> reopen_digest(Transaction& transaction, std::int64_t digest) {
  return transaction.set_outbox_payload(digest, digest_payload(nullptr));
}

Result<std::optional<FixedDigest>> read_digest(const OutboxRow& row) {
  const Result<json::value> payload = parse_json(row.payload);
  const json::value* entries = payload ? find(*payload, "entries") : nullptr;
  const json::value* at = payload ? find(*payload, "at") : nullptr;
  if (!payload)
    return fail(ErrorCode::corrupt, fmt::format("digest {}: {}", row.id, payload.error().message));
  if (entries == nullptr) return std::optional<FixedDigest>();
  if (!entries->is_array() || at == nullptr || !at->is_int64()) {
    return fail(ErrorCode::corrupt, fmt::format("digest {} does not say what it carries", row.id));
  }
  FixedDigest fixed{.entries = {}, .at = from_unix_ms(at->as_int64())};
  for (const json::value& entry : entries->as_array()) {
    if (entry.is_int64()) fixed.entries.push_back(entry.as_int64());
  }
  return std::optional(std::move(fixed));
}

}  // namespace countersign
