// docs/workflow-reference.md names every key and every code that the loader knows.
#include <gtest/gtest.h>

#include "definition/chase_reader.h"
#include "definition/connector_parts.h"
#include "definition/field_loader.h"
#include "definition/schedule_loader.h"
#include "definition/step_loader.h"
#include "definition/trigger_loader.h"
#include "definition/workflow_files.h"
#include "tests/source_folder.h"

namespace countersign {
namespace {

std::string reference() {
  return read_file(source_folder() + "/docs/workflow-reference.md").value();
}

TEST(Reference, NamesEveryAvailableKey) {
  const std::string text = reference();
  std::vector<KeyTable> tables{workflow_keys(),      field_keys(),         common_step_keys(),
                               remind_keys(),        escalate_keys(),      form_trigger_keys(),
                               event_trigger_keys(), event_handler_keys(), webhook_trigger_keys(),
                               sender_keys(),        webhook_keys(),       schedule_trigger_keys(),
                               schedule_keys()};
  for (const StepWord& word : step_words()) {
    EXPECT_NE(text.find("`" + std::string(word.word)), std::string::npos) << word.word;
    tables.push_back(word.keys);
    tables.push_back(word.beside);
  }
  for (const KeyTable& table : tables) {
    for (const Key& key : table) {
      if (key.need == Need::later) continue;
      EXPECT_NE(text.find(key.name), std::string::npos) << key.name;
      EXPECT_FALSE(key.meaning.empty()) << key.name;
    }
  }
}

TEST(Reference, ListsEveryCode) {
  const std::string text = reference();
  for (const CodeInfo& info : diagnostic_codes()) {
    EXPECT_NE(text.find("| " + std::string(info.number) + " | " + std::string(info.title) + " |"),
              std::string::npos)
        << info.number;
  }
}

TEST(Reference, EveryCodeHasASectionWithWhatItMeans) {
  const std::string text = read_file(source_folder() + "/docs/diagnostics.md").value();
  for (const CodeInfo& info : diagnostic_codes()) {
    const std::string section = "## " + std::string(info.number) + " " + std::string(info.title) + "\n" +
                                std::string(info.explanation) + "\n";
    EXPECT_NE(text.find(section), std::string::npos) << section;
  }
}

}  // namespace
}  // namespace countersign
