#pragma once
// Who sees what of an instance: the one rule behind pages, messages and the API (`visible_to`,
// `visible_from`).
//
// A field or a step's decision without these keys is seen by all who see the instance. Else, until the step
// that `visible_from` names has first opened, only those see it whom `visible_to` names, and whoever enters
// it: the requester what is filled in at the start, whoever is or was asked in a step that edits the field
// (or stands in for them), whoever decided. From then on all see it; without `visible_from` that moment never
// comes. What cannot be evaluated shows nothing.

#include <string>
#include <vector>

#include "core/evaluation.h"

namespace countersign {

class Visibility {
 public:
  // All must outlive it. `reader` is empty for systems that read for nobody in particular.
  Visibility(const Context& context, const State& state, PersonId reader)
      : context_(context), state_(state), evaluation_(context, state), reader_(std::move(reader)) {}

  // Of the form.
  bool sees(const Field& field) const;
  // The decisions of a step: who, with which comment and answers.
  bool sees(const Step& step) const;
  // That an administrator passed a step over: with the step.
  bool sees(const PassedOver& passed) const;
  // A field of an ask: with the step.
  bool sees(const Step& step, const Field& answer) const;
  // Whether the workflow names the reader where it hides something from others, at whatever step.
  bool names_reader() const;

  // The state without the fields, answers and results that the reader does not see.
  State visible_state() const;

 private:
  bool is_named(const std::vector<Expression>& people) const;
  bool has_opened(const std::string& step_id) const;
  bool enters(const Field& field) const;
  bool has_part_in(const Step& step) const;

  const Context& context_;
  const State& state_;
  Evaluation evaluation_;
  PersonId reader_;
};

// Whether the workflow hides anything from anybody who sees its instances.
bool hides_anything(const Definition& definition);

}  // namespace countersign
