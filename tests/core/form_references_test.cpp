#include "tests/core/form_fixture.h"

namespace countersign::forms {
namespace {

using FormReferences = FormTest;

TEST_F(FormReferences, PersonsAreFoundByIdAndByMail) {
  const auto person = field_of("x", FieldType::person);
  EXPECT_EQ(shown(person, "\"li.na\""), "li.na");
  EXPECT_EQ(shown(person, "\"Li.Na@Example.com\""), "li.na");
  EXPECT_EQ(problem_of(person, "\"li.nan\""), "there is no person 'li.nan' (did you mean 'li.na'?)");
  EXPECT_EQ(problem_of(person, "\"张伟\""), "there is no person '张伟' (did you mean 'zhang.wei'?)");
  EXPECT_EQ(problem_of(person, "\"zang.wei@example.com\""),
            "there is no person 'zang.wei@example.com' (did you mean 'zhang.wei@example.com'?)");
  EXPECT_EQ(problem_of(person, "\"nobody\""), "there is no person 'nobody'");
  EXPECT_EQ(problem_of(person, "\"old.hand\""), "Old Hand (old.hand) is no longer active");
  EXPECT_EQ(problem_of(person, "7"), "a person's id or mail is expected, not the number 7");
}

TEST_F(FormReferences, PeopleAreAListOfPersons) {
  auto people = field_of("x", FieldType::people);
  EXPECT_EQ(shown(people, R"(["li.na", "zhang.wei@example.com"])"), "li.na, zhang.wei");
  EXPECT_EQ(shown(people, "\"li.na\""), "li.na") << "one where a list stands";
  EXPECT_EQ(problem_of(people, R"(["li.na", "li.na@example.com"])"),
            "the text 'li.na@example.com' stands twice in the list");
  people.at_most = 1;
  EXPECT_EQ(problem_of(people, R"(["li.na", "zhang.wei"])"), "2 entries are too many: at most 1 are allowed");
}

TEST_F(FormReferences, FilesAreResolvedToWhatIsKnownOfThem) {
  const auto file = field_of("x", FieldType::file);
  const auto reading = read({file}, R"({"x": "f_1"})");
  ASSERT_TRUE(reading.ok());
  const auto& map = reading.values.at("x").as_map();
  EXPECT_EQ(map.find("name")->as_string(), "Rechnung.PDF");
  EXPECT_EQ(map.find("size")->as_int(), 1234);
  EXPECT_TRUE(read({file}, R"({"x": {"id": "f_1", "size": 9}})").values.at("x") == reading.values.at("x"))
      << "only the id of what is sent counts";
  EXPECT_EQ(problem_of(file, "\"f_9\""), "there is no file 'f_9': upload it first, then give its id");
  EXPECT_EQ(problem_of(file, "5"), "the id of an uploaded file is expected, not the number 5");
  context.find_file = nullptr;
  EXPECT_EQ(problem_of(file, "\"f_1\""), "there is no file 'f_1': upload it first, then give its id");
}

TEST_F(FormReferences, EndingsOfFilesAreCheckedWithoutRegardToCase) {
  auto files = field_of("x", FieldType::files);
  files.accept = {"pdf"};
  EXPECT_EQ(problem_of(files, R"(["f_1", "f_2"])"),
            "the file 'receipt.jpeg' is not accepted: allowed are pdf");
  files.accept = {"pdf", "jpg"};
  EXPECT_EQ(problem_of(files, R"(["f_1", "f_2"])"), "");
}

TEST_F(FormReferences, TablesAreReadRowByRow) {
  auto lines = field_of("lines", FieldType::table);
  lines.columns = {field_of("item", FieldType::text), money_field("cost"),
                   field_of("vat", FieldType::boolean)};
  const auto reading =
      read({lines}, R"({"lines": [{"item": "train", "cost": "12.5"}, {"cost": 3, "vat": true}]})");
  ASSERT_TRUE(reading.ok());
  const auto& rows = reading.values.at("lines").as_list();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].as_map().find("cost")->as_money().to_text(), "12.50 CNY");
  EXPECT_FALSE(rows[0].as_map().find("vat")->as_bool());
  EXPECT_EQ(rows[1].as_map().find("item")->as_string(), "") << "an empty text is \"\" in a row too";
  EXPECT_TRUE(rows[1].as_map().find("vat")->as_bool());
}

TEST_F(FormReferences, ProblemsOfTablesPointIntoTheRow) {
  auto lines = field_of("lines", FieldType::table);
  lines.columns = {field_of("item", FieldType::text), money_field("cost")};
  const auto reading = read({lines}, R"({"lines": [{"cost": "x"}, {"cots": 3}, "three"]})");
  EXPECT_EQ(lines_of(reading.problems),
            (std::vector<std::string>{
                "/form/lines/0/cost: 'x' is not an amount: write it as 8200.00",
                "/form/lines/1/cots: there is no field 'cots' (did you mean 'cost'?)",
                "/form/lines/2: fields and their values are expected, not the text 'three'"}));
  EXPECT_FALSE(reading.values.contains("lines"));
  lines.at_most = 1;
  EXPECT_EQ(lines_of(read({lines}, R"({"lines": [{}, {}]})").problems),
            std::vector<std::string>{"/form/lines: 2 rows are too many: at most 1 are allowed"});
  EXPECT_EQ(lines_of(read({lines}, R"({"lines": {"item": "a"}})").problems),
            std::vector<std::string>{"/form/lines: a list of rows is expected, not an object"});
}

TEST_F(FormReferences, ChecklistItemsAreThoseOfTheStep) {
  auto missing = field_of("x", FieldType::items_of);
  missing.items_of = "handoff";
  EXPECT_EQ(shown(missing, R"(["anything"])"), "anything") << "not checked without the step's ids";
  context.checklist_of = [](std::string_view) { return std::vector<std::string>{"contract", "contacts"}; };
  EXPECT_EQ(shown(missing, R"(["contract"])"), "contract");
  EXPECT_EQ(problem_of(missing, R"(["contracts"])"),
            "'contracts' is no item of the checklist of handoff (did you mean 'contract'?)");
}

}  // namespace
}  // namespace countersign::forms
