// The places that several files share; what belongs to one reader stands beside its tables.
#include "definition/grammar.h"

#include "definition/step_loader.h"
#include "definition/trigger_loader.h"

namespace countersign {
namespace {

const Grammar& expression_grammar() {
  static const Grammar kGrammar{"expression", {value_of(Shape::expressions)}};
  return kGrammar;
}
const Grammar& prose_grammar() {
  static const Grammar kGrammar{"prose", {value_of(Shape::prose)}};
  return kGrammar;
}
const Grammar& text_grammar() {
  static const Grammar kGrammar{"text", {value_of(Shape::text)}};
  return kGrammar;
}
const Grammar& step_grammar() {
  static const Grammar kGrammar{"step", {{Spelling::Kind::step, Shape::map, {}, {}, nullptr}}};
  return kGrammar;
}

}  // namespace

const Grammar& expressions_by_name() {
  static const Grammar kGrammar{"expressions", {names_of(expression_grammar)}};
  return kGrammar;
}
const Grammar& prose_by_name() {
  static const Grammar kGrammar{"proses", {names_of(prose_grammar)}};
  return kGrammar;
}
const Grammar& texts_by_name() {
  static const Grammar kGrammar{"texts", {names_of(text_grammar)}};
  return kGrammar;
}

const Grammar& step_list_grammar() {
  static const Grammar kGrammar{"step_list", {list_of(step_grammar)}};
  return kGrammar;
}
const Grammar& steps_grammar() {
  static constexpr Key kGo[] = {{"go", Shape::text, Need::required, "the step to go to"}};
  static constexpr Key kEnd[] = {{"end", Shape::text, Need::required, "the status to end with"}};
  static const Grammar kGrammar{"steps", {list_of(step_grammar), map_of({kGo}), map_of({kEnd})}};
  return kGrammar;
}

const Grammar& handler_grammar() {
  static const Grammar kGrammar{"handler", {list_of(step_grammar), map_of({event_handler_keys()})}};
  return kGrammar;
}
const Grammar& event_data_grammar() {
  static const Grammar kGrammar{"event_data", {nothing(), names_of(field_grammar)}};
  return kGrammar;
}

}  // namespace countersign
