// The entries of a scenario: one act each, what it is refused with, and what is expected after it.
#include <algorithm>
#include <array>

#include "scenario/directory_reader.h"
#include "scenario/person_acts.h"
#include "scenario/reading.h"
#include "scenario/scenario_grammar.h"
#include <fmt/format.h>

#include "core/ask.h"
#include "definition/people_draft.h"

namespace countersign::scenario {
namespace {

constexpr std::array kEntryKeys = {
    Key{"expect", Shape::map, Need::optional, "what holds after the act"},
    Key{"refused", Shape::text, Need::optional, "the act is refused, and the reason contains this"},
    Key{"in", Shape::text, Need::optional, "which instance: a name given with 'as', or a workflow"},
    Key{"as", Shape::text, Need::optional, "a name for the instance that is started"},
    Key{"start", Shape::any, Need::optional, "a person submits the form, or an event starts an instance"},
    Key{"approve", Shape::any, Need::optional, "a person approves"},
    Key{"reject", Shape::any, Need::optional, "a person rejects"},
    Key{"return", Shape::any, Need::optional, "a person sends it back"},
    Key{"resubmit", Shape::any, Need::optional, "the requester submits again"},
    Key{"complete", Shape::any, Need::optional, "a person finishes a task"},
    Key{"event", Shape::any, Need::optional, "an event comes"},
    Key{"webhook", Shape::map, Need::optional, "another system posts a message"},
    Key{"advance", Shape::any, Need::optional, "time passes"},
    Key{"answer", Shape::map, Need::optional, "another system answers a call"},
    Key{"fail", Shape::map, Need::optional, "a call fails for good"},
    Key{"directory", Shape::map, Need::optional, "people leave, come or are away"},
    Key{"withdraw", Shape::any, Need::optional, "the requester takes it back"},
    Key{"cancel", Shape::any, Need::optional, "an administrator ends it"},
    Key{"comment", Shape::map, Need::optional, "a person comments"},
    Key{"reassign", Shape::map, Need::optional, "an administrator gives an item to somebody else"},
    Key{"retry", Shape::any, Need::optional, "an administrator tries again what stands still"},
    Key{"transfer", Shape::map, Need::optional, "a person gives their item to somebody else"},
    Key{"delegate", Shape::map, Need::optional, "a person asks somebody for an opinion"},
    Key{"add", Shape::map, Need::optional, "a person adds approvers before, after or beside them"},
    Key{"remove", Shape::map, Need::optional, "whoever was added, or asked for an opinion, is taken off"},
    Key{"claim", Shape::any, Need::optional, "one of a group takes its item"},
    Key{"release", Shape::any, Need::optional, "a claimed item goes back to its group"},
    Key{"take_back", Shape::any, Need::optional, "a person takes their decision back"},
    Key{"view", Shape::any, Need::optional, "a person looks at their item"},
    Key{"nudge", Shape::any, Need::optional, "the requester asks to hurry"},
    Key{"copy", Shape::map, Need::optional, "a person lets others read it"},
    Key{"skip", Shape::map, Need::optional, "an administrator passes over an open step"},
    Key{"jump", Shape::map, Need::optional, "an administrator goes to another step"},
    Key{"away", Shape::map, Need::optional, "a person sets an absence"},
    Key{"back", Shape::any, Need::optional, "a person is there again"},
};
constexpr std::size_t kActsBegin = 4;

constexpr std::array kStartKeys = {
    Key{"by", Shape::text, Need::optional, "who submits the form"},
    Key{"form", Shape::map, Need::optional, "what is filled in"},
    Key{"event", Shape::text, Need::optional, "instead: the event that starts it, CONNECTOR.EVENT"},
    Key{"data", Shape::map, Need::optional, "the event's data"},
    Key{"workflow", Shape::text, Need::optional, "another workflow than the tested one"},
};
constexpr std::array kDecideKeys = {
    Key{"by", Shape::text, Need::required, "who answers"},
    Key{"step", Shape::text, Need::optional, "which of their items"},
    Key{"comment", Shape::text, Need::optional, "what they write"},
    Key{"answers", Shape::map, Need::optional, "the fields that the step asks for"},
    Key{"form", Shape::map, Need::optional, "fields of the form that they change"},
};
constexpr std::array kApproveKeys = {
    Key{"confirm", Shape::boolean, Need::optional, "what the step wants confirmed is (false)"},
};
constexpr std::array kReturnKeys = {
    Key{"to", Shape::text, Need::optional, "requester or a step; else the step's first"},
};
constexpr std::array kCompleteKeys = {
    Key{"outcome", Shape::text, Need::optional, "where the task has several"},
    Key{"checklist", Shape::any, Need::optional, "ids of what is done, or all"},
};
constexpr std::array kEventKeys = {
    Key{"name", Shape::text, Need::required, "CONNECTOR.EVENT, or an event of the workflow"},
    Key{"key", Shape::text, Need::optional, "the business key; else the instance's"},
    Key{"data", Shape::map, Need::optional, "its data"},
};
constexpr std::array kWebhookKeys = {
    Key{"connector", Shape::text, Need::required, "who posts"},
    Key{"body", Shape::any, Need::required, "the message as the other system writes it"},
};
constexpr std::array kAdvanceKeys = {
    Key{"until", Shape::text, Need::required, "2026-03-02T09:00, in the calendar's zone"},
};
constexpr std::array kAnswerKeys = {
    Key{"call", Shape::text, Need::required, "CONNECTOR.ACTION"},
    Key{"data", Shape::map, Need::optional, "the fields of the action's output"},
};
constexpr std::array kFailKeys = {
    Key{"call", Shape::text, Need::required, "CONNECTOR.ACTION"},
    Key{"why", Shape::text, Need::optional, "what the other system says"},
};
constexpr std::array kReasonKeys = {
    Key{"by", Shape::text, Need::required, "who does it"},
    Key{"reason", Shape::text, Need::optional, "why"},
};
constexpr std::array kCommentKeys = {
    Key{"by", Shape::text, Need::required, "who writes"},
    Key{"text", Shape::text, Need::required, "what"},
};
constexpr std::array kReassignKeys = {
    Key{"from", Shape::text, Need::required, "whose item"},
    Key{"to", Shape::text, Need::required, "who is asked instead"},
    Key{"by", Shape::text, Need::required, "the administrator"},
    Key{"step", Shape::text, Need::optional, "which of their items"},
    Key{"reason", Shape::text, Need::optional, "why"},
};

// Everything that any step of the workflow asks for: which step it is shows only when the scenario runs.
std::vector<Field> all_asked(const Definition& definition) {
  std::vector<Field> fields;
  for (const Step& step : definition.steps) {
    std::vector<std::string> entries;
    if (const auto* task = std::get_if<Task>(&step.kind)) {
      for (const ChecklistItem& item : task->checklist) entries.push_back(item.id);
    }
    for (Field& field : asked_fields(step, entries)) fields.push_back(std::move(field));
  }
  return fields;
}

class EntryReader {
 public:
  EntryReader(Reading& reading, const YamlNode& node)
      : reading_(reading), map_(node, "an entry", kEntryKeys, reading.diagnostics) {
    entry_.at = node.at;
  }

