#include "definition/table_loader.h"

#include <gtest/gtest.h>

namespace countersign {
namespace {

std::optional<DataTable> load_csv(std::string_view text) {
  Diagnostics diagnostics;
  auto table = load_table("tables/rates.csv", text, diagnostics);
  EXPECT_EQ(diagnostics.to_text(), "");
  return table;
}

TEST(TableLoader, ReadsEveryTypeExactly) {
  const auto table = load_csv(
      "region:text,above:money(CNY),rate:number,since:date,kind:choice(new|renewal),seats:integer,on:"
      "boolean\n"
      "\"north, far\",100000.00,0.0750,2026-01-01,renewal,20,true\n");
  ASSERT_TRUE(table);
  ASSERT_EQ(table->rows.as_list().size(), 1U);
  const cel::Map& row = table->rows.as_list()[0].as_map();
  EXPECT_EQ(row.find("region")->as_string(), "north, far");
  EXPECT_EQ(row.find("above")->as_money().to_text(), "100000.00 CNY");
  EXPECT_EQ(row.find("rate")->as_decimal(), *Decimal::parse("0.075"));
  EXPECT_EQ(row.find("since")->as_date(), *cel::parse_date("2026-01-01"));
  EXPECT_EQ(row.find("kind")->as_string(), "renewal");
  EXPECT_EQ(row.find("seats")->as_int(), 20);
  EXPECT_TRUE(row.find("on")->as_bool());
}

TEST(TableLoader, LeavesOutEmptyCellsOfColumnsThatAllowThem) {
  const auto table = load_csv("a:text,b:number?,c:boolean?\n,,\n");
  ASSERT_TRUE(table);
  const cel::Map& row = table->rows.as_list()[0].as_map();
  EXPECT_EQ(row.find("a")->as_string(), "");
  EXPECT_EQ(row.find("b"), nullptr);
  EXPECT_EQ(row.find("c"), nullptr);
}

TEST(TableLoader, HasNoRowsWhereOnlyTheHeaderStands) {
  const auto table = load_csv("a:text\n");
  ASSERT_TRUE(table);
  EXPECT_TRUE(table->rows.as_list().empty());
}

TEST(TableLoader, RefusesWhatIsTooLarge) {
  std::string text = "a:text\n";
  for (std::size_t i = 0; i <= kTableRowsMax; ++i) text += "x\n";
  Diagnostics diagnostics;
  EXPECT_FALSE(load_table("tables/rates.csv", text, diagnostics));
  EXPECT_TRUE(diagnostics.has_errors());
}

}  // namespace
}  // namespace countersign
