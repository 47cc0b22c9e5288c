#pragma once
// People and groups from a file, YAML or CSV by the name's ending, with the same strict diagnostics as
// workflows.
//
//   people:
//     - {id: li.na, name: 李娜, mail: li.na@example.com, manager: zhang.wei, locale: zh-CN, calendar: office}
//     - id: zhang.wei
//       name: 张伟
//       approval_limit: 50000            # in the company's currency
//       department: sales
//       active: false                    # has left; stays known for the record
//       zone: Europe/Berlin              # where their clock goes, if it is not that of their calendar
//       quiet_hours: 20:00-08:00         # no reminder then, by their clock; none: whatever the default says
//       channels: {feishu: ou_123}       # messaging channel -> address
//       attributes: {cost_center: "42"}  # read as person.cost_center in expressions
//       away: [{from: 2026-03-02, until: 2026-03-06, stand_in: li.na}]   # days are whole, the last included
//   groups:
//     finance: [wang.fang, zhao.lei]
//     legal: {title: Legal department, members: [sun.li]}
//
// CSV has one person a row. Columns: id and name (needed), mail, manager, locale, calendar, approval_limit,
// zone, quiet_hours, department, active (true, false), groups (ids separated by semicolons), and channel.NAME
// and attribute.NAME for any NAME. An empty cell is an absent value.

#include <memory>
#include <string_view>

#include "core/calendars.h"
#include "core/directory.h"
#include "definition/diagnostic.h"

namespace countersign {

// nullptr where there are errors. `calendars` gives the zones of days off and the names that `calendar` may
// have.
std::shared_ptr<const Directory> load_people(std::string_view file, std::string_view text,
                                             const Calendars& calendars, Diagnostics& diagnostics);

}  // namespace countersign
