// `approve`: people decide, approved or rejected, or send it back.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "definition/call_scan.h"
#include "definition/grammar.h"
#include "definition/steps/people_rules.h"

namespace countersign {
namespace {

constexpr std::array kSeatGroupKeys = {
    Key{"by", Shape::expressions, Need::required, "who sits for the group: persons, groups", ""},
    Key{"need", Shape::any, Need::optional, "how many of them must approve: 1, 2, all, 60%", "",
        need_grammar},
};
const Grammar& seat_group_grammar() {
  static const Grammar kGrammar{"seat_group", {map_of({kSeatGroupKeys})}};
  return kGrammar;
}
const Grammar& seats_grammar() {
  static const Grammar kGrammar{"seats", {names_of(seat_group_grammar)}};
  return kGrammar;
}

constexpr std::array kApproveKeys = {
    Key{"by", Shape::expressions, Need::optional, "who is asked: persons, groups; or `seats`", ""},
    Key{"need", Shape::any, Need::optional, "how many must approve: 1, 2, all, 60%", "", need_grammar},
    Key{"order", Shape::word, Need::optional, "all at once, or one after the other", "together|one_by_one"},
    Key{"veto", Shape::word, Need::optional, "whether the first rejection decides (any, where need is all)",
        "any|none"},
    Key{"ask", Shape::map, Need::optional, "fields that are filled in with the decision", "", fields_grammar},
    Key{"show", Shape::texts, Need::optional, "fields of the form that are seen (all)", ""},
    Key{"edit", Shape::texts, Need::optional, "fields of the form that may be changed", ""},
    Key{"return_to", Shape::texts, Need::optional, "where it may be sent back to (requester)", ""},
    Key{"self", Shape::word, Need::optional, "the requester among those who are asked",
        "refuse|skip|to_manager"},
    Key{"if_nobody", Shape::any, Need::optional,
        "nobody to ask: admin, fail, manager_up, skip, reject, {to: ...}", "", if_nobody_grammar},
    Key{"comment_on_reject", Shape::boolean, Need::optional, "a rejection says why (true)", ""},
    Key{"same_person", Shape::word, Need::optional, "somebody who has approved before (as the workflow says)",
        kSamePersonWords},
    Key{"always_ask", Shape::boolean, Need::optional, "never passed by same_person (false)", ""},
    Key{"guards", Shape::texts, Need::optional, "fields of the form whose change voids this approval", ""},
    Key{"resume", Shape::word, Need::optional,
        "after a return from here: everybody in between again, or back here at once (replay)",
        "replay|direct"},
    Key{"seats", Shape::map, Need::optional, "instead of `by` and `need`: several groups with a count each",
        "", seats_grammar},
    Key{"may", Shape::texts, Need::optional, "what approvers may do beside: transfer, delegate, add (all)",
        "", may_of_approve_grammar},
    Key{"confirm", Shape::local_text, Need::optional, "what has to be confirmed with an approval", ""},
};

// One person needs no `need`; of several it must be said how many.
void check_need(const StepReading& reading, const MapReader& map, const std::vector<Expression>& by) {
  if (map.has("need") || !reading.loading.compiles() || by.empty()) return;
  using Tag = cel::Type::Tag;
  bool single = by.size() == 1;
  if (single && by.front().program) {
    const cel::Type& type = by.front().program.type();
    single = type.is(Tag::person) || type.is(Tag::optional) || type.is(Tag::dyn);
  }
  if (single) return;
  reading.diagnostics().error(Code::missing_need, map.key_at("by"),
                              "several may be asked here: 'need' must say how many approve (1, 2, all, 60%)");
}

// The byte behind the brackets that open at or behind `at`.
std::size_t behind_brackets(std::string_view text, std::size_t at) {
  int depth = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '(') ++depth;
    if (text[at] == ')' && --depth == 0) return at + 1;
  }
  return at;
}

// Whether everybody on a chain up to a limit is named, and not one of it that is taken out.
bool names_whole_chain(std::string_view expression) {
  return std::ranges::any_of(scan_calls(expression), [&](const ScannedCall& call) {
    if (call.name != "managers_up_to") return false;
    const std::string_view rest = trimmed(expression.substr(behind_brackets(expression, call.name_end)));
    return !rest.starts_with('.') && !rest.starts_with('[');
  });
}

// Fewer than all of a chain up to a limit could do without the one whose limit is enough.
void refuse_part_of_chain(const StepReading& reading, const MapReader& map, const std::vector<Expression>& by,
                          const Quorum& need) {
  if (need.kind == QuorumKind::all || !map.has("need") || reading.loading.catalogue.in_force) return;
  const bool has_chain = std::ranges::any_of(
      by, [](const Expression& each) { return each.program && names_whole_chain(each.program.source()); });
  if (!has_chain) return;
  reading.diagnostics().error(
      Code::bad_value, map.at("need"),
      "of managers_up_to(...) all are needed: fewer could do without the one whose limit is enough; to ask "
      "that one alone write managers_up_to(...).last()",
      "all");
}

