#include "cel/parser.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "base/text.h"
#include "cel/lexer.h"
#include "cel/macros.h"
#include "cel/numbers.h"

namespace countersign::cel {
namespace {

// Words that langdef.md keeps for languages CEL is embedded in. As fields and methods they are fine.
constexpr std::string_view kReserved[] = {"as",        "break",  "const",  "continue", "else", "for",
                                          "function",  "if",     "import", "let",      "loop", "package",
                                          "namespace", "return", "var",    "void",     "while"};

struct Binary {
  std::string_view symbol;
  Operator op;
  int strength;
};
constexpr Binary kBinary[] = {
    {"<", Operator::less, 1},     {"<=", Operator::less_equal, 1},
    {">", Operator::greater, 1},  {">=", Operator::greater_equal, 1},
    {"==", Operator::equal, 1},   {"!=", Operator::not_equal, 1},
    {"+", Operator::add, 2},      {"-", Operator::subtract, 2},
    {"*", Operator::multiply, 3}, {"/", Operator::divide, 3},
    {"%", Operator::modulo, 3},
};

// Thrown within this file only, to leave the descent at the first issue.
struct Stop {
  Issue issue;
};

class Parser {
 public:
  Parser(std::vector<Token> tokens, int depth_max) : tokens_(std::move(tokens)), depth_max_(depth_max) {}

  SyntaxPtr run() {
    if (peek().tag == Token::Tag::end) stop(peek().at, "the expression is empty");
    SyntaxPtr all = expression();
    if (peek().tag != Token::Tag::end) unexpected("the end of the expression");
    return all;
  }

 private:
  const Token& peek(std::size_t ahead = 0) const {
    return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
  }
  const Token& take() {
    const Token& token = peek();
    if (next_ + 1 < tokens_.size()) ++next_;
    return token;
  }
  bool accept(std::string_view symbol) {
    if (!peek().is(symbol)) return false;
    take();
    return true;
  }
  SourceRange taken() const { return tokens_[next_ == 0 ? 0 : next_ - 1].at; }

  [[noreturn]] static void stop(SourceRange at, std::string message, std::string suggestion = {}) {
    throw Stop{{at, std::move(message), std::move(suggestion)}};
  }

  static std::string shown(const Token& token) {
    switch (token.tag) {
      case Token::Tag::end:
        return "the end of the expression";
      case Token::Tag::string:
      case Token::Tag::bytes:
        return "a text";
      default:
        return fmt::format("'{}'", token.text);
    }
  }

  [[noreturn]] void unexpected(std::string_view wanted) const {
    const Token& token = peek();
    for (const auto& [word, symbol] :
         {std::pair{"and", "&&"}, std::pair{"or", "||"}, std::pair{"not", "!"}}) {
      if (token.is_word(word))
        stop(token.at, fmt::format("'{}' is no operator; write '{}'", word, symbol), symbol);
    }
    if (token.is("{") && next_ > 0 && tokens_[next_ - 1].tag == Token::Tag::name) {
      stop(token.at, "messages cannot be made here; a map is written {\"key\": value}");
    }
    explain_number(token);
    stop(token.at, fmt::format("{} is expected here, not {}", wanted, shown(token)));
  }

  // What people write behind a number: 3 days, 5000 CNY, 3,000.
  void explain_number(const Token& token) const {
    if (next_ == 0) return;
    const Token& number = tokens_[next_ - 1];
    if (number.tag != Token::Tag::int_ && number.tag != Token::Tag::double_) return;
    const SourceRange both{number.at.begin, token.at.end};
    const auto instead = [&](SourceRange at, std::string message, std::string replacement) {
      throw Stop{{at, std::move(message), replacement, Issue::About::other, replacement}};
    };
    if (token.tag == Token::Tag::name && number.tag == Token::Tag::int_) {
      for (const std::string_view unit : {"day", "month"}) {
        if (token.text != unit && token.text != std::string(unit) + "s") continue;
        const std::string call = fmt::format("{}s({})", unit, number.text);
        instead(both, fmt::format("a number of {}s is written {}", unit, call), call);
      }
      for (const auto& [unit, letter] :
           {std::pair{"hour", 'h'}, std::pair{"minute", 'm'}, std::pair{"second", 's'}}) {
        if (token.text != unit && token.text != std::string(unit) + "s") continue;
        const std::string call = fmt::format("duration(\"{}{}\")", number.text, letter);
        instead(both, fmt::format("{} {} are written {}", number.text, token.text, call), call);
      }
    }
    const bool currency = token.tag == Token::Tag::name && token.text.size() == 3 &&
                          std::ranges::all_of(token.text, [](char c) { return c >= 'A' && c <= 'Z'; });
    if (currency) {
      instead(both,
              fmt::format("a number beside money is an amount of its currency: write {} alone, or "
                          "money(\"{}\", \"{}\")",
                          number.text, number.text, token.text),
              number.text);
    }
    const Token& behind = peek(1);
    if (token.is(",") && behind.tag == Token::Tag::int_ && behind.text.size() == 3) {
      instead({number.at.begin, behind.at.end}, "numbers are written without a comma",
              number.text + behind.text);
    }
  }

