#include "definition/diagnostic_codes.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace countersign {
namespace {

constexpr std::array kCodes = {
    CodeInfo{Code::unreadable_text, "CS001", "unreadable text",
             "The file is not UTF-8 text, or holds a control character that nobody sees in an editor."},
    CodeInfo{Code::yaml_syntax, "CS002", "YAML syntax", "The file is not well-formed YAML."},
    CodeInfo{Code::yaml_meets_expression, "CS003", "YAML and expression collide",
             "YAML reads a character of an expression or text as its own syntax; quote the whole value or "
             "write it "
             "on a line of its own."},
    CodeInfo{Code::duplicate_key, "CS004", "duplicate key", "The same key stands twice in one map."},
    CodeInfo{Code::yaml_feature, "CS005", "YAML feature not allowed",
             "Tags, merge keys, keys that are no text and aliases to an enclosing value are not allowed."},
    CodeInfo{Code::limit, "CS006", "too large",
             "A file may have 1 MiB, 64 levels and 100,000 values after its aliases are expanded."},
    CodeInfo{Code::document_count, "CS007", "not one document", "A file holds exactly one YAML document."},
    CodeInfo{Code::csv_syntax, "CS008", "CSV syntax", "The file is not well-formed CSV (RFC 4180)."},
    CodeInfo{Code::unknown_key, "CS010", "unknown key",
             "Keys are strict: the key is not known in this place."},
    CodeInfo{Code::missing_key, "CS011", "missing key", "The key must be written here."},
    CodeInfo{Code::wrong_kind, "CS012", "wrong kind of value",
             "A list stands where text is expected, text where a map is expected, or the like."},
    CodeInfo{Code::unknown_word, "CS013", "unknown word",
             "The value is none of the words that may stand here."},
    CodeInfo{Code::unknown_field, "CS014", "unknown field",
             "No field of that name exists in the form, the step's result or the event."},
    CodeInfo{
        Code::not_available, "CS015", "not available in this version",
        "The word belongs to the workflow language, but this version of the program does not run it yet."},
    CodeInfo{Code::bad_value, "CS016", "value not allowed", "The value is outside of what may stand here."},
    CodeInfo{
        Code::keys_conflict, "CS017", "keys exclude each other",
        "Two keys stand together of which one may stand, or one stands without the other that it needs."},
    CodeInfo{Code::unknown_step, "CS020", "unknown step", "No step of the workflow has that id."},
    CodeInfo{Code::unknown_status, "CS021", "unknown status", "The status is not listed under `statuses`."},
    CodeInfo{Code::unknown_event, "CS022", "unknown event",
             "Neither the connector nor `events` declares an event of that name."},
    CodeInfo{Code::unknown_connector, "CS023", "unknown connector", "No connector file has that name."},
    CodeInfo{Code::unknown_action, "CS024", "unknown action",
             "The connector declares no action of that name."},
    CodeInfo{Code::unknown_person, "CS025", "unknown person",
             "The directory has no person of that id or mail."},
    CodeInfo{Code::unknown_group, "CS026", "unknown group", "The directory has no group of that name."},
    CodeInfo{Code::unknown_workflow, "CS027", "unknown workflow", "No workflow file has that name."},
    CodeInfo{Code::unknown_message, "CS028", "unknown message",
             "No file messages/NAME.LANG.md stands beside the workflow."},
    CodeInfo{Code::unknown_calendar, "CS029", "unknown calendar", "No calendar of that name is configured."},
    CodeInfo{Code::unknown_stage, "CS030", "unknown stage", "The stage is not listed under `stages`."},
    CodeInfo{Code::unknown_outcome, "CS031", "unknown outcome", "The step cannot have that outcome."},
    CodeInfo{Code::unknown_currency, "CS032", "unknown currency",
             "A warning: ISO 4217 lists no such currency, and money of it meets no other. Codes that begin "
             "with X are free to use."},
    CodeInfo{Code::options_differ, "CS033", "options differ",
             "A warning: a choice is given to a field that does not have all of its options."},
    CodeInfo{Code::expression_syntax, "CS040", "expression syntax", "The expression is not well-formed CEL."},
    CodeInfo{
        Code::expression, "CS041", "expression",
        "The expression names something unknown, or its types do not fit together or not into this place."},
    CodeInfo{Code::may_be_missing, "CS042", "may be missing",
             "The step whose result is read may not have run; guard it with has() or write `.?`."},
    CodeInfo{Code::bad_duration, "CS043", "duration",
             "A duration is written in words, such as `2 business days`."},
    CodeInfo{Code::bad_prose, "CS044", "text with expressions", "A `${` in a text is not closed by `}`."},
    CodeInfo{Code::duplicate_name, "CS050", "name used twice", "Ids, names and options are unique."},
    CodeInfo{Code::reserved_name, "CS051", "name not allowed",
             "A name has letters, digits, `_` (ids also `-` where nothing reads them), and is no word of "
             "expressions."},
    CodeInfo{Code::unhandled_outcome, "CS052", "outcome not handled",
             "Nothing is decided by default: `on` must say what happens on this outcome."},
    CodeInfo{Code::unhandled_deadline, "CS053", "deadline without timeout",
             "A step with a deadline must say under `on: timeout` what happens when it passes."},
    CodeInfo{Code::endless_cycle, "CS054", "endless cycle",
             "A way through the steps comes back to itself without a step that waits each time: also past a "
             "deadline that is a date, or `since: start`."},
    CodeInfo{Code::unreachable, "CS055", "unreachable step",
             "No way through the workflow leads to this step."},
    CodeInfo{Code::out_of_reach, "CS056", "go out of reach",
             "`go` reaches a step of its own list or of a list around it."},
    CodeInfo{Code::bad_return_target, "CS057", "return target",
             "`return_to` names a step that comes before."},
    CodeInfo{Code::missing_need, "CS058", "need is missing",
             "Where a group or several people are asked, `need` says how many must approve."},
    CodeInfo{Code::wrong_file_name, "CS059", "file name", "The file's name is the id of what it defines."},
    CodeInfo{Code::never_starts, "CS060", "never starts", "A workflow needs a trigger under `start`."},
    CodeInfo{Code::missing_input, "CS061", "input is missing",
             "A required field of the form, action or workflow gets no value."},
    CodeInfo{Code::duplicate_definition, "CS062", "defined twice", "Two files define the same thing."},
    CodeInfo{Code::never_ends, "CS063", "no end",
             "Every way through the steps leads to an `end` with a status."},
    CodeInfo{Code::circular_fields, "CS064", "fields in a circle",
             "`computed`, `default` or `when` of a field reads itself, directly or by way of other fields."},
    CodeInfo{Code::nobody_to_ask, "CS080", "nobody to ask",
             "A warning: the group has no active member, and without `if_nobody` an administrator is asked."},
    CodeInfo{Code::unused, "CS081", "never used", "A warning: what is declared is used nowhere."},
    CodeInfo{Code::not_a_list, "CS090", "no list", "`in` of a `for_each` is a list or a group."},
    CodeInfo{Code::item_name_taken, "CS091", "name of the item",
             "The item of a `for_each` has a name that nothing else has where its steps stand."},
    CodeInfo{Code::level_order, "CS092", "order of levels",
             "Every stage has one level, and levels stand in the order of `stages`."},
    CodeInfo{Code::level_without_condition, "CS093", "level without a condition",
             "A level of `gates` needs work, a condition or both; else it would open by itself."},
    CodeInfo{Code::only_binds_nobody, "CS094", "only without work",
             "`only` says who completes a level's work, so somebody must be asked in it."},
    CodeInfo{Code::only_is_passed, "CS095", "only is passed by",
             "Inside a level with `only` nothing may pass without the people whom it names."},
    CodeInfo{Code::bad_guest, "CS096", "guest without a mail address",
             "`guest(mail, name)` needs an address such as anna@customer.example."},
    CodeInfo{Code::visible_from_misplaced, "CS097", "visible_from misplaced",
             "`visible_from` names a step with an id, and not the step itself."},
    CodeInfo{Code::unknown_ledger, "CS105", "unknown ledger",
             "countersign.yaml lists no ledger of that name under `ledgers`."},
    CodeInfo{Code::unknown_table, "CS106", "unknown table",
             "No file tables/NAME.csv stands beside the workflow."},
    CodeInfo{Code::table_header, "CS107", "header of a table",
             "Every column of a table has a name and a type: `rate:number`."},
    CodeInfo{Code::table_cell, "CS108", "cell of a table", "The cell does not fit the type of its column."},
    CodeInfo{
        Code::table_name, "CS109", "name of a table",
        "`table()` takes one name in quotes, so that its columns are known when the workflow is loaded."},
    CodeInfo{
        Code::not_reserved, "CS110", "nothing reserved",
        "`commit` names a budget step that reserves, and that has reserved on every way that leads here."},
    CodeInfo{Code::no_budget_here, "CS111", "no budget here",
             "`budget()` is read where an instance runs: in its form's rules and its steps, not before there "
             "is one."},
    CodeInfo{Code::bad_schedule, "CS120", "no such time",
             "The schedule's `on`, `at` or `cron` does not say a time that comes."},
    CodeInfo{
        Code::unnamed_schedule, "CS121", "schedule without a name",
        "Of two schedules with the same `every` one needs an `id`: by it a period is known to have run."},
    CodeInfo{Code::scenario_without_workflow, "CS130", "scenarios of no workflow",
             "NAME.test.yaml stands beside the workflow NAME.yaml, which loads without errors."},
    CodeInfo{Code::several_acts, "CS131", "several acts", "An entry of a scenario has one act."},
    CodeInfo{Code::empty_entry, "CS132", "empty entry",
             "An entry of a scenario has an act, `expect`, or both."},
    CodeInfo{Code::unknown_instance, "CS133", "unknown instance",
             "`in` names a workflow, or an instance that an entry before called so with `as`."},
    CodeInfo{Code::not_as_expected, "CS140", "not as expected",
             "A scenario found something else than it expects."},
    CodeInfo{Code::act_refused, "CS141", "act refused",
             "What a scenario does was refused; where that is right, `refused` says so."},
    CodeInfo{Code::act_not_refused, "CS142", "act not refused",
             "A scenario expects a refusal, and there was none or one for another reason."},
    CodeInfo{Code::stands_still, "CS143", "instance stands still",
             "An incident stopped an instance; where that is right, `expect: {incident: ...}` says so."},
    CodeInfo{Code::nobody_can_decide, "CS150", "nobody can decide",
             "A warning: with the people of today's directory too few can be asked, always or for somebody's "
             "request."},
    CodeInfo{Code::unused_field, "CS151", "field never used",
             "A warning: no expression or text reads the field, and nobody who is asked sees it."},
    CodeInfo{
        Code::cancels_branches, "CS152", "go cancels branches",
        "A warning: `go` leaves steps that run side by side, and what is open in the others is cancelled."},
    CodeInfo{Code::never_happens, "CS153", "never happens",
             "A warning: the reminder, escalation or due time comes only after the deadline has decided."},
    CodeInfo{Code::constant_condition, "CS154", "condition is constant",
             "A warning: the condition reads nothing, so it is always true or always false."},
    CodeInfo{
        Code::always_ask_passed, "CS160", "passed without being asked",
        "A step with `always_ask` or `confirm` is approved by somebody who was asked, never by a rule or by "
        "time."},
    CodeInfo{Code::single_seat_group, "CS161", "seats of one group",
             "`seats` is for several groups with a count each; one is written with `by` and `need`."},
    CodeInfo{Code::resume_without_return, "CS162", "resume without a return",
             "`resume` says where it goes on after a send back from this step, which sends nothing back."},
    CodeInfo{Code::cannot_deliver, "CS170", "cannot be delivered",
             "A warning: no connector sends mail, or a secret of a connector in use is not there; what would "
             "leave waits."},
};

}  // namespace

std::span<const CodeInfo> diagnostic_codes() {
  return kCodes;
}

const CodeInfo& info_of(Code code) {
  const auto found =
      std::find_if(kCodes.begin(), kCodes.end(), [&](const CodeInfo& info) { return info.code == code; });
  COUNTERSIGN_INVARIANT(found != kCodes.end(), "a diagnostic code without an entry in the table");
  return *found;
}

}  // namespace countersign
