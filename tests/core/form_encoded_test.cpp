#include "core/form_encoded.h"

#include "tests/core/form_fixture.h"

namespace countersign::forms {
namespace {

std::vector<Field> page_fields() {
  auto lines = field_of("lines", FieldType::table);
  lines.columns = {field_of("item", FieldType::text), money_field("cost"),
                   choice_field("tags", {"a", "b"}, FieldType::choices), field_of("vat", FieldType::boolean)};
  return {
      field_of("purpose", FieldType::text),   field_of("note", FieldType::long_text), money_field("amount"),
      field_of("urgent", FieldType::boolean), field_of("all", FieldType::people),     lines};
}

std::string encoded(const FormPairs& pairs) {
  return write_json(from_form_encoded(page_fields(), pairs));
}

TEST(FormEncoded, FieldsStandUnderTheirNames) {
  EXPECT_EQ(encoded({{"purpose", "报销 & more"}, {"amount", "8200.00"}}),
            R"({"purpose":"报销 & more","amount":"8200.00"})");
  EXPECT_EQ(encoded({}), "{}");
}

TEST(FormEncoded, CheckBoxesAreBooleansAndTheLastCounts) {
  EXPECT_EQ(encoded({{"urgent", "on"}}), R"({"urgent":true})");
  EXPECT_EQ(encoded({{"urgent", "false"}, {"urgent", "true"}}), R"({"urgent":"true"})");
  EXPECT_EQ(encoded({{"urgent", "0"}}), R"({"urgent":false})");
}

TEST(FormEncoded, RepeatedNamesAreLists) {
  EXPECT_EQ(encoded({{"all", "li.na"}, {"all", ""}, {"all", "zhang.wei"}}),
            R"({"all":["li.na","zhang.wei"]})");
  EXPECT_EQ(encoded({{"all", ""}}), R"({"all":[]})");
}

TEST(FormEncoded, LongTextsHavePlainLineEnds) {
  EXPECT_EQ(encoded({{"note", "a\r\nb\rc\n"}}), R"({"note":"a\nb\nc\n"})");
}

TEST(FormEncoded, CellsBecomeRowsInTheOrderOfTheirNumbers) {
  EXPECT_EQ(encoded({{"lines[10][item]", "late"},
                     {"lines[2][item]", "early"},
                     {"lines[2][cost]", "3"},
                     {"lines[2][tags]", "a"},
                     {"lines[2][tags]", "b"},
                     {"lines[3][item]", " "},
                     {"lines[3][cost]", ""},
                     {"lines[4][vat]", "off"}}),
            R"({"lines":[{"item":"early","cost":"3","tags":["a","b"]},{"item":"late"}]})");
}

TEST(FormEncoded, NamesOfNoFieldAreKeptForTheReaderToRefuse) {
  for (const auto* name : {"nonsense", "lines[x][item]", "lines[1]item", "lines[1][item", "lines[][item]",
                           "lines[99999999][item]", "purpose[0][item]", "[0][item]", "lines[0][]"}) {
    const auto directory = small_directory();
    const FormContext context{*directory, nullptr, nullptr, nullptr, "/form"};
    const auto reading = read_fields(page_fields(), from_form_encoded(page_fields(), {{name, "x"}}), context);
    ASSERT_EQ(reading.problems.size(), 1U) << name;
    EXPECT_TRUE(reading.problems[0].detail.starts_with("there is no field")) << reading.problems[0].detail;
  }
}

TEST(FormEncoded, ThePageAndTheApiGiveTheSameValues) {
  const auto directory = small_directory();
  const FormContext context{*directory, nullptr, nullptr, nullptr, "/form"};
  const auto page = read_fields(page_fields(),
                                from_form_encoded(page_fields(), {{"purpose", "trip"},
                                                                  {"amount", "12.50"},
                                                                  {"urgent", "on"},
                                                                  {"all", "li.na"},
                                                                  {"lines[0][cost]", "12.5"},
                                                                  {"lines[0][vat]", "on"}}),
                                context);
  const auto api = read_fields(
      page_fields(), *parse_json(R"({"purpose": "trip", "amount": 12.5, "urgent": true, "all": ["li.na"],
                                               "lines": [{"cost": 12.50, "vat": true}]})"),
      context);
  EXPECT_TRUE(page.ok() && api.ok());
  EXPECT_EQ(page.values, api.values);
}

}  // namespace
}  // namespace countersign::forms
