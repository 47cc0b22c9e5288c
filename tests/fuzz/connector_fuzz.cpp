// Feeds foreign bytes to the loaders of connector files, people files and configurations. Whatever comes,
// they end, and give something exactly where they report no error.
#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "definition/configuration_loader.h"
#include "definition/connector_loader.h"
#include "definition/people_loader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace countersign;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  {
    Diagnostics found;
    const bool loaded = load_connector("connectors/fuzzed.yaml", text, found) != nullptr;
    COUNTERSIGN_INVARIANT(loaded != found.has_errors(), "a connector is loaded where there is no error");
  }
  for (const char* file : {"people.yaml", "people.csv"}) {
    Diagnostics found;
    const Calendars calendars;
    const bool loaded = load_people(file, text, calendars, found) != nullptr;
    COUNTERSIGN_INVARIANT(loaded != found.has_errors(), "people are loaded where there is no error");
  }
  Diagnostics found;
  const FileReader none = [](const std::string& path) -> Result<std::string> {
    return fail(ErrorCode::not_found, "cannot read " + path);
  };
  const bool loaded = load_configuration("countersign.yaml", text, none, found).has_value();
  COUNTERSIGN_INVARIANT(loaded != found.has_errors(), "a configuration is loaded where there is no error");
  (void)found.to_text();
  return 0;
}
