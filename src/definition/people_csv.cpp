// People from CSV, one a row; the columns are in people_loader.h.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "core/address_syntax.h"
#include "definition/csv.h"
#include "definition/map_reader.h"
#include "definition/people_draft.h"

namespace countersign {
namespace {

constexpr std::array<std::string_view, 12> kColumns = {"id",     "name",     "mail",           "manager",
                                                       "locale", "calendar", "approval_limit", "department",
                                                       "active", "groups",   "quiet_hours",    "zone"};
constexpr std::string_view kChannel = "channel.";
constexpr std::string_view kAttribute = "attribute.";

bool is_column(std::string_view name) {
  for (const auto prefix : {kChannel, kAttribute}) {
    if (name.starts_with(prefix) && name.size() > prefix.size()) return true;
  }
  return std::ranges::find(kColumns, name) != kColumns.end();
}

class PeopleCsv {
 public:
  PeopleCsv(const CsvTable& table, PeopleDraft& draft, Diagnostics& diagnostics)
      : table_(table), draft_(draft), diagnostics_(diagnostics) {}

  void read() {
    if (!check_columns()) return;
    for (const auto& row : table_.rows) read_row(row);
    draft_.groups = std::move(groups_);
  }

 private:
  bool check_columns() {
    bool good = true;
    std::set<std::string_view> present;
    for (const auto& cell : table_.header) {
      present.insert(cell.text);
      if (is_column(cell.text)) continue;
      diagnostics_.error(Code::unknown_key, cell.at, fmt::format("unknown column '{}'", excerpt(cell.text)),
                         nearest_of(cell.text, kColumns));
    }
    for (const std::string_view needed : {"id", "name"}) {
      if (present.contains(needed)) continue;
      diagnostics_.error(Code::missing_key, table_.header.front().at,
                         fmt::format("the column '{}' is missing", needed));
      good = false;
    }
    return good;
  }

  void read_row(const CsvRow& row) {
    Person person;
    const auto pointer = fmt::format("/people/{}", draft_.people.size());
    draft_.stands(pointer, row.front().at);
    const CsvCell* groups = nullptr;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto& column = table_.header[i].text;
      draft_.stands(fmt::format("{}/{}", pointer, column), row[i].at);
      if (column == "groups") {
        groups = &row[i];
      } else {
        read_cell(person, column, row[i]);
      }
    }
    if (groups != nullptr) join_groups(person.id, *groups);
    draft_.people.push_back(std::move(person));
  }

  void join_groups(const PersonId& person, const CsvCell& cell) {
    for (const auto& part : split(cell.text, ';')) {
      const std::string id(trimmed(part));
      if (id.empty()) continue;
      if (!is_id(id)) {
        diagnostics_.error(
            Code::reserved_name, cell.at,
            fmt::format("'{}' cannot be the id of a group: ids are separated by semicolons, and have "
                        "letters, digits and . _ - @",
                        excerpt(id)));
        continue;
      }
      const auto [entry, added] = number_of_group_.emplace(id, groups_.size());
      if (added) groups_.push_back({id, "", {}});
      auto& group = groups_[entry->second];
      draft_.stands(fmt::format("/groups/{}/members/{}", entry->second, group.members.size()), cell.at);
      group.members.push_back(person);
    }
  }

  void read_cell(Person& person, const std::string& column, const CsvCell& cell) {
    const auto text = trimmed(cell.text);
    if (column == "id") {
      draft_.set_id(person, text, cell.at);
    } else if (column == "name") {
      if (text.empty()) diagnostics_.error(Code::bad_value, cell.at, "a person has an empty name");
      person.name = text;
    } else if (column == "mail") {
      draft_.set_mail(person, text, cell.at);
    } else if (column == "manager") {
      if (!text.empty()) person.manager = PersonId(std::string(text));
    } else if (column == "locale") {
      draft_.set_locale(person, text, cell.at);
    } else if (column == "calendar") {
      draft_.set_calendar(person, text, cell.at);
    } else if (column == "approval_limit") {
      draft_.set_approval_limit(person, text, cell.at);
    } else if (column == "zone") {
      draft_.set_zone(person, text, cell.at);
    } else if (column == "quiet_hours") {
      draft_.set_quiet_hours(person, text, cell.at);
    } else if (column == "department") {
      person.department = text;
    } else if (column == "active") {
      read_active(person, text, cell.at);
    } else if (column.starts_with(kChannel) && !text.empty()) {
      person.channels[column.substr(kChannel.size())] = text;
    } else if (column.starts_with(kAttribute) && !text.empty()) {
      person.attributes[column.substr(kAttribute.size())] = text;
    }
  }

  void read_active(Person& person, std::string_view text, SourceSpan at) {
    if (text.empty() || text == "true" || text == "false") {
      person.active = text != "false";
    } else {
      diagnostics_.error(Code::bad_value, at,
                         fmt::format("'active' is true or false, found '{}'", excerpt(text)));
    }
  }

  const CsvTable& table_;
  PeopleDraft& draft_;
  Diagnostics& diagnostics_;
  std::vector<Group> groups_;  // in the order in which rows name them
  std::map<std::string, std::size_t> number_of_group_;
};

}  // namespace

void read_people_csv(std::string_view file, std::string_view text, PeopleDraft& draft,
                     Diagnostics& diagnostics) {
  const auto table = read_csv(file, text, diagnostics);
  if (table) PeopleCsv(*table, draft, diagnostics).read();
}

}  // namespace countersign
