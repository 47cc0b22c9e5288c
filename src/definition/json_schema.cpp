#include "definition/json_schema.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "definition/grammar.h"
#include "definition/step_loader.h"

namespace countersign {
namespace {

json::object type_is(std::string_view type) {
  return {{"type", type}};
}

// Plain numbers and truth values are the text of their characters.
json::object scalar() {
  return {{"type", json::array{"string", "number", "boolean"}}};
}

json::object list_of_schema(json::value items) {
  return {{"type", "array"}, {"items", std::move(items)}};
}

json::object any_of(json::array schemas) {
  if (schemas.size() == 1) return schemas.front().as_object();
  return {{"anyOf", std::move(schemas)}};
}

json::object reference_to(std::string_view name) {
  return {{"$ref", "#/definitions/" + std::string(name)}};
}

class Writer {
 public:
  json::object write(const Grammar& root, std::string_view title) {
    json::object out{{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", title}};
    const json::object whole = written(root);
    for (const auto& member : whole) out[member.key()] = member.value();
    // In the order of their names, so that a small change of a table is a small change of the file.
    json::object definitions;
    for (auto& [name, schema] : definitions_) definitions[name] = std::move(schema);
    if (!definitions.empty()) out["definitions"] = std::move(definitions);
    return out;
  }

 private:
  json::object reference(Inside inside) {
    const Grammar& grammar = inside();
    const auto [known, fresh] = grammars_.emplace(grammar.name, &grammar);
    COUNTERSIGN_INVARIANT(known->second == &grammar, "two grammars have the same name");
    if (fresh) {
      json::object schema = written(grammar);
      definitions_[std::string(grammar.name)] = std::move(schema);
    }
    return reference_to(grammar.name);
  }

  json::object written(const Grammar& grammar) {
    json::array all;
    for (const Spelling& spelling : grammar.spellings) all.push_back(written(spelling));
    return any_of(std::move(all));
  }

  json::object written(const Spelling& spelling) {
    switch (spelling.kind) {
      case Spelling::Kind::nothing:
        return type_is("null");
      case Spelling::Kind::value:
        return shape(spelling.shape, spelling.words);
      case Spelling::Kind::map:
        return map(spelling.tables);
      case Spelling::Kind::names: {
        json::object names = type_is("object");
        if (spelling.of != nullptr) names["additionalProperties"] = reference(spelling.of);
        return names;
      }
      case Spelling::Kind::list:
        return spelling.of == nullptr ? type_is("array") : list_of_schema(reference(spelling.of));
      case Spelling::Kind::step:
        return step();
    }
    return {};
  }

  json::object shape(Shape shape, std::string_view words) {
    switch (shape) {
      case Shape::any:
        return {};
      case Shape::text:
      case Shape::expression:
      case Shape::prose:
      case Shape::duration:
      case Shape::time:
        return scalar();
      case Shape::word: {
        json::array known;
        for (const std::string& word : split(words, '|')) known.emplace_back(word);
        return {{"enum", std::move(known)}};
      }
      case Shape::boolean:
        return type_is("boolean");
      case Shape::integer:
        return type_is("integer");
      case Shape::number:
        return type_is("number");
      case Shape::list:
        return type_is("array");
      case Shape::map:
        return type_is("object");
      case Shape::texts:
        return list_of_schema(scalar());
      case Shape::expressions: {
        json::object item{{"type", json::array{"string", "number", "boolean", "array"}}};
        return any_of({scalar(), list_of_schema(std::move(item))});
      }
      case Shape::local_text:
        return any_of({scalar(), json::object{{"type", "object"}, {"additionalProperties", scalar()}}});
      case Shape::steps:
        return reference(steps_grammar);
    }
    return {};
  }

  json::object key(const Key& key) {
    json::object value = key.inside != nullptr ? reference(key.inside) : shape(key.shape, key.words);
    if (key.meaning.empty()) return value;
    // Beside a reference nothing else counts.
    if (value.contains("$ref")) value = {{"allOf", json::array{std::move(value)}}};
    value["description"] = key.meaning;
    return value;
  }

  json::object map(const std::vector<KeyTable>& tables) {
    json::object properties;
    json::array required;
    for (const KeyTable& table : tables) {
      for (const Key& each : table) {
        if (each.need == Need::later) continue;
        properties[each.name] = key(each);
        if (each.need == Need::required) required.emplace_back(each.name);
      }
    }
    json::object out{
        {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
    if (!required.empty()) out["required"] = std::move(required);
    return out;
  }

  // What stands behind the word of a step.
  json::object word_value(const StepWord& word) {
    if (word.inside != nullptr) return reference(word.inside);
    if (word.keys.empty()) return shape(word.shape, {});
    return map({word.keys});
  }

  // A step has the keys of all steps, one word, and the keys that stand beside that word: `if` the word
  // stands there, `then` nothing else may. So an editor names the one key that is wrong, not all kinds of
  // steps.
  json::object step() {
    json::array cases, words;
    json::object properties;
    for (const StepWord& word : step_words()) {
      if (word.read == nullptr) continue;
      json::object own = word_value(word);
      if (own.contains("$ref")) own = {{"allOf", json::array{std::move(own)}}};
      own["description"] = word.meaning;
      const std::string name = "step_" + std::string(word.word);
      json::object closed = map({common_step_keys(), word.beside});
      closed["properties"].as_object()[word.word] = std::move(own);
      definitions_[name] = std::move(closed);
      json::object is_word{{"required", json::array{word.word}}};
      // `wait: true` stands beside `run` too.
      json::array hosts;
      for (const StepWord& other : step_words()) {
        if (other.read == nullptr) continue;
        if (std::ranges::find(other.beside, word.word, &Key::name) == other.beside.end()) continue;
        hosts.push_back(json::object{{"required", json::array{other.word}}});
      }
      if (!hosts.empty()) is_word["not"] = json::object{{"anyOf", std::move(hosts)}};
      words.push_back(is_word);
      cases.push_back(json::object{{"if", is_word}, {"then", reference_to(name)}});
      // For completion before a word is chosen.
      if (!properties.contains(word.word))
        properties[word.word] = json::object{{"description", word.meaning}};
    }
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"oneOf", std::move(words)},
            {"allOf", std::move(cases)}};
  }

  std::map<std::string_view, const Grammar*> grammars_;
  std::map<std::string, json::object> definitions_;
};

void indent(const json::value& value, std::size_t depth, std::string& out) {
  const auto line = [&](std::size_t at) { out += "\n" + std::string(2 * at, ' '); };
  if (const auto* object = value.if_object(); object != nullptr && !object->empty()) {
    out += '{';
    bool first = true;
    for (const auto& member : *object) {
      if (!std::exchange(first, false)) out += ',';
      line(depth + 1);
      out += write_json(json::value(member.key())) + ": ";
      indent(member.value(), depth + 1, out);
    }
    line(depth);
    out += '}';
  } else if (const auto* array = value.if_array();
             array != nullptr &&
             std::ranges::any_of(*array, [](const json::value& item) { return item.is_structured(); })) {
    out += '[';
    for (std::size_t i = 0; i < array->size(); ++i) {
      if (i > 0) out += ',';
      line(depth + 1);
      indent((*array)[i], depth + 1, out);
    }
    line(depth);
    out += ']';
  } else {
    out += write_json(value);
  }
}

}  // namespace

const std::vector<std::string>& schema_names() {
  static const std::vector<std::string> kNames{"workflow", "connector", "people", "configuration"};
  return kNames;
}

std::optional<json::object> json_schema(std::string_view name) {
  if (name == "workflow") return Writer().write(workflow_grammar(), "A workflow of Countersign");
  if (name == "connector") return Writer().write(connector_grammar(), "A connector of Countersign");
  if (name == "people") return Writer().write(people_grammar(), "People and groups of Countersign");
  if (name == "configuration") {
    return Writer().write(configuration_grammar(), "The configuration of Countersign");
  }
  return std::nullopt;
}

json::object json_schema_of(const Grammar& whole, std::string_view title) {
  return Writer().write(whole, title);
}

std::string indented_json(const json::value& value) {
  std::string out;
  indent(value, 0, out);
  return out + "\n";
}

}  // namespace countersign
