#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/codec/state_members.h"
#include "core/item_status.h"
#include "tests/core/golden_file.h"

namespace countersign {
namespace {

constexpr auto& kStatuses = codec::Enumerators<ItemStatus>::kAll;
constexpr auto& kActs = codec::Enumerators<ItemAct>::kAll;

std::string_view meaning(ItemStatus status) {
  switch (status) {
    case ItemStatus::waiting:
      return "in the roster, not yet their turn: one by one, or somebody who was added comes first";
    case ItemStatus::open:
      return "somebody is asked";
    case ItemStatus::decided:
      return "they answered; the outcome says what";
    case ItemStatus::superseded:
      return "no longer needed: the step is decided without it";
    case ItemStatus::cancelled:
      return "the step or the instance was left: send back, cancel, withdraw";
    case ItemStatus::expired:
      return "the deadline passed";
    case ItemStatus::reassigned:
      return "somebody else is asked instead";
    case ItemStatus::advised:
      return "they gave an opinion; whoever asked for it decides";
  }
  return "";
}

std::string diagram() {
  std::string text = "```mermaid\nstateDiagram-v2\n  [*] --> waiting\n  [*] --> open\n";
  for (const auto& transition : kItemTransitions) {
    text += fmt::format("  {} --> {}: {}\n", to_string(transition.from), to_string(transition.to),
                        to_string(transition.act));
  }
  for (const auto status : kStatuses) {
    if (!is_open(status)) text += fmt::format("  {} --> [*]\n", to_string(status));
  }
  return text + "```\n";
}

// What each act does in each state: the whole product, so that a refusal stands there too.
std::string table() {
  std::string text = "| state |";
  std::string rule = "| --- |";
  for (const auto act : kActs) {
    text += fmt::format(" {} |", to_string(act));
    rule += " --- |";
  }
  text += "\n" + rule + "\n";
  for (const auto from : kStatuses) {
    text += fmt::format("| **{}** |", to_string(from));
    for (const auto act : kActs) {
      const auto to = next_status(from, act);
      text += fmt::format(" {} |", to ? to_string(*to) : "-");
    }
    text += "\n";
  }
  return text;
}

std::string page() {
  std::string text =
      "# The life of a work item\n\n"
      "Printed from `kItemTransitions` in `src/core/item_status.h`; a test keeps the two equal. To print it "
      "again\n"
      "after a change: `COUNTERSIGN_REWRITE_GOLDEN=1 ctest --preset dev -R StateMachinePage`.\n\n";
  text += diagram();
  text += "\nAn act leads to the state in its cell; `-` means that it is refused, with the reason.\n\n";
  text += table();
  text += "\n| state | number | means |\n| --- | --- | --- |\n";
  for (const auto status : kStatuses) {
    text += fmt::format("| {} | {} | {} |\n", to_string(status), static_cast<int>(status), meaning(status));
  }
  return text;
}

TEST(StateMachinePage, IsPrintedFromTheTable) {
  const auto path = test::source_path("docs/state_machine.md");
  if (test::rewrite_golden()) test::write_file(path, page());
  EXPECT_EQ(test::read_file(path).value_or("missing"), page());
}

TEST(ItemStatus, ClosedItemsStayClosed) {
  for (const auto from : kStatuses) {
    if (is_open(from)) continue;
    for (const auto act : kActs) {
      EXPECT_EQ(next_status(from, act), std::nullopt) << to_string(from) << " " << to_string(act);
    }
  }
}

TEST(ItemStatus, OnlyAnOpenItemIsDecided) {
  for (const auto from : kStatuses) {
    EXPECT_EQ(next_status(from, ItemAct::decide).has_value(), from == ItemStatus::open) << to_string(from);
  }
}

TEST(ItemStatus, EachPairStandsOnceInTheTable) {
  for (std::size_t i = 0; i < kItemTransitions.size(); ++i) {
    for (std::size_t j = i + 1; j < kItemTransitions.size(); ++j) {
      EXPECT_FALSE(kItemTransitions[i].from == kItemTransitions[j].from &&
                   kItemTransitions[i].act == kItemTransitions[j].act);
    }
  }
}

TEST(ItemStatus, WordsComeBack) {
  for (const auto status : kStatuses) EXPECT_EQ(item_status_from(to_string(status)), status);
  EXPECT_EQ(item_status_from("OPEN"), std::nullopt);
  EXPECT_EQ(item_status_from(""), std::nullopt);
}

}  // namespace
}  // namespace countersign
