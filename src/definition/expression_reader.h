#pragma once
// Reading expressions, prose and time rules out of YAML scalars: compiled against what may be named in the
// place, with every problem reported at its exact column. Internal to the loader; in the first reading
// nothing is compiled.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "definition/loading.h"

namespace countersign {

// Where an expression stands, and so what it may name.
struct Spot {
  Place place = Place::step;
  StepIndex step = kNoStep;  // what is known is what is known where this step begins
  const std::vector<Field>* event =
      nullptr;  // the declared data of `event`; nullptr: not declared, anything may be read
  const std::vector<StepIndex>* steps =
      nullptr;  // several steps at once, for messages: what is known at all of them
};

// Of the expressions of a step that is being read.
inline Spot spot_of_step(const Loading& loading, StepIndex step) {
  return {loading.in_event ? Place::step_event : Place::step, step, loading.event_data, nullptr};
}

// What a place takes.
struct Expected {
  std::optional<cel::Type> type;  // one type, which a literal takes over
  std::vector<cel::Type> any_of;  // else one of these; empty: anything
  std::string_view words;         // "a person, a group or a list of persons"
  bool absent = false;            // with `type`: an optional of it is taken too
  bool filled = false;            // the place stands still where something that is read in it is empty
};
Expected expects_bool();
Expected expects_condition();  // the same, where an empty field would stop the instance
Expected filled(Expected expected);
Expected expects_person();
Expected expects_people();
Expected expects_time();                              // a timestamp, date, duration or business time
Expected expects_instant();                           // a timestamp or date
Expected expects_key();                               // text or a number
Expected expects_ledger();                            // a ledger's name: text
Expected expects_money(const std::string& currency);  // "" for any currency
Expected expects_field(const Field& field, bool needed = false);
Expected expects_anything();

// A YAML list is a list of expressions. `what` names the place in messages: "'when'".
Expression read_expression(Loading& loading, const YamlNode& node, const Spot& spot, const Expected& expected,
                           std::string_view what);
// From here on what has(...) asks for in the condition is taken to be there (Loading::guards).
void add_guards(Loading& loading, const Expression& condition);
// One expression or a YAML list of them.
std::vector<Expression> read_expressions(Loading& loading, const YamlNode& node, const Spot& spot,
                                         const Expected& expected, std::string_view what);
// A text that a machine writes from parts of the file: it has no place of its own there, and what is wrong is
// told at `node`.
Expression read_generated(Loading& loading, const YamlNode& node, const std::string& text, const Spot& spot,
                          const Expected& expected, std::string_view what);
// What an expression comes to that reads nothing; nullopt for one that does, or that asks the directory, the
// clock or a table.
std::optional<cel::Value> constant_of(const cel::Program& program);
// A duration in words, or an expression.
TimeRule read_time(Loading& loading, const YamlNode& node, const Spot& spot, const Expected& expected,
                   std::string_view what);
// A duration in words; nullopt where it is none (reported).
std::optional<TimeSpan> read_span(Loading& loading, const YamlNode& node, std::string_view what);

// Text with ${ expression }; `$${` is a plain `${`.
Prose read_prose(Loading& loading, const YamlNode& node, const Spot& spot);
// Bytes [begin, end) of a scalar's text, for messages, whose subject and body are parts of one file.
Prose read_prose_part(Loading& loading, const YamlDocument& document, const YamlNode& node, std::size_t begin,
                      std::size_t end, const Spot& spot);
LocalText read_local_text(Loading& loading, const YamlNode& node, const Spot& spot, std::string_view what);

}  // namespace countersign