  void close(std::string_view symbol, std::string_view opening, SourceRange opened) {
    if (accept(symbol)) return;
    if (peek().tag == Token::Tag::end)
      stop(opened, fmt::format("this '{}' is never closed: '{}' is missing", opening, symbol));
    unexpected(fmt::format("'{}' or ','", symbol));
  }

  SyntaxPtr make(Syntax::Tag tag, SourceRange at) const {
    auto node = std::make_unique<Syntax>();
    node->tag = tag;
    node->at = at;
    node->name_at = at;
    return node;
  }

  // The depth is known once the children are.
  SyntaxPtr finished(SyntaxPtr node) const {
    for (const SyntaxPtr& child : node->children) node->depth = std::max(node->depth, child->depth + 1);
    if (node->depth > depth_max_) too_deep(node->at);
    return node;
  }
  [[noreturn]] void too_deep(SourceRange at) const {
    stop(at,
         fmt::format("the expression is nested more than {} levels deep; split it into parts", depth_max_));
  }

  SyntaxPtr operation(Operator op, SourceRange op_at, std::vector<SyntaxPtr> children) const {
    SyntaxPtr node = make(Syntax::Tag::operation, {children.front()->at.begin, children.back()->at.end});
    if (op == Operator::negate || op == Operator::not_) node->at.begin = op_at.begin;
    node->op = op;
    node->name_at = op_at;
    node->children = std::move(children);
    node->exact = exact_of(*node);
    return finished(std::move(node));
  }

  // 5 * 1000 is as good as 5000 beside a decimal; a quotient is not, for CEL divides integers.
  static std::optional<Decimal> exact_of(const Syntax& node) {
    if (node.children.size() != 2 || !node.children[0]->exact || !node.children[1]->exact)
      return std::nullopt;
    const Decimal& a = *node.children[0]->exact;
    const Decimal& b = *node.children[1]->exact;
    const auto kept = [](Result<Decimal> number) { return number ? std::optional(*number) : std::nullopt; };
    switch (node.op) {
      case Operator::add:
        return kept(Decimal::add(a, b));
      case Operator::subtract:
        return kept(Decimal::subtract(a, b));
      case Operator::multiply:
        return kept(Decimal::multiply(a, b));
      default:
        return std::nullopt;
    }
  }
  template <class... Children>
  SyntaxPtr operation(Operator op, SourceRange op_at, Children... children) const {
    std::vector<SyntaxPtr> all;
    (all.push_back(std::move(children)), ...);
    return operation(op, op_at, std::move(all));
  }

  SyntaxPtr expression() {
    if (++nesting_ > depth_max_) too_deep(peek().at);
    SyntaxPtr condition = any_of();
    if (peek().is("?")) {
      const SourceRange at = take().at;
      SyntaxPtr then = any_of();
      if (!accept(":")) unexpected("':' and what holds otherwise");
      SyntaxPtr otherwise = expression();
      condition =
          operation(Operator::conditional, at, std::move(condition), std::move(then), std::move(otherwise));
    }
    --nesting_;
    return condition;
  }

  // Chains of && and || become one node: long ones are flat, not deep.
  SyntaxPtr any_of() { return chain("||", Operator::or_, &Parser::all_of); }
  SyntaxPtr all_of() { return chain("&&", Operator::and_, &Parser::comparison); }
  SyntaxPtr chain(std::string_view symbol, Operator op, SyntaxPtr (Parser::*part)()) {
    SyntaxPtr first = (this->*part)();
    if (!peek().is(symbol)) return first;
    const SourceRange at = peek().at;
    std::vector<SyntaxPtr> parts;
    parts.push_back(std::move(first));
    while (accept(symbol)) parts.push_back((this->*part)());
    return operation(op, at, std::move(parts));
  }

  SyntaxPtr comparison() { return binary(1); }

