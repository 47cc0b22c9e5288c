#include "definition/field_loader.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <re2/re2.h>

#include "base/money.h"
#include "base/text.h"
#include "cel/value.h"
#include "core/scope.h"
#include "definition/currency_words.h"
#include "definition/field_value_reader.h"
#include "definition/grammar.h"
#include "definition/key_places.h"

namespace countersign {
namespace {

constexpr std::string_view kTypeWords =
    "text|long_text|integer|number|money|boolean|choice|choices|date|datetime|person|people|mail|url|file|"
    "files|table|"
    "items_of";

constexpr std::array kOptionKeys = {
    Key{"value", Shape::text, Need::required, "the word kept and compared", ""},
    Key{"label", Shape::local_text, Need::optional, "what people read", ""},
};

const Grammar& option_grammar() {
  static const Grammar kGrammar{"option", {value_of(Shape::text), map_of({kOptionKeys})}};
  return kGrammar;
}
const Grammar& options_grammar() {
  static const Grammar kGrammar{"options", {list_of(option_grammar)}};
  return kGrammar;
}
const Grammar& bound_grammar() {
  static const Grammar kGrammar{"bound", {value_of(Shape::text)}};
  return kGrammar;
}
const Grammar& value_grammar() {
  static const Grammar kGrammar{"value", {value_of(Shape::expressions)}};
  return kGrammar;
}

constexpr std::array kFieldKeys = {
    Key{"type", Shape::word, Need::required, "what kind of value it holds", kTypeWords},
    Key{"label", Shape::local_text, Need::optional, "what people read", ""},
    Key{"help", Shape::local_text, Need::optional, "a sentence below the field", ""},
    Key{"required", Shape::boolean, Need::optional, "must be filled in", ""},
    Key{"required_on", Shape::texts, Need::optional,
        "in an ask: the outcomes with which it must be filled in", ""},
    Key{"when", Shape::expression, Need::optional, "shown and kept only while true", ""},
    Key{"default", Shape::any, Need::optional, "its value until somebody changes it", "", value_grammar},
    Key{"computed", Shape::any, Need::optional, "its value, always; nobody fills it in", "", value_grammar},
    Key{"currency", Shape::text, Need::optional, "of money: three capital letters", ""},
    Key{"options", Shape::list, Need::optional, "of choice and choices: words, or {value, label}", "",
        options_grammar},
    Key{"min", Shape::any, Need::optional, "the least number, date, or number of characters", "",
        bound_grammar},
    Key{"max", Shape::any, Need::optional, "the greatest number, date, or number of characters", "",
        bound_grammar},
    Key{"pattern", Shape::text, Need::optional, "a regular expression (RE2) for the whole text", ""},
    Key{"at_least", Shape::integer, Need::optional, "of choices, people, files, table: how many", ""},
    Key{"at_most", Shape::integer, Need::optional, "of choices, people, files, table: how many", ""},
    Key{"accept", Shape::texts, Need::optional, "of file and files: endings such as pdf", ""},
    Key{"unique", Shape::word, Need::optional, "no other instance has the same value", "workflow|everywhere"},
    Key{"columns", Shape::map, Need::optional, "of table: its fields", "", fields_grammar},
    Key{"step", Shape::text, Need::optional, "of items_of: the task whose checklist it names", ""},
    Key{"visible_to", Shape::expressions, Need::optional, "who sees it beside whoever enters it", ""},
    Key{"visible_from", Shape::text, Need::optional, "the step from whose opening on all see it", ""},
};

enum class Family { text, amount, date, many, other };

Family family_of(FieldType type) {
  switch (type) {
    case FieldType::text:
    case FieldType::long_text:
    case FieldType::mail:
    case FieldType::url:
      return Family::text;
    case FieldType::integer:
    case FieldType::number:
    case FieldType::money:
      return Family::amount;
    case FieldType::date:
      return Family::date;
    case FieldType::choices:
    case FieldType::people:
    case FieldType::files:
    case FieldType::table:
    case FieldType::items_of:
      return Family::many;
    default:
      return Family::other;
  }
}

FieldType type_named(std::string_view word) {
  for (int i = 0; i <= static_cast<int>(FieldType::items_of); ++i) {
    if (to_string(static_cast<FieldType>(i)) == word) return static_cast<FieldType>(i);
  }
  return FieldType::text;
}

class FieldReader {
 public:
  FieldReader(Loading& loading, const YamlNode& node, std::string name, const FieldRules& rules)
      : loading_(loading),
        rules_(rules),
        map_(node, fmt::format("field '{}'", name), kFieldKeys, loading.diagnostics) {
    field_.name = std::move(name);
    field_.at = position_of(node.at);
  }

