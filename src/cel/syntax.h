#pragma once
// The syntax tree of an expression. Macros are nodes of their own, not unfolded, so that messages speak of
// what was written. The checker adds types and what literals become; the plan is made from the tree.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "cel/program.h"

namespace countersign::cel {

enum class Operator {
  none,
  add,
  subtract,
  multiply,
  divide,
  modulo,
  negate,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  in,
  not_,
  and_,
  or_,
  conditional,
  index,
};
// "+", "&&", "?:", "[]" ... as messages show it.
std::string_view spelling(Operator op);
constexpr bool is_comparison(Operator op) {
  return op >= Operator::equal && op <= Operator::greater_equal;
}
constexpr bool is_ordering(Operator op) {
  return op >= Operator::less && op <= Operator::greater_equal;
}

enum class Macro { all, exists, exists_one, map, filter, opt_map, opt_flat_map };

struct Syntax;
using SyntaxPtr = std::unique_ptr<Syntax>;

struct Syntax {
  enum class Tag {
    literal,    // value
    name,       // name; rooted
    select,     // children[0].name; optional .?name; presence inside has()
    call,       // name(children); receiver: children[0].name(...)
    operation,  // op over children: two, one, three (conditional) or many (&&, ||); optional a[?b]
    list,       // children; marked[i] is [?v]
    map,        // children are key, value, key, value ...; marked[i] is {?k: v}
    macro,      // children[0] is what it runs over; variable; one or two bodies
  };

  Tag tag = Tag::literal;
  SourceRange at;       // all of it
  SourceRange name_at;  // the name or the operator
  std::string name;
  std::vector<SyntaxPtr> children;
  Operator op = Operator::none;
  Macro macro = Macro::all;
  std::string variable;
  Value value;
  // Of a number literal, and of sums, differences and products of such: the number as it was written.
  std::optional<Decimal> exact;
  std::vector<bool> marked;
  bool rooted = false;  // .name
  bool receiver = false;
  bool optional = false;
  bool presence = false;
  int depth = 1;

  // From resolve().
  enum class Meaning {
    unknown,
    local,     // name: the variable of a macro
    variable,  // name: of the environment, spelt in full
    standard,  // call: a standard function
    declared,  // call: a function of the environment
  };
  Meaning meaning = Meaning::unknown;

  // From the checker.
  Type type;
  std::optional<Value> adapted;  // what a literal is beside a decimal or money; the sum of no elements
};

// "form.amount" for a chain of plain selections that starts at a name; "" otherwise.
std::string path_of(const Syntax& syntax);
std::string_view text_of(std::string_view source, SourceRange at);

}  // namespace countersign::cel