  Entry read() {
    if (!map_.is_map()) return std::move(entry_);
    entry_.in = placed(map_.find("in"));
    entry_.as = placed(map_.find("as"));
    if (const YamlNode* refused = map_.find("refused")) entry_.refused = placed(refused);
    check_instance();
    const Key* chosen = nullptr;
    for (std::size_t i = kActsBegin; i < kEntryKeys.size(); ++i) {
      const Key& key = kEntryKeys[i];
      if (!map_.has(key.name)) continue;
      if (chosen != nullptr) {
        reading_.diagnostics.error(
            Code::several_acts, map_.key_at(key.name),
            fmt::format("'{}' and '{}' are two acts: write each as an entry of its own", chosen->name,
                        key.name));
        continue;
      }
      chosen = &key;
    }
    if (chosen != nullptr) {
      entry_.word = std::string(chosen->name);
      entry_.at = map_.key_at(chosen->name);
      if (const YamlNode* node = map_.find(chosen->name)) read_act(*node);
    } else if (!map_.has("expect") && has_known_keys()) {
      reading_.diagnostics.error(Code::empty_entry, map_.node().at,
                                 "an entry has an act such as 'approve', or 'expect', or both");
    }
    if (chosen == nullptr && entry_.refused) {
      reading_.diagnostics.error(Code::keys_conflict, map_.key_at("refused"),
                                 "'refused' stands beside the act that is refused");
    }
    if (!entry_.as.empty()) reading_.instances.insert(entry_.as.text);
    if (const YamlNode* expect = map_.find("expect")) read_expectations(reading_, *expect, entry_);
    return std::move(entry_);
  }

