// The committed schema of scenario files is what the reader's tables say. COUNTERSIGN_REWRITE_GOLDENS=1
// writes it anew.
#include <cstdlib>
#include <fstream>

#include "scenario/reading.h"
#include "scenario/scenario_grammar.h"
#include <gtest/gtest.h>

#include "definition/json_schema.h"
#include "definition/workflow_files.h"
#include "tests/source_folder.h"

namespace countersign::scenario {
namespace {

TEST(ScenarioSchema, TheCommittedFileIsCurrent) {
  const std::string file = source_folder() + "/docs/schema/scenario.schema.json";
  const std::string text = indented_json(scenario_schema());
  const char* rewrite = std::getenv("COUNTERSIGN_REWRITE_GOLDENS");
  if (rewrite != nullptr && std::string_view(rewrite) == "1") {
    std::ofstream(file, std::ios::binary) << text;
    return;
  }
  EXPECT_EQ(read_file(file).value_or(""), text)
      << "run this test with COUNTERSIGN_REWRITE_GOLDENS=1 and look at the difference";
}

// An act that the reader gets and nobody describes here would be accepted whatever stands behind it.
TEST(ScenarioSchema, SaysWhatStandsBehindEveryAct) {
  const json::object schema = scenario_schema();
  const json::object& properties = schema.at("definitions").at("entry").at("properties").as_object();
  for (const Key& key : entry_keys()) {
    ASSERT_TRUE(properties.contains(key.name)) << key.name;
    const bool described = key.shape != Shape::any && key.shape != Shape::map && key.shape != Shape::list;
    EXPECT_TRUE(described || properties.at(key.name).as_object().contains("allOf")) << key.name;
  }
}

}  // namespace
}  // namespace countersign::scenario
