#include "scenario/person_acts.h"

#include <array>

#include "scenario/scenario_grammar.h"
#include <fmt/format.h>

namespace countersign::scenario {
namespace {

constexpr std::array kHandOverKeys = {
    Key{"by", Shape::text, Need::required, "whose item it is"},
    Key{"to", Shape::text, Need::required, "whom they give it to, or ask for an opinion"},
    Key{"step", Shape::text, Need::optional, "which of their items"},
    Key{"comment", Shape::text, Need::optional, "what they write"},
};
constexpr std::array kAddKeys = {
    Key{"by", Shape::text, Need::required, "who adds somebody"},
    Key{"who", Shape::any, Need::required, "whom: an id, or a list of ids"},
    Key{"where", Shape::word, Need::optional, "before them (the default), after them, or beside them",
        "before|after|beside"},
    Key{"step", Shape::text, Need::optional, "which of their items"},
    Key{"comment", Shape::text, Need::optional, "what they write"},
};
constexpr std::array kRemoveKeys = {
    Key{"by", Shape::text, Need::required, "who takes somebody off"},
    Key{"who", Shape::text, Need::required, "who was added, or asked for an opinion"},
    Key{"step", Shape::text, Need::optional, "which of their items"},
    Key{"reason", Shape::text, Need::optional, "why"},
    Key{"admin", Shape::boolean, Need::optional, "as an administrator (false)"},
};
constexpr std::array kItemKeys = {
    Key{"by", Shape::text, Need::required, "who does it"},
    Key{"step", Shape::text, Need::optional, "which of their items"},
};
constexpr std::array kReleaseKeys = {
    Key{"by", Shape::text, Need::required, "who gives it back to the group"},
    Key{"from", Shape::text, Need::optional, "who has claimed it, where it is somebody else"},
    Key{"step", Shape::text, Need::optional, "which of their items"},
    Key{"reason", Shape::text, Need::optional, "why"},
    Key{"admin", Shape::boolean, Need::optional, "as an administrator (false)"},
};
constexpr std::array kTakeBackKeys = {
    Key{"by", Shape::text, Need::required, "who takes their decision back"},
    Key{"step", Shape::text, Need::optional, "of which step; else the last one they made"},
    Key{"reason", Shape::text, Need::optional, "why"},
};
constexpr std::array kNudgeKeys = {
    Key{"by", Shape::text, Need::required, "the requester"},
};
constexpr std::array kCopyKeys = {
    Key{"by", Shape::text, Need::required, "who sends it"},
    Key{"to", Shape::any, Need::required, "who gets one: an id, or a list of ids"},
    Key{"comment", Shape::text, Need::optional, "what they write"},
};
constexpr std::array kSkipKeys = {
    Key{"step", Shape::text, Need::required, "the open step that is passed over"},
    Key{"by", Shape::text, Need::required, "the administrator"},
    Key{"reason", Shape::text, Need::optional, "why"},
};
constexpr std::array kJumpKeys = {
    Key{"to", Shape::text, Need::required, "the step where it goes on"},
    Key{"by", Shape::text, Need::required, "the administrator"},
    Key{"reason", Shape::text, Need::optional, "why"},
};
constexpr std::array kBeAwayKeys = {
    Key{"who", Shape::text, Need::required, "who is away"},
    Key{"from", Shape::text, Need::optional, "first day, or a time; else from now on"},
    Key{"until", Shape::text, Need::required, "last day, or the time of coming back"},
    Key{"stand_in", Shape::text, Need::optional, "who acts meanwhile"},
    Key{"workflows", Shape::texts, Need::optional, "in which workflows only"},
    Key{"up_to", Shape::text, Need::optional, "up to which amount only: 10000 CNY"},
    Key{"reason", Shape::text, Need::optional, "why"},
    Key{"by", Shape::text, Need::optional, "an administrator who sets it for them"},
};
constexpr std::array kComeBackKeys = {
    Key{"who", Shape::text, Need::required, "who is there again: ends all absences that they have set"},
    Key{"by", Shape::text, Need::optional, "an administrator who does it for them"},
};

Spelling in_one_word() {
  return value_of(Shape::text);
}
const Grammar& people_named_grammar() {
  static const Grammar kGrammar{"people_named", {value_of(Shape::text), value_of(Shape::texts)}};
  return kGrammar;
}
const Grammar& hand_over_grammar() {
  static const Grammar kGrammar{"hand_over_act", {map_of({kHandOverKeys})}};
  return kGrammar;
}
const Grammar& add_grammar() {
  static const std::vector<Key> kKeys = with_inside(kAddKeys, {{"who", people_named_grammar}});
  static const Grammar kGrammar{"add_act", {map_of({kKeys})}};
  return kGrammar;
}
const Grammar& remove_grammar() {
  static const Grammar kGrammar{"remove_act", {map_of({kRemoveKeys})}};
  return kGrammar;
}
const Grammar& item_grammar() {
  static const Grammar kGrammar{"item_act", {in_one_word(), map_of({kItemKeys})}};
  return kGrammar;
}
const Grammar& release_grammar() {
  static const Grammar kGrammar{"release_act", {in_one_word(), map_of({kReleaseKeys})}};
  return kGrammar;
}
const Grammar& take_back_grammar() {
  static const Grammar kGrammar{"take_back_act", {in_one_word(), map_of({kTakeBackKeys})}};
  return kGrammar;
}
const Grammar& nudge_grammar() {
  static const Grammar kGrammar{"nudge_act", {in_one_word(), map_of({kNudgeKeys})}};
  return kGrammar;
}
const Grammar& copy_grammar() {
  static const std::vector<Key> kKeys = with_inside(kCopyKeys, {{"to", people_named_grammar}});
  static const Grammar kGrammar{"copy_act", {map_of({kKeys})}};
  return kGrammar;
}
const Grammar& skip_grammar() {
  static const Grammar kGrammar{"skip_act", {map_of({kSkipKeys})}};
  return kGrammar;
}
const Grammar& jump_grammar() {
  static const Grammar kGrammar{"jump_act", {map_of({kJumpKeys})}};
  return kGrammar;
}
const Grammar& be_away_grammar() {
  static const Grammar kGrammar{"away_act", {map_of({kBeAwayKeys})}};
  return kGrammar;
}
const Grammar& come_back_grammar() {
  static const Grammar kGrammar{"back_act", {in_one_word(), map_of({kComeBackKeys})}};
  return kGrammar;
}

// One act while it is read: its map, and what every act asks of it.
class ActMap {
 public:
  ActMap(const Reading& reading, const Placed& in, std::string_view word, const YamlNode& node, KeyTable keys)
      : reading_(reading), in_(in), map_(node, fmt::format("'{}'", word), keys, reading.diagnostics) {}

