// The standard's functions on text: size, contains, startsWith, endsWith, matches.

#include <re2/re2.h>

#include "base/text.h"
#include "cel/builtins.h"
#include "cel/pattern.h"

namespace countersign::cel {
namespace {

using Arguments = std::span<const Value>;

bool are_texts(Arguments arguments, std::size_t count) {
  if (arguments.size() != count) return false;
  for (const Value& argument : arguments) {
    if (!argument.is(Kind::string)) return false;
  }
  return true;
}

bool size(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (arguments.size() != 1) return evaluation.fail(no_overload("size", arguments));
  const Value& of = arguments[0];
  std::size_t count = 0;
  switch (of.kind()) {
    case Kind::string:
      if (!evaluation.spend_bytes(of.as_string().size())) return false;
      count = count_characters(of.as_string());
      break;
    case Kind::bytes:
      count = of.as_bytes().size();
      break;
    case Kind::list:
      count = of.as_list().size();
      break;
    case Kind::map:
      count = of.as_map().size();
      break;
    case Kind::group: {
      constexpr std::uint64_t kHostUnits = 10;
      if (!evaluation.spend(kHostUnits)) return false;
      const auto members = evaluation.host().members(of.as_string());
      if (!members) return evaluation.fail(members.error());
      count = members->size();
      break;
    }
    default:
      return evaluation.fail(no_overload("size", arguments));
  }
  result = Value::integer(static_cast<std::int64_t>(count));
  return true;
}

template <class Test>
bool test_texts(Evaluation& evaluation, std::string_view name, Arguments arguments, Value& result,
                Test test) {
  if (!are_texts(arguments, 2)) return evaluation.fail(no_overload(name, arguments));
  if (!evaluation.spend_bytes(arguments[0].as_string().size() + arguments[1].as_string().size()))
    return false;
  result = Value::boolean(test(arguments[0].as_string(), arguments[1].as_string()));
  return true;
}

bool contains(Evaluation& evaluation, Arguments arguments, Value& result) {
  return test_texts(
      evaluation, "contains", arguments, result,
      [](std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; });
}
bool starts_with(Evaluation& evaluation, Arguments arguments, Value& result) {
  return test_texts(evaluation, "startsWith", arguments, result,
                    [](std::string_view text, std::string_view part) { return text.starts_with(part); });
}
bool ends_with(Evaluation& evaluation, Arguments arguments, Value& result) {
  return test_texts(evaluation, "endsWith", arguments, result,
                    [](std::string_view text, std::string_view part) { return text.ends_with(part); });
}

bool matches(Evaluation& evaluation, Arguments arguments, Value& result) {
  if (!are_texts(arguments, 2)) return evaluation.fail(no_overload("matches", arguments));
  constexpr std::uint64_t kCompileUnits = 100;  // a pattern that is no literal is compiled each time
  const std::string_view source = arguments[1].as_string();
  if (!evaluation.spend(kCompileUnits + source.size())) return false;
  const auto pattern = compile_pattern(source);
  if (!pattern) return evaluation.fail(pattern.error());
  return match(evaluation, **pattern, arguments[0], result);
}

}  // namespace

Result<std::shared_ptr<const re2::RE2>> compile_pattern(std::string_view source) {
  constexpr std::size_t kPatternBytesMax = 4096;
  if (source.size() > kPatternBytesMax)
    return fail(ErrorCode::too_large, "the pattern has more than 4096 bytes");
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto pattern = std::make_shared<const re2::RE2>(re2::StringPiece(source.data(), source.size()), options);
  if (!pattern->ok()) {
    return fail(ErrorCode::invalid_input,
                "'" + std::string(source) + "' is no pattern (RE2): " + pattern->error());
  }
  return pattern;
}

bool match(Evaluation& evaluation, const re2::RE2& pattern, const Value& text, Value& result) {
  const std::string_view subject = text.as_string();
  if (!evaluation.spend_bytes(subject.size() * (1 + static_cast<std::size_t>(pattern.ProgramSize()) / 64)))
    return false;
  result = Value::boolean(re2::RE2::PartialMatch(re2::StringPiece(subject.data(), subject.size()), pattern));
  return true;
}

std::vector<BuiltinRow> text_functions() {
  return {
      {"size",
       size,
       {"(string) -> int", "(bytes) -> int", "(list(A)) -> int", "(map(K, V)) -> int", "string.() -> int",
        "bytes.() -> int", "list(A).() -> int", "map(K, V).() -> int", "product: (group) -> int"}},
      {"contains", contains, {"string.(string) -> bool"}},
      {"startsWith", starts_with, {"string.(string) -> bool"}},
      {"endsWith", ends_with, {"string.(string) -> bool"}},
      {"matches", matches, {"string.(string) -> bool", "(string, string) -> bool"}},
  };
}

}  // namespace countersign::cel
