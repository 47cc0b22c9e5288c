#include "definition/workflow_loader.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/digest.h"
#include "definition/flow_checks.h"
#include "definition/flow_warnings.h"
#include "definition/form_checks.h"
#include "definition/grammar.h"
#include "definition/message_loader.h"
#include "definition/steps/people_rules.h"
#include "definition/trigger_loader.h"
#include "definition/unique_loader.h"

namespace countersign {
namespace {

constexpr std::string_view kWithdrawWords = "first_view|first_decision|any_time|never";
constexpr std::array kWithdrawKeys = {
    Key{"until", Shape::word, Need::required, "until when the requester may withdraw", kWithdrawWords},
};
constexpr std::array kNudgeKeys = {
    Key{"every", Shape::duration, Need::optional, "each item not again before (4 hours)", ""},
    Key{"at_most", Shape::integer, Need::optional, "how often each item (3)", ""},
};
constexpr std::array kRefuseKeys = {
    Key{"when", Shape::expression, Need::required, "the condition", ""},
    Key{"say", Shape::local_text, Need::required, "what the requester reads", ""},
};

const Grammar& withdraw_grammar() {
  static const Grammar kGrammar{"withdraw", {value_of(Shape::word, kWithdrawWords), map_of({kWithdrawKeys})}};
  return kGrammar;
}
const Grammar& nudge_grammar() {
  static const Grammar kGrammar{"nudge", {value_of(Shape::word, "never"), map_of({kNudgeKeys})}};
  return kGrammar;
}
const Grammar& refusal_grammar() {
  static const Grammar kGrammar{"refusal", {map_of({kRefuseKeys})}};
  return kGrammar;
}
const Grammar& refusals_grammar() {
  static const Grammar kGrammar{"refusals", {list_of(refusal_grammar)}};
  return kGrammar;
}
const Grammar& triggers_grammar() {
  static const Grammar kGrammar{"triggers", {list_of(trigger_grammar)}};
  return kGrammar;
}
const Grammar& events_grammar() {
  static const Grammar kGrammar{"events", {names_of(event_data_grammar)}};
  return kGrammar;
}
const Grammar& handlers_grammar() {
  static const Grammar kGrammar{"handlers", {names_of(handler_grammar)}};
  return kGrammar;
}

constexpr std::array kWorkflowKeys = {
    Key{"workflow", Shape::text, Need::required, "the id, which is the file's name", ""},
    Key{"title", Shape::local_text, Need::optional, "what people read", ""},
    Key{"owner", Shape::expressions, Need::optional, "who answers for it", ""},
    Key{"reference", Shape::prose, Need::optional, "number of an instance, from ${year} and ${number}", ""},
    Key{"calendar", Shape::text, Need::optional, "a calendar of the configuration", ""},
    Key{"statuses", Shape::texts, Need::required, "how an instance may end", ""},
    Key{"stages", Shape::texts, Need::optional, "stages in their order", ""},
    Key{"start", Shape::list, Need::required, "what starts an instance", "", triggers_grammar},
    Key{"key", Shape::expression, Need::optional, "the business key: one open instance for each", ""},
    Key{"events", Shape::map, Need::optional, "events that the API sends, with their fields", "",
        events_grammar},
    Key{"form", Shape::map, Need::optional, "the fields", "", fields_grammar},
    Key{"refuse_when", Shape::list, Need::optional, "when a submission is refused, and what is said", "",
        refusals_grammar},
    Key{"unique", Shape::list, Need::optional, "values that together may be handed in only once", "",
        unique_rules_grammar},
    Key{"steps", Shape::list, Need::required, "what happens", "", step_list_grammar},
    Key{"on_event", Shape::map, Need::optional, "event: a target or steps", "", handlers_grammar},
    Key{"withdraw", Shape::any, Need::optional, "until when the requester may withdraw", "",
        withdraw_grammar},
    Key{"same_person", Shape::word, Need::optional,
        "somebody who has approved before, in every approval that says nothing itself (ask_again)",
        kSamePersonWords},
    Key{"revoke", Shape::any, Need::later, "taking back what has ended", ""},
    Key{"compensate", Shape::any, Need::later, "what revoking does", ""},
    Key{"nudge", Shape::any, Need::optional, "how often the requester may ask to hurry", "", nudge_grammar},
    Key{"tell_settled", Shape::word, Need::optional,
        "who hears that what they were asked needs no answer any more (unless_decided)",
        "never|unless_decided|always"},
    Key{"visible_to", Shape::any, Need::later, "who sees instances", ""},
    Key{"retention", Shape::any, Need::later, "how long instances are kept", ""},
};

std::vector<std::string> read_words(Loading& loading, const MapReader& map, std::string_view key) {
  std::vector<std::string> words;
  const YamlNode* list = map.find(key);
  for (std::size_t i = 0; list != nullptr && i < list->items.size(); ++i) {
    const YamlNode& item = list->items[i];
    if (!item.is_scalar()) continue;
    if (std::ranges::find(words, item.text) != words.end()) {
      loading.diagnostics.error(Code::duplicate_name, item.at,
                                fmt::format("'{}' stands in '{}' twice: take one away", item.text, key));
    } else {
      words.push_back(item.text);
    }
  }
  return words;
}

// The words that the engine itself uses for instances that have not ended.
void refuse_reserved_statuses(Loading& loading, const MapReader& map) {
  const YamlNode* list = map.find("statuses");
  for (std::size_t i = 0; list != nullptr && i < list->items.size(); ++i) {
    const YamlNode& item = list->items[i];
    if (item.text != "running" && item.text != "revising") continue;
    loading.diagnostics.error(
        Code::reserved_name, item.at,
        fmt::format("'{}' is the status of an instance that has not ended; choose another", item.text));
  }
}

void read_id(Loading& loading, const MapReader& map) {
  loading.definition.id = WorkflowId(map.text("workflow"));
  const std::string expected = workflow_name_of(loading.source().file());
  if (map.find("workflow") && loading.definition.id.value != expected) {
    loading.diagnostics.error(Code::wrong_file_name, map.at("workflow"),
                              fmt::format("the workflow's id is its file's name, '{}'", expected));
  }
  // Ids stand in addresses and in references.
  const bool plain = std::ranges::all_of(expected, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
  if (!plain || expected.empty()) {
    loading.diagnostics.error(
        Code::wrong_file_name, map.at("workflow"),
        fmt::format("the file's name '{}' may have letters, digits, '-' and '_' only", expected));
  }
}

void read_reference(Loading& loading, const MapReader& map) {
  if (const YamlNode* reference = map.find("reference")) {
    loading.definition.reference = read_prose(loading, *reference, {.place = Place::reference});
    const bool numbered =
        std::ranges::any_of(loading.definition.reference.parts, [](const Prose::Part& part) {
          if (!part.expression || !part.expression->program) return false;
          const auto& names = part.expression->program.references();
          return std::ranges::any_of(
              names, [](const auto& chain) { return !chain.empty() && chain.front() == "number"; });
        });
    if (loading.compiles() && !numbered && !loading.diagnostics.has_errors()) {
      loading.diagnostics.error(Code::bad_value, reference->at,
                                "'reference' needs ${number}, so that no two are alike");
    }
    return;
  }
  std::string text = loading.definition.id.value;
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  YamlNode node;
  node.kind = YamlNode::Kind::scalar;
  node.text = text + "-${year}-${number}";
  node.at = map.at("workflow");
  loading.definition.reference = read_prose(loading, node, {.place = Place::reference});
}

void read_calendar(Loading& loading, const MapReader& map) {
  loading.definition.calendar = map.text("calendar");
  const auto& known = loading.catalogue.calendars;
  if (loading.definition.calendar.empty() || known.contains(loading.definition.calendar)) return;
  report_unknown_name(loading.diagnostics, Code::unknown_calendar, map.at("calendar"),
                      fmt::format("unknown calendar '{}'", loading.definition.calendar),
                      loading.definition.calendar, known_names(known));
}

void read_refusals(Loading& loading, const YamlNode& list) {
  const Spot spot{.place = Place::form};
  for (const YamlNode& node : list.items) {
    const MapReader map(node, "a rule of 'refuse_when'", kRefuseKeys, loading.diagnostics);
    if (!map.is_map()) continue;
    RefuseRule rule;
    if (const YamlNode* when = map.find("when")) {
      rule.when = read_expression(loading, *when, spot, expects_bool(), "'when'");
    }
    if (const YamlNode* say = map.find("say")) rule.say = read_local_text(loading, *say, spot, "'say'");
    loading.definition.refuse_when.push_back(std::move(rule));
  }
}

void read_withdraw(Loading& loading, const YamlNode& node) {
  // `withdraw: never` is short for `withdraw: {until: never}`.
  YamlNode written_out;
  const YamlNode* rule = &node;
  if (node.is_scalar()) {
    written_out.kind = YamlNode::Kind::map;
    written_out.at = node.at;
    written_out.entries.push_back({"until", node.at, node});
    rule = &written_out;
  }
  const MapReader map(*rule, "'withdraw'", kWithdrawKeys, loading.diagnostics);
  loading.definition.withdraw = map.word("until", WithdrawUntil::first_decision,
                                         {{"first_view", WithdrawUntil::first_view},
                                          {"first_decision", WithdrawUntil::first_decision},
                                          {"any_time", WithdrawUntil::any_time},
                                          {"never", WithdrawUntil::never}});
}

// `nudge: never`, or how often.
void read_nudge(Loading& loading, const YamlNode& node) {
  NudgeRule& rule = loading.definition.nudge;
  if (node.is_scalar()) {
    if (node.text == "never") {
      rule.allowed = false;
    } else {
      loading.diagnostics.error(
          Code::unknown_word, node.at,
          fmt::format("'nudge' is never, or a map with 'every' and 'at_most', found '{}'", node.text),
          nearest_of(node.text, std::array<std::string_view, 1>{"never"}));
    }
    return;
  }
  const MapReader map(node, "'nudge'", kNudgeKeys, loading.diagnostics);
  if (!map.is_map()) return;
  if (const YamlNode* every = map.find("every"))
    rule.every = read_span(loading, *every, "'every'").value_or(rule.every);
  rule.at_most = static_cast<std::uint32_t>(map.integer("at_most", rule.at_most, 1, 100));
}

// One reading of the whole file, in an order that does not depend on the file's.
void read_workflow(Loading& loading) {
  const MapReader map(loading.document.root, "the workflow", kWorkflowKeys, loading.diagnostics);
  if (!map.is_map()) return;
  Definition& definition = loading.definition;
  read_id(loading, map);
  definition.statuses = read_words(loading, map, "statuses");
  loading.statuses_known = map.find("statuses") != nullptr;
  refuse_reserved_statuses(loading, map);
  definition.stages = read_words(loading, map, "stages");
  definition.same_person = read_same_person(map, SamePersonRule::ask_again);
  if (const YamlNode* form = map.find("form")) {
    FieldRules rules;
    rules.visible = true;
    definition.form = read_fields(loading, *form, rules, "'form'");
    settle_form_order(loading);
  }
  if (const YamlNode* events = map.find("events")) read_declared_events(loading, *events);
  if (const YamlNode* title = map.find("title")) {
    definition.title = read_local_text(loading, *title, {.place = Place::setting}, "'title'");
  }
  if (const YamlNode* owner = map.find("owner")) {
    definition.owner =
        read_expressions(loading, *owner, {.place = Place::setting}, expects_people(), "'owner'");
  }
  read_reference(loading, map);
  read_calendar(loading, map);
  if (const YamlNode* start = map.find("start")) read_triggers(loading, *start);
  if (const YamlNode* key = map.find("key")) {
    definition.key = read_expression(loading, *key, {.place = Place::form}, expects_key(), "'key'");
  }
  if (const YamlNode* rules = map.find("refuse_when")) read_refusals(loading, *rules);
  if (const YamlNode* rules = map.find("unique")) read_unique_rules(loading, *rules);
  if (const YamlNode* withdraw = map.find("withdraw")) read_withdraw(loading, *withdraw);
  if (const YamlNode* nudge = map.find("nudge")) read_nudge(loading, *nudge);
  definition.tell_settled = map.word("tell_settled", TellSettled::unless_decided,
                                     {{"never", TellSettled::never},
                                      {"unless_decided", TellSettled::unless_decided},
                                      {"always", TellSettled::always}});

  if (const YamlNode* steps = map.find("steps")) {
    if (steps->items.empty())
      loading.diagnostics.error(Code::bad_value, steps->at, "'steps' is an empty list");
    definition.root = read_steps(loading, *steps, kNoStep, "root", "steps");
  }
  if (const YamlNode* handlers = map.find("on_event")) read_event_handlers(loading, *handlers);

  Step revise;
  revise.index = static_cast<StepIndex>(definition.steps.size());
  revise.name = "revise";
  revise.kind = Revise{};
  definition.revise = revise.index;
  definition.steps.push_back(std::move(revise));
  resolve_steps(loading);
}

// The line of a list in brackets without one of its words; "" where the list is written otherwise.
std::string statuses_without(const SourceText& source, const YamlNode& list, const YamlNode& word) {
  const bool one_line =
      list.flow && list.items.size() > 1 && std::ranges::all_of(list.items, [&](const YamlNode& item) {
        return item.is_scalar() && item.at.line == list.at.line;
      });
  if (!one_line) return {};
  const bool last = &word == &list.items.back();
  const YamlNode& beside = last ? *(&word - 1) : *(&word + 1);
  const std::size_t begin = last ? beside.end : word.begin;
  const std::size_t end = last ? word.end : beside.begin;
  return source.line_with(source.span(begin, end), "");
}

void warn_of_unused_statuses(Loading& loading) {
  // An administrator ends every workflow so, and who runs this one may say what follows.
  loading.used_statuses.insert("cancelled");
  const YamlNode* statuses = loading.document.root.find("statuses");
  if (statuses == nullptr) return;
  for (const YamlNode& item : statuses->items) {
    if (!item.is_scalar() || loading.used_statuses.contains(item.text)) continue;
    loading.diagnostics.warning(Code::unused, item.at,
                                fmt::format("no way ends with the status '{0}': take it out of 'statuses', "
                                            "or let a way end with it, `- end: {0}`",
                                            item.text),
                                "", statuses_without(loading.source(), *statuses, item));
  }
}

bool sets_variables(const Definition& definition) {
  return std::ranges::any_of(definition.steps, [](const Step& step) {
    const auto* assign = std::get_if<Assign>(&step.kind);
    return assign != nullptr &&
           std::ranges::any_of(assign->targets, [](const Assign::Target& target) { return !target.form; });
  });
}

NamedFiles named_files(const Loading& loading) {
  NamedFiles named;
  for (const auto& [name, users] : loading.message_users) named.messages.insert(name);
  named.tables = loading.broken_tables;
  for (const auto& [name, table] : loading.definition.tables) named.tables.insert(name);
  return named;
}

std::string version_of(const Loading& loading, std::string_view text) {
  std::string all(text);
  for (const auto& [key, message] : loading.message_texts) {
    if (!loading.message_users.contains(key.first)) continue;
    // Lengths keep two different sets of texts from giving the same bytes.
    all += fmt::format("\n{}.{}:{}:", key.first, key.second, message.size()) + message;
  }
  for (const auto& [name, table] : loading.definition.tables) {
    const std::string& rows = loading.table_texts.find(name)->second;
    all += fmt::format("\ntable {}:{}:", name, rows.size()) + rows;
  }
  return to_hex(as_text(sha256(all)));
}

// What is stored beside the file, so that the version can be loaded again by itself.
void keep_sources(Loading& loading) {
  json::object messages;
  for (const auto& [key, message] : loading.message_texts) {
    if (loading.message_users.contains(key.first)) messages[key.first + "." + key.second] = message;
  }
  json::object tables;
  for (const auto& [name, table] : loading.definition.tables)
    tables[name] = loading.table_texts.find(name)->second;
  loading.definition.message_sources = write_json(messages);
  loading.definition.table_sources = write_json(tables);
}

}  // namespace

const Grammar& workflow_grammar() {
  static const Grammar kGrammar{"workflow", {map_of({kWorkflowKeys})}};
  return kGrammar;
}

KeyTable workflow_keys() {
  return kWorkflowKeys;
}

std::string workflow_name_of(std::string_view file) {
  const std::size_t slash = file.rfind('/');
  std::string_view name = slash == std::string_view::npos ? file : file.substr(slash + 1);
  for (const std::string_view ending : {".yaml", ".yml"}) {
    if (name.ends_with(ending)) name.remove_suffix(ending.size());
  }
  return std::string(name);
}

LoadedWorkflow load_workflow(std::string_view file, std::string_view text, const MessageTexts& messages,
                             const Catalogue& catalogue, const TableTexts& tables) {
  LoadedWorkflow loaded;
  const std::optional<YamlDocument> document = read_yaml(file, text, loaded.diagnostics);
  if (!document) return loaded;

  Diagnostics first_diagnostics(document->source);
  Loading first(*document, first_diagnostics, catalogue, messages, tables);
  read_workflow(first);
  const Flow flow(first.definition);

  Diagnostics typing_diagnostics(document->source);
  Loading typing(*document, typing_diagnostics, catalogue, messages, tables);
  Loading second(*document, loaded.diagnostics, catalogue, messages, tables);
  for (Loading* each : {&typing, &second}) {
    each->outline = &first.definition;
    each->flow = &flow;
    each->outline_replies = &first.replies;
  }
  if (sets_variables(first.definition)) read_workflow(typing);
  second.variable_types = &typing.assigned;
  read_workflow(second);
  read_messages(second);
  loaded.named = named_files(second);
  if (second.definition.root != kNoList && !second.too_many_steps) check_flow(second, flow);
  if (loaded.diagnostics.has_errors()) return loaded;

  warn_of_unused_statuses(second);
  warn_of_flow(second);
  second.definition.version = version_of(second, text);
  second.definition.source = std::string(text);
  keep_sources(second);
  loaded.definition = std::make_shared<const Definition>(std::move(second.definition));
  return loaded;
}

std::optional<NamedOutline> outline_of(std::string_view file, std::string_view text) {
  Diagnostics ignored;
  const std::optional<YamlDocument> document = read_yaml(file, text, ignored);
  if (!document || !document->root.is_map()) return std::nullopt;
  const Catalogue nothing;
  const MessageTexts no_messages;
  const TableTexts no_tables;
  Loading loading(*document, ignored, nothing, no_messages, no_tables);
  read_workflow(loading);
  return NamedOutline{loading.definition.id.value, {loading.definition.form, loading.definition.statuses}};
}

}  // namespace countersign
