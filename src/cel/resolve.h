#pragma once
// What the names of an expression mean: variables of macros, variables and functions of the environment (with
// their qualified names and the container), names of types. Changes the tree in place; never fails: what
// stays unknown is reported by the checker or fails when evaluated.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cel/syntax.h"

namespace countersign::cel {

void resolve(SyntaxPtr& root, const Environment& environment);

// With container "a.b" and name "x": "a.b.x", "a.x", "x". A rooted name is itself alone.
std::vector<std::string> candidates(std::string_view container, std::string_view name, bool rooted);

// The type that a name like "int" or "google.protobuf.Timestamp" stands for as a value.
std::optional<Type> named_type(std::string_view name, bool product);

// Every chain of selections that starts at a variable, each once, sorted; not those that go on in a longer
// one.
std::vector<std::vector<std::string>> references_of(const Syntax& root);

}  // namespace countersign::cel
