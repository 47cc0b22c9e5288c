// The checker's part for selections: fields of records, maps, persons, money and optionals; fields that may
// be missing, and the has(...) that guards them.

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cel/checker.h"

namespace countersign::cel {
namespace {

using Tag = Type::Tag;

}  // namespace

bool Checker::is_guarded(const std::string& path) const {
  if (path.empty()) return false;
  return std::ranges::any_of(
      guards_, [&](const std::string& guard) { return guard == path || guard.starts_with(path + "."); });
}

void Checker::collect_guards(const Syntax& node, bool truth, Guards& guards) const {
  if (node.tag == Syntax::Tag::select && node.presence) {
    std::string path = path_of(node);
    if (truth && !path.empty()) guards.push_back(std::move(path));
    return;
  }
  if (node.tag != Syntax::Tag::operation) return;
  if (node.op == Operator::not_) return collect_guards(*node.children[0], !truth, guards);
  const bool all = (node.op == Operator::and_ && truth) || (node.op == Operator::or_ && !truth);
  if (!all) return;
  for (const SyntaxPtr& child : node.children) collect_guards(*child, truth, guards);
}

void Checker::report_unknown_field(const Syntax& node, const Type& record) {
  std::vector<std::string> names;
  for (const auto& [name, field] : record.fields()) names.push_back(name);
  report(node.name_at, fmt::format("unknown field '{}' of {}", node.name, record.name()),
         nearest(node.name, names).value_or(""));
}

Type Checker::record_field(const Syntax& node, const Type& record, bool optional) {
  const auto found = record.fields().find(node.name);
  if (found == record.fields().end()) {
    report_unknown_field(node, record);
    return {};
  }
  const bool plain = !optional && !node.presence;
  if (plain && found->second.maybe && !is_guarded(path_of(node))) {
    const std::string path = path_of(node);
    const std::string base = path_of(*node.children[0]);
    std::string way = path.empty()
                          ? fmt::format("read it as .?{}", node.name)
                          : fmt::format("guard it with has({}) or read it as {}.?{}", path, base, node.name);
    report(node.at, fmt::format("'{}' of {} may be missing here, because what sets it may not have run; {}",
                                node.name, record.name(), way));
  }
  return found->second.type;
}

Type Checker::field_of(const Syntax& node, const Type& base, bool optional) {
  switch (base.tag()) {
    case Tag::dyn:
    case Tag::parameter:
      return {};
    case Tag::record:
      return record_field(node, base, optional);
    case Tag::map: {
      const Type key = inference_.applied(base.arguments()[0]);
      if (!inference_.assignable(key, Type::scalar(Tag::string))) break;
      return base.arguments()[1];
    }
    case Tag::person:
      if (environment_.person.is(Tag::record)) return record_field(node, environment_.person, optional);
      return {};
    case Tag::money:
      if (node.name == "amount") return Type::scalar(Tag::decimal);
      if (node.name == "currency") return Type::scalar(Tag::string);
      report(node.name_at, fmt::format("unknown field '{}' of money: it has amount and currency", node.name));
      return {};
    default:
      break;
  }
  return report(node.name_at,
                fmt::format("{} has no fields, so there is no '{}'", text_of_type(base), node.name));
}

Type Checker::check_select(Syntax& node) {
  const Type base = inference_.applied(check(*node.children[0]));
  const bool through = base.is(Tag::optional);
  const Type inner = through ? inference_.applied(base.arguments()[0]) : base;
  const Type type = field_of(node, inner, node.optional || through);
  if (node.presence) return Type::scalar(Tag::bool_);
  return node.optional || through ? Type::optional(type) : type;
}

}  // namespace countersign::cel
