#include "definition/step_loader.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "core/scope.h"
#include "definition/chase_reader.h"
#include "definition/foreign_words.h"
#include "definition/grammar.h"
#include "definition/key_places.h"
#include "definition/yaml_mending.h"

namespace countersign {
namespace {

constexpr std::size_t kStepsMax = 1000;

const Grammar& reminder_grammar() {
  static const Grammar kGrammar{"reminder", {map_of({remind_keys()})}};
  return kGrammar;
}
const Grammar& reminders_grammar() {
  static const Grammar kGrammar{"reminders", {list_of(reminder_grammar)}};
  return kGrammar;
}
const Grammar& escalation_grammar() {
  static const Grammar kGrammar{"escalation", {map_of({escalate_keys()})}};
  return kGrammar;
}
const Grammar& escalations_grammar() {
  static const Grammar kGrammar{"escalations", {map_of({escalate_keys()}), list_of(escalation_grammar)}};
  return kGrammar;
}
const Grammar& outcomes_grammar() {
  static const Grammar kGrammar{"outcomes", {names_of(steps_grammar)}};
  return kGrammar;
}

constexpr std::array kCommonKeys = {
    Key{"id", Shape::text, Need::optional, "needed where something refers to the step", ""},
    Key{"title", Shape::local_text, Need::optional, "what people read", ""},
    Key{"when", Shape::expression, Need::optional, "else the step is skipped", ""},
    Key{"stage", Shape::text, Need::optional, "the stage that the instance enters with this step", ""},
    Key{"due", Shape::time, Need::optional, "when it should be done; nothing happens by itself", ""},
    Key{"deadline", Shape::time, Need::optional, "when the outcome `timeout` decides", ""},
    Key{"remind", Shape::list, Need::optional, "reminders", "", reminders_grammar},
    Key{"escalate", Shape::any, Need::optional, "who is asked too, or instead, when it takes long", "",
        escalations_grammar},
    Key{"on", Shape::map, Need::optional, "outcome: a target or steps", "", outcomes_grammar},
    Key{"visible_to", Shape::expressions, Need::optional, "who sees its decision beside whoever is asked",
        ""},
    Key{"visible_from", Shape::text, Need::optional, "the step from whose opening on all see its decision",
        ""},
};

const StepWord* word_named(std::string_view word) {
  const auto words = step_words();
  const auto found = std::ranges::find(words, word, &StepWord::word);
  return found == words.end() ? nullptr : &*found;
}

// What a step does, and where it says so; no word where nothing does, which is reported.
struct FoundWord {
  const StepWord* word = nullptr;
  const YamlNode::Entry* entry = nullptr;  // which may have misspelt it; that is reported too
};
// `others` gets the words that stand there too and were reported.
FoundWord find_word(Loading& loading, const YamlNode& node, std::vector<Key>& others) {
  if (!node.is_map()) {
    report_wrong_kind(node, "a step", "a map such as {approve: ...} or {end: STATUS}", loading.diagnostics);
    return {};
  }
  const YamlNode::Entry* found = nullptr;
  for (const YamlNode::Entry& entry : node.entries) {
    if (word_named(entry.key) == nullptr) continue;
    // `wait: true` beside `run`, and the like.
    if (found != nullptr) {
      const StepWord* word = word_named(found->key);
      const StepWord* other = word_named(entry.key);
      if (std::ranges::find(word->beside, entry.key, &Key::name) != word->beside.end()) continue;
      if (std::ranges::find(other->beside, found->key, &Key::name) != other->beside.end()) {
        found = &entry;
        continue;
      }
      loading.diagnostics.error(
          Code::keys_conflict, entry.key_at,
          fmt::format("a step does one thing: '{}' and '{}' stand here together", found->key, entry.key));
      others.push_back(Key{other->word, Shape::any, Need::optional, other->meaning, ""});
      continue;
    }
    found = &entry;
  }
  if (found == nullptr) {
    std::vector<std::string> words;
    for (const StepWord& word : step_words()) words.emplace_back(word.word);
    std::string suggestion;
    for (const YamlNode::Entry& entry : node.entries) {
      suggestion = meant_by(entry.key, words);
      if (suggestion.empty()) continue;
      loading.diagnostics.error(Code::unknown_key, entry.key_at,
                                fmt::format("unknown kind of step '{}'", entry.key), suggestion);
      // What stands behind a typing mistake is read: one wrong letter is one error.
      if (nearest(entry.key, words) != suggestion) return {};
      return {word_named(suggestion), &entry};
    }
    const SourceSpan at = node.entries.empty() ? node.at : node.entries.front().key_at;
    loading.diagnostics.error(
        Code::missing_key, at,
        "this step does nothing: it needs one of approve, task, notify, call, wait, choose, "
        "parallel, for_each, run, set, budget, gates, go, end");
    return {};
  }
  return {word_named(found->key), found};
}

void read_id(Loading& loading, const MapReader& map, Step& step) {
  step.id = map.text("id");
  if (!map.find("id")) return;
  if (!check_name(step.id, map.at("id"), "the id", loading.diagnostics)) {
    step.id.clear();
  } else if (is_reserved_name(step.id)) {
    loading.diagnostics.error(Code::reserved_name, map.at("id"),
                              fmt::format("the id '{}' is a word of expressions; choose another", step.id));
    step.id.clear();
  } else if (const Step* other = loading.definition.find_step(step.id)) {
    loading.diagnostics.error(
        Code::duplicate_name, map.at("id"),
        fmt::format("the id '{}' is taken by the step in line {}", step.id, other->at.line));
    step.id.clear();
  }
}

void read_stage(Loading& loading, const MapReader& map, Step& step) {
  step.stage = map.text("stage");
  const auto& stages = loading.definition.stages;
  if (step.stage.empty() || stages.empty() || std::ranges::find(stages, step.stage) != stages.end()) return;
  report_unknown_name(loading.diagnostics, Code::unknown_stage, map.at("stage"),
                      fmt::format("unknown stage '{}'", step.stage), step.stage, stages);
}

void read_visibility(Loading& loading, const MapReader& map, Step& step, const Spot& spot) {
  if (const YamlNode* people = map.find("visible_to")) {
    step.visible_to = read_expressions(loading, *people, spot, expects_people(), "'visible_to'");
  }
  const YamlNode* from = map.find("visible_from");
  if (from == nullptr) return;
  loading.visible_from[step.index] = {from->text, from->at};
  if (!step.id.empty() && from->text == step.id) {
    loading.diagnostics.error(Code::visible_from_misplaced, from->at,
                              "a decision is made when its step has opened: name a later step");
  }
}

// The steps of each outcome, and what must be handled.
void read_handlers(Loading& loading, const MapReader& map, StepIndex index, std::string_view word) {
  const std::vector<std::string> outcomes = outcomes_of(loading.definition, loading.definition.step(index));
  const std::string name = loading.definition.step(index).name;
  if (const YamlNode* on = map.find("on")) {
    for (const YamlNode::Entry& entry : on->entries) {
      std::string outcome = entry.key;
      if (std::ranges::find(outcomes, entry.key) == outcomes.end()) {
        outcome.clear();
        if (entry.key == "timeout") {
          loading.diagnostics.error(Code::unknown_outcome, entry.key_at,
                                    "'timeout' never happens: the step has no 'deadline'; give it one, or "
                                    "take 'timeout' away");
        } else if (outcomes.empty()) {
          loading.diagnostics.error(Code::unknown_outcome, entry.key_at,
                                    fmt::format("'{}' has no outcomes: take 'on' away and write what comes "
                                                "next behind this step",
                                                word));
        } else {
          const std::string place = place_around(entry, *on, loading.diagnostics.open_maps());
          loading.diagnostics.error(Code::unknown_outcome, entry.key_at,
                                    place.empty() ? fmt::format("unknown outcome '{}': this step has {}",
                                                                entry.key, join(outcomes, ", "))
                                                  : fmt::format("'{}' is no outcome: {}", entry.key, place),
                                    place.empty() ? meant_by(entry.key, outcomes) : "");
          // What stands behind a typing mistake is read as what was meant: one wrong letter is one error.
          if (place.empty()) outcome = nearest(entry.key, outcomes).value_or("");
          if (on->find(outcome) != nullptr) outcome.clear();
        }
        if (outcome.empty()) continue;
      }
      const ListIndex list =
          read_steps(loading, entry.value, index, "on:" + outcome, name + "/on/" + outcome);
      loading.definition.steps[index].on.insert_or_assign(outcome, list);
    }
  }
  const Step& step = loading.definition.step(index);
  const auto handled = [&](const std::string& outcome) {
    return step.on.contains(outcome) ||
           (map.find("on") != nullptr && map.find("on")->find(outcome) != nullptr);
  };
  const auto demand = [&](const std::string& outcome, std::string_view why) {
    if (handled(outcome)) return;
    loading.diagnostics.error(
        Code::unhandled_outcome, map.key_at(word),
        fmt::format("'on' must say what happens on '{0}': {1}; write `{0}: {{go: STEP}}`, "
                    "`{{end: STATUS}}` or a list of steps",
                    outcome, why));
  };
  if (step.deadline && std::ranges::find(outcomes, "timeout") != outcomes.end() && !handled("timeout")) {
    loading.diagnostics.error(Code::unhandled_deadline, map.key_at("deadline"),
                              "a deadline needs 'on: timeout', which says what happens when it passes; "
                              "write `timeout: {go: STEP}`, `{end: STATUS}` or a list of steps, or 'due' "
                              "instead, after which nothing happens by itself");
  }
  if (std::holds_alternative<Budget>(step.kind) &&
      std::ranges::find(outcomes, "insufficient") != outcomes.end()) {
    demand("insufficient", "the budget may not suffice");
  }
  if (std::holds_alternative<Call>(step.kind)) demand("failed", "the call may fail after its retries");
  if (const auto* task = std::get_if<Task>(&step.kind); task != nullptr && task->outcomes.size() > 1) {
    for (const std::string& outcome : task->outcomes) {
      if (outcome != "returned") demand(outcome, "the task has several outcomes");
    }
  }
  if (const auto* run = std::get_if<Run>(&step.kind)) {
    for (const std::string& status : outcomes) {
      demand(status, fmt::format("'{}' may end so", run->workflow.value));
    }
  }
  if (std::holds_alternative<Approve>(step.kind) && !handled("rejected")) {
    loading.used_statuses.insert("rejected");
    if (loading.statuses_known &&
        std::ranges::find(loading.definition.statuses, "rejected") == loading.definition.statuses.end()) {
      loading.diagnostics.error(
          Code::unknown_status, map.key_at(word),
          "a rejection ends as 'rejected', which 'statuses' does not have: add it there, or say "
          "under 'on: rejected' what happens");
    }
  }
}

void read_step(Loading& loading, const YamlNode& node, ListIndex list, std::uint32_t position,
               const std::string& path) {
  std::vector<Key> others;
  const auto [meant, entry] = find_word(loading, node, others);
  if (meant == nullptr) return;
  const StepWord& word = *meant;
  if (word.read == nullptr) {
    loading.diagnostics.error(Code::not_available, entry->key_at,
                              fmt::format("'{}' is not available in this version", word.word));
    return;
  }
  if (loading.definition.steps.size() >= kStepsMax) {
    if (!std::exchange(loading.too_many_steps, true)) {
      loading.diagnostics.error(Code::limit, node.at,
                                fmt::format("a workflow has at most {} steps", kStepsMax));
    }
    return;
  }
  const std::array own{Key{entry->key, word.shape, Need::required, word.meaning, ""}};
  const MapReader map(node, fmt::format("the step '{}'", word.word), {kCommonKeys, own, word.beside, others},
                      loading.diagnostics);

  const auto index = static_cast<StepIndex>(loading.definition.steps.size());
  Step fresh;
  fresh.index = index;
  fresh.at = position_of(node.at);
  fresh.list = list;
  fresh.position = position;
  read_id(loading, map, fresh);
  fresh.name = fresh.id.empty() ? path : fresh.id;
  const Spot spot = spot_of_step(loading, index);
  // What `when` has asked for is there in all that follows from the step.
  const std::vector<std::string> asked_before = loading.guards;
  if (const YamlNode* when = map.find("when")) {
    fresh.when = read_expression(loading, *when, spot, expects_condition(), "'when'");
    add_guards(loading, *fresh.when);
  }
  if (const YamlNode* title = map.find("title"))
    fresh.title = read_local_text(loading, *title, spot, "'title'");
  read_stage(loading, map, fresh);
  read_visibility(loading, map, fresh, spot);
  read_chase(loading, map, fresh, word);
  const std::string name = fresh.name;
  loading.definition.steps.push_back(std::move(fresh));
  loading.definition.lists[list].steps.push_back(index);

  if (const YamlNode* value = map.find(entry->key)) {
    StepKind kind = word.read({loading, index, *value, map, spot, name});
    loading.definition.steps[index].kind = std::move(kind);
    read_handlers(loading, map, index, word.word);
  } else {
    loading.definition.steps[index].kind = Notify{};  // refused; something that lets the flow pass
  }
  loading.guards = asked_before;
}

}  // namespace

KeyTable common_step_keys() {
  return kCommonKeys;
}

std::span<const StepWord> step_words() {
  static const std::array kWords = {
      approve_word(), task_word(),     notify_word(),   call_word(), wait_word(),
      choose_word(),  parallel_word(), for_each_word(), run_word(),  set_word(),
      budget_word(),  gates_word(),    go_word(),       end_word(),
  };
  return kWords;
}

ListIndex read_steps(Loading& loading, const YamlNode& node, StepIndex owner, std::string role,
                     const std::string& path) {
  const auto index = static_cast<ListIndex>(loading.definition.lists.size());
  loading.definition.lists.push_back({{}, owner, std::move(role)});
  const auto position = [&] {
    return static_cast<std::uint32_t>(loading.definition.lists[index].steps.size());
  };
  if (node.is_map()) {
    const bool target =
        node.entries.size() == 1 && (node.entries.front().key == "go" || node.entries.front().key == "end");
    if (!target) {
      static const std::vector<std::string> kTargets{"go", "end"};
      for (const YamlNode::Entry& entry : node.entries) {
        const std::string meant = meant_among(entry.key, kTargets);
        if (meant.empty()) continue;
        loading.diagnostics.error(
            Code::unknown_key, entry.key_at,
            fmt::format("'{}' is no target: a target is {{go: STEP}} or {{end: STATUS}}", entry.key), meant);
        return index;
      }
      if (node.flow || !report_mending(loading.source(), node.at.line, loading.diagnostics)) {
        loading.diagnostics.error(
            Code::wrong_kind, node.at,
            "a target is {go: STEP} or {end: STATUS}; anything else is written as a list of steps");
      }
      return index;
    }
    read_step(loading, node, index, position(), path + "/0");
    return index;
  }
  if (!node.is_sequence()) {
    report_wrong_kind(node, "this place", to_string(Shape::steps), loading.diagnostics);
    return index;
  }
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    read_step(loading, node.items[i], index, position(), fmt::format("{}/{}", path, i));
  }
  return index;
}

}  // namespace countersign
