// Parsing, help, and what a wrong command line gets.

#include "cli/command.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/command_run.h"
#include "tests/core/golden_file.h"

namespace countersign::cli::test {
namespace {

using testing::HasSubstr;

TEST(Help, OfACommandShowsUsageOptionsAndExamples) {
  const Ran ran = run({"version", "--help"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.out,
            "countersign version: print the program's version\n\nUsage: countersign version\n\nExamples:\n  "
            "countersign "
            "version\n");
}

TEST(Help, StaysWithin100ColumnsAndHasAnExampleForEveryCommand) {
  Connection connection;
  const auto line = make_command_line(connection, nullptr);
  const auto check = [](const auto& self, const Command& command) -> void {
    std::istringstream help(command.help());
    for (std::string text; std::getline(help, text);) {
      // An example is one line, so that it can be copied.
      if (!text.starts_with("  countersign ")) {
        EXPECT_LE(text.size(), 100U) << command.path() << ": " << text;
      }
    }
    EXPECT_FALSE(command.summary().empty()) << command.path();
    if (command.commands().empty()) {
      EXPECT_FALSE(command.examples().empty()) << command.path();
    }
    for (const auto& example : command.examples())
      EXPECT_TRUE(example.line.starts_with(command.path())) << example.line;
    for (const auto& each : command.commands()) self(self, *each);
  };
  check(check, line->root());
}

TEST(Help, IsThePageOfTheCommandLine) {
  Connection connection;
  const std::string page = command_line_page(*make_command_line(connection, nullptr));
  const auto path = countersign::test::source_path("docs/command-line.md");
  if (countersign::test::rewrite_golden()) countersign::test::write_file(path, page);
  EXPECT_EQ(countersign::test::read_file(path).value_or(""), page)
      << "run this test with COUNTERSIGN_REWRITE_GOLDEN=1 and look at the difference";
}

TEST(Help, OfTheWholeProgramListsWhatScriptsRelyOn) {
  const Ran ran = run({"--help"});
  EXPECT_EQ(ran.code, 0);
  for (const auto* name : {"serve", "validate", "eval", "start", "list", "show", "inbox", "decide", "cancel",
                           "audit", "backup", "doctor", "outbox", "reload", "people", "key", "version"}) {
    EXPECT_THAT(ran.out, HasSubstr(std::string("\n  ") + name + " ")) << name;
  }
  EXPECT_THAT(ran.out, HasSubstr("Exit codes:\n"));
}

TEST(CommandLine, SuggestsTheCommandThatWasMeant) {
  const Ran ran = run({"lisst"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(
      ran.err,
      "countersign: 'countersign lisst' is no command (did you mean 'list'?); see 'countersign --help'\n");
  EXPECT_EQ(
      run({"outbox", "dorp", "1"}).err,
      "countersign: 'countersign outbox dorp' is no command (did you mean 'drop'?); see 'countersign outbox "
      "--help'\n");
}

TEST(CommandLine, WantsACommand) {
  const Ran ran = run({});
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.err, "countersign: 'countersign' wants a command behind it; see 'countersign --help'\n");
  EXPECT_EQ(run({"audit"}).err,
            "countersign: 'countersign audit' wants a command behind it; see 'countersign audit --help'\n");
}

TEST(CommandLine, RefusesUnknownOptionsAndMissingArgumentsInOneLine) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{{"show"},
                                                                     {"show", "EXP-1", "EXP-2"},
                                                                     {"list", "--stauts", "open"},
                                                                     {"cancel", "EXP-1"},
                                                                     {"list", "--limit", "many"},
                                                                     {"list", "--limit", "-1"},
                                                                     {"decide", "EXP-1"},
                                                                     {"key", "create", "--name", "crm"}}) {
    const Ran ran = run(arguments);
    EXPECT_EQ(ran.code, 2) << arguments.front();
    EXPECT_TRUE(ran.err.starts_with("countersign: ")) << ran.err;
    EXPECT_EQ(std::ranges::count(ran.err, '\n'), 1) << ran.err;
    EXPECT_EQ(ran.out, "");
  }
}

TEST(CommandLine, HandsItsOptionsToTheDaemon) {
  ServeOptions seen;
  const Serve serve = [&seen](const ServeOptions& options) {
    seen = options;
    return 1;
  };
  const Ran ran =
      run({"serve", "--dev", "--data", "/tmp/x", "--listen", "127.0.0.1:9000", "--config", "c.yaml"}, {}, "",
          serve);
  EXPECT_EQ(ran.code, 1) << "the daemon's exit code is the program's";
  EXPECT_TRUE(seen.dev);
  EXPECT_EQ(seen.data, "/tmp/x");
  EXPECT_EQ(seen.listen, "127.0.0.1:9000");
  EXPECT_EQ(seen.config, "c.yaml");
}

TEST(CommandLine, PrintsItsVersion) {
  EXPECT_EQ(run({"version"}).out, "countersign 0.1.0\n");
}

}  // namespace
}  // namespace countersign::cli::test