 private:
  const Definition& definition() const { return definition_of(reading_, entry_.in); }

  // A misspelt act was reported already.
  bool has_known_keys() const {
    return std::ranges::all_of(map_.node().entries, [](const YamlNode::Entry& entry) {
      return std::ranges::any_of(kEntryKeys, [&](const Key& key) { return key.name == entry.key; });
    });
  }

  void check_instance() {
    const std::string& in = entry_.in.text;
    if (in.empty() || reading_.instances.contains(in) ||
        reading_.snapshot.workflows.contains(WorkflowId(in))) {
      return;
    }
    std::vector<std::string> known(reading_.instances.begin(), reading_.instances.end());
    for (const auto& [id, workflow] : reading_.snapshot.workflows) known.push_back(id.value);
    reading_.diagnostics.error(Code::unknown_instance, entry_.in.at,
                               fmt::format("'{}' is no workflow and no name given with 'as' before", in),
                               nearest_of(in, known));
  }

  void read_act(const YamlNode& node) {
    const std::string& word = entry_.word;
    if (word == "start") return read_start(written_out(node, "by"));
    if (word == "approve") return read_decide(written_out(node, "by"), "approved", kApproveKeys);
    if (word == "reject") return read_decide(written_out(node, "by"), "rejected", {});
    if (word == "return") return read_decide(written_out(node, "by"), "returned", kReturnKeys);
    if (word == "resubmit") return read_decide(written_out(node, "by"), "resubmitted", {});
    if (word == "complete") return read_decide(written_out(node, "by"), "", kCompleteKeys);
    if (word == "event") return read_send(written_out(node, "name"));
    if (word == "webhook") return read_webhook(node);
    if (word == "advance") return read_advance(node);
    if (word == "answer") return read_answer(node);
    if (word == "fail") return read_fail(node);
    if (word == "directory") {
      entry_.act = read_directory_change(reading_, node);
      return;
    }
    if (word == "comment") {
      const MapReader map(node, "'comment'", kCommentKeys, reading_.diagnostics);
      entry_.act = AddComment{person_or_guest(map, "by"), map.text("text")};
      return;
    }
    if (word == "reassign") return read_reassign(node);
    if (auto act = read_person_act(reading_, entry_.in, word, node)) {
      entry_.act = std::move(act);
      return;
    }
    const YamlNode full = written_out(node, "by");
    const MapReader map(full, fmt::format("'{}'", word), kReasonKeys, reading_.diagnostics);
    const PersonId by = person(map, "by");
    if (word == "withdraw") entry_.act = Withdraw{by, map.text("reason")};
    if (word == "cancel") entry_.act = Cancel{by, map.text("reason", "cancelled by a scenario")};
    if (word == "retry") entry_.act = Retry{by, map.text("reason", "the cause is mended")};
  }

  PersonId person(const MapReader& map, std::string_view key) const {
    const YamlNode* node = map.find(key);
    return node == nullptr ? PersonId() : read_person(reading_, *node);
  }
  PersonId person_or_guest(const MapReader& map, std::string_view key) const {
    const YamlNode* node = map.find(key);
    return node == nullptr ? PersonId() : read_person_or_guest(reading_, *node);
  }