  SyntaxPtr binary(int strength) {
    if (strength > 3) return unary();
    SyntaxPtr left = binary(strength + 1);
    while (true) {
      Operator op = Operator::none;
      for (const Binary& candidate : kBinary) {
        if (candidate.strength == strength && peek().is(candidate.symbol)) op = candidate.op;
      }
      if (strength == 1 && peek().is_word("in")) op = Operator::in;
      if (op == Operator::none) return left;
      const SourceRange at = take().at;
      SyntaxPtr right = binary(strength + 1);
      left = operation(op, at, std::move(left), std::move(right));
    }
  }

  static bool is_number_token(const Token& token) {
    return token.tag == Token::Tag::int_ || token.tag == Token::Tag::double_;
  }

  SyntaxPtr unary() {
    if (!peek().is("!") && !peek().is("-")) return member();
    if (peek().is("-") && is_number_token(peek(1))) return member();
    if (++nesting_ > depth_max_) too_deep(peek().at);
    const Token& sign = take();
    const SourceRange at = sign.at;
    const Operator op = sign.is("!") ? Operator::not_ : Operator::negate;
    SyntaxPtr node = operation(op, at, unary());
    --nesting_;
    return node;
  }

  SyntaxPtr member() {
    SyntaxPtr node = primary();
    while (true) {
      if (peek().is(".")) {
        node = selection(std::move(node));
      } else if (peek().is("[")) {
        const SourceRange opened = take().at;
        const bool optional = accept("?");
        SyntaxPtr key = expression();
        close("]", "[", opened);
        node = operation(Operator::index, opened, std::move(node), std::move(key));
        node->optional = optional;
        node->at.end = taken().end;
      } else {
        return node;
      }
    }
  }

  SyntaxPtr selection(SyntaxPtr target) {
    take();  // the point
    const bool optional = accept("?");
    const Token& field = take();
    const bool named = field.tag == Token::Tag::name && field.text != "in" && field.text != "true" &&
                       field.text != "false" && field.text != "null";
    if (!named && field.tag != Token::Tag::quoted_name) {
      stop(field.at, fmt::format("a field's name is expected behind '.', not {}", shown(field)));
    }
    const SourceRange at{target->at.begin, field.at.end};
    if (field.tag == Token::Tag::name && !optional && peek().is("(")) {
      return call(at, field, std::move(target));
    }
    SyntaxPtr node = make(Syntax::Tag::select, at);
    node->name = field.text;
    node->name_at = field.at;
    node->optional = optional;
    node->children.push_back(std::move(target));
    return finished(std::move(node));
  }

  SyntaxPtr call(SourceRange at, const Token& name, SyntaxPtr target) {
    SyntaxPtr node = make(Syntax::Tag::call, at);
    node->name = name.text;
    node->name_at = name.at;
    node->receiver = target != nullptr;
    if (target) node->children.push_back(std::move(target));
    const SourceRange opened = take().at;
    if (!peek().is(")")) {
      do {
        node->children.push_back(expression());
      } while (accept(","));
    }
    close(")", "(", opened);
    node->at.end = taken().end;
    auto unfolded = unfold_macro(finished(std::move(node)));
    if (!unfolded) throw Stop{std::move(unfolded).error()};
    return *std::move(unfolded);
  }

  SyntaxPtr primary() {
    const Token& token = peek();
    if (token.tag == Token::Tag::name || token.is(".")) return named();
    if (token.is("(")) {
      const SourceRange opened = take().at;
      SyntaxPtr inner = expression();
      if (!accept(")")) {
        if (peek().tag == Token::Tag::end) stop(opened, "this '(' is never closed: ')' is missing");
        unexpected("')' or an operator");
      }
      inner->at = {opened.begin, taken().end};
      return inner;
    }
    if (token.is("[")) return list();
    if (token.is("{")) return map();
    return literal();
  }

  SyntaxPtr named() {
    const SourceRange begin = peek().at;
    const bool rooted = accept(".");
    const Token& token = take();
    if (token.tag != Token::Tag::name)
      stop(token.at, fmt::format("a name is expected here, not {}", shown(token)));
    if (!rooted && (token.text == "true" || token.text == "false" || token.text == "null")) {
      SyntaxPtr node = make(Syntax::Tag::literal, token.at);
      if (token.text != "null") node->value = Value::boolean(token.text == "true");
      return node;
    }
    if (token.is_word("in")) stop(token.at, "what stands before 'in' is missing");
    for (const std::string_view word : {"and", "or", "not"}) {
      if (token.is_word(word) && !peek().is(".") && !peek().is(")") && peek().tag != Token::Tag::end) {
        next_ -= 1;
        unexpected("a value");
      }
    }
    if (std::ranges::find(kReserved, token.text) != std::end(kReserved)) {
      stop(token.at, fmt::format("'{}' is a reserved word and cannot be a name", token.text));
    }
    const SourceRange at{begin.begin, token.at.end};
    if (peek().is("(")) {
      SyntaxPtr node = call(at, token, nullptr);
      node->rooted = rooted;
      return node;
    }
    SyntaxPtr node = make(Syntax::Tag::name, at);
    node->name = token.text;
    node->rooted = rooted;
    return node;
  }

