// countersign version.

#include "cli/version.h"

#include "cli/commands.h"

namespace countersign::cli {

void add_version(Command& root) {
  root.add("version", "print the program's version")
      .example("countersign version")
      .runs([](Console& console) -> Outcome<ExitCode> {
        console.out << "countersign " << kVersion << '\n';
        return ExitCode::done;
      });
}

}  // namespace countersign::cli
