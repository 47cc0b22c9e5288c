#include "cel/inference.h"

#include <charconv>

namespace countersign::cel {
namespace {

using Tag = Type::Tag;

bool is_nullable(const Type& type) {
  return type.is(Tag::optional) || type.is(Tag::timestamp) || type.is(Tag::duration) || type.is(Tag::opaque);
}

// The type with other arguments.
Type rebuilt(const Type& type, std::vector<Type> arguments) {
  switch (type.tag()) {
    case Tag::list:
      return Type::list(std::move(arguments[0]));
    case Tag::map:
      return Type::map(std::move(arguments[0]), std::move(arguments[1]));
    case Tag::optional:
      return Type::optional(std::move(arguments[0]));
    case Tag::type:
      return Type::type_of(std::move(arguments[0]));
    case Tag::opaque:
      return Type::opaque(type.name(), std::move(arguments));
    default:
      return type;
  }
}

// Of two types of which one may stand for the other: the one that says less, part by part.
Type general(const Type& a, const Type& b) {
  if (a.is(Tag::dyn) || b.is(Tag::dyn)) return {};
  if (a.is(Tag::null_) && is_nullable(b)) return b;
  if (a.tag() != b.tag() || a.arguments().size() != b.arguments().size()) return a;
  if (a.is(Tag::money) && b.name().empty()) return b;
  if (a.arguments().empty()) return a;
  std::vector<Type> arguments;
  for (std::size_t i = 0; i < a.arguments().size(); ++i)
    arguments.push_back(general(a.arguments()[i], b.arguments()[i]));
  return rebuilt(a, std::move(arguments));
}

}  // namespace

bool is_more_general(const Type& a, const Type& b) {
  if (a.is(Tag::dyn)) return !b.is(Tag::dyn);
  if (a.tag() != b.tag() || a.arguments().size() != b.arguments().size()) return false;
  bool more = false;
  for (std::size_t i = 0; i < a.arguments().size(); ++i) {
    if (a.arguments()[i] == b.arguments()[i]) continue;
    if (!is_more_general(a.arguments()[i], b.arguments()[i])) return false;
    more = true;
  }
  return more;
}

// Ours are called "%0", "%1" ...: no signature's parameter is.
std::optional<std::size_t> Inference::variable(const Type& type) {
  if (!type.is(Tag::parameter) || !type.name().starts_with('%')) return std::nullopt;
  std::size_t index = 0;
  std::from_chars(type.name().data() + 1, type.name().data() + type.name().size(), index);
  return index;
}

Type Inference::fresh() {
  bound_.emplace_back();
  return Type::parameter("%" + std::to_string(bound_.size() - 1));
}

Type Inference::instantiated(const Type& type, std::map<std::string, Type>& names) {
  if (type.is(Tag::parameter)) {
    if (variable(type)) return type;
    const auto known = names.find(type.name());
    if (known != names.end()) return known->second;
    return names.emplace(type.name(), fresh()).first->second;
  }
  if (type.arguments().empty()) return type;
  std::vector<Type> arguments;
  for (const Type& argument : type.arguments()) arguments.push_back(instantiated(argument, names));
  return rebuilt(type, std::move(arguments));
}

Type Inference::applied(const Type& type, bool closed) const {
  if (const auto index = variable(type)) {
    // A mark may have forgotten younger variables.
    if (*index < bound_.size() && bound_[*index]) return applied(*bound_[*index], closed);
    return closed ? Type() : type;
  }
  if (type.is(Tag::parameter) && closed) return {};
  if (type.arguments().empty()) return type;
  std::vector<Type> arguments;
  for (const Type& argument : type.arguments()) arguments.push_back(applied(argument, closed));
  return rebuilt(type, std::move(arguments));
}

bool Inference::occurs(std::size_t index, const Type& in) const {
  if (const auto other = variable(in)) {
    if (*other == index) return true;
    return *other < bound_.size() && bound_[*other] && occurs(index, *bound_[*other]);
  }
  for (const Type& argument : in.arguments()) {
    if (occurs(index, argument)) return true;
  }
  return false;
}

bool Inference::assign_variable(std::size_t index, const Type& variable_type, const Type& other) {
  if (index >= bound_.size()) bound_.resize(index + 1);
  if (variable(other) == index) return true;
  if (!bound_[index]) {
    if (occurs(index, other)) return false;
    bound_[index] = other;
    return true;
  }
  const Type before = applied(variable_type);
  if (!assignable(before, other)) return false;
  const Type now = applied(other);
  if (is_more_general(now, before) && !occurs(index, now)) bound_[index] = now;
  return true;
}

bool Inference::assignable(const Type& to, const Type& from) {
  if (const auto index = variable(to)) return assign_variable(*index, to, from);
  if (const auto index = variable(from)) {
    if (*index < bound_.size() && bound_[*index]) return assignable(to, *bound_[*index]);
    return assign_variable(*index, from, to);
  }
  if (to.is(Tag::dyn) || from.is(Tag::dyn)) return true;
  if (from.is(Tag::null_) && is_nullable(to)) return true;
  if (to.is(Tag::null_) && is_nullable(from)) return true;
  if (from.is(Tag::record) && to.is(Tag::map)) {
    return assignable(to.arguments()[0], Type::scalar(Tag::string)) && assignable(to.arguments()[1], Type());
  }
  if (to.tag() != from.tag()) return false;
  if (to.is(Tag::type)) return true;
  if (to.is(Tag::money)) return to.name().empty() || from.name().empty() || to.name() == from.name();
  if (to.is(Tag::record)) return to.name() == from.name() || to == from;
  if (to.name() != from.name() || to.arguments().size() != from.arguments().size()) return false;
  for (std::size_t i = 0; i < to.arguments().size(); ++i) {
    if (!assignable(to.arguments()[i], from.arguments()[i])) return false;
  }
  return true;
}

Type Inference::joined(const Type& a, const Type& b) {
  const Mark before = mark();
  if (assignable(a, b)) return general(applied(a), applied(b));
  reset(before);
  return {};
}

}  // namespace countersign::cel
