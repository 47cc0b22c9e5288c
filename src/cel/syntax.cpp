#include "cel/syntax.h"

namespace countersign::cel {

std::string_view spelling(Operator op) {
  switch (op) {
    case Operator::none:
      return "";
    case Operator::add:
      return "+";
    case Operator::subtract:
    case Operator::negate:
      return "-";
    case Operator::multiply:
      return "*";
    case Operator::divide:
      return "/";
    case Operator::modulo:
      return "%";
    case Operator::equal:
      return "==";
    case Operator::not_equal:
      return "!=";
    case Operator::less:
      return "<";
    case Operator::less_equal:
      return "<=";
    case Operator::greater:
      return ">";
    case Operator::greater_equal:
      return ">=";
    case Operator::in:
      return "in";
    case Operator::not_:
      return "!";
    case Operator::and_:
      return "&&";
    case Operator::or_:
      return "||";
    case Operator::conditional:
      return "?:";
    case Operator::index:
      return "[]";
  }
  return "";
}

std::string path_of(const Syntax& syntax) {
  if (syntax.tag == Syntax::Tag::name) return syntax.name;
  if (syntax.tag != Syntax::Tag::select) return {};
  std::string path = path_of(*syntax.children[0]);
  return path.empty() ? path : path + "." + syntax.name;
}

std::string_view text_of(std::string_view source, SourceRange at) {
  if (at.begin >= source.size()) return {};
  return source.substr(at.begin, at.end - at.begin);
}

}  // namespace countersign::cel
