#pragma once
// What may be written in a place of a file: made of the same tables of keys by which maps are read
// (map_reader.h), so that editors' schemas (json_schema.h) and the loader know one language.

#include <initializer_list>
#include <string_view>
#include <vector>

#include "definition/map_reader.h"

namespace countersign {

// One of the ways to write a place.
struct Spelling {
  enum class Kind {
    nothing,
    value,  // of a shape
    map,    // the keys of the tables and no others
    names,  // a map from names of the file's own to `of`
    list,   // each item is `of`
    step,   // one of step_words() with the keys of every step
  };
  Kind kind = Kind::value;
  Shape shape = Shape::any;
  std::string_view words = {};  // of Shape::word
  std::vector<KeyTable> tables = {};
  Inside of = nullptr;  // nullptr: anything
};

struct Grammar {
  std::string_view name;  // under which schemas define it: "field"
  std::vector<Spelling> spellings;
};

inline Spelling value_of(Shape shape, std::string_view words = {}) {
  return {Spelling::Kind::value, shape, words, {}, nullptr};
}
inline Spelling nothing() {
  return {Spelling::Kind::nothing, Shape::any, {}, {}, nullptr};
}
inline Spelling map_of(std::initializer_list<KeyTable> tables) {
  return {Spelling::Kind::map, Shape::map, {}, tables, nullptr};
}
inline Spelling names_of(Inside of) {
  return {Spelling::Kind::names, Shape::map, {}, {}, of};
}
inline Spelling list_of(Inside of) {
  return {Spelling::Kind::list, Shape::list, {}, {}, of};
}

// Places that several files share.
const Grammar& field_grammar();
const Grammar& fields_grammar();      // name: field
const Grammar& steps_grammar();       // what Shape::steps takes
const Grammar& step_list_grammar();   // a list of steps
const Grammar& trigger_grammar();     // one of `start`
const Grammar& event_data_grammar();  // the fields of an event that is declared here
const Grammar& handler_grammar();     // what stands behind an event under `on_event`
const Grammar& calendar_grammar();
const Grammar& inbound_grammar();        // of a connector
const Grammar& webhook_grammar();        // of a workflow's own sender
const Grammar& outbound_half_grammar();  // of a connector
const Grammar& mapped_fields_grammar();  // name: field with `value`
const Grammar& secrets_grammar();        // the name of a secret, or two
const Grammar& if_nobody_grammar();
const Grammar& need_grammar();
const Grammar& may_of_approve_grammar();  // acts beside deciding
const Grammar& may_of_task_grammar();
const Grammar& expressions_by_name();  // name: expression
const Grammar& prose_by_name();        // name: text with ${ expression }
const Grammar& texts_by_name();        // name: text

// The whole files.
const Grammar& workflow_grammar();
const Grammar& connector_grammar();
const Grammar& people_grammar();
const Grammar& configuration_grammar();

}  // namespace countersign
