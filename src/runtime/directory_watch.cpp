#include "runtime/directory_watch.h"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "core/roster.h"

namespace countersign {
namespace {

constexpr Duration kWatchRest = std::chrono::seconds(5);  // after the store took nothing
constexpr std::size_t kInstancesAPage = 100;
constexpr Duration kEndedLately = std::chrono::hours(24 * 14);

}  // namespace

std::optional<Instant> DirectoryWatch::next() const {
  if (library_.current()->directory != seen_ || look_again_ || absences_.is_stale() || !rounds_.empty() ||
      owes_note())
    return from_;
  const auto absences = library_.absences();
  std::optional<Instant> changes;
  const auto add = [&](std::optional<Instant> at) {
    if (at) changes = changes ? std::min(*changes, *at) : *at;
  };
  add(absences->next_begin());
  add(absences->next_end());
  if (!listed_changes_.empty()) add(listed_changes_.begin()->first);
  if (!changes) return std::nullopt;
  return std::max(*changes, from_);
}

void DirectoryWatch::rest(Instant now) {
  look_again_ = true;
  from_ = now + kWatchRest;
}

std::vector<QueuedJob> DirectoryWatch::take(Instant now, std::size_t max) {
  std::vector<QueuedJob> jobs;
  if (from_ > now) return jobs;
  now_ = now;
  if (absences_.is_stale()) {
    absences_.read();
    if (absences_.is_stale()) {
      rest(now);
      return jobs;
    }
  }
  if (rounds_.empty() && !look_again_) {
    changed_people_.clear();
    changed_groups_.clear();
  }
  if (library_.current()->directory != seen_ || look_again_) look_for_leavers();
  if (rounds_.empty() && !look_again_ && owes_note()) jobs.push_back(note_directory_job());
  if (rounds_.empty()) look_for_absences(now);
  while (!rounds_.empty() && jobs.size() < max) {
    add_page(rounds_.front(), std::min(kInstancesAPage, max), jobs);
    if (look_again_) break;
    if (rounds_.front().begun && rounds_.front().cursor.empty()) rounds_.pop_front();
  }
  return jobs;
}

void DirectoryWatch::look_for_leavers() {
  const std::shared_ptr<const Directory> directory = library_.current()->directory;
  look_again_ = false;
  if (directory->people().empty()) {
    // A file that was emptied by accident must not move everybody's work.
    if (seen_ != nullptr) spdlog::warn("the directory names nobody: nobody is taken to have left");
    seen_ = directory;
    return;
  }
  const auto asked = reader_.asked();
  if (!asked) {
    spdlog::error("cannot read who is asked: {}", asked.error().message);
    return rest(now_);
  }
  if (const auto looked = look_for_changes_while_down(*asked); !looked) {
    spdlog::error("cannot read with which file of people the work was looked at: {}", looked.error().message);
    return rest(now_);
  }
  const auto before = std::exchange(seen_, directory);
  for (const auto& [at, person] : listed_changes_) {
    if (at <= now_) changed_people_.insert(person);
  }
  // Those that ended a while ago: the daemon may have been down then.
  list_changes(*directory, before == nullptr ? now_ - kEndedLately : now_);
  if (before != nullptr) {
    look_for_dropped_absences(*before, *directory);
    look_for_changes(*before, *directory);
  }
  rounds_.clear();
  for (const PersonId& person : changed_people_) {
    if (can_be_asked(*directory, Seat{.person = person})) add_absence_round(*directory, person);
  }
  for (const std::string& group : changed_groups_) add_group_round(group);
  for (const PersonId& person : asked->people) {
    if (can_be_asked(*directory, Seat{.person = person})) continue;
    spdlog::info("{} has left: their open work moves on, their links and keys end", person.value);
    rounds_.push_back({.person = person, .group = {}, .has_left = true});
  }
  for (const std::string& group : asked->groups) {
    if (can_be_asked(*directory, Seat{.group = group})) continue;
    spdlog::info("group {} has no member left: its open work moves on", group);
    rounds_.push_back({.person = {}, .group = group, .has_left = true});
  }
  for (const auto& [person, group] : asked->claims) {
    const bool goes_on = !can_be_asked(*directory, Seat{.person = person}) ||  // has left: above
                         changed_groups_.contains(group) ||                    // all of it: above
                         directory->is_member(person, group);
    if (goes_on) continue;
    spdlog::info("{} is not in the group {} any more: what they have claimed is the group's again",
                 person.value, group);
    rounds_.push_back({.person = person, .group = group});
  }
}

void DirectoryWatch::list_changes(const Directory& directory, Instant since) {
  listed_changes_.clear();
  for (const Person& person : directory.people()) {
    for (const Absence& absence : person.away) {
      if (!absence.stand_in || absence.until <= since) continue;
      if (absence.until > now_) listed_changes_.emplace(absence.from, person.id);
      listed_changes_.emplace(absence.until, person.id);
    }
  }
}

// What the file listed and lists no more has ended, without a moment of its own.
void DirectoryWatch::look_for_dropped_absences(const Directory& before, const Directory& after) {
  for (const Person& person : before.people()) {
    const Person* now = after.find(person.id);
    const bool has_dropped = std::ranges::any_of(person.away, [&](const Absence& absence) {
      const bool stood_in = absence.stand_in && absence.from <= now_ && absence.until > now_;
      return stood_in && (now == nullptr || std::ranges::find(now->away, absence) == now->away.end());
    });
    if (has_dropped) changed_people_.insert(person.id);
  }
}

void DirectoryWatch::look_for_changes(const Directory& before, const Directory& after) {
  const auto leave_groups = [&](const PersonId& person) {
    for (const std::string& group : before.groups_of(person)) changed_groups_.insert(group);
  };
  for (const Person& person : before.people()) {
    if (after.find(person.id) == nullptr) leave_groups(person.id);
  }
  for (const Person& person : after.people()) {
    const Person* was = before.find(person.id);
    const bool same = was != nullptr && was->manager == person.manager && was->active == person.active &&
                      was->approval_limit == person.approval_limit && was->department == person.department &&
                      was->attributes == person.attributes &&
                      std::ranges::equal(before.groups_of(person.id), after.groups_of(person.id));
    if (same) continue;
    changed_people_.insert(person.id);
    leave_groups(person.id);
    if (was != nullptr && was->manager && was->manager != person.manager)
      changed_people_.insert(*was->manager);
  }
}

// At the first look only: what the file says since then is compared with the one before.
Result<void> DirectoryWatch::look_for_changes_while_down(const Reader::Asked& asked) {
  if (noted_) return {};
  auto noted = reader_.noted_directory();
  if (!noted) return std::unexpected(std::move(noted.error()));
  noted_ = std::move(*noted);
  if (*noted_ == library_.current()->directory->revision()) return {};
  if (!noted_->empty())
    spdlog::info("people or groups changed while nothing ran: all open work is looked at");
  changed_people_.insert(asked.people.begin(), asked.people.end());
  changed_groups_.insert(asked.groups.begin(), asked.groups.end());
  return {};
}

void DirectoryWatch::add_group_round(const std::string& group) {
  const bool is_listed = std::ranges::any_of(rounds_, [&](const Round& round) {
    return round.person.empty() && round.group == group && !round.begun;
  });
  if (!is_listed) rounds_.push_back({.person = {}, .group = group});
}

// Groups too: once all members are away their stand-ins act.
void DirectoryWatch::add_absence_round(const Directory& directory, const PersonId& person,
                                       std::int64_t absence, bool is_end) {
  for (const std::string& group : directory.groups_of(person)) add_group_round(group);
  rounds_.push_back({.person = person, .group = {}, .has_left = false, .absence = absence, .is_end = is_end});
}

void DirectoryWatch::look_for_absences(Instant now) {
  const std::shared_ptr<const Absences> absences = library_.absences();
  const std::shared_ptr<const Directory> directory = library_.current()->directory;
  for (const RecordedAbsence& each : absences->all()) {
    const Instant turns = each.begun ? each.absence.until : each.absence.from;
    if (each.absence.stand_in && turns <= now)
      add_absence_round(*directory, each.person, each.id, each.begun);
  }
  while (!listed_changes_.empty() && listed_changes_.begin()->first <= now) {
    changed_people_.insert(listed_changes_.begin()->second);
    add_absence_round(*directory, listed_changes_.begin()->second);
    listed_changes_.erase(listed_changes_.begin());
  }
}

void DirectoryWatch::add_page(Round& round, std::size_t max, std::vector<QueuedJob>& jobs) {
  const auto page = reader_.instances_asking(round.person, round.group, max, round.cursor);
  if (!page) {
    spdlog::error("cannot read the open work of {}: {}", round.person.value + round.group,
                  page.error().message);
    return rest(now_);
  }
  for (const InstanceId& instance : page->rows) jobs.push_back(change_job(instance, round));
  if (!round.begun && round.has_left && !round.person.empty()) jobs.push_back(revoke_job(round.person));
  round.begun = true;
  round.cursor = page->next_cursor;
  if (round.cursor.empty() && round.absence != 0) jobs.push_back(noted_job(round.absence, round.is_end));
}

QueuedJob DirectoryWatch::change_job(const InstanceId& instance, const Round& round) {
  return {[this, instance](Transaction& transaction, Instant at) -> Result<void> {
            auto executed = execution_.run(transaction, instance, DirectoryChanged{}, at);
            if (!executed) return std::unexpected(std::move(executed.error().error));
            return {};
          },
          [this, instance,
           who = round.person.empty() ? round.group : round.person.value](const Result<void>& done) {
            if (done) return;
            spdlog::warn("the work of {} in {} stays where it is: {}", who, instance.value,
                         done.error().message);
            if (is_transient(done.error())) rest(now_);
          },
          0};
}

QueuedJob DirectoryWatch::revoke_job(const PersonId& person) {
  const auto revoked = std::make_shared<std::pair<std::vector<std::string>, Instant>>();
  return {[person, revoked](Transaction& transaction, Instant at) -> Result<void> {
            if (auto links = transaction.revoke_links_of(person); !links) return links;
            auto keys = transaction.revoke_keys_of(person, at);
            if (!keys) return std::unexpected(std::move(keys.error()));
            *revoked = {std::move(*keys), at};
            return {};
          },
          [this, revoked, person](const Result<void>& done) {
            if (!done) {
              spdlog::warn("links and keys of {} are not ended: {}", person.value, done.error().message);
              if (is_transient(done.error())) rest(now_);
            } else if (on_keys_revoked_ && !revoked->first.empty()) {
              on_keys_revoked_(revoked->first, revoked->second);
            }
          },
          0};
}

QueuedJob DirectoryWatch::noted_job(std::int64_t absence, bool is_end) {
  return {[absence, is_end](Transaction& transaction, Instant) {
            return is_end ? transaction.note_absence_over(absence) : transaction.note_absence_begun(absence);
          },
          [this](const Result<void>& done) {
            absences_.read();
            if (!done) rest(now_);
          },
          0};
}

bool DirectoryWatch::owes_note() const {
  return seen_ != nullptr && !seen_->people().empty() && noted_ != seen_->revision();
}

// In a commit behind those of the rounds: what they could not do is not taken for done after a kill.
QueuedJob DirectoryWatch::note_directory_job() {
  return {[revision = seen_->revision()](Transaction& transaction, Instant) {
            return transaction.note_directory(revision);
          },
          [this, revision = seen_->revision()](const Result<void>& done) {
            if (done) {
              noted_ = revision;
            } else {
              rest(now_);
            }
          },
          0};
}

}  // namespace countersign
