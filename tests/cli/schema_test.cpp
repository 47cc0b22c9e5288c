// countersign schema.

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "definition/json_schema.h"
#include "tests/cli/command_run.h"
#include "tests/source_folder.h"

namespace countersign::cli::test {
namespace {

using testing::HasSubstr;

TEST(Schema, PrintsTheCommittedSchemas) {
  std::vector<std::string> names = schema_names();
  names.emplace_back("scenario");
  for (const std::string& name : names) {
    std::ostringstream committed;
    committed
        << std::ifstream(source_folder() + "/docs/schema/" + name + ".schema.json", std::ios::binary).rdbuf();
    const Ran ran = run({"schema", name});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.out, committed.str()) << name;
  }
}

TEST(Schema, OfAnotherKindIsWrongUse) {
  const Ran ran = run({"schema", "messages"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("there are: workflow, connector, people, configuration, scenario"));
}

}  // namespace
}  // namespace countersign::cli::test