  SyntaxPtr list() {
    const SourceRange opened = take().at;
    SyntaxPtr node = make(Syntax::Tag::list, opened);
    while (!peek().is("]")) {
      node->marked.push_back(accept("?"));
      node->children.push_back(expression());
      if (!accept(",")) break;
    }
    close("]", "[", opened);
    node->at.end = taken().end;
    return finished(std::move(node));
  }

  SyntaxPtr map() {
    const SourceRange opened = take().at;
    SyntaxPtr node = make(Syntax::Tag::map, opened);
    while (!peek().is("}")) {
      node->marked.push_back(accept("?"));
      node->children.push_back(expression());
      if (!accept(":")) unexpected("':' and the value of the key");
      node->children.push_back(expression());
      if (!accept(",")) break;
    }
    close("}", "{", opened);
    node->at.end = taken().end;
    return finished(std::move(node));
  }

  SyntaxPtr literal() {
    const std::size_t begin = peek().at.begin;
    const bool negative = peek().is("-") && is_number_token(peek(1));
    if (negative) take();
    const Token& token = peek();
    SyntaxPtr node = make(Syntax::Tag::literal, {begin, token.at.end});
    switch (token.tag) {
      case Token::Tag::string:
        node->value = Value::string(token.text);
        break;
      case Token::Tag::bytes:
        node->value = Value::bytes(token.text);
        break;
      case Token::Tag::uint_:
        node->value = unsigned_literal(token);
        break;
      case Token::Tag::int_:
        node->value = int_literal(token, negative);
        break;
      case Token::Tag::double_:
        node->value = double_literal(token, negative);
        break;
      case Token::Tag::end:
        if (next_ > 0)
          stop(taken(), fmt::format("something is missing behind {}", shown(tokens_[next_ - 1])));
        unexpected("a value");
      default:
        unexpected("a value");
    }
    if (is_number_token(token)) {
      const auto exact = node->value.is(Kind::int_)
                             ? Result<Decimal>(Decimal::from_int(node->value.as_int()))
                             : Decimal::parse((negative ? "-" : "") + whole(token.text));
      if (exact) node->exact = *exact;
    }
    take();
    return node;
  }

  // ".5" as "0.5".
  static std::string whole(const std::string& number) {
    return number.starts_with('.') ? "0" + number : number;
  }

  static std::uint64_t magnitude(const Token& token, std::string_view type) {
    const bool hex = token.text.starts_with("0x") || token.text.starts_with("0X");
    const std::string_view digits = std::string_view(token.text).substr(hex ? 2 : 0);
    std::uint64_t value = 0;
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
    if (end.ec != std::errc()) stop(token.at, fmt::format("the number is too large for {}", type));
    return value;
  }
  static Value unsigned_literal(const Token& token) {
    return Value::unsigned_integer(magnitude(token, "a uint (64 bits)"));
  }
  static Value int_literal(const Token& token, bool negative) {
    constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    const std::uint64_t value = magnitude(token, "an int (64 bits)");
    if (value > kMax + (negative ? 1 : 0)) stop(token.at, "the number is too large for an int (64 bits)");
    return Value::integer(static_cast<std::int64_t>(negative ? 0 - value : value));
  }
  static Value double_literal(const Token& token, bool negative) {
    const auto value = parse_double(token.text);
    if (!value) stop(token.at, "the number is too large for a double");
    return Value::number(negative ? -*value : *value);
  }

  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  int depth_max_;
  int nesting_ = 0;
};

}  // namespace

std::expected<SyntaxPtr, Issue> parse(std::string_view source, std::size_t bytes_max, int depth_max) {
  if (source.size() > bytes_max) {
    return std::unexpected(
        Issue{{bytes_max, source.size()},
              fmt::format("the expression has {} bytes; at most {} are allowed", source.size(), bytes_max),
              {}});
  }
  auto tokens = tokenize(source);
  if (!tokens) return std::unexpected(std::move(tokens).error());
  try {
    return Parser(*std::move(tokens), depth_max).run();
  } catch (Stop& stopped) {
    return std::unexpected(std::move(stopped.issue));
  }
}

}  // namespace countersign::cel
