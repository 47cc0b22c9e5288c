// Evaluates foreign expressions over the sample's variables and directory. Whatever comes, evaluation ends
// within its cost, twice with the same result for the same price, and a condition that was checked is true,
// false or an error.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"
#include "tests/cel/evaluate.h"

namespace {

using namespace countersign;

struct Run {
  std::string result;
  std::uint64_t spent = 0;
  bool is_bool = false;
  bool failed = false;
};

Run evaluate(const cel::Program& program) {
  static const cel::Variables kVariables = cel::product_variables();
  static const cel::Directory kDirectory;
  cel::Cost cost(cel::Cost::kExpressionMax);
  const auto value = program.evaluate(kVariables, kDirectory, cost);
  Run run;
  run.spent = cel::Cost::kExpressionMax - cost.left();
  run.failed = !value;
  run.is_bool = value && value->kind() == cel::Kind::bool_;
  run.result = value ? write_json(cel::encode(*value)) : value.error().message;
  return run;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const cel::Environment kProduct = cel::product_environment();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const bool with_checker : {true, false}) {
    cel::CompileOptions options;
    options.check = with_checker;
    const cel::Compilation compiled = cel::compile(text, kProduct, options);
    if (!compiled.issues.empty()) continue;
    const Run first = evaluate(compiled.program);
    const Run second = evaluate(compiled.program);
    COUNTERSIGN_INVARIANT(first.result == second.result && first.spent == second.spent,
                          "evaluation gives the same for the same price");
    const bool condition = with_checker && compiled.program.type().is(cel::Type::Tag::bool_);
    COUNTERSIGN_INVARIANT(!condition || first.failed || first.is_bool,
                          "a checked condition is true, false or an error");
  }
  return 0;
}
