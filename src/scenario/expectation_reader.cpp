// `expect:` of an entry, taken apart into single expectations, each with its place.
#include <algorithm>
#include <array>

#include "scenario/reading.h"
#include "scenario/scenario_grammar.h"
#include <fmt/format.h>

#include "core/effect.h"

namespace countersign::scenario {
namespace {

using Kind = Expectation::Kind;

constexpr std::array kExpectKeys = {
    Key{"asked", Shape::any, Need::optional, "who is asked, exactly; or STEP: who"},
    Key{"open", Shape::texts, Need::optional, "the steps that wait, exactly"},
    Key{"status", Shape::text, Need::optional, "running, revising, or how it ended"},
    Key{"stage", Shape::text, Need::optional, "the stage it has reached"},
    Key{"round", Shape::integer, Need::optional, "1, and one more after each send back"},
    Key{"reference", Shape::text, Need::optional, "its number"},
    Key{"key", Shape::text, Need::optional, "its business key"},
    Key{"time", Shape::text, Need::optional, "what the clock says"},
    Key{"incident", Shape::text, Need::optional, "why it stands still (contained), or none"},
    Key{"steps", Shape::map, Need::optional, "STEP: outcome, none, or {outcome, by, comment, FIELD}"},
    Key{"form", Shape::map, Need::optional, "FIELD: value; none where it is empty"},
    Key{"vars", Shape::map, Need::optional, "NAME: value; none where it is not set"},
    Key{"due", Shape::map, Need::optional, "STEP: when, or none"},
    Key{"mail", Shape::list, Need::optional, "messages that the entry sent; [] for none at all"},
    Key{"calls", Shape::list, Need::optional, "calls that the entry made; [] for none at all"},
    Key{"started", Shape::texts, Need::optional, "workflows that the entry started, exactly"},
    Key{"budgets", Shape::map, Need::optional, "LEDGER: {available, reserved, spent, amount}"},
};
constexpr std::string_view kKinds =
    "request|reminder|escalation|returned|outcome|notify|incident|closed|nudge|advice|copy|mention|relieved";
constexpr std::array kMailKeys = {
    Key{"to", Shape::text, Need::optional, "whom"},
    Key{"kind", Shape::word, Need::optional, "what it is", kKinds},
    Key{"message", Shape::text, Need::optional, "of which template"},
    Key{"subject", Shape::text, Need::optional, "the subject contains"},
    Key{"text", Shape::any, Need::optional, "the text contains this, or each of a list"},
    Key{"times", Shape::integer, Need::optional, "exactly so many like this"},
};
constexpr std::array kCallKeys = {
    Key{"call", Shape::text, Need::required, "CONNECTOR.ACTION"},
    Key{"with", Shape::map, Need::optional, "INPUT: its text contains"},
};
constexpr std::array kBudgetKeys = {
    Key{"available", Shape::text, Need::optional, "what is left"},
    Key{"reserved", Shape::text, Need::optional, "what is held"},
    Key{"spent", Shape::text, Need::optional, "what is used up"},
    Key{"amount", Shape::text, Need::optional, "the budget with its supplements"},
};

const Grammar& expected_text_grammar() {
  static const Grammar kGrammar{"expected_text", {value_of(Shape::text), value_of(Shape::texts)}};
  return kGrammar;
}
const Grammar& expected_mail_grammar() {
  static const std::vector<Key> kKeys = with_inside(kMailKeys, {{"text", expected_text_grammar}});
  static const Grammar kGrammar{"expected_mail", {map_of({kKeys})}};
  return kGrammar;
}
const Grammar& expected_mails_grammar() {
  static const Grammar kGrammar{"expected_mails", {list_of(expected_mail_grammar)}};
  return kGrammar;
}
const Grammar& expected_call_grammar() {
  static const Grammar kGrammar{"expected_call", {map_of({kCallKeys})}};
  return kGrammar;
}
const Grammar& expected_calls_grammar() {
  static const Grammar kGrammar{"expected_calls", {list_of(expected_call_grammar)}};
  return kGrammar;
}
const Grammar& expected_budget_grammar() {
  static const Grammar kGrammar{"expected_budget", {map_of({kBudgetKeys})}};
  return kGrammar;
}
const Grammar& expected_budgets_grammar() {
  static const Grammar kGrammar{"expected_budgets", {names_of(expected_budget_grammar)}};
  return kGrammar;
}

class ExpectationReader {
 public:
  ExpectationReader(const Reading& reading, const YamlNode& node, Entry& entry)
      : reading_(reading), map_(node, "'expect'", kExpectKeys, reading.diagnostics), entry_(entry) {}

