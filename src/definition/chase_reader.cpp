#include "definition/chase_reader.h"

#include <array>

#include <fmt/format.h>

namespace countersign {
namespace {

constexpr std::array kRemindKeys = {
    Key{"after", Shape::duration, Need::optional, "so long after the step opened", ""},
    Key{"before_due", Shape::duration, Need::optional, "so long before it is due", ""},
    Key{"after_due", Shape::duration, Need::optional, "so long after it was due", ""},
    Key{"every", Shape::duration, Need::optional, "and again each time so much later", ""},
    Key{"at_most", Shape::integer, Need::optional, "how often (5)", ""},
};

constexpr std::array kEscalateKeys = {
    Key{"after", Shape::duration, Need::required, "so long after the step opened", ""},
    Key{"to", Shape::expressions, Need::required, "who is asked then", ""},
    Key{"mode", Shape::word, Need::optional, "beside the first, or in their place", "add|replace"},
};

void read_remind(Loading& loading, const YamlNode& node, Step& step) {
  const MapReader map(node, "a reminder", kRemindKeys, loading.diagnostics);
  if (!map.is_map()) return;
  RemindRule rule;
  int anchors = 0;
  const auto anchor = [&](std::string_view key, RemindRule::From from) {
    if (!map.has(key)) return;
    if (++anchors > 1) {
      loading.diagnostics.error(Code::keys_conflict, map.key_at(key),
                                "a reminder has one of 'after', 'before_due' and 'after_due'");
      return;
    }
    rule.from = from;
    if (from != RemindRule::From::opened && !step.due) {
      loading.diagnostics.error(Code::keys_conflict, map.key_at(key),
                                fmt::format("'{}' needs a 'due' of the step", key));
    }
    if (const YamlNode* value = map.find(key)) {
      rule.first = read_span(loading, *value, fmt::format("'{}'", key)).value_or(TimeSpan{});
    }
  };
  anchor("after", RemindRule::From::opened);
  anchor("before_due", RemindRule::From::before_due);
  anchor("after_due", RemindRule::From::after_due);
  if (const YamlNode* every = map.find("every")) {
    rule.every = read_span(loading, *every, "'every'");
    if (rule.every && rule.every->is_zero()) {
      loading.diagnostics.error(Code::bad_value, every->at, "'every' is longer than nothing");
    }
    if (anchors == 0 && rule.every) rule.first = *rule.every;
  } else if (anchors == 0) {
    loading.diagnostics.error(Code::missing_key, node.at,
                              "a reminder needs one of 'after', 'before_due', 'after_due' and 'every'");
  }
  rule.at_most = static_cast<std::uint32_t>(map.integer("at_most", 5, 1, 100));
  step.remind.push_back(rule);
}

void read_escalate(Loading& loading, const YamlNode& node, Step& step) {
  const MapReader map(node, "an escalation", kEscalateKeys, loading.diagnostics);
  if (!map.is_map()) return;
  EscalateRule rule;
  if (const YamlNode* after = map.find("after"))
    rule.after = read_span(loading, *after, "'after'").value_or(TimeSpan{});
  if (const YamlNode* to = map.find("to")) {
    rule.to = read_expressions(loading, *to, spot_of_step(loading, step.index), expects_people(), "'to'");
  }
  rule.mode = map.word("mode", EscalateRule::Mode::add,
                       {{"add", EscalateRule::Mode::add}, {"replace", EscalateRule::Mode::replace}});
  step.escalate.push_back(std::move(rule));
}

// Whether a span surely passes only after another one. Days of working time and of the calendar are not
// compared.
bool is_at_least(const TimeSpan& span, const TimeSpan& other) {
  using Unit = TimeSpan::Unit;
  if (span.unit == other.unit) return span.count >= other.count;
  // A day may have 25 hours.
  if (span.unit == Unit::seconds && other.unit == Unit::days) return span.count >= other.count * 25 * 3600;
  if (span.unit == Unit::days && other.unit == Unit::seconds) return span.count * 23 * 3600 >= other.count;
  return false;
}

// The deadline decides, and then nobody is reminded or asked any more.
void warn_of_what_comes_too_late(Loading& loading, const MapReader& map, const Step& step) {
  const auto* deadline = step.deadline ? std::get_if<TimeSpan>(&*step.deadline) : nullptr;
  if (deadline == nullptr) return;
  const auto warn = [&](const YamlNode& node, std::string_view what) {
    const auto span = node.is_scalar() ? parse_time_span(node.text) : Result<TimeSpan>(TimeSpan{});
    if (!span || !is_at_least(*span, *deadline)) return;
    loading.diagnostics.warning(
        Code::never_happens, node.at,
        fmt::format("{} comes only after the deadline, which is {}: choose a shorter time", what,
                    to_words(*deadline)));
  };
  if (const YamlNode* due = map.find("due")) {
    const auto span = due->is_scalar() ? parse_time_span(due->text) : Result<TimeSpan>(TimeSpan{});
    if (span && *span != *deadline) warn(*due, "what is due");
  }
  const auto each = [&](std::string_view key, std::string_view what) {
    const YamlNode* rules = map.find(key);
    if (rules == nullptr) return;
    const auto look = [&](const YamlNode& rule) {
      if (const YamlNode* after = rule.find("after")) warn(*after, what);
    };
    if (rules->is_map()) look(*rules);
    for (const YamlNode& rule : rules->items) look(rule);
  };
  each("remind", "the reminder");
  each("escalate", "the escalation");
}

}  // namespace

KeyTable remind_keys() {
  return kRemindKeys;
}
KeyTable escalate_keys() {
  return kEscalateKeys;
}

void read_chase(Loading& loading, const MapReader& map, Step& step, const StepWord& word) {
  if (!word.asks) {
    for (const std::string_view key : {"due", "deadline", "remind", "escalate"}) {
      if (!map.has(key)) continue;
      loading.diagnostics.error(Code::keys_conflict, map.key_at(key),
                                fmt::format("'{}' has no meaning for '{}', which asks nobody: take it away, "
                                            "or write it at an 'approve' or 'task'",
                                            key, word.word));
    }
    return;
  }
  const Spot spot = spot_of_step(loading, step.index);
  if (const YamlNode* due = map.find("due"))
    step.due = read_time(loading, *due, spot, expects_time(), "'due'");
  if (const YamlNode* deadline = map.find("deadline")) {
    step.deadline = read_time(loading, *deadline, spot, expects_time(), "'deadline'");
  }
  if (const YamlNode* remind = map.find("remind")) {
    for (const YamlNode& item : remind->items) read_remind(loading, item, step);
  }
  if (const YamlNode* escalate = map.find("escalate")) {
    if (escalate->is_sequence()) {
      for (const YamlNode& item : escalate->items) read_escalate(loading, item, step);
    } else {
      read_escalate(loading, *escalate, step);
    }
  }
  warn_of_what_comes_too_late(loading, map, step);
}

}  // namespace countersign
