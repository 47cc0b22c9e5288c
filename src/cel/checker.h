#pragma once
// Static types of an expression: deduces the type of every node, decides what number literals are, and says
// what is wrong. Works on a resolved tree; goes on after an issue as if the part were dyn.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cel/builtins.h"
#include "cel/inference.h"
#include "cel/syntax.h"

namespace countersign::cel {

// The deduced type of the whole. `issues` receives what is wrong, in no particular order.
Type check(Syntax& root, const Environment& environment, const std::optional<Type>& expected,
           std::vector<Issue>& issues);

// The selections for which has(...) must have held where `root` is true; where `node` is true, or false.
std::vector<std::string> guards_of(const Syntax& root);
void collect_guards(const Syntax& node, bool truth, std::vector<std::string>& guards);

// One check's state; its parts are in checker.cpp (names, literals, lists, macros), check_call.cpp
// (functions), check_operation.cpp (operators), check_money.cpp, check_field.cpp (selections and guards) and
// check_words.cpp (texts beside something that has only certain ones).
class Checker {
 public:
  Checker(const Environment& environment, std::vector<Issue>& issues)
      : environment_(environment), issues_(issues), guards_(environment.guards) {}

  Type check(Syntax& node);
  // The whole, which stands where `expected` is wanted; reports where it may not.
  void check(Syntax& root, const Type& expected);
  Inference& inference() { return inference_; }

 private:
  // The only texts that something can be; empty: any.
  struct Words {
    std::vector<std::string> words;
    std::string what;  // "'kind' of form"
  };
  struct Local {
    std::string name;
    Type type;
    Words words;
  };
  // "form.amount": selections that a has() guards where the check stands.
  using Guards = std::vector<std::string>;

  Type check_node(Syntax& node);
  Type check_name(Syntax& node);
  Type check_list(Syntax& node);
  Type check_map(Syntax& node);
  Type check_macro(Syntax& node);
  Type check_body(Syntax& node, const Syntax& range, const Type& element, std::string_view variable);
  void require_bool(Syntax& node, const Type& type, std::string_view where);
  Type element_of(const Syntax& macro, const Type& range);
  // Adds `item` to what a list or map has so far; literals adapt.
  void join_item(std::optional<Type>& so_far, Syntax& item, const Type& type);

  Type check_call(Syntax& node);
  Type check_extreme(Syntax& node);
  void finish_call(Syntax& node, Type& result);
  std::vector<Signature> signatures_of(const Syntax& node) const;
  void report_no_overload(const Syntax& node, const std::vector<Signature>& signatures);
  void report_unknown_function(const Syntax& node);

  Type check_operation(Syntax& node);
  Type check_condition(Syntax& node);
  Type check_conditional(Syntax& node);
  Type check_record_index(Syntax& node, const Type& record);
  void report_operands(const Syntax& node);
  void refuse_division_by_zero(const Syntax& node);

  bool is_money_operation(const Syntax& node) const;
  Type check_money(Syntax& node);

  Type check_select(Syntax& node);
  Type field_of(const Syntax& node, const Type& base, bool optional);
  Type record_field(const Syntax& node, const Type& record, bool optional);
  void report_unknown_field(const Syntax& node, const Type& record);
  void report_missing(const Syntax& node, const Type& record, const RecordField& field);
  bool is_guarded(const std::string& path) const;
  void refuse_end_of_nothing(const Syntax& call);

  // Texts beside something that has only certain ones (check_words.cpp).
  Words words_of(const Syntax& node) const;
  void pass_words_on(const Syntax& call);
  void check_words(const Syntax& a, const Syntax& b);
  void report_never(const Words& words, const Syntax& text);

  // The first signature that fits gives the type; where several do and disagree, it is dyn. Number literals
  // are looked at last and adapt to decimal or money.
  std::optional<Type> resolve_overload(std::vector<Syntax*> arguments,
                                       const std::vector<Signature>& signatures, bool receiver);
  bool fits(Syntax& argument, const Type& wanted, std::vector<std::pair<Syntax*, Type>>& adaptations);
  // A number literal, or a list or choice of such.
  bool is_adaptable(const Syntax& node) const;
  bool can_adapt(const Syntax& node, const Type& wanted) const;
  // Checks what is no literal in a node that can adapt, and adapts it.
  void check_adapting(Syntax& node, const Type& wanted);
  void adapt(Syntax& node, const Type& wanted);

  Type report(SourceRange at, std::string message, std::string suggestion = {},
              Issue::About about = Issue::About::other);
  // How messages call the node's type.
  std::string text_of_type(const Type& type) const;

  const Environment& environment_;
  std::vector<Issue>& issues_;
  Inference inference_;
  std::vector<Local> locals_;
  Guards guards_;
  std::map<const Syntax*, Words> words_;
};

}  // namespace countersign::cel
