// Directory::build: checks the people and groups of a directory and makes the snapshot of them.

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/json.h"
#include "base/text.h"
#include "core/directory.h"

namespace countersign {
namespace {

// Gathers what is wrong. Each kind of name is looked up for "did you mean" among those that exist.
class Problems {
 public:
  explicit Problems(const std::vector<Person>& people) {
    for (const auto& person : people) known_.push_back(person.id.value);
  }

  void add(std::string pointer, std::string message) {
    errors_.push_back({ErrorCode::invalid_input, std::move(message), std::move(pointer)});
  }
  void add_unknown_person(std::string pointer, std::string_view whose, const PersonId& id) {
    const auto meant = nearest(id.value, known_);
    add(std::move(pointer),
        fmt::format("{} is '{}', who is not in the directory{}", whose, id.value,
                    meant ? fmt::format(" (did you mean '{}'?)", *meant) : std::string()));
  }
  std::vector<Error> take() { return std::move(errors_); }
  bool empty() const { return errors_.empty(); }

 private:
  std::vector<std::string> known_;
  std::vector<Error> errors_;
};

using Index = std::unordered_map<PersonId, std::size_t>;

// The first of two entries stays in the index.
Index index_people(const std::vector<Person>& people, Problems& problems) {
  Index by_id;
  for (std::size_t i = 0; i < people.size(); ++i) {
    const auto pointer = fmt::format("/people/{}/id", i);
    if (people[i].id.empty()) {
      problems.add(pointer, "a person has no id");
    } else if (has_control_characters(people[i].id.value) || !is_valid_utf8(people[i].id.value)) {
      problems.add(pointer, "the id of a person has control characters or is not UTF-8");
    } else if (!by_id.emplace(people[i].id, i).second) {
      problems.add(pointer, fmt::format("two people have the id '{}'", people[i].id.value));
    }
  }
  return by_id;
}

std::unordered_map<std::string, std::size_t> index_mails(const std::vector<Person>& people,
                                                         Problems& problems) {
  std::unordered_map<std::string, std::size_t> by_mail;
  for (std::size_t i = 0; i < people.size(); ++i) {
    const auto& mail = people[i].mail;
    if (mail.empty()) continue;
    const auto pointer = fmt::format("/people/{}/mail", i);
    if (has_control_characters(mail) || mail.find('@') == std::string::npos) {
      problems.add(pointer, fmt::format("the mail of '{}' is no address", people[i].id.value));
      continue;
    }
    const auto [entry, added] = by_mail.emplace(lower_ascii(mail), i);
    if (!added) {
      problems.add(pointer, fmt::format("'{}' and '{}' have the same mail {}", people[entry->second].id.value,
                                        people[i].id.value, mail));
    }
  }
  return by_mail;
}

void check_person(const Person& person, std::size_t at, const Index& by_id, Problems& problems) {
  if (person.manager && !by_id.contains(*person.manager)) {
    problems.add_unknown_person(fmt::format("/people/{}/manager", at),
                                fmt::format("the manager of '{}'", person.id.value), *person.manager);
  }
  for (std::size_t i = 0; i < person.away.size(); ++i) {
    const auto& absence = person.away[i];
    const auto pointer = fmt::format("/people/{}/away/{}", at, i);
    if (absence.until <= absence.from) {
      problems.add(pointer, fmt::format("an absence of '{}' ends at {}, before it begins", person.id.value,
                                        format_rfc3339(absence.until)));
    }
    if (!absence.stand_in) continue;
    if (*absence.stand_in == person.id) {
      problems.add(pointer + "/stand_in",
                   fmt::format("'{}' cannot stand in for themselves", person.id.value));
    } else if (!by_id.contains(*absence.stand_in)) {
      problems.add_unknown_person(pointer + "/stand_in", fmt::format("the stand-in of '{}'", person.id.value),
                                  *absence.stand_in);
    }
  }
}

// Reports each circle of managers once, at its first person.
void check_circles(const std::vector<Person>& people, const Index& by_id, Problems& problems) {
  enum class Mark { unseen, on_path, done };
  std::vector<Mark> marks(people.size(), Mark::unseen);
  for (std::size_t start = 0; start < people.size(); ++start) {
    std::vector<std::size_t> path;
    std::size_t at = start;
    while (marks[at] == Mark::unseen) {
      marks[at] = Mark::on_path;
      path.push_back(at);
      const auto& manager = people[at].manager;
      const auto next = manager ? by_id.find(*manager) : by_id.end();
      if (next == by_id.end()) break;
      at = next->second;
      if (marks[at] != Mark::on_path) continue;
      std::vector<std::string> circle;
      for (auto i = std::ranges::find(path, at); i != path.end(); ++i) circle.push_back(people[*i].id.value);
      circle.push_back(people[at].id.value);
      problems.add(fmt::format("/people/{}/manager", at),
                   fmt::format("the managers go in a circle: {}", join(circle, " -> ")));
    }
    for (const std::size_t i : path) marks[i] = Mark::done;
  }
}

void check_group(const Group& group, std::size_t at, const Index& by_id, Problems& problems) {
  std::unordered_set<PersonId> seen;
  for (std::size_t i = 0; i < group.members.size(); ++i) {
    const auto& member = group.members[i];
    const auto pointer = fmt::format("/groups/{}/members/{}", at, i);
    if (!by_id.contains(member)) {
      problems.add_unknown_person(pointer, fmt::format("a member of the group '{}'", group.id), member);
    } else if (!seen.insert(member).second) {
      problems.add(pointer, fmt::format("'{}' is listed twice in the group '{}'", member.value, group.id));
    }
  }
}

json::value to_json(const std::map<std::string, std::string>& texts) {
  json::object object;
  for (const auto& [key, text] : texts) object[key] = text;
  return object;
}

json::value to_json(const Person& person) {
  json::array away;
  for (const auto& absence : person.away) {
    away.push_back({to_unix_ms(absence.from), to_unix_ms(absence.until),
                    absence.stand_in ? json::value(absence.stand_in->value) : json::value(),
                    scope_words(absence), absence.reason});
  }
  json::object object{{"id", person.id.value},
                      {"name", person.name},
                      {"mail", person.mail},
                      {"manager", person.manager ? json::value(person.manager->value) : json::value()},
                      {"locale", person.locale},
                      {"calendar", person.calendar},
                      {"approval_limit",
                       person.approval_limit ? json::value(person.approval_limit->to_text()) : json::value()},
                      {"department", person.department},
                      {"active", person.active},
                      {"channels", to_json(person.channels)},
                      {"attributes", to_json(person.attributes)},
                      {"away", std::move(away)}};
  if (!person.zone.empty()) object["zone"] = person.zone;
  if (person.quiet_hours) object["quiet_hours"] = to_text(*person.quiet_hours);
  return object;
}

std::string revision_of(const std::vector<Person>& people, const std::vector<Group>& groups) {
  // Objects, whose keys the canonical text sorts: the order of people and groups is no content.
  json::object people_by_id;
  for (const auto& person : people) people_by_id[person.id.value] = to_json(person);
  json::object groups_by_id;
  for (const auto& group : groups) {
    json::array members;
    for (const auto& member : group.members) members.emplace_back(member.value);
    groups_by_id[group.id] = {{"title", group.title}, {"members", std::move(members)}};
  }
  const std::string text =
      canonical_json({{"people", std::move(people_by_id)}, {"groups", std::move(groups_by_id)}});
  return to_hex(as_text(sha256_pieces("countersign directory 1", {text}))).substr(0, 32);
}

}  // namespace

std::expected<std::shared_ptr<const Directory>, std::vector<Error>> Directory::build(
    std::vector<Person> people, std::vector<Group> groups) {
  Problems problems(people);
  Directory directory;
  directory.by_id_ = index_people(people, problems);
  directory.by_mail_ = index_mails(people, problems);
  for (std::size_t i = 0; i < people.size(); ++i) check_person(people[i], i, directory.by_id_, problems);
  check_circles(people, directory.by_id_, problems);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto pointer = fmt::format("/groups/{}/id", i);
    if (groups[i].id.empty()) {
      problems.add(pointer, "a group has no id");
    } else if (!directory.by_group_.emplace(groups[i].id, i).second) {
      problems.add(pointer, fmt::format("two groups have the id '{}'", groups[i].id));
    }
    check_group(groups[i], i, directory.by_id_, problems);
    for (const auto& member : groups[i].members) directory.groups_of_[member].push_back(groups[i].id);
  }
  if (!problems.empty()) return std::unexpected(problems.take());
  directory.revision_ = revision_of(people, groups);
  directory.people_ = std::move(people);
  directory.groups_ = std::move(groups);
  return std::make_shared<const Directory>(std::move(directory));
}

}  // namespace countersign
