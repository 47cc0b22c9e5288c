#pragma once
// Single fields for a presentation. Pure functions. Internal to presentation.cpp.

#include "core/field_text.h"
#include "runtime/presentation.h"

namespace countersign {

PresentedField presented_field(const Field& field, const cel::Value& value, const TextContext& words);
// `values`: what stands there now.
std::vector<PresentedInput> presented_inputs(const std::vector<Field>& fields, const Fields& values,
                                             const TextContext& words);

}  // namespace countersign
