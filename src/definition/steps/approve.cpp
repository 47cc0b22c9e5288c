// `approve`: people decide, approved or rejected, or send it back.
#include <array>

#include <fmt/format.h>

#include "definition/grammar.h"
#include "definition/steps/people_rules.h"

namespace countersign {
namespace {

constexpr std::array kApproveKeys = {
    Key{"by", Shape::expressions, Need::required, "who is asked: persons, groups", ""},
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
    Key{"same_person", Shape::any, Need::later, "somebody who has approved before", ""},
    Key{"always_ask", Shape::any, Need::later, "never skipped by same_person", ""},
    Key{"guards", Shape::any, Need::later, "fields whose change voids this approval", ""},
    Key{"resume", Shape::any, Need::later, "after a return: everybody again, or back to who returned it", ""},
    Key{"seats", Shape::any, Need::later, "several groups with a count each", ""},
    Key{"may", Shape::texts, Need::optional, "what approvers may do beside: transfer, delegate, add (all)",
        "", may_of_approve_grammar},
    Key{"confirm", Shape::any, Need::later, "a signature", ""},
};

// One person needs no `need`; of several it must be said how many.
void check_need(const StepReading& reading, const MapReader& map, const Approve& approve) {
  if (map.has("need") || !reading.loading.compiles() || approve.by.empty()) return;
  using Tag = cel::Type::Tag;
  bool single = approve.by.size() == 1;
  if (single && approve.by.front().program) {
    const cel::Type& type = approve.by.front().program.type();
    single = type.is(Tag::person) || type.is(Tag::optional) || type.is(Tag::dyn);
  }
  if (single) return;
  reading.diagnostics().error(Code::missing_need, map.key_at("by"),
                              "several may be asked here: 'need' must say how many approve (1, 2, all, 60%)");
}

StepKind read_approve(const StepReading& reading) {
  Approve approve;
  const MapReader map(reading.value, "'approve'", kApproveKeys, reading.diagnostics());
  if (const YamlNode* by = map.find("by")) {
    approve.by = read_expressions(reading.loading, *by, reading.spot, expects_people(), "'by'");
  }
  warn_of_empty_groups(reading, map, "by");
  if (const YamlNode* need = map.find("need")) {
    if (const auto quorum = read_need(reading, *need, true)) approve.need = *quorum;
  }
  check_need(reading, map, approve);
  approve.order =
      map.word("order", Order::together, {{"together", Order::together}, {"one_by_one", Order::one_by_one}});
  approve.veto = map.word("veto", approve.need.kind == QuorumKind::all, {{"any", true}, {"none", false}});
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
  return approve;
}

}  // namespace

const StepWord& approve_word() {
  static const StepWord kWord{"approve",    Shape::map, "people approve or reject", kApproveKeys, {},
                              read_approve, true};
  return kWord;
}

}  // namespace countersign