  std::string text(std::string_view key, std::string_view otherwise = {}) const {
    return map_.text(key, otherwise);
  }
  bool is_admin() const { return map_.boolean("admin", false); }
  PersonId person(std::string_view key) const {
    const YamlNode* node = map_.find(key);
    return node == nullptr ? PersonId() : read_person(reading_, *node);
  }
  // Whoever may have an item: a guest too, though not everything is allowed to them.
  PersonId person_or_guest(std::string_view key) const {
    const YamlNode* node = map_.find(key);
    return node == nullptr ? PersonId() : read_person_or_guest(reading_, *node);
  }
  std::vector<PersonId> people(std::string_view key) const {
    std::vector<PersonId> people;
    const YamlNode* node = map_.find(key);
    if (node == nullptr) return people;
    if (node->is_scalar()) return {read_person(reading_, *node)};
    if (!node->is_sequence() || node->items.empty()) {
      report_wrong_kind(*node, fmt::format("'{}'", key), "an id, or a list of ids", reading_.diagnostics);
    }
    for (const YamlNode& item : node->items) {
      if (item.is_scalar()) {
        people.push_back(read_person(reading_, item));
      } else {
        report_wrong_kind(item, fmt::format("'{}'", key), "the ids of people", reading_.diagnostics);
      }
    }
    return people;
  }
  Placed step(std::string_view key = "step") const {
    Placed step = placed(map_.find(key));
    if (!step.empty()) check_step(reading_, in_, step.text, step.at);
    return step;
  }
  // A day as it is written; a time in the calendar's zone as RFC 3339.
  std::string time(std::string_view key) const {
    constexpr std::size_t kDaySize = 10;
    const YamlNode* node = map_.find(key);
    if (node == nullptr) return {};
    const auto at = read_instant(reading_, node->text, node->at);
    return !at || node->text.size() == kDaySize ? node->text : format_rfc3339(*at);
  }
  std::vector<std::string> workflows() const {
    const YamlNode* node = map_.find("workflows");
    if (node == nullptr) return {};
    for (const YamlNode& item : node->items) {
      if (reading_.snapshot.workflows.contains(WorkflowId(item.text))) continue;
      std::vector<std::string> known;
      for (const auto& [id, each] : reading_.snapshot.workflows) known.push_back(id.value);
      reading_.diagnostics.error(Code::unknown_workflow, item.at,
                                 fmt::format("unknown workflow '{}'", item.text),
                                 nearest_of(item.text, known));
    }
    return map_.texts("workflows");
  }
  AddedAs where() const {
    return map_.word("where", AddedAs::before,
                     {{"before", AddedAs::before}, {"after", AddedAs::after}, {"beside", AddedAs::beside}});
  }