  void read() {
    if (!map_.is_map()) return;
    for (const YamlNode::Entry& member : map_.node().entries) {
      if (const YamlNode* value = map_.find(member.key)) read_member(member.key, *value);
    }
  }

 private:
  const Definition& definition() const { return definition_of(reading_, entry_.in); }

  Expectation& add(Kind kind, SourceSpan at, std::string name = {}, const YamlNode* value = nullptr) {
    Expectation expectation;
    expectation.kind = kind;
    expectation.at = at;
    expectation.name = std::move(name);
    if (value != nullptr) {
      expectation.value = value->text;
      expectation.absent = value->is_null() || value->text == "none";
      expectation.json = input_of(*value);
    }
    entry_.expected.push_back(std::move(expectation));
    return entry_.expected.back();
  }

  void read_member(std::string_view key, const YamlNode& value) {
    if (key == "asked") return read_asked(value);
    if (key == "open") return read_open(value);
    if (key == "status") return read_status(value);
    if (key == "stage") return read_stage(value);
    if (key == "round") return (void)add(Kind::round, value.at, {}, &value);
    if (key == "reference") return (void)add(Kind::reference, value.at, {}, &value);
    if (key == "key") return (void)add(Kind::key, value.at, {}, &value);
    if (key == "time") return read_time(Kind::time, value, {});
    if (key == "incident") {
      entry_.expects_incident = value.text != "none";
      return (void)add(Kind::incident, value.at, {}, &value);
    }
    if (key == "steps") return read_steps(value);
    if (key == "form") return read_form(value);
    if (key == "vars") {
      for (const YamlNode::Entry& each : value.entries) add(Kind::var, each.value.at, each.key, &each.value);
      return;
    }
    if (key == "due") {
      for (const YamlNode::Entry& each : value.entries) {
        check_step(reading_, entry_.in, each.key, each.key_at);
        read_time(Kind::due, each.value, each.key);
      }
      return;
    }
    if (key == "mail") return read_mail(value);
    if (key == "calls") return read_calls(value);
    if (key == "started") return read_started(value);
    if (key == "budgets") return read_budgets(value);
  }

  // "li.na", or "group finance" where it is before whoever of the group takes it.
  Placed read_asked_one(const YamlNode& node) {
    constexpr std::string_view kGroup = "group ";
    if (node.text.starts_with(kGroup)) {
      check_group(reading_, node, std::string_view(node.text).substr(kGroup.size()));
      return {node.text, node.at};
    }
    return {read_person_or_guest(reading_, node).value, node.at};
  }
  std::vector<Placed> read_people(const YamlNode& node) {
    std::vector<Placed> people;
    if (node.is_scalar()) {
      if (node.text == "none" || node.is_null()) return people;
      return {read_asked_one(node)};
    }
    for (const YamlNode& item : node.items) {
      if (!item.is_scalar()) {
        report_wrong_kind(item, "'asked'", "the id of a person, or 'group ID'", reading_.diagnostics);
        continue;
      }
      people.push_back(read_asked_one(item));
    }
    return people;
  }
  void read_asked(const YamlNode& node) {
    if (!node.is_map()) {
      Expectation& all = add(Kind::asked, node.at);
      auto people = read_people(node);
      all.texts = std::move(people);
      return;
    }
    for (const YamlNode::Entry& each : node.entries) {
      check_step(reading_, entry_.in, each.key, each.key_at);
      auto people = read_people(each.value);
      add(Kind::asked, each.value.at, each.key).texts = std::move(people);
    }
  }

