// The notation of types: "list(int)", "map(string, dyn)", "optional_type(T)", "tuple(T, U)".

#include <algorithm>

#include <fmt/format.h>

#include "cel/type.h"

namespace countersign::cel {
namespace {

struct ScalarName {
  Type::Tag tag;
  std::string_view name;
};
constexpr ScalarName kScalarNames[] = {
    {Type::Tag::dyn, "dyn"},
    {Type::Tag::null_, "null_type"},
    {Type::Tag::bool_, "bool"},
    {Type::Tag::int_, "int"},
    {Type::Tag::uint_, "uint"},
    {Type::Tag::double_, "double"},
    {Type::Tag::string, "string"},
    {Type::Tag::bytes, "bytes"},
    {Type::Tag::timestamp, "google.protobuf.Timestamp"},
    {Type::Tag::duration, "google.protobuf.Duration"},
    {Type::Tag::decimal, "decimal"},
    {Type::Tag::date, "date"},
    {Type::Tag::person, "person"},
    {Type::Tag::group, "group"},
    {Type::Tag::timestamp, "timestamp"},
    {Type::Tag::duration, "duration"},
    {Type::Tag::null_, "null"},
};
constexpr int kTypeDepthMax = 32;

// Reads one type and moves past it.
class Reader {
 public:
  Reader(std::string_view text, const std::vector<std::string>& parameters)
      : text_(text), parameters_(parameters) {}

  Result<Type> read_all() {
    auto type = read(0);
    if (!type) return type;
    skip_spaces();
    if (at_ != text_.size()) return bad("something follows the type");
    return type;
  }

 private:
  std::unexpected<Error> bad(std::string_view why) const {
    return fail(ErrorCode::invalid_input, fmt::format("cannot read the type '{}': {}", text_, why));
  }
  void skip_spaces() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(char c) {
    skip_spaces();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string_view take_name() {
    skip_spaces();
    const std::size_t begin = at_;
    const auto is_name = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
             c == '.';
    };
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  Result<Type> read(int depth) {
    if (depth > kTypeDepthMax) return bad("it is nested too deeply");
    const std::string_view name = take_name();
    if (name.empty()) return bad("a name is expected");
    if (name == "money") return read_money();
    std::vector<Type> arguments;
    const bool applied = take('(');
    if (applied) {
      do {
        auto argument = read(depth + 1);
        if (!argument) return argument;
        arguments.push_back(*std::move(argument));
      } while (take(','));
      if (!take(')')) return bad("')' is missing");
    }
    return build(name, std::move(arguments), applied);
  }

  Result<Type> read_money() {
    if (!take('(')) return Type::money("");
    std::string currency(take_name());
    if (!take(')')) return bad("')' is missing");
    return Type::money(std::move(currency));
  }

  Result<Type> build(std::string_view name, std::vector<Type> arguments, bool applied) const {
    const auto exactly = [&](std::size_t count) { return arguments.size() == count; };
    const auto argument = [&](std::size_t i) { return i < arguments.size() ? arguments[i] : Type(); };
    if (!applied) {
      if (std::ranges::find(parameters_, name) != parameters_.end())
        return Type::parameter(std::string(name));
      for (const ScalarName& scalar : kScalarNames) {
        if (scalar.name == name) return Type::scalar(scalar.tag);
      }
    }
    if (name == "list" && (!applied || exactly(1))) return Type::list(argument(0));
    if (name == "map" && (!applied || exactly(2))) return Type::map(argument(0), argument(1));
    if (name == "optional_type" && (!applied || exactly(1))) return Type::optional(argument(0));
    if (name == "type" && (!applied || exactly(1))) return Type::type_of(argument(0));
    return Type::opaque(std::string(name), std::move(arguments));
  }

  std::string_view text_;
  const std::vector<std::string>& parameters_;
  std::size_t at_ = 0;
};

std::string applied(std::string_view name, const std::vector<Type>& arguments) {
  std::string text(name);
  if (arguments.empty()) return text;
  text += '(';
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (i > 0) text += ", ";
    text += arguments[i].to_text();
  }
  return text + ')';
}

}  // namespace

std::string Type::to_text() const {
  switch (tag()) {
    case Tag::list:
      return applied("list", arguments());
    case Tag::map:
      return applied("map", arguments());
    case Tag::optional:
      return applied("optional_type", arguments());
    case Tag::type:
      return applied("type", arguments());
    case Tag::opaque:
      return applied(name(), arguments());
    case Tag::parameter:
      return name();
    case Tag::money:
      return name().empty() ? "money" : "money(" + name() + ")";
    case Tag::record:
      return "record " + name();
    default:
      break;
  }
  for (const ScalarName& scalar : kScalarNames) {
    if (scalar.tag == tag()) return std::string(scalar.name);
  }
  return "dyn";
}

Result<Type> Type::parse(std::string_view text, const std::vector<std::string>& parameters) {
  return Reader(text, parameters).read_all();
}

}  // namespace countersign::cel
