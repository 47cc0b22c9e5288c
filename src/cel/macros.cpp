#include "cel/macros.h"

#include <fmt/format.h>

namespace countersign::cel {
namespace {

struct MacroRule {
  std::string_view name;
  Macro macro;
  std::size_t arguments_min;  // behind the receiver
  std::size_t arguments_max;
};
constexpr MacroRule kMacros[] = {
    {"all", Macro::all, 2, 2},
    {"exists", Macro::exists, 2, 2},
    {"exists_one", Macro::exists_one, 2, 2},
    {"existsOne", Macro::exists_one, 2, 2},
    {"map", Macro::map, 2, 3},
    {"filter", Macro::filter, 2, 2},
    {"optMap", Macro::opt_map, 2, 2},
    {"optFlatMap", Macro::opt_flat_map, 2, 2},
};

std::expected<SyntaxPtr, Issue> presence(SyntaxPtr call) {
  SyntaxPtr field = std::move(call->children[0]);
  if (field->tag != Syntax::Tag::select || field->optional) {
    return std::unexpected(
        Issue{field->at, "has() takes the selection of a field, such as has(form.amount)", {}});
  }
  field->presence = true;
  field->at = call->at;
  return field;
}

}  // namespace

std::expected<SyntaxPtr, Issue> unfold_macro(SyntaxPtr call) {
  if (!call->receiver) {
    if (call->name == "has" && call->children.size() == 1) return presence(std::move(call));
    return call;
  }
  for (const MacroRule& rule : kMacros) {
    const std::size_t arguments = call->children.size() - 1;
    if (call->name != rule.name || arguments < rule.arguments_min || arguments > rule.arguments_max) continue;
    const Syntax& variable = *call->children[1];
    if (variable.tag != Syntax::Tag::name || variable.rooted) {
      return std::unexpected(Issue{
          variable.at,
          fmt::format("{}() takes a name for the element first, such as {}(x, ...)", rule.name, rule.name),
          {}});
    }
    call->tag = Syntax::Tag::macro;
    call->macro = rule.macro;
    call->variable = variable.name;
    call->children.erase(call->children.begin() + 1);
    return call;
  }
  return call;
}

}  // namespace countersign::cel
