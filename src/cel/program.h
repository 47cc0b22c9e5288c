#pragma once
// Compiling and evaluating expressions (CEL, https://github.com/cel-expr/cel-spec, langdef.md, with
// optionals, the strings and math extensions, and the product's types). Compile once at load; evaluate any
// number of times.
//
// A Program is immutable and may be evaluated by several threads at once. Evaluation does no I/O, always
// ends, and gives the same result for the same bindings and host.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "cel/type.h"
#include "cel/value.h"

namespace countersign::cel {

// Bytes [begin, end) of the source text.
struct SourceRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct Issue {
  enum class About {
    other,
    unknown_name,
    unknown_field,
    missing,   // something is read plainly that may be absent
    unfilled,  // a field is read plainly that whoever fills it in may leave empty
    word,      // a text stands beside something that can never be it
  };
  SourceRange at;
  std::string message;     // "unknown field 'amonut' of form"
  std::string suggestion;  // "amount", or ""; the caller words it as (did you mean 'amount'?)
  About about = About::other;
  std::string replacement = {};  // what may stand instead of the text at `at`: "form.?discount.orValue(0)"
};

struct Overload {
  std::string id;
  std::vector<Type> arguments;  // the receiver first where `receiver`
  Type result;
  bool receiver = false;  // called as x.f(y)
};

struct Function {
  std::string name;
  std::vector<Overload> overloads;
  // What a call gives whose last argument is this text literal, instead of the overload's result.
  std::map<std::string, Type> by_literal = {};
  // Why a call can never succeed whose first argument is of this type and whose last is this text literal; ""
  // where it may. Empty: every call may.
  std::function<std::string(const Type& first, std::string_view literal)> refuse = {};
  // It gives an empty list where this field of its first argument is empty: "manager". Then first() and
  // last() of a call are such as a field that may be empty.
  std::string empty_without = {};
};

struct Variable {
  std::string name;
  Type type;
};

// The fields that every directory has: id, name, mail, department, locale (text), manager (person),
// approval_limit (decimal); and those of `more`.
Type person_record(std::map<std::string, RecordField> more = {});

// What an expression may name. The standard functions and macros are always there.
struct Environment {
  std::string container;  // name resolution: with "a.b", x is tried as a.b.x, a.x, x
  std::vector<Variable> variables;
  std::vector<Function> functions;  // evaluated by Host::call; they hide standard functions of the same name
  Type person = person_record();    // the fields that Host::person_field answers; dyn: any field is let pass
  bool product = true;  // false: core CEL only (no decimal literals beside decimals, money, dates, persons)
  // Nothing that is read plainly may be empty (RecordField::unfilled): the place has no use for nothing.
  bool filled = false;
  bool words = true;  // what can never be is an issue: a text beside other RecordField::words, x / 0
  // Selections that are there in any case, because something outside has asked for them: "form.amount".
  std::vector<std::string> guards = {};
  std::size_t source_bytes_max = 16 * 1024;
  int depth_max = 100;  // nesting of the syntax tree
};

// The values of variables. `name` is a declared variable; nullopt means that it has none here (an error of
// the evaluation that says so).
class Bindings {
 public:
  virtual ~Bindings() = default;
  virtual std::optional<Value> find(std::string_view name) const = 0;
};

// What expressions may ask beyond their bindings. Answers are fixed for the time of one evaluation.
class Host {
 public:
  virtual ~Host() = default;
  // requester.manager, p.name ...: an absent field is nullopt, an unknown person an error.
  virtual Result<std::optional<Value>> person_field(const PersonId& person, std::string_view field) const = 0;
  // A call of a function that the Environment declares.
  virtual Result<Value> call(std::string_view function, std::span<const Value> arguments) const = 0;
  // The members of a group, in the directory's order; for `p in group("x")` and where a list of persons is
  // needed.
  virtual Result<std::vector<PersonId>> members(std::string_view group) const = 0;
  // Whether `p in group` holds. Hosts that know it without listing everybody override it.
  virtual Result<bool> is_member(std::string_view group, const PersonId& person) const;
};

// Counts deterministic cost units (docs/design says which operation costs what); shared by all evaluations of
// one command so that one limit holds for their sum.
class Cost {
 public:
  static constexpr std::uint64_t kExpressionMax = 100'000;
  static constexpr std::uint64_t kCommandMax = 1'000'000;
  explicit Cost(std::uint64_t max = kCommandMax) : left_(max) {}
  std::uint64_t left() const { return left_; }
  // False where the limit is reached; nothing more may be spent then.
  bool spend(std::uint64_t units) {
    if (units > left_) {
      left_ = 0;
      return false;
    }
    left_ -= units;
    return true;
  }

 private:
  std::uint64_t left_;
};

class Program {
 public:
  Program() = default;  // empty; must not be evaluated
  explicit operator bool() const { return static_cast<bool>(compiled_); }

  const std::string& source() const;
  // What the checker deduced; dyn without a check.
  const Type& type() const;
  // Every chain of field selections that starts at a variable, e.g. {"form", "amount"}, each once, sorted.
  // Serves dependency checks: which fields and steps an expression reads.
  const std::vector<std::vector<std::string>>& references() const;
  // The selections for which has(...) must have held where it is true: "form.amount".
  const std::vector<std::string>& guards() const;

  // Errors are values: code not_found where something is read that is absent (an empty field, a missing key,
  // a variable without a value), too_large for an exhausted cost limit, else invalid_input; the message names
  // the operation and the byte range's text: "cannot evaluate 'form.lines[9]': index 9 is out of range (size
  // 3)".
  Result<Value> evaluate(const Bindings& bindings, const Host& host, Cost& cost) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
  friend struct Compiler;
};

struct CompileOptions {
  bool check = true;
  // The type that the place wants; a mismatch is an issue. A literal takes it (5 where money is wanted), a
  // single person where a list of persons is wanted is fine for the caller and not coerced here.
  std::optional<Type> expected;
};

struct Compilation {
  Program program;            // empty where there are issues
  std::vector<Issue> issues;  // in order of position; parsing stops at the first, checking goes on
};

Compilation compile(std::string_view source, const Environment& environment,
                    const CompileOptions& options = {});

// The text of a CEL string literal for `text`, quotes included.
std::string quote(std::string_view text);

// A host that knows nobody: for core CEL.
const Host& no_host();

}  // namespace countersign::cel