  void read_open(const YamlNode& node) {
    Expectation& open = add(Kind::open, node.at);
    for (const YamlNode& item : node.items) {
      check_step(reading_, entry_.in, item);
      open.texts.push_back({item.text, item.at});
    }
  }

  void read_status(const YamlNode& node) {
    std::vector<std::string> known = definition().statuses;
    for (const char* own : {"running", "revising", "withdrawn", "cancelled"}) known.emplace_back(own);
    if (std::ranges::find(known, node.text) == known.end()) {
      reading_.diagnostics.error(Code::unknown_status, node.at,
                                 fmt::format("{} has no status '{}'", definition().id.value, node.text),
                                 nearest_of(node.text, known));
    }
    add(Kind::status, node.at, {}, &node);
  }

  void read_stage(const YamlNode& node) {
    const auto& known = definition().stages;
    if (!known.empty() && node.text != "none" && std::ranges::find(known, node.text) == known.end()) {
      reading_.diagnostics.error(Code::unknown_stage, node.at, fmt::format("unknown stage '{}'", node.text),
                                 nearest_of(node.text, known));
    }
    add(Kind::stage, node.at, {}, &node);
  }

  void read_time(Kind kind, const YamlNode& node, const std::string& name) {
    Expectation& expectation = add(kind, node.at, name, &node);
    if (expectation.absent) return;
    if (const auto at = read_instant(reading_, node.text, node.at)) expectation.value = format_rfc3339(*at);
  }

  void read_steps(const YamlNode& node) {
    for (const YamlNode::Entry& each : node.entries) {
      const Step* step = check_step(reading_, entry_.in, each.key, each.key_at);
      if (!each.value.is_map()) {
        check_outcome(step, each.value);
        add(Kind::outcome, each.value.at, each.key, &each.value);
        continue;
      }
      for (const YamlNode::Entry& member : each.value.entries) {
        if (member.key == "outcome") {
          check_outcome(step, member.value);
          add(Kind::outcome, member.value.at, each.key, &member.value);
          continue;
        }
        Expectation& result = add(Kind::result, member.value.at, each.key, &member.value);
        result.member = member.key;
        if (member.key == "by") result.value = read_person_or_guest(reading_, member.value).value;
      }
    }
  }

  void check_outcome(const Step* step, const YamlNode& node) const {
    if (step == nullptr || node.text == "none" || node.is_null()) return;
    const std::vector<std::string> known = outcomes_of(definition(), *step);
    if (known.empty() || std::ranges::find(known, node.text) != known.end()) return;
    reading_.diagnostics.error(Code::unknown_outcome, node.at,
                               fmt::format("{} has no outcome '{}'", step->name, node.text),
                               nearest_of(node.text, known));
  }

  void read_form(const YamlNode& node) {
    for (const YamlNode::Entry& each : node.entries) {
      if (definition().find_field(each.key) == nullptr) {
        std::vector<std::string> known;
        for (const Field& field : definition().form) known.push_back(field.name);
        reading_.diagnostics.error(Code::unknown_field, each.key_at,
                                   fmt::format("unknown field '{}' of the form", each.key),
                                   nearest_of(each.key, known));
      }
      add(Kind::form, each.value.at, each.key, &each.value);
    }
  }