std::vector<SeatGroup> read_seats(const StepReading& reading, const MapReader& map) {
  std::vector<SeatGroup> seats;
  const YamlNode* groups = map.find("seats");
  if (groups == nullptr) return seats;
  for (const char* other : {"by", "need"}) {
    if (!map.has(other)) continue;
    reading.diagnostics().error(
        Code::keys_conflict, map.key_at(other),
        fmt::format("'{}' does not stand beside 'seats': each group says its own", other));
  }
  if (groups->entries.size() < 2) {
    reading.diagnostics().error(Code::single_seat_group, map.key_at("seats"),
                                "'seats' is for several groups: write 'by' and 'need' for one");
  }
  for (const YamlNode::Entry& entry : groups->entries) {
    const MapReader group(entry.value, fmt::format("the group '{}' of 'seats'", entry.key), kSeatGroupKeys,
                          reading.diagnostics());
    if (!group.is_map()) continue;
    SeatGroup read;
    read.name = entry.key;
    if (const YamlNode* by = group.find("by")) {
      read.by = read_expressions(reading.loading, *by, reading.spot, expects_people(), "'by'");
    }
    warn_of_empty_groups(reading, group, "by", map.has("if_nobody"));
    if (const YamlNode* need = group.find("need")) {
      if (const auto quorum = read_need(reading, *need, true)) read.need = *quorum;
    }
    check_need(reading, group, read.by);
    refuse_part_of_chain(reading, group, read.by, read.need);
    seats.push_back(std::move(read));
  }
  return seats;
}

// Rules of the same step that cannot both hold.
void check_rules(const StepReading& reading, const MapReader& map, const Approve& approve) {
  if (!map.has("by") && !map.has("seats") && !map.is_misspelt("by") && !map.is_misspelt("seats")) {
    reading.diagnostics().error(Code::missing_key, map.at("by"),
                                "'approve' needs 'by' or 'seats': who is asked");
  }
  if (approve.always_ask && map.has("same_person") && approve.same_person != SamePersonRule::ask_again) {
    reading.diagnostics().error(
        Code::keys_conflict, map.key_at("same_person"),
        "'always_ask' asks even those who have approved before: write one of the two");
  }
  const bool asks_always = approve.always_ask || !approve.confirm.empty();
  const std::string_view why = approve.always_ask ? "always_ask" : "confirm";
  if (asks_always && approve.if_nobody == NobodyRule::skip) {
    reading.diagnostics().error(
        Code::always_ask_passed, map.key_at("if_nobody"),
        fmt::format(
            "'if_nobody: skip' approves without anybody, and '{}' wants somebody asked: write admin, fail, "
            "manager_up, reject or {{to: ...}}",
            why));
  }
  if (asks_always && approve.self == SelfRule::skip) {
    reading.diagnostics().error(
        Code::always_ask_passed, map.key_at("self"),
        fmt::format(
            "'self: skip' approves where only the requester is named, and '{}' wants somebody asked: write "
            "refuse or to_manager",
            why));
  }
  if (map.has("resume") && approve.return_to.empty()) {
    reading.diagnostics().error(
        Code::resume_without_return, map.key_at("resume"),
        "'resume' says where it goes on after a return, and this step returns nowhere: take it away, or fill "
        "'return_to'");
  }
}

StepKind read_approve(const StepReading& reading) {
  Approve approve;
  const MapReader map(reading.value, "'approve'", kApproveKeys, reading.diagnostics());
  if (const YamlNode* by = map.find("by")) {
    approve.by = read_expressions(reading.loading, *by, reading.spot, expects_people(), "'by'");
  }
  warn_of_empty_groups(reading, map, "by", map.has("if_nobody"));
  if (const YamlNode* need = map.find("need")) {
    if (const auto quorum = read_need(reading, *need, true)) approve.need = *quorum;
  }
  check_need(reading, map, approve.by);
  refuse_part_of_chain(reading, map, approve.by, approve.need);
  approve.seats = read_seats(reading, map);
  approve.order =
      map.word("order", Order::together, {{"together", Order::together}, {"one_by_one", Order::one_by_one}});
  const auto is_all = [](const SeatGroup& group) { return group.need.kind == QuorumKind::all; };
  const bool everybody = approve.seats.empty() ? approve.need.kind == QuorumKind::all
                                               : std::ranges::all_of(approve.seats, is_all);
  approve.veto = map.word("veto", everybody, {{"any", true}, {"none", false}});
  if (const YamlNode* ask = map.find("ask")) {
    static const std::vector<std::string> kOutcomes{"approved", "rejected", "returned"};
    FieldRules rules;
    rules.ask = true;
    rules.visible = true;
    rules.spot = reading.spot;
    rules.outcomes = &kOutcomes;
    approve.ask = read_fields(reading.loading, *ask, rules, "'ask'");
  }
  approve.show = read_form_fields(reading, map, "show");
  approve.edit = read_form_fields(reading, map, "edit");
  approve.return_to = read_return_to(reading, map);
  if (!map.has("return_to")) approve.return_to = {ReturnTarget{}};
  approve.self = map.word(
      "self", SelfRule::refuse,
      {{"refuse", SelfRule::refuse}, {"skip", SelfRule::skip}, {"to_manager", SelfRule::to_manager}});
  approve.if_nobody = read_if_nobody(reading, map, approve.if_nobody_to);
  approve.may = read_may(reading, map, true);
  approve.comment_on_reject = map.boolean("comment_on_reject", true);
  approve.same_person = read_same_person(map, reading.loading.definition.same_person);
  approve.always_ask = map.boolean("always_ask", false);
  approve.guards = read_form_fields(reading, map, "guards");
  approve.resume = map.word("resume", ResumeRule::replay,
                            {{"replay", ResumeRule::replay}, {"direct", ResumeRule::direct}});
  if (const YamlNode* confirm = map.find("confirm")) {
    approve.confirm = read_local_text(reading.loading, *confirm, reading.spot, "'confirm'");
  }
  check_rules(reading, map, approve);
  return approve;
}

}  // namespace

const StepWord& approve_word() {
  static const StepWord kWord{"approve",    Shape::map, "people approve or reject", kApproveKeys, {},
                              read_approve, true};
  return kWord;
}

}  // namespace countersign
