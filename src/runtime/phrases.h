#pragma once
// The program's own words that people read on pages and in mails, in English and Chinese. Pure functions.

#include <string>
#include <string_view>

#include "core/state.h"
#include "store/rows.h"

namespace countersign {

// Chinese for "zh", "zh-CN" and the like, else English.
bool is_chinese(std::string_view locale);

// What stands on the button of an outcome: "Approve", 同意. Own outcomes of a task are shown as they are
// written, with spaces and a capital: "goods_arrived" is "Goods arrived".
std::string outcome_button(std::string_view outcome, std::string_view locale);
// What was decided: "Approved", 已同意.
std::string outcome_done(std::string_view outcome, std::string_view locale);
// Why an item is closed: "No longer needed". "" while it is open.
std::string closed_because(const WorkItemRow& row, const State& state, std::string_view locale);
// How an instance stands: "In progress", "Waiting for corrections"; other statuses as written.
std::string status_words(std::string_view status, std::string_view locale);
// An id as a person writes it: "sales-manager" is "Sales manager".
std::string humanised(std::string_view id);

}  // namespace countersign
