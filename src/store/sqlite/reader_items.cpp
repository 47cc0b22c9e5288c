// Work items and timers as they are read.

#include <algorithm>
#include <tuple>

#include "base/json.h"
#include "store/sqlite/cursor.h"
#include "store/sqlite/sqlite_reader.h"

#define ITEM_COLUMNS                                                                                         \
  "w.instance, w.due, i.id, w.number, i.workflow, i.reference, w.step, w.assignee, w.candidates, w.status, " \
  "w.version, w.round, w.opened_at, w.closed_at, w.outcome, w.decided_by, w.channel, w.comment, w.added, "   \
  "w.added_by, w.transferred_by, w.on_behalf_of"
#define ITEM_FROM " FROM work_item w JOIN instance i ON i.n = w.instance "
// ?2 ?3 ?4: the key of the last row seen; ?5: due then or earlier; ?6: the workflow.
#define ITEM_RESIDUE                                                                                   \
  " AND (w.due, w.instance, w.number) > (?2, ?3, ?4) AND w.due <= ?5 AND (?6 = '' OR i.workflow = ?6)" \
  " ORDER BY w.due, w.instance, w.number LIMIT ?7"

namespace countersign::sqlite {
namespace {

constexpr Sql kItemsOfPerson("SELECT " ITEM_COLUMNS ITEM_FROM
                             "WHERE w.assignee = ?1 AND w.assignee <> '' AND w.status = 1" ITEM_RESIDUE);
constexpr Sql kItemsOfGroup("SELECT " ITEM_COLUMNS ITEM_FROM
                            "WHERE w.candidates = ?1 AND w.candidates <> '' AND w.status = 1 AND "
                            "(w.assignee = '' OR w.assignee <> ?8)" ITEM_RESIDUE);
// Everything else: by instance, else in order of age over the whole table. ?8: the groups as a JSON array.
#define ITEM_ANY_STATUS                                          \
  "(?3 < 0 OR w.status = ?3) AND ((?4 = '[]' AND ?8 = '[]') OR " \
  "w.assignee IN (SELECT value FROM json_each(?4)) OR "          \
  "w.candidates IN (SELECT value FROM json_each(?8))) AND w.due <= ?5 AND (?6 = '' OR i.workflow = ?6) "
constexpr Sql kItemsOfInstance("SELECT " ITEM_COLUMNS ITEM_FROM
                               "WHERE i.id = ?1 AND w.number > ?2 AND " ITEM_ANY_STATUS
                               "ORDER BY w.number LIMIT ?7");
constexpr Sql kItemsByAge("SELECT " ITEM_COLUMNS ITEM_FROM
                          "WHERE (w.instance, w.number) > (?1, ?2) AND " ITEM_ANY_STATUS
                          "ORDER BY w.instance, w.number LIMIT ?7");

struct KeyedItem {
  std::int64_t due = 0;
  std::int64_t instance = 0;
  WorkItemRow row;
  auto key() const { return std::tuple(due, instance, row.number); }
};

KeyedItem read_item(const Rows& rows) {
  KeyedItem item{.due = rows.integer(1), .instance = rows.integer(0), .row = {}};
  WorkItemRow& row = item.row;
  row.instance.value = rows.text(2);
  row.number = static_cast<std::uint32_t>(rows.integer(3));
  row.workflow.value = rows.text(4);
  row.reference = rows.text(5);
  row.step = rows.text(6);
  row.assignee.value = rows.text(7);
  row.group = rows.text(8);
  row.status = static_cast<ItemStatus>(rows.integer(9));
  row.version = static_cast<std::uint32_t>(rows.integer(10));
  row.round = static_cast<std::uint32_t>(rows.integer(11));
  row.opened_at = rows.instant(12);
  if (item.due != kNever) row.due_at = from_unix_ms(item.due);
  row.closed_at = rows.instant_or_none(13);
  row.outcome = rows.text(14);
  row.decided_by.value = rows.text(15);
  row.channel = rows.text(16);
  row.comment = rows.text(17);
  row.added = rows.text(18);
  row.added_by.value = rows.text(19);
  row.transferred_by.value = rows.text(20);
  row.on_behalf_of.value = rows.text(21);
  return item;
}

std::string json_list(const std::vector<std::string>& texts) {
  return boost::json::serialize(boost::json::array(texts.begin(), texts.end()));
}

Result<void> collect(Rows rows, std::vector<KeyedItem>& items) {
  while (rows.next()) items.push_back(read_item(rows));
  return rows.done();
}

}  // namespace

Result<Page<WorkItemRow>> SqliteReader::work_items(const WorkItemFilter& filter, std::size_t limit,
                                                   std::string_view cursor) const {
  limit = page_limit(limit);
  const auto after = read_cursor(cursor, 3);
  if (!after) return std::unexpected(after.error());
  std::int64_t status = -1;
  if (!filter.status.empty()) {
    const auto known = item_status_from(filter.status);
    if (!known)
      return fail(ErrorCode::invalid_input, "'" + filter.status + "' is not a status of a work item");
    status = static_cast<std::int64_t>(*known);
  }
  const std::int64_t due_limit = filter.due_before ? to_unix_ms(*filter.due_before) - 1 : kNever;
  const bool inbox = status == static_cast<std::int64_t>(ItemStatus::open) && filter.instance.empty() &&
                     (!filter.assignee.empty() || !filter.groups.empty());
  const std::int64_t due = after->empty() ? INT64_MIN : (*after)[0];
  const std::int64_t instance = after->empty() ? 0 : (*after)[1];
  const std::int64_t number = after->empty() ? 0 : (*after)[2];

  auto db = pool_.lease();
  if (!db) return passed_on(db);
  std::vector<KeyedItem> items;
  if (inbox) {
    // What this person has claimed stands in their own queue, not in their group's as well.
    // The first rows of each queue hold the first rows of all of them together.
    if (!filter.assignee.empty()) {
      auto done = collect((**db).query(kItemsOfPerson, filter.assignee, due, instance, number, due_limit,
                                       filter.workflow, limit + 1),
                          items);
      if (!done) return passed_on(done);
    }
    for (const std::string& other : filter.other_assignees) {
      auto done = collect(
          (**db).query(kItemsOfPerson, other, due, instance, number, due_limit, filter.workflow, limit + 1),
          items);
      if (!done) return passed_on(done);
    }
    std::vector<std::string> groups = filter.groups;
    groups.insert(groups.end(), filter.other_groups.begin(), filter.other_groups.end());
    for (const std::string& group : groups) {
      auto done = collect((**db).query(kItemsOfGroup, group, due, instance, number, due_limit,
                                       filter.workflow, limit + 1, filter.assignee),
                          items);
      if (!done) return passed_on(done);
    }
    std::ranges::sort(items, {}, &KeyedItem::key);
  } else {
    std::vector<std::string> people = filter.other_assignees;
    if (!filter.assignee.empty()) people.push_back(filter.assignee);
    const std::string assignees = json_list(people);
    std::vector<std::string> names = filter.groups;
    names.insert(names.end(), filter.other_groups.begin(), filter.other_groups.end());
    const std::string groups = json_list(names);
    auto done = filter.instance.empty()
                    ? collect((**db).query(kItemsByAge, instance, number, status, assignees, due_limit,
                                           filter.workflow, limit + 1, groups),
                              items)
                    : collect((**db).query(kItemsOfInstance, filter.instance, number, status, assignees,
                                           due_limit, filter.workflow, limit + 1, groups),
                              items);
    if (!done) return passed_on(done);
  }
  Page<WorkItemRow> page;
  if (items.size() > limit) {
    const KeyedItem& last = items[limit - 1];
    page.next_cursor = make_cursor({last.due, last.instance, last.row.number});
    items.resize(limit);
  }
  for (KeyedItem& item : items) page.rows.push_back(std::move(item.row));
  return page;
}

Result<std::optional<WorkItemRow>> SqliteReader::work_item(const InstanceId& instance,
                                                           std::uint32_t number) const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  Rows rows = (**db).query("SELECT " ITEM_COLUMNS ITEM_FROM "WHERE i.id = ? AND w.number = ?", instance.value,
                           number);
  std::optional<WorkItemRow> row;
  if (rows.next()) row = read_item(rows).row;
  if (auto done = rows.done(); !done) return passed_on(done);
  return row;
}

