#pragma once
// Who there is: people, their managers, groups and absences, as one immutable snapshot. Thread-safe; shared
// by shared_ptr<const Directory> and replaced as a whole.

#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/decimal.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/time.h"
#include "core/absence.h"
#include "core/quiet_hours.h"

namespace countersign {

struct Person {
  PersonId id;
  std::string name;
  std::string mail;  // "" where there is none; else unique without regard to case
  std::optional<PersonId> manager;
  std::string locale = "en";              // BCP 47: "zh-CN"
  std::string calendar;                   // name; "" for the default calendar
  std::string zone = {};                  // IANA: where their clock goes; "" for their calendar's
  std::optional<Decimal> approval_limit;  // in the company's currency; absent: may approve no amount by rank
  std::string department;
  bool active = true;                             // false: has left; stays known for the record
  std::map<std::string, std::string> channels;    // messaging channel to address
  std::map<std::string, std::string> attributes;  // whatever else the source says of the person
  std::vector<Absence> away;
  std::optional<QuietHours> quiet_hours = {};  // their own; absent: the default ones
};

struct Group {
  std::string id;
  std::string title;
  std::vector<PersonId> members;
};

// Ids that begin so are guests' (guest.h).
inline constexpr std::string_view kGuestPrefix = "guest:";

class Directory {
 public:
  // Checks all and reports every problem at once, each with a JSON pointer into {"people": [...], "groups":
  // [...]} as given: empty or repeated ids, mails that two people have, unknown managers, members and
  // stand-ins (with the nearest known id), circles of managers, absences that end before they begin.
  static std::expected<std::shared_ptr<const Directory>, std::vector<Error>> build(std::vector<Person> people,
                                                                                   std::vector<Group> groups);

  // nullptr where there is nobody or nothing of that name. Pointers live as long as the directory. A guest's
  // id finds a person with the mail and name that it spells; guests are in no list and found by no mail.
  const Person* find(const PersonId& id) const;
  std::string name_of(const PersonId& id) const;            // the id where there is no name
  const Person* find_by_mail(std::string_view mail) const;  // without regard to case (ASCII)
  const Person* find_by_id_or_mail(std::string_view text) const;
  const Group* find_group(std::string_view id) const;

  // As find..., with not_found and the nearest known name for the message.
  Result<const Person*> person(std::string_view id_or_mail) const;
  Result<std::span<const PersonId>> members(std::string_view group) const;

  bool is_member(const PersonId& person, std::string_view group) const;
  // Ids of the groups in the directory's order.
  std::span<const std::string> groups_of(const PersonId& person) const;

  // The manager, the manager's manager ...: at most `levels`, fewer at the top. Empty for an unknown person.
  std::vector<PersonId> managers(const PersonId& person, int levels) const;
  // The chain of active managers up to and including the first whose approval limit is at least `amount`.
  // not_found where nobody in the chain may approve that much: a shorter chain would pass for a sufficient
  // one.
  Result<std::vector<PersonId>> managers_up_to(const PersonId& person, const Decimal& amount) const;

  // The absence that `at` lies in, the one that ends last where several do; nullptr: not away.
  const Absence* absence_at(const PersonId& person, Instant at) const;
  bool is_away(const PersonId& person, Instant at) const { return absence_at(person, at) != nullptr; }

  std::span<const Person> people() const { return people_; }  // in the order given
  std::span<const Group> groups() const { return groups_; }
  // Changes whenever the content does, whatever the order of people and groups was: 32 hexadecimal digits.
  const std::string& revision() const { return revision_; }

 private:
  Directory();

  struct Guests;
  const Person* find_guest(const PersonId& id) const;

  std::vector<Person> people_;
  std::shared_ptr<Guests> guests_;
  std::vector<Group> groups_;
  std::unordered_map<PersonId, std::size_t> by_id_;
  std::unordered_map<std::string, std::size_t> by_mail_;  // lower case
  std::unordered_map<std::string, std::size_t> by_group_;
  std::unordered_map<PersonId, std::vector<std::string>> groups_of_;
  std::string revision_;
};

}  // namespace countersign
