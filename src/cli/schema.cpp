// countersign schema: what editors complete and check files by.

#include <algorithm>

#include "scenario/scenario_grammar.h"
#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "definition/json_schema.h"

namespace countersign::cli {

void add_schema(Command& root) {
  const auto name = std::make_shared<std::string>();
  root.add("schema", "print the JSON Schema of a kind of file")
      .describe(
          "KIND is workflow, scenario, connector, people or configuration. The schema is made of the "
          "loader's own "
          "tables of "
          "keys. Editors with a YAML language server use it where a file's first line is '# "
          "yaml-language-server: "
          "$schema=PATH'.")
      .argument(*name, "KIND", "workflow, scenario, connector, people or configuration",
                Command::Need::required)
      .example("countersign schema workflow > workflow.schema.json")
      .runs([name](Console& console) -> Outcome<ExitCode> {
        const auto schema = *name == "scenario" ? scenario::scenario_schema() : json_schema(*name);
        if (!schema) {
          return failed(ExitCode::wrong_use, fmt::format("'{}' is no kind of file (there are: {}, scenario)",
                                                         *name, join(schema_names(), ", ")));
        }
        console.out << indented_json(*schema);
        return ExitCode::done;
      });
}

}  // namespace countersign::cli
