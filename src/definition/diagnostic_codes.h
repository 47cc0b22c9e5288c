#pragma once
// The codes of all diagnostics, with what each means. A code, once published, keeps its number and meaning.

#include <span>
#include <string_view>

namespace countersign {

enum class Code {
  unreadable_text,
  yaml_syntax,
  yaml_meets_expression,
  duplicate_key,
  yaml_feature,
  limit,
  document_count,
  csv_syntax,
  unknown_key,
  missing_key,
  wrong_kind,
  unknown_word,
  unknown_field,
  not_available,
  bad_value,
  keys_conflict,
  unknown_step,
  unknown_status,
  unknown_event,
  unknown_connector,
  unknown_action,
  unknown_person,
  unknown_group,
  unknown_workflow,
  unknown_message,
  unknown_calendar,
  unknown_stage,
  unknown_outcome,
  unknown_currency,
  options_differ,
  expression_syntax,
  expression,
  may_be_missing,
  bad_duration,
  bad_prose,
  duplicate_name,
  reserved_name,
  unhandled_outcome,
  unhandled_deadline,
  endless_cycle,
  unreachable,
  never_ends,
  circular_fields,
  out_of_reach,
  bad_return_target,
  missing_need,
  wrong_file_name,
  never_starts,
  missing_input,
  duplicate_definition,
  nobody_to_ask,
  unused,
  bad_schedule,
  unnamed_schedule,
  nobody_can_decide,
  unused_field,
  cancels_branches,
  never_happens,
  constant_condition,
  always_ask_passed,
  single_seat_group,
  resume_without_return,
  cannot_deliver,
  unknown_ledger,
  unknown_table,
  table_header,
  table_cell,
  table_name,
  not_reserved,
  no_budget_here,
  not_a_list,
  item_name_taken,
  level_order,
  level_without_condition,
  only_binds_nobody,
  only_is_passed,
  bad_guest,
  visible_from_misplaced,
  scenario_without_workflow,
  several_acts,
  empty_entry,
  unknown_instance,
  not_as_expected,
  act_refused,
  act_not_refused,
  stands_still,
};

struct CodeInfo {
  Code code;
  std::string_view number;       // "CS014"
  std::string_view title;        // "unknown field"
  std::string_view explanation;  // one sentence
};

// In the order of the numbers.
std::span<const CodeInfo> diagnostic_codes();
const CodeInfo& info_of(Code code);

}  // namespace countersign
