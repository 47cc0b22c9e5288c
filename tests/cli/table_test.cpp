#include "cli/table.h"

#include <gtest/gtest.h>

#include "cli/text_width.h"

namespace countersign::cli {
namespace {

TEST(DisplayWidth, ChineseTakesTwoColumns) {
  EXPECT_EQ(display_width("Li Na"), 5U);
  EXPECT_EQ(display_width("李娜"), 4U);
  EXPECT_EQ(display_width("费用报销 (EXP)"), 14U);
  EXPECT_EQ(display_width("，。（）"), 8U);
  EXPECT_EQ(display_width("ｆｕｌｌ"), 8U);
  EXPECT_EQ(display_width("한국"), 4U);
  EXPECT_EQ(display_width("é"), 1U);
  EXPECT_EQ(display_width("e\u0301"), 1U) << "a combining accent";
  EXPECT_EQ(display_width("𠀀"), 2U);
  EXPECT_EQ(display_width("\xff\xfe"), 2U) << "bytes that are no UTF-8 count one each";
}

TEST(CutToWidth, NeverCutsThroughACharacter) {
  EXPECT_EQ(cut_to_width("short", 5), "short");
  EXPECT_EQ(cut_to_width("too long", 5), "too …");
  EXPECT_EQ(cut_to_width("费用报销", 8), "费用报销");
  EXPECT_EQ(cut_to_width("费用报销", 7), "费用报…");
  EXPECT_EQ(cut_to_width("费用报销", 6), "费用…") << "half of a wide character does not fit";
}

TEST(Printable, TakesAwayWhatATerminalObeys) {
  EXPECT_EQ(printable("a\nb\tc\r"), "a b c");
  EXPECT_EQ(printable("\x1b[31mred"), "\uFFFD[31mred");
  EXPECT_EQ(printable("\u009b31m"), "\uFFFD31m") << "the one-character form of the same";
  EXPECT_EQ(printable("pay\u202Eoot"), "payoot") << "text that is turned around";
  EXPECT_EQ(printable("ok \xff!"), "ok \uFFFD!");
  EXPECT_EQ(printable("李娜"), "李娜");
}

TEST(Table, AlignsColumnsByWhatTheyTakeOnATerminal) {
  Table table({"REFERENCE", "QUESTION", "FOR"});
  table.add({"EXP-2026-14", "该费用是否合理？", "张伟"});
  table.add({"EXP-2026-9", "Is this expense reasonable?", "Anna Schmidt"});
  table.add({"EXP-2026-10", "", "李娜"});
  EXPECT_EQ(table.text(),
            "REFERENCE    QUESTION                     FOR\n"
            "EXP-2026-14  该费用是否合理？             张伟\n"
            "EXP-2026-9   Is this expense reasonable?  Anna Schmidt\n"
            "EXP-2026-10                               李娜\n");
}

TEST(Table, LeavesEmptyColumnsOutAndEndsNoLineWithSpaces) {
  Table table({"A", "EMPTY", "B"});
  table.add({"1", "", "2"});
  table.add({"3", "", ""});
  EXPECT_EQ(table.text(), "A  B\n1  2\n3\n");
}

TEST(Table, CutsWhatIsTooWide) {
  Table table({"TEXT"});
  table.add({std::string(100, 'x')});
  EXPECT_EQ(table.text(), "TEXT\n" + std::string(Table::kCellWidthMax - 1, 'x') + "…\n");
}

}  // namespace
}  // namespace countersign::cli