  void read_start(const YamlNode& node) {
    const MapReader map(node, "'start'", kStartKeys, reading_.diagnostics);
    Start start{definition().id, {}, {}, nullptr};
    const Definition* started = &definition();
    if (const YamlNode* workflow = map.find("workflow")) {
      const auto found = reading_.snapshot.workflows.find(WorkflowId(workflow->text));
      if (found == reading_.snapshot.workflows.end()) {
        std::vector<std::string> known;
        for (const auto& [id, each] : reading_.snapshot.workflows) known.push_back(id.value);
        reading_.diagnostics.error(Code::unknown_workflow, workflow->at,
                                   fmt::format("unknown workflow '{}'", workflow->text),
                                   nearest_of(workflow->text, known));
        return;
      }
      started = found->second.get();
      start.workflow = started->id;
    }
    if (map.has("event") == map.has("by")) {
      reading_.diagnostics.error(
          Code::keys_conflict, node.at,
          "'start' has 'by' (who submits the form) or 'event' (which event starts it)");
      return;
    }
    if (const YamlNode* event = map.find("event")) {
      refuse_key(map, "form", "a start by an event has 'data'; the trigger fills in the form");
      start.event = event->text;
      start.data = read_event_data(map, *event);
    } else {
      refuse_key(map, "data", "a start by a person has 'form'");
      start.by = person(map, "by");
      start.data = read_input(reading_, map, "form", &started->form, "the form", "/form", entry_);
    }
    entry_.act = std::move(start);
  }

  void refuse_key(const MapReader& map, std::string_view key, const std::string& why) const {
    if (map.has(key)) reading_.diagnostics.error(Code::keys_conflict, map.key_at(key), why);
  }

  json::value read_event_data(const MapReader& map, const YamlNode& name) {
    if (name.text.find('.') == std::string::npos) {
      const auto declared = definition().events.find(name.text);
      if (declared != definition().events.end()) {
        return read_input(reading_, map, "data", &declared->second.fields, "the event", "/data", entry_);
      }
      std::vector<std::string> known;
      for (const auto& [event, declaration] : definition().events) known.push_back(event);
      for (const auto& [connector, each] : reading_.snapshot.connectors) {
        if (!each->inbound) continue;
        for (const InboundEvent& event : each->inbound->events) known.push_back(connector + "." + event.name);
      }
      reading_.diagnostics.error(Code::unknown_event, name.at,
                                 fmt::format("{} declares no event '{}', and a connector's is written "
                                             "CONNECTOR.EVENT",
                                             definition().id.value, name.text),
                                 nearest_of(name.text, known));
      return nullptr;
    }
    const auto dotted = read_event(reading_, name.text, name.at);
    if (!dotted) return nullptr;
    const auto fields =
        fields_of(reading_.snapshot.connector(dotted->connector)->inbound->find_event(dotted->name)->data);
    return read_input(reading_, map, "data", &fields, "the event", "/data", entry_);
  }

  void read_decide(const YamlNode& node, std::string outcome, KeyTable own) {
    const MapReader map(node, fmt::format("'{}'", entry_.word), {KeyTable(kDecideKeys), own},
                        reading_.diagnostics);
    Decide decide;
    // What was sent back goes to the requester, who is of the directory.
    decide.by = outcome == "resubmitted" ? person(map, "by") : person_or_guest(map, "by");
    decide.outcome = std::move(outcome);
    decide.step = placed(map.find("step"));
    const Step* step =
        decide.step.empty() ? nullptr : check_step(reading_, entry_.in, decide.step.text, decide.step.at);
    decide.comment = map.text("comment");
    const std::vector<Field> asked = all_asked(definition());
    decide.answers =
        read_input(reading_, map, "answers", &asked, "what the steps ask for", "/answers", entry_);
    decide.form = read_input(reading_, map, "form", &definition().form, "the form", "/form", entry_);
    if (const YamlNode* outcome_node = map.find("outcome")) {
      decide.outcome = outcome_node->text;
      check_outcome(*outcome_node, step);
    }
    if (const YamlNode* to = map.find("to")) {
      decide.return_to = to->text;
      if (to->text != "requester") check_step(reading_, entry_.in, *to);
    }
    decide.confirm = map.boolean("confirm", false);
    if (const YamlNode* checklist = map.find("checklist")) {
      decide.all_done = checklist->is_scalar() && checklist->text == "all";
      if (!decide.all_done && !checklist->is_sequence()) {
        report_wrong_kind(*checklist, "'checklist'", "a list of ids, or 'all'", reading_.diagnostics);
      }
      for (const YamlNode& item : checklist->items) decide.checklist.push_back(item.text);
    }
    entry_.act = std::move(decide);
  }