  void read_mail(const YamlNode& node) {
    if (node.items.empty()) add(Kind::no_mail, node.at);
    for (const YamlNode& item : node.items) {
      const MapReader map(item, "a message", kMailKeys, reading_.diagnostics);
      Expectation& expectation = add(Kind::mail, item.at);
      MailExpected& mail = expectation.mail;
      if (const YamlNode* to = map.find("to")) mail.to = {read_person_or_guest(reading_, *to).value, to->at};
      mail.kind = placed(map.find("kind"));
      mail.message = placed(map.find("message"));
      check_message(map);
      mail.subject = placed(map.find("subject"));
      if (const YamlNode* text = map.find("text")) {
        if (text->is_scalar()) mail.text.push_back({text->text, text->at});
        for (const YamlNode& part : text->items) mail.text.push_back({part.text, part.at});
      }
      if (map.find("times") != nullptr)
        mail.times = static_cast<std::size_t>(map.integer("times", 1, 0, 10'000));
    }
  }

  void check_message(const MapReader& map) const {
    const YamlNode* message = map.find("message");
    if (message == nullptr) return;
    std::vector<std::string> known;
    for (const auto& [id, definition] : reading_.snapshot.workflows) {
      for (const auto& [name, text] : definition->messages) known.push_back(name);
    }
    if (std::ranges::find(known, message->text) != known.end()) return;
    reading_.diagnostics.error(Code::unknown_message, message->at,
                               fmt::format("no workflow sends the message '{}'", message->text),
                               nearest_of(message->text, known));
  }

  void read_calls(const YamlNode& node) {
    if (node.items.empty()) add(Kind::no_call, node.at);
    for (const YamlNode& item : node.items) {
      const YamlNode full = as_call(item);
      const MapReader map(full, "a call", kCallKeys, reading_.diagnostics);
      Expectation& expectation = add(Kind::call, item.at);
      expectation.call.call = placed(map.find("call"));
      if (const YamlNode* call = map.find("call")) (void)read_action(reading_, call->text, call->at);
      if (const YamlNode* with = map.find("with")) {
        for (const YamlNode::Entry& each : with->entries)
          expectation.call.with.emplace_back(each.key, Placed{each.value.text, each.value.at});
      }
    }
  }
  // `- feishu.post` is short for `- {call: feishu.post}`.
  static YamlNode as_call(const YamlNode& item) {
    if (!item.is_scalar()) return item;
    YamlNode map;
    map.kind = YamlNode::Kind::map;
    map.at = item.at;
    map.entries.push_back({"call", item.at, item});
    return map;
  }

  void read_started(const YamlNode& node) {
    Expectation& started = add(Kind::started, node.at);
    for (const YamlNode& item : node.items) {
      if (!reading_.snapshot.workflows.contains(WorkflowId(item.text))) {
        std::vector<std::string> known;
        for (const auto& [id, each] : reading_.snapshot.workflows) known.push_back(id.value);
        reading_.diagnostics.error(Code::unknown_workflow, item.at,
                                   fmt::format("unknown workflow '{}'", item.text),
                                   nearest_of(item.text, known));
      }
      started.texts.push_back({item.text, item.at});
    }
  }

  void read_budgets(const YamlNode& node) {
    for (const YamlNode::Entry& each : node.entries) {
      const MapReader map(each.value, fmt::format("budget '{}'", each.key), kBudgetKeys,
                          reading_.diagnostics);
      for (const Key& key : kBudgetKeys) {
        if (const YamlNode* value = map.find(key.name))
          add(Kind::budget, value->at, each.key, value).member = std::string(key.name);
      }
    }
  }

  const Reading& reading_;
  MapReader map_;
  Entry& entry_;
};

}  // namespace

const Grammar& expectations_grammar() {
  static const std::vector<Key> kKeys = with_inside(kExpectKeys, {{"mail", expected_mails_grammar},
                                                                  {"calls", expected_calls_grammar},
                                                                  {"budgets", expected_budgets_grammar}});
  static const Grammar kGrammar{"expectations", {map_of({kKeys})}};
  return kGrammar;
}

void read_expectations(const Reading& reading, const YamlNode& node, Entry& entry) {
  ExpectationReader(reading, node, entry).read();
}

KeyTable expect_keys() {
  return kExpectKeys;
}
KeyTable mail_keys() {
  return kMailKeys;
}

}  // namespace countersign::scenario
