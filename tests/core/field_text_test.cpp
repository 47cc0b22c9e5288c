#include "core/field_text.h"

#include "tests/core/form_fixture.h"

namespace countersign::forms {
namespace {

cel::Value money(std::string_view amount, std::string currency = "CNY") {
  return cel::Value::money({decimal(amount), std::move(currency)});
}

std::string text_of(FieldType type, const cel::Value& value, const TextContext& context = {}) {
  return field_to_text(field_of("x", type), value, context);
}

TEST(FieldText, MoneyIsGroupedByThousands) {
  EXPECT_EQ(text_of(FieldType::money, money("8200.00")), "8,200.00 CNY");
  EXPECT_EQ(text_of(FieldType::money, money("-1234567.89")), "-1,234,567.89 CNY");
  EXPECT_EQ(text_of(FieldType::money, money("999")), "999 CNY");
  EXPECT_EQ(text_of(FieldType::money, money("-999", "JPY")), "-999 JPY");
  EXPECT_EQ(text_of(FieldType::money, money("100000", "JPY")), "100,000 JPY");
}

TEST(FieldText, NumbersStandAsWritten) {
  EXPECT_EQ(text_of(FieldType::integer, cel::Value::integer(2026)), "2026");
  EXPECT_EQ(text_of(FieldType::number, cel::Value::decimal(decimal("1.50"))), "1.50");
}

TEST(FieldText, BooleansAndRowsSpeakTheReadersLanguage) {
  TextContext chinese;
  chinese.locale = "zh-CN";
  EXPECT_EQ(text_of(FieldType::boolean, cel::Value::boolean(true)), "yes");
  EXPECT_EQ(text_of(FieldType::boolean, cel::Value::boolean(false)), "no");
  EXPECT_EQ(text_of(FieldType::boolean, cel::Value::boolean(true), chinese), "是");
  EXPECT_EQ(text_of(FieldType::boolean, cel::Value::boolean(false), chinese), "否");
  const auto row = cel::Value::map({});
  EXPECT_EQ(text_of(FieldType::table, cel::Value::list({row})), "1 row");
  EXPECT_EQ(text_of(FieldType::table, cel::Value::list({row, row})), "2 rows");
  EXPECT_EQ(text_of(FieldType::table, cel::Value::list({row, row}), chinese), "2 行");
}

TEST(FieldText, OptionsShowTheirLabel) {
  auto kind = choice_field("kind", {"travel", "telecom"}, FieldType::choices);
  Prose label;
  label.parts.push_back({"差旅", std::nullopt});
  kind.options[0].label.by_locale["zh-CN"] = label;
  TextContext chinese;
  chinese.locale = "zh-CN";
  const auto both = cel::Value::list({cel::Value::string("travel"), cel::Value::string("telecom")});
  EXPECT_EQ(field_to_text(kind, both, chinese), "差旅、telecom");
  EXPECT_EQ(field_to_text(kind, cel::Value::string("gone"), chinese), "gone")
      << "an option that was removed since";
}

TEST(FieldText, PersonsShowTheirName) {
  const auto directory = small_directory();
  TextContext context;
  context.directory = directory.get();
  const auto both =
      cel::Value::list({cel::Value::person(PersonId("li.na")), cel::Value::person(PersonId("gone"))});
  EXPECT_EQ(text_of(FieldType::people, both, context), "李娜, gone");
  EXPECT_EQ(text_of(FieldType::person, cel::Value::person(PersonId("li.na"))), "li.na");
}

TEST(FieldText, FilesShowTheirName) {
  const auto file = cel::Value::map(*stored_file("f_1"));
  EXPECT_EQ(text_of(FieldType::file, file), "Rechnung.PDF");
  EXPECT_EQ(text_of(FieldType::files, cel::Value::list({file, cel::Value::map(*stored_file("f_2"))})),
            "Rechnung.PDF, receipt.jpeg");
}

TEST(FieldText, TimesAreShownInTheCalendarsZone) {
  const auto at = cel::Value::timestamp(*parse_rfc3339("2026-03-02T20:14:59Z"));
  EXPECT_EQ(text_of(FieldType::datetime, at), "2026-03-02 20:14 UTC");
  const auto office = Calendar::make(CalendarSettings::standard("Asia/Shanghai"));
  ASSERT_TRUE(office.has_value());
  TextContext context;
  context.calendar = &*office;
  EXPECT_EQ(text_of(FieldType::datetime, at, context), "2026-03-03 04:14");
  EXPECT_EQ(text_of(FieldType::date, cel::Value::date(*cel::parse_date("2026-03-02"))), "2026-03-02");
  EXPECT_EQ(text_of(FieldType::date, cel::Value()), "");
}

TEST(FieldText, LabelsFallBackToTheName) {
  auto field = field_of("amount", FieldType::money);
  EXPECT_EQ(label_of(field, "en"), "amount");
  Prose label;
  label.parts.push_back({"Amount", std::nullopt});
  field.label.by_locale["en"] = label;
  EXPECT_EQ(label_of(field, "en"), "Amount");
}

}  // namespace
}  // namespace countersign::forms