  Field read() {
    if (!map_.is_map()) return field_;
    field_.type = type_named(map_.text("type", "text"));
    typed_ = map_.find("type") != nullptr;
    read_common();
    read_visibility();
    if (typed_) {
      read_currency();
      read_options();
      read_bounds();
      read_counts();
      read_columns();
      read_values();
      if (map_.find("step")) only("step", field_.type == FieldType::items_of);
      field_.items_of = map_.text("step");
      if (field_.type == FieldType::items_of && field_.items_of.empty()) missing("step");
    }
    return std::move(field_);
  }

 private:
  void error(Code code, SourceSpan at, std::string message, std::string suggestion = {}) {
    loading_.diagnostics.error(code, at, std::move(message), std::move(suggestion));
  }
  void missing(std::string_view key) {
    error(Code::missing_key, map_.node().at,
          fmt::format("{} of type {} needs the key '{}'", map_.what(), to_string(field_.type), key));
  }
  // False, with a report, where the key stands at a type that has no use for it.
  bool only(std::string_view key, bool fits) {
    if (!fits) {
      error(Code::keys_conflict, map_.key_at(key),
            fmt::format("'{}' has no meaning for a field of type {}: take it away, or choose another type",
                        key, to_string(field_.type)));
    }
    return fits;
  }

  void read_common() {
    if (const YamlNode* label = map_.find("label")) {
      field_.label = read_local_text(loading_, *label, rules_.spot, "'label'");
    }
    if (const YamlNode* help = map_.find("help")) {
      field_.help = read_local_text(loading_, *help, rules_.spot, "'help'");
    }
    field_.required = map_.boolean("required");
    field_.required_on = map_.texts("required_on");
    if (!rules_.ask && map_.has("required_on")) {
      error(Code::keys_conflict, map_.key_at("required_on"),
            "'required_on' stands only in an 'ask'; write 'required'");
    } else if (rules_.outcomes != nullptr) {
      const YamlNode* list = map_.find("required_on");
      for (std::size_t i = 0; list != nullptr && i < list->items.size(); ++i) {
        const std::string& outcome = list->items[i].text;
        if (std::ranges::find(*rules_.outcomes, outcome) != rules_.outcomes->end()) continue;
        report_unknown_name(loading_.diagnostics, Code::unknown_outcome, list->items[i].at,
                            fmt::format("unknown outcome '{}'", outcome), outcome, *rules_.outcomes);
      }
    }
    field_.unique =
        map_.word("unique", Unique::no, {{"workflow", Unique::workflow}, {"everywhere", Unique::everywhere}});
    if (const YamlNode* when = map_.find("when")) {
      field_.when = read_expression(loading_, *when, rules_.spot, expects_bool(), "'when'");
    }
  }

  void read_visibility() {
    for (const std::string_view key : {"visible_to", "visible_from"}) {
      if (!map_.has(key) || (rules_.visible && !rules_.column)) continue;
      error(Code::keys_conflict, map_.key_at(key),
            fmt::format("'{}' stands at fields of the form and of an 'ask'", key));
      return;
    }
    if (const YamlNode* people = map_.find("visible_to")) {
      field_.visible_to = read_expressions(loading_, *people, rules_.spot, expects_people(), "'visible_to'");
    }
    field_.visible_from = map_.text("visible_from");
  }

  void read_currency() {
    const bool money = field_.type == FieldType::money;
    if (map_.has("currency") && !only("currency", money)) return;
    field_.currency = map_.text("currency");
    if (!money) return;
    if (!map_.has("currency")) return missing("currency");
    if (!map_.find("currency")) return;
    if (!is_currency_code(field_.currency)) {
      error(Code::bad_value, map_.at("currency"),
            fmt::format("'{}' is no currency: three capital letters such as CNY", field_.currency));
    }
    warn_of_unknown_currency(field_.currency, map_.at("currency"), loading_.diagnostics);
  }

