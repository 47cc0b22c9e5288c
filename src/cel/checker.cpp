#include "cel/checker.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cel/resolve.h"

namespace countersign::cel {
namespace {

using Tag = Type::Tag;

Type literal_type(const Value& value) {
  switch (value.kind()) {
    case Kind::null_:
      return Type::scalar(Tag::null_);
    case Kind::bool_:
      return Type::scalar(Tag::bool_);
    case Kind::int_:
      return Type::scalar(Tag::int_);
    case Kind::uint_:
      return Type::scalar(Tag::uint_);
    case Kind::double_:
      return Type::scalar(Tag::double_);
    case Kind::string:
      return Type::scalar(Tag::string);
    case Kind::bytes:
      return Type::scalar(Tag::bytes);
    default:
      return {};
  }
}

std::string_view macro_name(Macro macro) {
  switch (macro) {
    case Macro::all:
      return "all";
    case Macro::exists:
      return "exists";
    case Macro::exists_one:
      return "exists_one";
    case Macro::map:
      return "map";
    case Macro::filter:
      return "filter";
    case Macro::opt_map:
      return "optMap";
    case Macro::opt_flat_map:
      return "optFlatMap";
  }
  return "";
}

}  // namespace

Type Checker::report(SourceRange at, std::string message, std::string suggestion, Issue::About about) {
  issues_.push_back({at, std::move(message), std::move(suggestion), about});
  return {};
}

std::string Checker::text_of_type(const Type& type) const {
  const Type known = inference_.applied(type, true);
  switch (known.tag()) {
    case Tag::timestamp:
      return "timestamp";
    case Tag::duration:
      return "duration";
    case Tag::null_:
      return "null";
    case Tag::record:
      return known.name();
    case Tag::list:
      return "list(" + text_of_type(known.arguments()[0]) + ")";
    case Tag::optional:
      return "optional(" + text_of_type(known.arguments()[0]) + ")";
    default:
      return known.to_text();
  }
}

Type Checker::check(Syntax& node) {
  node.type = check_node(node);
  return node.type;
}

Type Checker::check_node(Syntax& node) {
  switch (node.tag) {
    // The resolver has typed the names of types.
    case Syntax::Tag::literal:
      return node.value.is(Kind::type) ? node.type : literal_type(node.value);
    case Syntax::Tag::name:
      return check_name(node);
    case Syntax::Tag::select:
      return check_select(node);
    case Syntax::Tag::call:
      return check_call(node);
    case Syntax::Tag::operation:
      return check_operation(node);
    case Syntax::Tag::list:
      return check_list(node);
    case Syntax::Tag::map:
      return check_map(node);
    case Syntax::Tag::macro:
      return check_macro(node);
  }
  return {};
}

Type Checker::check_name(Syntax& node) {
  if (node.meaning == Syntax::Meaning::local) {
    const auto local =
        std::find_if(locals_.rbegin(), locals_.rend(), [&](const Local& l) { return l.name == node.name; });
    if (local == locals_.rend()) return {};
    if (!local->words.words.empty()) words_[&node] = local->words;
    return local->type;
  }
  if (node.meaning == Syntax::Meaning::variable) {
    const auto found = std::ranges::find(environment_.variables, node.name, &Variable::name);
    return found == environment_.variables.end() ? Type() : found->type;
  }
  std::vector<std::string> names;
  for (const Local& local : locals_) names.push_back(local.name);
  for (const Variable& variable : environment_.variables) names.push_back(variable.name);
  if (find_builtin(node.name, environment_.product) != nullptr) {
    return report(node.at,
                  fmt::format("'{}' is a function: arguments in parentheses are missing", node.name));
  }
  return report(node.at, fmt::format("unknown name '{}'", node.name), nearest(node.name, names).value_or(""),
                Issue::About::unknown_name);
}

void Checker::join_item(std::optional<Type>& so_far, Syntax& item, const Type& type) {
  if (!so_far) {
    so_far = type;
    return;
  }
  const Type wanted = inference_.applied(*so_far);
  if (can_adapt(item, wanted)) {
    adapt(item, wanted);
    return;
  }
  so_far = inference_.joined(wanted, type);
}

Type Checker::check_list(Syntax& node) {
  std::optional<Type> element;
  std::vector<std::pair<Syntax*, Type>> literals;
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    Syntax& child = *node.children[i];
    Type type = check(child);
    if (node.marked[i]) {
      const Type inner = inference_.fresh();
      if (!inference_.assignable(Type::optional(inner), type)) {
        report(child.at, fmt::format("[?...] takes an optional, not {}", text_of_type(type)));
      }
      type = inference_.applied(inner);
    }
    // Numbers wait for what stands beside them.
    if (!node.marked[i] && is_adaptable(child)) {
      literals.emplace_back(&child, type);
    } else {
      join_item(element, child, type);
    }
  }
  for (auto& [child, type] : literals) join_item(element, *child, type);
  return Type::list(element ? *element : inference_.fresh());
}

