// The committed schemas are what the loader's tables say. COUNTERSIGN_REWRITE_GOLDENS=1 writes them anew.
#include "definition/json_schema.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "definition/field_loader.h"
#include "definition/step_loader.h"
#include "definition/workflow_files.h"
#include "tests/source_folder.h"

namespace countersign {
namespace {

TEST(JsonSchema, TheCommittedFilesAreCurrent) {
  const std::filesystem::path folder = std::filesystem::path(source_folder()) / "docs" / "schema";
  const char* rewrite = std::getenv("COUNTERSIGN_REWRITE_GOLDENS");
  for (const std::string& name : schema_names()) {
    const std::string file = (folder / (name + ".schema.json")).string();
    const auto schema = json_schema(name);
    ASSERT_TRUE(schema) << name;
    const std::string text = indented_json(*schema);
    if (rewrite != nullptr && std::string_view(rewrite) == "1") {
      std::filesystem::create_directories(folder);
      std::ofstream(file, std::ios::binary) << text;
      continue;
    }
    EXPECT_EQ(read_file(file).value_or(""), text)
        << "run this test with COUNTERSIGN_REWRITE_GOLDENS=1 and look at the difference";
  }
  EXPECT_FALSE(json_schema("messages"));
}

TEST(JsonSchema, HoldsEveryKeyOfTheTables) {
  const json::object schema = *json_schema("workflow");
  const auto& definitions = schema.at("definitions").as_object();
  const auto holds = [](const json::value& map, const KeyTable& keys) {
    for (const Key& key : keys) {
      const bool there = map.at("properties").as_object().contains(key.name);
      EXPECT_EQ(there, key.need != Need::later) << key.name;
    }
  };
  holds(schema, workflow_keys());
  holds(definitions.at("field"), field_keys());
  for (const StepWord& word : step_words()) {
    const auto step = definitions.find("step_" + std::string(word.word));
    if (word.read == nullptr) {
      EXPECT_EQ(step, definitions.end()) << word.word << " is not available";
      continue;
    }
    ASSERT_NE(step, definitions.end()) << word.word;
    holds(step->value(), common_step_keys());
    holds(step->value(), word.beside);
  }
}

}  // namespace
}  // namespace countersign
