#include "definition/unique_loader.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "definition/field_loader.h"
#include "definition/grammar.h"

namespace countersign {
namespace {

constexpr std::array kUniqueKeys = {
    Key{"id", Shape::text, Need::required, "what the values are, over all workflows: invoice", ""},
    Key{"fields", Shape::texts, Need::required, "the fields that together make the key, the needed one first",
        ""},
    Key{"table", Shape::text, Need::optional, "the table whose columns they are; each row counts by itself",
        ""},
    Key{"among", Shape::word, Need::optional, "default everywhere", "workflow|everywhere"},
    Key{"spent_on", Shape::texts, Need::optional, "the ends that keep the values for good; others free them",
        ""},
};

const Grammar& unique_rule_grammar() {
  static const Grammar kGrammar{"unique_rule", {map_of({kUniqueKeys})}};
  return kGrammar;
}

bool is_file(const Field& field) {
  return field.type == FieldType::file || field.type == FieldType::files;
}

// The table's columns, else the form's fields; nullptr where the table is none.
const std::vector<Field>* fields_named(Loading& loading, const MapReader& map, UniqueRule& rule) {
  const YamlNode* named = map.find("table");
  if (named == nullptr) return &loading.definition.form;
  rule.table = named->text;
  const Field* table = loading.definition.find_field(rule.table);
  if (table != nullptr && table->type == FieldType::table) return &table->columns;
  std::vector<std::string> tables;
  for (const Field& field : loading.definition.form) {
    if (field.type == FieldType::table) tables.push_back(field.name);
  }
  loading.diagnostics.error(Code::unknown_field, named->at,
                            table == nullptr ? fmt::format("unknown field '{}' of form", rule.table)
                                             : fmt::format("the field '{}' is of type {}, not a table",
                                                           rule.table, to_string(table->type)),
                            table == nullptr ? nearest_of(rule.table, tables) : std::string());
  return nullptr;
}

void read_key_fields(Loading& loading, const MapReader& map, const std::vector<Field>& known,
                     UniqueRule& rule) {
  const YamlNode* list = map.find("fields");
  if (list == nullptr) return;
  if (list->items.empty()) loading.diagnostics.error(Code::bad_value, list->at, "'fields' is an empty list");
  for (const YamlNode& item : list->items) {
    if (!item.is_scalar()) continue;
    const Field* field = field_named(known, item.text);
    if (field == nullptr) {
      report_unknown_name(loading.diagnostics, Code::unknown_field, item.at,
                          rule.table.empty()
                              ? fmt::format("unknown field '{}' of form", item.text)
                              : fmt::format("unknown column '{}' of {}", item.text, rule.table),
                          item.text, known_names(known, &Field::name));
      continue;
    }
    if (field->type == FieldType::table) {
      loading.diagnostics.error(
          Code::bad_value, item.at,
          fmt::format("'{}' is a table: name it under 'table' and its columns here", item.text));
      continue;
    }
    if (is_file(*field) && list->items.size() > 1) {
      loading.diagnostics.error(Code::keys_conflict, item.at,
                                fmt::format("'{}' holds files, which are known by their content alone: give "
                                            "them a rule of their own",
                                            item.text));
      continue;
    }
    if (std::ranges::find(rule.fields, item.text) != rule.fields.end()) {
      loading.diagnostics.error(Code::duplicate_name, item.at,
                                fmt::format("'{}' stands in 'fields' twice: take one away", item.text));
      continue;
    }
    rule.fields.push_back(item.text);
  }
}

void read_spending(Loading& loading, const MapReader& map, UniqueRule& rule) {
  rule.spent_on = map.texts("spent_on");
  const YamlNode* list = map.find("spent_on");
  const std::vector<std::string>& statuses = loading.definition.statuses;
  for (std::size_t i = 0; list != nullptr && loading.statuses_known && i < list->items.size(); ++i) {
    const YamlNode& item = list->items[i];
    if (!item.is_scalar() || std::ranges::find(statuses, item.text) != statuses.end()) continue;
    report_unknown_name(loading.diagnostics, Code::unknown_status, item.at,
                        fmt::format("unknown status '{}'", item.text), item.text, statuses);
  }
}

}  // namespace

void read_unique_rules(Loading& loading, const YamlNode& list) {
  for (const YamlNode& node : list.items) {
    const MapReader map(node, "a rule of 'unique'", kUniqueKeys, loading.diagnostics);
    if (!map.is_map()) continue;
    UniqueRule rule;
    rule.at = position_of(node.at);
    rule.id = map.text("id");
    if (const YamlNode* id = map.find("id")) {
      check_name(rule.id, id->at, "the id", loading.diagnostics);
      const auto& before = loading.definition.unique;
      if (std::ranges::find(before, rule.id, &UniqueRule::id) != before.end()) {
        loading.diagnostics.error(
            Code::duplicate_name, id->at,
            fmt::format("another rule of 'unique' is named '{}': choose another id", rule.id));
      }
    }
    const std::vector<Field>* known = fields_named(loading, map, rule);
    if (known != nullptr) read_key_fields(loading, map, *known, rule);
    rule.among = map.word("among", Unique::everywhere,
                          {{"workflow", Unique::workflow}, {"everywhere", Unique::everywhere}});
    read_spending(loading, map, rule);
    // What has no fields has been reported; nothing that follows may meet it.
    if (!rule.fields.empty()) loading.definition.unique.push_back(std::move(rule));
  }
}

const Grammar& unique_rules_grammar() {
  static const Grammar kGrammar{"unique_rules", {list_of(unique_rule_grammar)}};
  return kGrammar;
}

}  // namespace countersign