Result<std::vector<TimerRow>> SqliteReader::due_timers(Instant at, std::size_t limit) const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  std::vector<TimerRow> timers;
  Rows rows = (**db).query(
      "SELECT i.id, t.activation, t.item, t.kind, t.rule, t.due FROM timer t JOIN instance i ON i.n = "
      "t.instance "
      "WHERE t.due <= ? ORDER BY t.due, t.instance, t.activation, t.item, t.kind, t.rule LIMIT ?",
      at, limit);
  while (rows.next()) {
    timers.push_back({.instance = InstanceId(rows.string(0)),
                      .activation = static_cast<std::uint32_t>(rows.integer(1)),
                      .item = static_cast<std::uint32_t>(rows.integer(2)),
                      .kind = static_cast<std::uint8_t>(rows.integer(3)),
                      .rule = static_cast<std::uint32_t>(rows.integer(4)),
                      .due = rows.instant(5)});
  }
  if (auto done = rows.done(); !done) return passed_on(done);
  return timers;
}

Result<std::optional<Instant>> SqliteReader::next_timer() const {
  auto db = pool_.lease();
  if (!db) return passed_on(db);
  Rows rows = (**db).query("SELECT due FROM timer ORDER BY due LIMIT 1");
  std::optional<Instant> next;
  if (rows.next()) next = rows.instant(0);
  if (auto done = rows.done(); !done) return passed_on(done);
  return next;
}

}  // namespace countersign::sqlite
