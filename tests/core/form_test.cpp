#include "tests/core/form_fixture.h"

namespace countersign::forms {
namespace {

using Form = FormTest;

std::vector<Field> one_of_each() {
  auto table = field_of("lines", FieldType::table);
  auto cost = money_field("cost");
  cost.required = true;
  table.columns = {field_of("item", FieldType::text), cost};
  return {field_of("purpose", FieldType::text),
          field_of("note", FieldType::long_text),
          field_of("seats", FieldType::integer),
          money_field("amount"),
          field_of("urgent", FieldType::boolean),
          choice_field("kind", {"a", "b"}),
          choice_field("tags", {"a", "b"}, FieldType::choices),
          field_of("day", FieldType::date),
          field_of("who", FieldType::person),
          field_of("all", FieldType::people),
          field_of("papers", FieldType::files),
          table};
}

TEST_F(Form, EmptyTextsListsAndBooleansHaveAValueOthersAreAbsent) {
  const auto reading = read(one_of_each(), "{}");
  EXPECT_TRUE(reading.ok());
  EXPECT_TRUE(reading.named.empty());
  std::string shown;
  for (const auto& [name, value] : reading.values) shown += name + "=" + cel::to_display(value) + ";";
  EXPECT_EQ(shown, "all=;lines=;note=;papers=;purpose=;tags=;urgent=false;");
}

TEST_F(Form, BlankInputIsEmptyForAllButTexts) {
  const auto reading =
      read(one_of_each(), R"({"purpose": " ", "seats": "", "amount": " ", "kind": "", "day": null,
                                               "who": "", "papers": []})");
  EXPECT_TRUE(reading.ok());
  EXPECT_EQ(reading.values.at("purpose").as_string(), " ");
  EXPECT_FALSE(reading.values.contains("seats"));
  EXPECT_FALSE(reading.values.contains("amount"));
  EXPECT_FALSE(reading.values.contains("kind"));
  EXPECT_FALSE(reading.named.contains("day"));
  EXPECT_TRUE(reading.named.contains("seats")) << "emptied on a page: the default does not come back";
}

TEST_F(Form, AllProblemsAreReportedAtOnce) {
  const auto reading =
      read(one_of_each(), R"({"ammount": 1, "seats": 1.5, "amount": "x", "papers": ["f_9"], "a/b": 1})");
  EXPECT_EQ(
      lines_of(reading.problems),
      (std::vector<std::string>{"/form/seats: 1.5 is not a whole number",
                                "/form/amount: 'x' is not an amount: write it as 8200.00",
                                "/form/papers/0: there is no file 'f_9': upload it first, then give its id",
                                "/form/ammount: there is no field 'ammount' (did you mean 'amount'?)",
                                "/form/a~1b: there is no field 'a/b'"}));
  EXPECT_FALSE(reading.ok());
}

TEST_F(Form, WhatIsNoObjectIsRefused) {
  for (const auto* text : {"[]", "5", "5.5", "null", "\"x\""}) {
    const auto reading = read(one_of_each(), text);
    ASSERT_EQ(reading.problems.size(), 1U) << text;
    EXPECT_EQ(reading.problems[0].pointer, "/form");
  }
}

TEST_F(Form, NobodySendsAComputedField) {
  auto total = money_field("total");
  total.computed = Expression{};
  EXPECT_EQ(lines_of(read({total}, R"({"total": 5})").problems),
            std::vector<std::string>{"/form/total: 'total' is computed: leave it out"});
  EXPECT_TRUE(read({total}, "{}").values.empty());
}

TEST_F(Form, AnEditTouchesOnlyWhatItNames) {
  context.pointer = "/edits";
  const auto reading =
      read(one_of_each(), R"({"amount": null, "purpose": null, "seats": 3, "tags": []})", Extent::named);
  EXPECT_TRUE(reading.ok());
  EXPECT_EQ(reading.values.size(), 4U);
  EXPECT_TRUE(reading.values.at("amount").is(cel::Kind::null_)) << "emptied";
  EXPECT_EQ(reading.values.at("purpose").as_string(), "");
  EXPECT_EQ(reading.values.at("seats").as_int(), 3);
  EXPECT_TRUE(reading.values.at("tags").as_list().empty());
  EXPECT_EQ(lines_of(read(one_of_each(), R"({"seat": 3})", Extent::named).problems),
            std::vector<std::string>{"/edits/seat: there is no field 'seat' (did you mean 'seats'?)"});
}

TEST_F(Form, RequiredFieldsMustBeThereUnlessHidden) {
  auto fields = one_of_each();
  for (auto& field : fields) field.required = true;
  auto reading = read(fields, R"({"purpose": "  "})");
  std::vector<std::string> pointers;
  for (const auto& problem : check_required(fields, reading.values, nullptr))
    pointers.push_back(problem.pointer);
  EXPECT_EQ(pointers, (std::vector<std::string>{"/form/purpose", "/form/note", "/form/seats", "/form/amount",
                                                "/form/kind", "/form/tags", "/form/day", "/form/who",
                                                "/form/all", "/form/papers", "/form/lines"}))
      << "all but the boolean: false is a value";
  const auto only_amount = [](const Field& field) { return field.name == "amount"; };
  EXPECT_EQ(lines_of(check_required(fields, reading.values, only_amount)),
            std::vector<std::string>{"/form/amount: 'amount' is required"});
}

TEST_F(Form, RowsMissRequiredColumns) {
  const auto fields = one_of_each();
  const auto reading = read(fields, R"({"lines": [{"item": "a", "cost": 1}, {"item": "b"}]})");
  EXPECT_EQ(lines_of(check_required(fields, reading.values, nullptr)),
            std::vector<std::string>{"/form/lines/1/cost: 'cost' is required in each row"});
}

TEST_F(Form, AtLeastCountsEvenWithoutRequired) {
  auto papers = field_of("papers", FieldType::files);
  papers.at_least = 2;
  const auto reading = read({papers}, R"({"papers": ["f_1"]})");
  EXPECT_EQ(lines_of(check_required({papers}, reading.values, nullptr)),
            std::vector<std::string>{"/form/papers: 'papers' needs at least 2 files, not 1"});
  EXPECT_EQ(lines_of(check_required({papers}, {}, nullptr)),
            std::vector<std::string>{"/form/papers: 'papers' needs at least 2 files, not 0"});
  EXPECT_TRUE(check_required({papers}, {}, [](const Field&) { return false; }).empty());
}

TEST_F(Form, AnswersAreRequiredByOutcome) {
  auto centre = field_of("cost_center", FieldType::text);
  centre.required_on = {"approved"};
  EXPECT_EQ(lines_of(check_required({centre}, {}, nullptr, "approved", "/answers")),
            std::vector<std::string>{"/answers/cost_center: 'cost_center' is required with approved"});
  EXPECT_TRUE(check_required({centre}, {}, nullptr, "rejected", "/answers").empty());
  EXPECT_TRUE(check_required({centre}, {}, nullptr).empty());
}

}  // namespace
}  // namespace countersign::forms
