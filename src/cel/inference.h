#pragma once
// Type variables while an expression is checked: which type each stands for, and whether one type may stand
// where another is wanted. Owned by one check.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cel/type.h"

namespace countersign::cel {

class Inference {
 public:
  // A type variable that nothing is known of yet.
  Type fresh();
  // A signature's type with its parameters replaced; the same name is the same variable within one `names`.
  Type instantiated(const Type& type, std::map<std::string, Type>& names);

  // Learns what variables must be for a `from` to stand where a `to` is wanted. dyn fits everywhere; null
  // where an optional, a time or an opaque type is. What was learnt before a refusal stays: use mark() and
  // reset().
  bool assignable(const Type& to, const Type& from);
  // The type of a list with both in it; dyn where they have nothing in common.
  Type joined(const Type& a, const Type& b);

  // With variables replaced by what they stand for. `open` ones stay, or become dyn where `closed`.
  Type applied(const Type& type, bool closed = false) const;

  using Mark = std::vector<std::optional<Type>>;
  Mark mark() const { return bound_; }
  void reset(Mark mark) { bound_ = std::move(mark); }

 private:
  static std::optional<std::size_t> variable(const Type& type);
  bool occurs(std::size_t index, const Type& in) const;
  bool assign_variable(std::size_t index, const Type& variable_type, const Type& other);

  std::vector<std::optional<Type>> bound_;
};

// Whether `a` says no more than `b` and somewhere less: dyn beside int, list(dyn) beside list(int).
bool is_more_general(const Type& a, const Type& b);

}  // namespace countersign::cel
