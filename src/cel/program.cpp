#include "cel/program.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "cel/characters.h"
#include "cel/checker.h"
#include "cel/parser.h"
#include "cel/plan.h"
#include "cel/resolve.h"

namespace countersign::cel {

struct Program::Compiled {
  std::string source;
  Type type;
  std::vector<std::vector<std::string>> references;
  std::vector<std::string> guards;
  Plan plan;
};

// The one place that makes programs.
struct Compiler {
  static Program make(Program::Compiled compiled) {
    Program program;
    program.compiled_ = std::make_shared<const Program::Compiled>(std::move(compiled));
    return program;
  }
  static Compilation compile(std::string_view source, const Environment& environment,
                             const CompileOptions& options);
};

namespace {

class NoHost final : public Host {
 public:
  Result<std::optional<Value>> person_field(const PersonId& person, std::string_view field) const override {
    return fail(ErrorCode::not_found,
                fmt::format("'{}' of {} is asked, and there is no directory here", field, person.value));
  }
  Result<Value> call(std::string_view function, std::span<const Value> /*arguments*/) const override {
    return fail(ErrorCode::not_found, fmt::format("the function '{}' is not available here", function));
  }
  Result<std::vector<PersonId>> members(std::string_view group) const override {
    return fail(ErrorCode::not_found,
                fmt::format("the members of {} are asked, and there is no directory here", group));
  }
};

// What messages quote of the expression: at most so many bytes, cut at a character.
std::string excerpt(std::string_view source, SourceRange at) {
  constexpr std::size_t kBytesMax = 80;
  std::string_view text = text_of(source, at);
  if (text.size() <= kBytesMax) return std::string(text);
  std::size_t end = kBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

}  // namespace

Result<bool> Host::is_member(std::string_view group, const PersonId& person) const {
  const auto all = members(group);
  if (!all) return std::unexpected(all.error());
  return std::ranges::find(*all, person) != all->end();
}

const Host& no_host() {
  static const NoHost kHost;
  return kHost;
}

std::string quote(std::string_view text) {
  return quoted(text);
}

Type person_record(std::map<std::string, RecordField> more) {
  using Tag = Type::Tag;
  for (const char* text : {"id", "name", "mail", "department", "locale"}) {
    more.emplace(text, RecordField{Type::scalar(Tag::string), false});
  }
  // Nobody is above the head of the house, and not everybody approves.
  more.emplace("manager", RecordField{Type::scalar(Tag::person), false, true});
  more.emplace("approval_limit", RecordField{Type::scalar(Tag::decimal), false, true});
  return Type::record("person", std::move(more));
}

const std::string& Program::source() const {
  return compiled_->source;
}
const Type& Program::type() const {
  return compiled_->type;
}
const std::vector<std::vector<std::string>>& Program::references() const {
  return compiled_->references;
}
const std::vector<std::string>& Program::guards() const {
  return compiled_->guards;
}

Result<Value> Program::evaluate(const Bindings& bindings, const Host& host, Cost& cost) const {
  COUNTERSIGN_INVARIANT(compiled_ != nullptr, "an empty program was evaluated");
  const Plan& plan = compiled_->plan;
  const std::uint64_t units = std::min(cost.left(), Cost::kExpressionMax);
  Evaluation evaluation(bindings, host, units, plan.slots, plan.variables);
  Value scratch;
  const Value* value = plan.root->view(evaluation, scratch);
  // Shared parts make a value that is small in memory and huge when written: what is handed out is measured.
  if (value != nullptr && !evaluation.spend_on(*value)) value = nullptr;
  cost.spend(units - evaluation.left());
  if (value == &scratch) return scratch;
  if (value != nullptr) return *value;
  const Failure& failure = evaluation.failure;
  const SourceRange at =
      failure.located && failure.at.end > 0 ? failure.at : SourceRange{0, compiled_->source.size()};
  std::string why = failure.message;
  if (evaluation.exhausted() && units < Cost::kExpressionMax)
    why = "the expressions of this command cost more than is allowed";
  return fail(failure.code, fmt::format("cannot evaluate '{}': {}", excerpt(compiled_->source, at), why));
}

Compilation Compiler::compile(std::string_view source, const Environment& environment,
                              const CompileOptions& options) {
  Compilation result;
  auto parsed = parse(source, environment.source_bytes_max, environment.depth_max);
  if (!parsed) {
    result.issues.push_back(std::move(parsed).error());
    return result;
  }
  SyntaxPtr root = *std::move(parsed);
  resolve(root, environment);
  Type type;
  if (options.check) type = check(*root, environment, options.expected, result.issues);
  Plan plan;
  if (result.issues.empty()) plan = make_plan(*root, environment, options.check, result.issues);
  if (!result.issues.empty()) {
    std::ranges::sort(result.issues, {},
                      [](const Issue& issue) { return std::tie(issue.at.begin, issue.message); });
    return result;
  }
  result.program =
      make({std::string(source), std::move(type), references_of(*root), guards_of(*root), std::move(plan)});
  return result;
}

Compilation compile(std::string_view source, const Environment& environment, const CompileOptions& options) {
  return Compiler::compile(source, environment, options);
}

}  // namespace countersign::cel
