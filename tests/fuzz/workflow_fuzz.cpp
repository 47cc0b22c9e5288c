// Feeds foreign bytes to the YAML reader and the workflow loader. Whatever comes, they end, report at least
// one error or give a definition, and every diagnostic lies inside the text. Built by clang only:
//   cmake -DCMAKE_CXX_COMPILER=clang++-19 -DCOUNTERSIGN_SANITIZE=address,undefined,fuzzer-no-link ...
#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "definition/workflow_loader.h"
#include "tests/definition/sample_catalogue.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace countersign;
  static const Catalogue kCatalogue = testing::sample_catalogue();
  static const MessageTexts kMessages{{{"expense-paid", "en"}, "Paid\n\n${form.amount}\n"}};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const LoadedWorkflow loaded = load_workflow("workflows/fuzzed.yaml", text, kMessages, kCatalogue);
  COUNTERSIGN_INVARIANT((loaded.definition == nullptr) == loaded.diagnostics.has_errors(),
                        "a workflow is loaded exactly where there is no error");
  const std::string shown = loaded.diagnostics.to_text();
  COUNTERSIGN_INVARIANT(shown.empty() == loaded.diagnostics.all().empty(), "every diagnostic is shown");
  return 0;
}
