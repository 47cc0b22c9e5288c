#include "cel/builtins.h"

#include <array>
#include <unordered_map>

#include <fmt/format.h>

namespace countersign::cel {
namespace {

const std::vector<std::string> kParameters = {"A", "B", "K", "T", "V"};

// The tables are ours: one that cannot be read is a defect.
Type known_type(std::string_view text) {
  const auto type = Type::parse(text, kParameters);
  COUNTERSIGN_INVARIANT(type.has_value(), "a signature in the table of functions cannot be read");
  return *type;
}

// Splits at commas that stand in no parentheses.
std::vector<Type> known_types(std::string_view text) {
  std::vector<Type> types;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')') --depth;
    if (text[i] == ',' && depth == 0) {
      types.push_back(known_type(text.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  if (begin < text.size()) types.push_back(known_type(text.substr(begin)));
  return types;
}

using Table = std::unordered_map<std::string, Builtin>;

void add_rows(Table& table, const std::vector<BuiltinRow>& rows) {
  for (const BuiltinRow& row : rows) {
    Builtin builtin;
    builtin.name = row.name;
    builtin.evaluate = row.evaluate;
    builtin.product = row.product;
    for (const std::string_view text : row.signatures) builtin.signatures.push_back(parse_signature(text));
    table.emplace(builtin.name, std::move(builtin));
  }
}

const Table& table() {
  static const Table kTable = [] {
    Table all;
    add_rows(all, conversion_functions());
    add_rows(all, text_functions());
    add_rows(all, text_extension_functions());
    add_rows(all, math_functions());
    add_rows(all, time_functions());
    add_rows(all, optional_functions());
    add_rows(all, list_functions());
    add_rows(all, exact_functions());
    add_rows(all, date_functions());
    return all;
  }();
  return kTable;
}

std::vector<std::string_view> operator_rows(Operator op, bool optional_index) {
  switch (op) {
    case Operator::add:
      return {"(int, int) -> int",
              "(uint, uint) -> uint",
              "(double, double) -> double",
              "(string, string) -> string",
              "(bytes, bytes) -> bytes",
              "(list(A), list(A)) -> list(A)",
              "(timestamp, duration) -> timestamp",
              "(duration, timestamp) -> timestamp",
              "(duration, duration) -> duration",
              "product: (decimal, decimal) -> decimal",
              "product: (decimal, int) -> decimal",
              "product: (int, decimal) -> decimal",
              "product: (date, period) -> date",
              "product: (period, date) -> date",
              "product: (period, period) -> period"};
    case Operator::subtract:
      return {"(int, int) -> int",
              "(uint, uint) -> uint",
              "(double, double) -> double",
              "(timestamp, timestamp) -> duration",
              "(timestamp, duration) -> timestamp",
              "(duration, duration) -> duration",
              "product: (decimal, decimal) -> decimal",
              "product: (decimal, int) -> decimal",
              "product: (int, decimal) -> decimal",
              "product: (date, date) -> int",
              "product: (date, period) -> date",
              "product: (period, period) -> period"};
    case Operator::multiply:
    case Operator::divide:
      return {"(int, int) -> int",
              "(uint, uint) -> uint",
              "(double, double) -> double",
              "product: (decimal, decimal) -> decimal",
              "product: (decimal, int) -> decimal",
              "product: (int, decimal) -> decimal"};
    case Operator::modulo:
      return {"(int, int) -> int", "(uint, uint) -> uint"};
    case Operator::negate:
      return {"(int) -> int", "(double) -> double", "product: (decimal) -> decimal"};
    case Operator::equal:
    case Operator::not_equal:
      return {"(A, A) -> bool", "product: (decimal, int) -> bool", "product: (int, decimal) -> bool"};
    case Operator::less:
    case Operator::less_equal:
    case Operator::greater:
    case Operator::greater_equal:
      return {"(bool, bool) -> bool",
              "(int, int) -> bool",
              "(uint, uint) -> bool",
              "(double, double) -> bool",
              "(string, string) -> bool",
              "(bytes, bytes) -> bool",
              "(timestamp, timestamp) -> bool",
              "(duration, duration) -> bool",
              "(int, uint) -> bool",
              "(int, double) -> bool",
              "(uint, int) -> bool",
              "(uint, double) -> bool",
              "(double, int) -> bool",
              "(double, uint) -> bool",
              "product: (decimal, decimal) -> bool",
              "product: (decimal, int) -> bool",
              "product: (int, decimal) -> bool",
              "product: (date, date) -> bool"};
    case Operator::in:
      return {"(A, list(A)) -> bool", "(A, map(A, B)) -> bool", "product: (person, group) -> bool"};
    case Operator::not_:
      return {"(bool) -> bool"};
    case Operator::and_:
    case Operator::or_:
      return {"(bool, bool) -> bool"};
    case Operator::conditional:
      return {"(bool, A, A) -> A"};
    case Operator::index:
      if (optional_index) {
        return {"(list(A), int) -> optional_type(A)", "(map(A, B), A) -> optional_type(B)",
                "(optional_type(list(A)), int) -> optional_type(A)",
                "(optional_type(map(A, B)), A) -> optional_type(B)"};
      }
      return {"(list(A), int) -> A", "(map(A, B), A) -> B",
              "(optional_type(list(A)), int) -> optional_type(A)",
              "(optional_type(map(A, B)), A) -> optional_type(B)"};
    case Operator::none:
      break;
  }
  return {};
}

}  // namespace

Signature parse_signature(std::string_view text) {
  Signature signature;
  constexpr std::string_view kProduct = "product: ";
  if (text.starts_with(kProduct)) {
    signature.product = true;
    text.remove_prefix(kProduct.size());
  }
  constexpr std::string_view kArrow = " -> ";
  const std::size_t arrow = text.rfind(kArrow);
  signature.result = known_type(text.substr(arrow + kArrow.size()));
  text = text.substr(0, arrow);
  if (const std::size_t point = text.find(".("); point != std::string_view::npos) {
    signature.receiver = true;
    signature.arguments.push_back(known_type(text.substr(0, point)));
    text.remove_prefix(point + 1);
  }
  for (Type& type : known_types(text.substr(1, text.size() - 2)))
    signature.arguments.push_back(std::move(type));
  return signature;
}

const Builtin* find_builtin(std::string_view name, bool product) {
  const auto found = table().find(std::string(name));
  if (found == table().end() || (found->second.product && !product)) return nullptr;
  return &found->second;
}

std::vector<std::string> builtin_names(bool product) {
  std::vector<std::string> names;
  for (const auto& [name, builtin] : table()) {
    if (product || !builtin.product) names.push_back(name);
  }
  return names;
}

const std::vector<Signature>& operator_signatures(Operator op, bool optional_index) {
  constexpr std::size_t kOperators = static_cast<std::size_t>(Operator::index) + 1;
  static const auto kSignatures = [] {
    std::array<std::vector<Signature>, kOperators + 1> all;  // a[?b] is the last
    for (std::size_t i = 0; i <= kOperators; ++i) {
      const Operator of = i == kOperators ? Operator::index : static_cast<Operator>(i);
      for (const std::string_view row : operator_rows(of, i == kOperators))
        all[i].push_back(parse_signature(row));
    }
    return all;
  }();
  return kSignatures[optional_index ? kOperators : static_cast<std::size_t>(op)];
}

}  // namespace countersign::cel