  void read_options() {
    const bool choice = field_.type == FieldType::choice || field_.type == FieldType::choices;
    if (map_.has("options") && !only("options", choice)) return;
    if (!choice) return;
    if (!map_.has("options")) return missing("options");
    const YamlNode* options = map_.find("options");
    if (options == nullptr) return;
    if (options->items.empty())
      error(Code::bad_value, options->at, fmt::format("{} has no options", map_.what()));
    for (const YamlNode& item : options->items) {
      ChoiceOption option;
      if (item.is_scalar()) {
        option.value = item.text;
      } else if (item.is_map()) {
        const MapReader reader(item, "an option", kOptionKeys, loading_.diagnostics);
        option.value = reader.text("value");
        if (const YamlNode* label = reader.find("label")) {
          option.label = read_local_text(loading_, *label, rules_.spot, "'label'");
        }
      } else {
        report_wrong_kind(item, "an option", "a word or a map with 'value' and 'label'",
                          loading_.diagnostics);
        continue;
      }
      if (std::ranges::find(field_.options, option.value, &ChoiceOption::value) != field_.options.end()) {
        error(Code::duplicate_name, item.at,
              fmt::format("the option '{}' stands here twice: take one away", option.value));
        continue;
      }
      field_.options.push_back(std::move(option));
    }
  }

  void read_bounds() {
    const Family family = family_of(field_.type);
    for (const std::string_view key : {"min", "max"}) {
      const YamlNode* bound = map_.find(key);
      if (bound == nullptr) continue;
      if (!only(key, family == Family::text || family == Family::amount || family == Family::date)) continue;
      if (family == Family::date) {
        if (!bound->is_scalar() || !cel::parse_date(bound->text)) {
          error(Code::bad_value, bound->at, fmt::format("'{}' of a date is a day such as 2026-03-02", key));
          continue;
        }
        (key == "min" ? field_.date_min : field_.date_max) = bound->text;
        continue;
      }
      const std::optional<Decimal> number = bound->as_decimal();
      const bool whole = field_.type == FieldType::integer || family == Family::text;
      if (!number || (whole && !bound->as_integer()) || (family == Family::text && number->is_negative())) {
        error(Code::bad_value, bound->at,
              fmt::format("'{}' of {} is a {}, found {}", key, to_string(field_.type),
                          family == Family::text ? "number of characters"
                          : whole                ? "whole number"
                                                 : "number",
                          bound->describe()));
        continue;
      }
      (key == "min" ? field_.min : field_.max) = *number;
    }
    if ((field_.min && field_.max && *field_.min > *field_.max) ||
        (field_.date_min && field_.date_max && *field_.date_min > *field_.date_max)) {
      error(Code::bad_value, map_.at("max"), "'max' is less than 'min'");
    }
    if (map_.has("pattern") && only("pattern", family == Family::text)) {
      field_.pattern = map_.text("pattern");
      RE2::Options quiet;
      quiet.set_log_errors(false);
      const RE2 pattern(field_.pattern, quiet);
      if (!pattern.ok()) {
        error(Code::bad_value, map_.at("pattern"),
              fmt::format("'pattern' is no regular expression (RE2): {}", pattern.error()));
      }
    }
  }

  void read_counts() {
    const bool many = family_of(field_.type) == Family::many;
    if (map_.has("at_least") && only("at_least", many)) {
      field_.at_least = static_cast<std::size_t>(map_.integer("at_least", 0, 0, 1000));
    }
    if (map_.has("at_most") && only("at_most", many)) {
      field_.at_most = static_cast<std::size_t>(map_.integer("at_most", 1000, 1, 1000));
      if (field_.at_most < field_.at_least) {
        error(Code::bad_value, map_.at("at_most"), "'at_most' is less than 'at_least'");
      }
    }
    const bool file = field_.type == FieldType::file || field_.type == FieldType::files;
    if (map_.has("accept") && only("accept", file)) {
      for (const std::string& ending : map_.texts("accept")) {
        field_.accept.push_back(lower_ascii(ending.starts_with('.') ? ending.substr(1) : ending));
      }
    }
  }