  void check_outcome(const YamlNode& node, const Step* step) const {
    std::vector<std::string> known;
    for (const Step& each : definition().steps) {
      if (step != nullptr && step != &each) continue;
      if (!std::holds_alternative<Task>(each.kind)) continue;
      for (std::string& outcome : outcomes_of(definition(), each)) known.push_back(std::move(outcome));
    }
    if (std::ranges::find(known, node.text) != known.end()) return;
    reading_.diagnostics.error(Code::unknown_outcome, node.at,
                               step == nullptr ? fmt::format("no task has the outcome '{}'", node.text)
                                               : fmt::format("{} has no outcome '{}'", step->name, node.text),
                               nearest_of(node.text, known));
  }

  void read_send(const YamlNode& node) {
    const MapReader map(node, "'event'", kEventKeys, reading_.diagnostics);
    const YamlNode* name = map.find("name");
    if (name == nullptr) return;
    SendEvent send;
    const std::size_t dot = name->text.find('.');
    if (dot != std::string::npos) send.connector = name->text.substr(0, dot);
    send.name = dot == std::string::npos ? name->text : name->text.substr(dot + 1);
    if (map.find("key") != nullptr) send.key = map.text("key");
    send.data = read_event_data(map, *name);
    entry_.act = std::move(send);
  }

  void read_webhook(const YamlNode& node) {
    const MapReader map(node, "'webhook'", kWebhookKeys, reading_.diagnostics);
    const YamlNode* connector = map.find("connector");
    const YamlNode* body = map.find("body");
    if (connector == nullptr || body == nullptr) return;
    const auto found = reading_.snapshot.connector(connector->text);
    if (found == nullptr || !found->inbound) {
      std::vector<std::string> known;
      for (const auto& [name, each] : reading_.snapshot.connectors) {
        if (each->inbound) known.push_back(name);
      }
      reading_.diagnostics.error(Code::unknown_connector, connector->at,
                                 fmt::format("unknown connector '{}'", connector->text),
                                 nearest_of(connector->text, known));
    }
    entry_.act = Webhook{connector->text, message_of(*body)};
  }

  void read_advance(const YamlNode& node) {
    Advance advance;
    if (node.is_scalar()) {
      const auto span = parse_time_span(node.text);
      if (span) {
        advance.span = *span;
      } else {
        auto [message, suggestion] = take_suggestion(span.error().message);
        reading_.diagnostics.error(Code::bad_duration, node.at, std::move(message), std::move(suggestion));
      }
    } else {
      const MapReader map(node, "'advance'", kAdvanceKeys, reading_.diagnostics);
      if (const YamlNode* until = map.find("until")) {
        advance.until = read_instant(reading_, until->text, until->at);
      }
    }
    entry_.act = advance;
  }

  void read_answer(const YamlNode& node) {
    const MapReader map(node, "'answer'", kAnswerKeys, reading_.diagnostics);
    const YamlNode* call = map.find("call");
    if (call == nullptr) return;
    const auto dotted = read_action(reading_, call->text, call->at);
    if (!dotted) return;
    const Action* action =
        reading_.snapshot.connector(dotted->connector)->outbound->find_action(dotted->name);
    const auto fields = fields_of(action->output);
    entry_.act = AnswerCall{
        call->text, read_input(reading_, map, "data", &fields, "the action's output", "/data", entry_)};
  }

  void read_fail(const YamlNode& node) {
    const MapReader map(node, "'fail'", kFailKeys, reading_.diagnostics);
    const YamlNode* call = map.find("call");
    if (call == nullptr) return;
    (void)read_action(reading_, call->text, call->at);
    entry_.act = FailCall{call->text, map.text("why", "the other system refused")};
  }

  void read_reassign(const YamlNode& node) {
    const MapReader map(node, "'reassign'", kReassignKeys, reading_.diagnostics);
    const Placed step = placed(map.find("step"));
    if (!step.empty()) check_step(reading_, entry_.in, step.text, step.at);
    entry_.act = Reassign{person_or_guest(map, "from"), person(map, "to"), person(map, "by"), step,
                          map.text("reason", "by a scenario")};
  }

