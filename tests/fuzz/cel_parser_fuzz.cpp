// Feeds foreign bytes to the lexer, parser and checker of expressions. Whatever comes, they end, give a
// program or say why not, and every issue lies inside the text.
#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "tests/cel/evaluate.h"

namespace {

void check(std::string_view text, const countersign::cel::Environment& environment, bool with_checker) {
  using namespace countersign;
  cel::CompileOptions options;
  options.check = with_checker;
  const cel::Compilation compiled = cel::compile(text, environment, options);
  COUNTERSIGN_INVARIANT(static_cast<bool>(compiled.program) == compiled.issues.empty(),
                        "an expression compiles exactly where there is no issue");
  for (const cel::Issue& issue : compiled.issues) {
    COUNTERSIGN_INVARIANT(issue.at.begin <= issue.at.end && issue.at.end <= text.size(),
                          "an issue lies inside the text");
    COUNTERSIGN_INVARIANT(!issue.message.empty(), "an issue says what is wrong");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace countersign;
  static const cel::Environment kProduct = cel::product_environment();
  static const cel::Environment kCore = [] {
    cel::Environment environment;
    environment.product = false;
    environment.container = "a.b";
    return environment;
  }();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const bool with_checker : {true, false}) {
    check(text, kProduct, with_checker);
    check(text, kCore, with_checker);
  }
  return 0;
}
