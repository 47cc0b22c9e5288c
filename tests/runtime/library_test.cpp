#include "runtime/library.h"

#include <gtest/gtest.h>

namespace countersign {
namespace {

std::shared_ptr<const Definition> definition(const std::string& version) {
  auto made = std::make_shared<Definition>();
  made->id = WorkflowId("expense");
  made->version = version;
  return made;
}

std::shared_ptr<const Snapshot> snapshot_with(const std::string& version) {
  auto made = std::make_shared<Snapshot>();
  made->workflows[WorkflowId("expense")] = definition(version);
  return made;
}

TEST(Library, KeepsVersionsThatAReloadReplaced) {
  Library library(snapshot_with("v1"));
  const auto before = library.current();
  library.replace(snapshot_with("v2"));
  EXPECT_EQ(before->workflow(WorkflowId("expense"))->version, "v1") << "whoever holds a snapshot keeps it";
  EXPECT_EQ(library.current()->workflow(WorkflowId("expense"))->version, "v2");
  EXPECT_NE(library.version(WorkflowId("expense"), "v1"), nullptr);
  EXPECT_NE(library.version(WorkflowId("expense"), "v2"), nullptr);
}

TEST(Library, KnowsVersionsThatItWasTold) {
  Library library(snapshot_with("v2"));
  EXPECT_EQ(library.version(WorkflowId("expense"), "v0"), nullptr);
  library.remember(definition("v0"));
  EXPECT_EQ(library.version(WorkflowId("expense"), "v0")->version, "v0");
  EXPECT_EQ(library.current()->workflow(WorkflowId("expense"))->version, "v2")
      << "new instances do not get it";
}

TEST(Library, HasNothingForUnknownNames) {
  const Library library(snapshot_with("v1"));
  EXPECT_EQ(library.current()->workflow(WorkflowId("other")), nullptr);
  EXPECT_EQ(library.current()->connector("crm"), nullptr);
  EXPECT_EQ(library.version(WorkflowId("other"), "v1"), nullptr);
}

}  // namespace
}  // namespace countersign