 private:
  const Reading& reading_;
  const Placed& in_;
  MapReader map_;
};

using ItemActKind = ItemActRequest::Act;

}  // namespace

YamlNode written_out(const YamlNode& node, std::string key) {
  if (!node.is_scalar()) return node;
  YamlNode map;
  map.kind = YamlNode::Kind::map;
  map.at = node.at;
  map.entries.push_back({std::move(key), node.at, node});
  return map;
}

std::optional<Act> read_person_act(const Reading& reading, const Placed& in, std::string_view word,
                                   const YamlNode& node) {
  const YamlNode by_person = written_out(node, "by");
  const auto with = [&](KeyTable keys) { return ActMap(reading, in, word, by_person, keys); };
  if (word == "transfer" || word == "delegate") {
    const ActMap map(reading, in, word, node, kHandOverKeys);
    return ActOnItem{.act = word == "transfer" ? ItemActKind::transfer : ItemActKind::delegate,
                     .by = map.person_or_guest("by"),
                     .step = map.step(),
                     .people = {map.person("to")},
                     .comment = map.text("comment")};
  }
  if (word == "add") {
    const ActMap map(reading, in, word, node, kAddKeys);
    return ActOnItem{.act = ItemActKind::add_approver,
                     .by = map.person_or_guest("by"),
                     .step = map.step(),
                     .people = map.people("who"),
                     .where = map.where(),
                     .comment = map.text("comment")};
  }
  if (word == "remove") {
    const ActMap map(reading, in, word, node, kRemoveKeys);
    return ActOnItem{.act = ItemActKind::remove_approver,
                     .by = map.person_or_guest("by"),
                     .of = map.person("who"),
                     .step = map.step(),
                     .comment = map.text("reason"),
                     .as_admin = map.is_admin()};
  }
  if (word == "claim") {
    const ActMap map = with(kItemKeys);
    return ActOnItem{.act = ItemActKind::claim, .by = map.person_or_guest("by"), .step = map.step()};
  }
  if (word == "release") {
    const ActMap map = with(kReleaseKeys);
    return ActOnItem{.act = ItemActKind::release,
                     .by = map.person_or_guest("by"),
                     .of = map.person("from"),
                     .step = map.step(),
                     .comment = map.text("reason"),
                     .as_admin = map.is_admin()};
  }
  if (word == "take_back") {
    const ActMap map = with(kTakeBackKeys);
    return TakeBack{map.person_or_guest("by"), map.step(), map.text("reason")};
  }
  if (word == "view") {
    const ActMap map = with(kItemKeys);
    return View{map.person_or_guest("by"), map.step()};
  }
  if (word == "nudge") return Nudge{with(kNudgeKeys).person("by")};
  if (word == "copy") {
    const ActMap map(reading, in, word, node, kCopyKeys);
    return SendCopies{map.person("by"), map.people("to"), map.text("comment")};
  }
  if (word == "skip") {
    const ActMap map(reading, in, word, node, kSkipKeys);
    return Skip{map.person("by"), map.step().text, map.text("reason", "by a scenario")};
  }
  if (word == "jump") {
    const ActMap map(reading, in, word, node, kJumpKeys);
    return Jump{map.person("by"), map.step("to").text, map.text("reason", "by a scenario")};
  }
  if (word == "away") {
    const ActMap map(reading, in, word, node, kBeAwayKeys);
    BeAway away{{.person = map.person("who"),
                 .from = map.time("from"),
                 .until = map.time("until"),
                 .stand_in = map.person("stand_in"),
                 .workflows = map.workflows(),
                 .up_to = map.text("up_to"),
                 .reason = map.text("reason")},
                map.person("by")};
    if (away.by.empty()) away.by = away.absence.person;
    return away;
  }
  if (word == "back") {
    const YamlNode full = written_out(node, "who");
    const ActMap map(reading, in, word, full, kComeBackKeys);
    ComeBack back{map.person("who"), map.person("by")};
    if (back.by.empty()) back.by = back.person;
    return back;
  }
  return std::nullopt;
}

const std::map<std::string_view, Inside>& person_act_grammars() {
  static const std::map<std::string_view, Inside> kGrammars{
      {"transfer", hand_over_grammar},  {"delegate", hand_over_grammar}, {"add", add_grammar},
      {"remove", remove_grammar},       {"claim", item_grammar},         {"release", release_grammar},
      {"take_back", take_back_grammar}, {"view", item_grammar},          {"nudge", nudge_grammar},
      {"copy", copy_grammar},           {"skip", skip_grammar},          {"jump", jump_grammar},
      {"away", be_away_grammar},        {"back", come_back_grammar}};
  return kGrammars;
}

std::vector<KeyTable> person_act_tables() {
  return {kHandOverKeys, kAddKeys,  kRemoveKeys, kItemKeys, kReleaseKeys, kTakeBackKeys,
          kNudgeKeys,    kCopyKeys, kSkipKeys,   kJumpKeys, kBeAwayKeys,  kComeBackKeys};
}

}  // namespace countersign::scenario