  void read_columns() {
    const bool table = field_.type == FieldType::table;
    if (map_.has("columns") && !only("columns", table)) return;
    if (!table) return;
    if (rules_.column) {
      error(Code::bad_value, map_.at("type"), "a table's column cannot be a table itself");
      return;
    }
    if (!map_.has("columns")) return missing("columns");
    if (const YamlNode* columns = map_.find("columns")) {
      FieldRules inner = rules_;
      inner.column = true;
      inner.ask = false;
      field_.columns = countersign::read_fields(loading_, *columns, inner, "'columns'");
    }
  }

  void read_values() {
    if (map_.has("default") && map_.has("computed")) {
      error(
          Code::keys_conflict, map_.key_at("computed"),
          "a field has 'default' (people may change it) or 'computed' (nobody may), not both: take one away");
      return;
    }
    if (const YamlNode* value = map_.find("default")) {
      field_.default_value = read_field_value(loading_, *value, rules_.spot, field_, "'default'");
    }
    if (const YamlNode* value = map_.find("computed")) {
      field_.computed = read_field_value(loading_, *value, rules_.spot, field_, "'computed'");
    }
  }

  Loading& loading_;
  const FieldRules& rules_;
  MapReader map_;
  Field field_;
  bool typed_ = false;
};

}  // namespace

const Grammar& field_grammar() {
  static const Grammar kGrammar{"field", {map_of({kFieldKeys})}};
  return kGrammar;
}
const Grammar& fields_grammar() {
  static const Grammar kGrammar{"fields", {names_of(field_grammar)}};
  return kGrammar;
}

KeyTable field_keys() {
  return kFieldKeys;
}

bool check_name(std::string_view name, SourceSpan at, std::string_view what, Diagnostics& diagnostics) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const bool spelt = !name.empty() && letter(name.front()) &&
                     std::ranges::all_of(name, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
  if (name == "true" || name == "false" || name == "null" || name == "in") {
    diagnostics.error(Code::reserved_name, at,
                      fmt::format("{} '{}' is a word of expressions; choose another", what, name));
    return false;
  }
  if (!spelt) {
    std::string mended;
    for (const char c : name) mended += c == '-' || c == ' ' ? '_' : c;
    const bool mends =
        mended != name && !mended.empty() && letter(mended.front()) &&
        std::ranges::all_of(mended, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
    diagnostics.error(
        Code::reserved_name, at,
        fmt::format("{} '{}' may have letters, digits and '_' only, because expressions read it", what, name),
        mends ? mended : "");
  }
  return spelt;
}

std::vector<Field> read_fields(Loading& loading, const YamlNode& node, const FieldRules& rules,
                               std::string_view what) {
  std::vector<Field> fields;
  if (!node.is_map()) {
    report_wrong_kind(node, what, "a map from names to fields", loading.diagnostics);
    return fields;
  }
  for (const YamlNode::Entry& entry : node.entries) {
    if (!entry.value.is_map()) {
      // `deadline: 3 days` among the fields of an `ask`, and the like.
      const std::string place = place_around(entry, node, loading.diagnostics.open_maps());
      if (!place.empty()) {
        loading.diagnostics.error(Code::unknown_key, entry.key_at,
                                  fmt::format("'{}' is no field here: {}", entry.key, place));
        continue;
      }
    }
    check_name(entry.key, entry.key_at, "the field name", loading.diagnostics);
    if (rules.ask &&
        (entry.key == "outcome" || entry.key == "by" || entry.key == "at" || entry.key == "comment")) {
      loading.diagnostics.error(
          Code::reserved_name, entry.key_at,
          fmt::format("'{}' is part of every step's result and cannot be a field of 'ask'", entry.key));
    }
    FieldReader reader(loading, entry.value, entry.key, rules);
    fields.push_back(reader.read());
    fields.back().at = position_of(entry.key_at);
  }
  return fields;
}

}  // namespace countersign