  Reading& reading_;
  MapReader map_;
  Entry entry_;
};

// `approve: li.na`, or a map of these keys.
Spelling one_word() {
  return value_of(Shape::text);
}
const Grammar& start_grammar() {
  static const Grammar kGrammar{"start_act", {one_word(), map_of({kStartKeys})}};
  return kGrammar;
}
const Grammar& decide_grammar() {
  static const Grammar kGrammar{"decide_act", {one_word(), map_of({kDecideKeys})}};
  return kGrammar;
}
const Grammar& approve_grammar() {
  static const Grammar kGrammar{"approve_act", {one_word(), map_of({kDecideKeys, kApproveKeys})}};
  return kGrammar;
}
const Grammar& return_grammar() {
  static const Grammar kGrammar{"return_act", {one_word(), map_of({kDecideKeys, kReturnKeys})}};
  return kGrammar;
}
const Grammar& checklist_grammar() {
  static const Grammar kGrammar{"checklist_done", {value_of(Shape::word, "all"), value_of(Shape::texts)}};
  return kGrammar;
}
const Grammar& complete_grammar() {
  static const std::vector<Key> kKeys = with_inside(kCompleteKeys, {{"checklist", checklist_grammar}});
  static const Grammar kGrammar{"complete_act", {one_word(), map_of({kDecideKeys, kKeys})}};
  return kGrammar;
}
const Grammar& send_grammar() {
  static const Grammar kGrammar{"event_act", {one_word(), map_of({kEventKeys})}};
  return kGrammar;
}
const Grammar& webhook_act_grammar() {
  static const Grammar kGrammar{"webhook_act", {map_of({kWebhookKeys})}};
  return kGrammar;
}
const Grammar& advance_grammar() {
  static const Grammar kGrammar{"advance_act", {value_of(Shape::duration), map_of({kAdvanceKeys})}};
  return kGrammar;
}
const Grammar& answer_grammar() {
  static const Grammar kGrammar{"answer_act", {map_of({kAnswerKeys})}};
  return kGrammar;
}
const Grammar& fail_grammar() {
  static const Grammar kGrammar{"fail_act", {map_of({kFailKeys})}};
  return kGrammar;
}
const Grammar& reason_grammar() {
  static const Grammar kGrammar{"reason_act", {one_word(), map_of({kReasonKeys})}};
  return kGrammar;
}
const Grammar& comment_grammar() {
  static const Grammar kGrammar{"comment_act", {map_of({kCommentKeys})}};
  return kGrammar;
}
const Grammar& reassign_grammar() {
  static const Grammar kGrammar{"reassign_act", {map_of({kReassignKeys})}};
  return kGrammar;
}

}  // namespace

const Grammar& entry_grammar() {
  static const std::vector<Key> kKeys = [] {
    std::map<std::string_view, Inside> inside = person_act_grammars();
    inside.insert({{"expect", expectations_grammar},
                   {"start", start_grammar},
                   {"approve", approve_grammar},
                   {"reject", decide_grammar},
                   {"return", return_grammar},
                   {"resubmit", decide_grammar},
                   {"complete", complete_grammar},
                   {"event", send_grammar},
                   {"webhook", webhook_act_grammar},
                   {"advance", advance_grammar},
                   {"answer", answer_grammar},
                   {"fail", fail_grammar},
                   {"directory", directory_change_grammar},
                   {"withdraw", reason_grammar},
                   {"cancel", reason_grammar},
                   {"comment", comment_grammar},
                   {"reassign", reassign_grammar},
                   {"retry", reason_grammar}});
    return with_inside(kEntryKeys, inside);
  }();
  static const Grammar kGrammar{"entry", {map_of({kKeys})}};
  return kGrammar;
}

Entry read_entry(Reading& reading, const YamlNode& node) {
  return EntryReader(reading, node).read();
}

KeyTable entry_keys() {
  return kEntryKeys;
}

std::vector<KeyTable> act_key_tables() {
  std::vector<KeyTable> tables{kStartKeys,  kDecideKeys,  kApproveKeys,  kReturnKeys,     kCompleteKeys,
                               kEventKeys,  kWebhookKeys, kAdvanceKeys,  kAnswerKeys,     kFailKeys,
                               kReasonKeys, kCommentKeys, kReassignKeys, directory_keys()};
  for (const KeyTable table : person_act_tables()) tables.push_back(table);
  return tables;
}

}  // namespace countersign::scenario