Type Checker::check_map(Syntax& node) {
  std::optional<Type> key;
  std::optional<Type> value;
  std::vector<std::pair<Syntax*, Type>> literals;
  for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
    const Type key_type = check(*node.children[i]);
    key = key ? inference_.joined(*key, key_type) : key_type;
    Syntax& child = *node.children[i + 1];
    Type type = check(child);
    if (node.marked[i / 2]) {
      const Type inner = inference_.fresh();
      if (!inference_.assignable(Type::optional(inner), type)) {
        report(child.at, fmt::format("{{?key: ...}} takes an optional, not {}", text_of_type(type)));
      }
      type = inference_.applied(inner);
    }
    if (!node.marked[i / 2] && is_adaptable(child)) {
      literals.emplace_back(&child, type);
    } else {
      join_item(value, child, type);
    }
  }
  for (auto& [child, type] : literals) join_item(value, *child, type);
  return Type::map(key ? *key : inference_.fresh(), value ? *value : inference_.fresh());
}

Type Checker::element_of(const Syntax& macro, const Type& range) {
  const Type type = inference_.applied(range);
  const bool optional = macro.macro == Macro::opt_map || macro.macro == Macro::opt_flat_map;
  if (type.is(Tag::dyn) || type.is(Tag::parameter)) return {};
  if (optional && type.is(Tag::optional)) return type.arguments()[0];
  if (!optional && (type.is(Tag::list) || type.is(Tag::map))) return type.arguments()[0];
  if (!optional && type.is(Tag::record)) return Type::scalar(Tag::string);
  if (!optional && type.is(Tag::group)) return Type::scalar(Tag::person);
  return report(macro.children[0]->at,
                fmt::format("{}() runs over {}, not {}", macro_name(macro.macro),
                            optional ? "an optional" : "lists and maps", text_of_type(type)));
}

Type Checker::check_body(Syntax& node, const Syntax& range, const Type& element, std::string_view variable) {
  // A guard outside speaks of another thing of the same name.
  const Guards outer = guards_;
  std::erase_if(guards_, [&](const std::string& path) {
    return path == variable || path.starts_with(std::string(variable) + ".");
  });
  locals_.push_back({std::string(variable), element, words_of(range)});
  Type type = check(node);
  locals_.pop_back();
  guards_ = outer;
  return type;
}

void Checker::require_bool(Syntax& node, const Type& type, std::string_view where) {
  if (!inference_.assignable(Type::scalar(Tag::bool_), type)) {
    report(node.at, fmt::format("{} must be true or false (bool), not {}", where, text_of_type(type)));
  }
}

Type Checker::check_macro(Syntax& node) {
  const Type range = check(*node.children[0]);
  const Type element = element_of(node, range);
  Syntax& body = *node.children.back();
  if (node.children.size() == 3) {
    Syntax& condition = *node.children[1];
    require_bool(condition, check_body(condition, *node.children[0], element, node.variable),
                 "the condition of map()");
  }
  const Type type = check_body(body, *node.children[0], element, node.variable);
  switch (node.macro) {
    case Macro::all:
    case Macro::exists:
    case Macro::exists_one:
      require_bool(body, type, fmt::format("the condition of {}()", macro_name(node.macro)));
      return Type::scalar(Tag::bool_);
    case Macro::filter:
      require_bool(body, type, "the condition of filter()");
      return Type::list(element);
    case Macro::map:
      return Type::list(type);
    case Macro::opt_map:
      return Type::optional(type);
    case Macro::opt_flat_map: {
      const Type inner = inference_.fresh();
      if (!inference_.assignable(Type::optional(inner), type)) {
        return report(
            body.at, fmt::format("optFlatMap() wants an optional, not {}; use optMap()", text_of_type(type)));
      }
      return Type::optional(inference_.applied(inner));
    }
  }
  return {};
}

void Checker::check_adapting(Syntax& node, const Type& wanted) {
  if (node.tag == Syntax::Tag::operation && !node.exact) {
    require_bool(*node.children[0], check(*node.children[0]), "the condition before '?'");
    check_adapting(*node.children[1], wanted);
    check_adapting(*node.children[2], wanted);
    node.type = wanted;
  } else {
    check(node);
    adapt(node, wanted);
  }
}

void Checker::check(Syntax& root, const Type& expected) {
  if (can_adapt(root, expected)) return check_adapting(root, expected);
  check(root);
  if (!issues_.empty()) return;
  const Type type = inference_.applied(root.type);
  if (inference_.assignable(expected, type)) return;
  // One person, or a group, may stand for a list of persons; the caller makes one of it.
  const bool people = expected.is(Tag::list) && expected.arguments()[0].is(Tag::person);
  if (people && (type.is(Tag::person) || type.is(Tag::group))) return;
  report(root.at, fmt::format("{} is wanted here, not {}", text_of_type(expected), text_of_type(type)));
}

Type check(Syntax& root, const Environment& environment, const std::optional<Type>& expected,
           std::vector<Issue>& issues) {
  Checker checker(environment, issues);
  if (expected) {
    checker.check(root, *expected);
  } else {
    checker.check(root);
  }
  return checker.inference().applied(root.type, true);
}

}  // namespace countersign::cel
