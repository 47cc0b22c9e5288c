#pragma once
// A directory of three, two stored files, and the words to read a form in one line.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "core/form.h"

namespace countersign::forms {

inline std::shared_ptr<const Directory> small_directory() {
  std::vector<Person> people(3);
  people[0].id = PersonId("li.na");
  people[0].name = "李娜";
  people[0].mail = "li.na@example.com";
  people[1].id = PersonId("zhang.wei");
  people[1].name = "张伟";
  people[1].mail = "zhang.wei@example.com";
  people[2].id = PersonId("old.hand");
  people[2].name = "Old Hand";
  people[2].mail = "old.hand@example.com";
  people[2].active = false;
  auto built = Directory::build(std::move(people), {});
  EXPECT_TRUE(built.has_value());
  return *built;
}

inline std::optional<cel::Map> stored_file(std::string_view id) {
  cel::Map file;
  file.set("id", cel::Value::string(id));
  file.set("size", cel::Value::integer(1234));
  if (id == "f_1") {
    file.set("name", cel::Value::string("Rechnung.PDF"));
  } else if (id == "f_2") {
    file.set("name", cel::Value::string("receipt.jpeg"));
  } else {
    return std::nullopt;
  }
  return file;
}

inline Field field_of(std::string name, FieldType type) {
  Field field;
  field.name = std::move(name);
  field.type = type;
  return field;
}

inline Field money_field(std::string name, std::string currency = "CNY") {
  auto field = field_of(std::move(name), FieldType::money);
  field.currency = std::move(currency);
  return field;
}

inline Field choice_field(std::string name, const std::vector<std::string>& options,
                          FieldType type = FieldType::choice) {
  auto field = field_of(std::move(name), type);
  for (const auto& option : options) field.options.push_back({option, {}});
  return field;
}

inline Decimal decimal(std::string_view text) {
  return *Decimal::parse(text);
}

// "/form/amount: what is wrong", one for each problem.
inline std::vector<std::string> lines_of(const std::vector<FormProblem>& problems) {
  std::vector<std::string> lines;
  for (const auto& problem : problems) lines.push_back(problem.pointer + ": " + problem.detail);
  return lines;
}

class FormTest : public ::testing::Test {
 protected:
  FormReading read(const std::vector<Field>& fields, std::string_view text, Extent extent = Extent::whole) {
    auto input = parse_json(text);
    EXPECT_TRUE(input.has_value()) << text;
    return read_fields(fields, *input, context, extent);
  }
  // The only problem of reading `{"x": VALUE}`, without its pointer; "" where there is none.
  std::string problem_of(Field field, std::string_view value) {
    field.name = "x";
    const auto reading = read({field}, "{\"x\": " + std::string(value) + "}");
    if (reading.problems.empty()) return "";
    EXPECT_EQ(reading.problems.size(), 1U);
    EXPECT_TRUE(reading.problems.front().pointer.starts_with("/form/x")) << reading.problems.front().pointer;
    EXPECT_FALSE(reading.values.contains("x"));
    return reading.problems.front().detail;
  }
  // What a display of the value read from `{"x": VALUE}` shows.
  std::string shown(Field field, std::string_view value) {
    field.name = "x";
    const auto reading = read({field}, "{\"x\": " + std::string(value) + "}");
    EXPECT_TRUE(reading.ok()) << ::testing::PrintToString(lines_of(reading.problems));
    const auto found = reading.values.find("x");
    return found != reading.values.end() ? cel::to_display(found->second) : "(absent)";
  }

  std::shared_ptr<const Directory> directory = small_directory();
  FormContext context{*directory, stored_file, nullptr, nullptr, "/form"};
};

}  // namespace countersign::forms
