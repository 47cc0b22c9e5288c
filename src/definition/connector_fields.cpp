// Fields and names of secrets in connector files.
#include <algorithm>

#include <fmt/format.h>

#include "core/address_syntax.h"
#include "definition/connector_parts.h"
#include "definition/field_loader.h"
#include "definition/grammar.h"

namespace countersign {
namespace {

constexpr std::string_view kFormKeys[] = {"when", "default", "computed", "unique"};

// The readers of fields want the state of a workflow's loading; a connector has no workflow, so nothing in it
// says more than where problems go.
class FieldLoading {
 public:
  explicit FieldLoading(ConnectorReading& reading)
      : loading_(reading.document, reading.diagnostics, catalogue_, texts_, tables_) {}

  std::vector<Field> read(const YamlNode& node, std::string_view what) {
    refuse_form_keys(node);
    FieldRules rules;
    rules.prose = false;
    auto fields = read_fields(loading_, node, rules, what);
    for (const auto& field : fields) {
      const bool stored = field.type == FieldType::file || field.type == FieldType::files ||
                          field.type == FieldType::items_of;
      if (!stored) continue;
      loading_.diagnostics.error(Code::bad_value, {field.at.line, field.at.column, 1},
                                 fmt::format("a connector cannot carry '{}': type {} stays inside",
                                             field.name, to_string(field.type)));
    }
    return fields;
  }

 private:
  // What only a form has: expressions over other fields, and claims.
  void refuse_form_keys(const YamlNode& node) {
    for (const auto& field : node.entries) {
      for (const auto& key : field.value.entries) {
        if (std::ranges::find(kFormKeys, key.key) == std::end(kFormKeys)) continue;
        loading_.diagnostics.error(
            Code::keys_conflict, key.key_at,
            fmt::format("'{}' has no meaning for a field of a connector: take it away", key.key));
      }
    }
  }

  Catalogue catalogue_;
  std::map<std::pair<std::string, std::string>, std::string> texts_;
  TableTexts tables_;
  Loading loading_;
};

bool is_secret_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && text.front() != '.' && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

}  // namespace

const Grammar& mapped_fields_grammar() {
  static constexpr Key kValueKeys[] = {
      {"value", Shape::expression, Need::required, "what it holds"},
  };
  static const Grammar kField{"mapped_field", {map_of({field_keys(), kValueKeys})}};
  static const Grammar kGrammar{"mapped_fields", {names_of([]() -> const Grammar& { return kField; })}};
  return kGrammar;
}

const Grammar& secrets_grammar() {
  static const Grammar kGrammar{"secrets", {value_of(Shape::text), value_of(Shape::texts)}};
  return kGrammar;
}

std::vector<Field> read_input_fields(ConnectorReading& reading, const YamlNode& node, std::string_view what) {
  return FieldLoading(reading).read(node, what);
}

std::vector<MappedField> read_mapped_fields(ConnectorReading& reading, const YamlNode& node,
                                            const cel::Environment& environment, std::string_view what) {
  // Beside `value` it is a map of fields like any other.
  YamlNode plain = node;
  for (auto& entry : plain.entries) {
    auto& keys = entry.value.entries;
    std::erase_if(keys, [](const YamlNode::Entry& key) { return key.key == "value"; });
  }
  std::vector<MappedField> mapped;
  for (auto& field : FieldLoading(reading).read(plain, what)) {
    const auto* written = node.find(field.name);
    const auto* value = written != nullptr ? written->find("value") : nullptr;
    if (value == nullptr) {
      if (written != nullptr && written->is_map()) {
        reading.diagnostics.error(Code::missing_key, written->at,
                                  fmt::format("field '{}' needs the key 'value'", field.name));
      }
      continue;
    }
    auto expression = reading.expressions.expression(*value, environment, "'value'");
    mapped.push_back({std::move(field), std::move(expression)});
  }
  return mapped;
}

std::vector<std::string> read_secret_names(const YamlNode& node, std::string_view what, std::size_t at_most,
                                           Diagnostics& diagnostics) {
  std::vector<const YamlNode*> nodes;
  if (node.is_scalar()) nodes.push_back(&node);
  for (const auto& item : node.items) nodes.push_back(&item);
  if (nodes.empty() || nodes.size() > at_most || (node.is_sequence() && at_most == 1)) {
    report_wrong_kind(node, what,
                      at_most == 1 ? "the name of a secret" : "the name of a secret, or a list of two",
                      diagnostics);
    return {};
  }
  std::vector<std::string> names;
  for (const auto* one : nodes) {
    if (!one->is_scalar()) {
      report_wrong_kind(*one, what, "the name of a secret", diagnostics);
    } else if (one->text.starts_with("whsec_") || one->text.starts_with("whsk_") || one->text.size() > 64) {
      // Not shown: it may be what it looks like.
      diagnostics.error(
          Code::bad_value, one->at,
          fmt::format("{} holds what looks like a secret: write the name of a secret, and put the "
                      "secret into a file of that name",
                      what));
    } else if (!is_secret_name(one->text)) {
      diagnostics.error(Code::bad_value, one->at,
                        fmt::format("'{}' cannot be the name of a secret: it has letters, digits and . _ -",
                                    excerpt(one->text)));
    } else {
      names.push_back(one->text);
    }
  }
  return names;
}

std::string read_secret_name(const MapReader& map, std::string_view key) {
  const auto* node = map.find(key);
  if (node == nullptr) return "";
  auto names = read_secret_names(*node, fmt::format("'{}'", key), 1, map.diagnostics());
  return names.empty() ? std::string() : std::move(names.front());
}

}  // namespace countersign
