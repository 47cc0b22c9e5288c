// The checker's part for selections: fields of records, maps, persons, money and optionals; fields that may
// be missing, and the has(...) that guards them.

#include <algorithm>
#include <compare>

#include <fmt/format.h>

#include "base/text.h"
#include "cel/checker.h"

namespace countersign::cel {
namespace {

using Tag = Type::Tag;

// "form.amount" of form.amount and form.?amount.
std::string guarded_path(const Syntax& node) {
  if (node.tag != Syntax::Tag::select || !node.optional) return path_of(node);
  const std::string base = path_of(*node.children[0]);
  return base.empty() ? base : base + "." + node.name;
}

// What stands for an empty field in a comparison or a sum; "" where nothing can.
std::string_view literal_for_nothing(const Type& type) {
  switch (type.tag()) {
    case Tag::int_:
    case Tag::decimal:
      return "0";
    case Tag::money:
      return type.name().empty() ? "" : "0";
    case Tag::string:
      return "\"\"";
    default:
      return "";
  }
}

bool is_size(const Syntax& node) {
  return node.tag == Syntax::Tag::call && node.name == "size" && node.children.size() == 1;
}

// How what is empty compares with the literal: an empty text with an empty text, the size of nothing with any
// number.
std::optional<std::strong_ordering> empty_beside(const Syntax& side, const Syntax& literal) {
  if (literal.tag != Syntax::Tag::literal) return std::nullopt;
  if (is_size(side)) return literal.exact ? std::optional(Decimal() <=> *literal.exact) : std::nullopt;
  const bool empty = literal.value.is(Kind::string) && literal.value.as_string().empty();
  return empty ? std::optional(std::strong_ordering::equal) : std::nullopt;
}

bool holds(Operator comparison, std::strong_ordering order) {
  switch (comparison) {
    case Operator::equal:
      return order == 0;
    case Operator::not_equal:
      return order != 0;
    case Operator::less:
      return order < 0;
    case Operator::less_equal:
      return order <= 0;
    case Operator::greater:
      return order > 0;
    default:
      return order >= 0;
  }
}

// What is not empty where the comparison is true, or false, because it would be the other way round then:
// form.note of form.note != "", form.files of 0 < size(form.files).
std::string filled_by(const Syntax& node, bool truth) {
  if (!is_comparison(node.op)) return {};
  const Syntax& left = *node.children[0];
  const Syntax& right = *node.children[1];
  const auto path = [](const Syntax& side) { return path_of(is_size(side) ? *side.children[0] : side); };
  if (const auto order = empty_beside(left, right))
    return holds(node.op, *order) == truth ? std::string() : path(left);
  if (const auto order = empty_beside(right, left))
    return holds(node.op, 0 <=> *order) == truth ? std::string() : path(right);
  return {};
}

}  // namespace

void collect_guards(const Syntax& node, bool truth, std::vector<std::string>& guards) {
  if (node.tag == Syntax::Tag::select && node.presence) {
    std::string path = path_of(node);
    if (truth && !path.empty()) guards.push_back(std::move(path));
    return;
  }
  if (node.tag == Syntax::Tag::call && node.receiver && node.name == "hasValue") {
    std::string path = guarded_path(*node.children[0]);
    if (truth && !path.empty()) guards.push_back(std::move(path));
    return;
  }
  if (node.tag != Syntax::Tag::operation) return;
  if (node.op == Operator::not_) return collect_guards(*node.children[0], !truth, guards);
  if (std::string path = filled_by(node, truth); !path.empty()) return guards.push_back(std::move(path));
  const bool all = (node.op == Operator::and_ && truth) || (node.op == Operator::or_ && !truth);
  if (!all) return;
  for (const SyntaxPtr& child : node.children) collect_guards(*child, truth, guards);
}

std::vector<std::string> guards_of(const Syntax& root) {
  std::vector<std::string> guards;
  collect_guards(root, true, guards);
  return guards;
}

bool Checker::is_guarded(const std::string& path) const {
  if (path.empty()) return false;
  return std::ranges::any_of(
      guards_, [&](const std::string& guard) { return guard == path || guard.starts_with(path + "."); });
}

void Checker::report_unknown_field(const Syntax& node, const Type& record) {
  std::vector<std::string> names;
  for (const auto& [name, field] : record.fields()) names.push_back(name);
  report(node.name_at, fmt::format("unknown field '{}' of {}", node.name, record.name()),
         nearest(node.name, names).value_or(""), Issue::About::unknown_field);
}

void Checker::report_missing(const Syntax& node, const Type& record, const RecordField& field) {
  const std::string path = path_of(node);
  const std::string base = path_of(*node.children[0]);
  const std::string_view nothing = literal_for_nothing(field.type);
  std::string replacement;
  if (!path.empty() && !nothing.empty())
    replacement = fmt::format("{}.?{}.orValue({})", base, node.name, nothing);
  const std::string way =
      path.empty()                             ? fmt::format("read it as .?{}", node.name)
      : field.unfilled && !replacement.empty() ? fmt::format("write {}, or has({}) && ...", replacement, path)
      : field.unfilled ? fmt::format("write has({}) && ..., or {}.?{}.orValue(...)", path, base, node.name)
                       : fmt::format("guard it with has({}) or read it as {}.?{}", path, base, node.name);
  const std::string why = !field.unfilled ? "may be missing here, because what sets it may not have run"
                          : record == environment_.person ? "may be empty here, for not everybody has one"
                                                          : "may be empty here, for nobody need fill it in";
  report(node.at, fmt::format("'{}' of {} {}; {}", node.name, record.name(), why, way), {},
         field.unfilled ? Issue::About::unfilled : Issue::About::missing);
  issues_.back().replacement = std::move(replacement);
}

// managers(requester, 2).last() where nothing may be empty, and the requester may have no manager.
void Checker::refuse_end_of_nothing(const Syntax& call) {
  if (!environment_.filled || (call.name != "first" && call.name != "last")) return;
  const Syntax& list = *call.children[0];
  if (list.tag != Syntax::Tag::call || list.meaning != Syntax::Meaning::declared || list.children.empty())
    return;
  const auto function = std::ranges::find(environment_.functions, list.name, &Function::name);
  if (function->empty_without.empty()) return;
  const std::string of = path_of(*list.children[0]);
  const std::string field = fmt::format("{}.{}", of, function->empty_without);
  if (of.empty() || is_guarded(field)) return;
  report(call.at,
         fmt::format("{}() of {} may be empty here and has no {}() then, for not everybody has a {}; write "
                     "has({}) && ...",
                     list.name, of, call.name, function->empty_without, field),
         {}, Issue::About::missing);
}

Type Checker::record_field(const Syntax& node, const Type& record, bool optional) {
  const auto found = record.fields().find(node.name);
  if (found == record.fields().end()) {
    report_unknown_field(node, record);
    return {};
  }
  const RecordField& field = found->second;
  if (!field.words.empty())
    words_[&node] = {field.words, fmt::format("'{}' of {}", node.name, record.name())};
  const bool plain = !optional && !node.presence;
  const bool may_be_absent = field.maybe || (field.unfilled && environment_.filled);
  if (plain && may_be_absent && !is_guarded(path_of(node))) report_missing(node, record, field);
  return field.type;
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
  const bool optionals = base.is(Tag::list) && inference_.applied(base.arguments()[0]).is(Tag::optional);
  const std::string way = base.is(Tag::list) ? fmt::format("; of each of them it is .map(x, x.{}{})",
                                                           optionals ? "?" : "", node.name)
                                             : std::string();
  return report(node.name_at,
                fmt::format("{} has no fields, so there is no '{}'{}", text_of_type(base), node.name, way));
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
