#pragma once
// The standard functions: what they are called, what the checker knows of them, and what evaluates them. The
// tables are made once and never change; thread-safe.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cel/evaluation.h"
#include "cel/syntax.h"
#include "cel/type.h"

namespace countersign::cel {

struct Signature {
  std::vector<Type> arguments;  // the receiver first
  Type result;
  bool receiver = false;
  bool product = false;
};

struct Builtin {
  std::string name;
  std::vector<Signature> signatures;
  Evaluate evaluate = nullptr;
  bool product = false;  // only where Environment::product
};

// As the tables are written. A signature is "(int) -> string" or, called on a receiver, "string.(int) ->
// string"; single capital letters are type variables; a leading "product: " keeps it out of core CEL.
struct BuiltinRow {
  std::string_view name;
  Evaluate evaluate;
  std::vector<std::string_view> signatures;
  bool product = false;
};

// nullptr where there is none. A name is one function whatever its arguments.
const Builtin* find_builtin(std::string_view name, bool product);
std::vector<std::string> builtin_names(bool product);
// What operators take and give; money has its own rules (check_money.cpp).
const std::vector<Signature>& operator_signatures(Operator op, bool optional_index);
Signature parse_signature(std::string_view text);

// The tables, one for each file of functions.
std::vector<BuiltinRow> conversion_functions();
std::vector<BuiltinRow> text_functions();
std::vector<BuiltinRow> text_extension_functions();
std::vector<BuiltinRow> math_functions();
std::vector<BuiltinRow> time_functions();
std::vector<BuiltinRow> optional_functions();
std::vector<BuiltinRow> list_functions();
std::vector<BuiltinRow> exact_functions();
std::vector<BuiltinRow> date_functions();

}  // namespace countersign::cel
