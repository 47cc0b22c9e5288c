#include "definition/people_loader.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace countersign {
namespace {

Calendars shanghai() {
  auto calendar = Calendar::make(CalendarSettings::standard("Asia/Shanghai"));
  const auto shared = std::make_shared<const Calendar>(std::move(*calendar));
  return {{"", shared}, {"office", shared}};
}

std::shared_ptr<const Directory> load_directory(std::string_view file, std::string_view text) {
  Diagnostics diagnostics;
  auto people = load_people(file, text, shanghai(), diagnostics);
  EXPECT_EQ(diagnostics.to_text(), "");
  return people;
}

TEST(PeopleLoader, ReadsEverythingThatYamlSays) {
  const auto people = load_directory("people.yaml", R"(
people:
  - id: li.na
    name: 李娜
    mail: li.na@example.com
    manager: zhang.wei
    locale: zh-CN
    calendar: office
    quiet_hours: 20:00-08:00
    department: sales
    channels: {feishu: ou_123}
    attributes: {cost_center: "0042"}
    away: [{from: 2026-03-02, until: 2026-03-06, stand_in: zhang.wei}]
  - {id: zhang.wei, name: 张伟, approval_limit: 50000.50, active: false}
groups:
  sales: [li.na, zhang.wei]
  legal: {title: Legal department, members: []}
)");
  ASSERT_NE(people, nullptr);
  const auto& li = *people->find(PersonId("li.na"));
  EXPECT_EQ(li.name, "李娜");
  EXPECT_EQ(li.mail, "li.na@example.com");
  EXPECT_EQ(li.manager, PersonId("zhang.wei"));
  EXPECT_EQ(li.locale, "zh-CN");
  EXPECT_EQ(li.calendar, "office");
  EXPECT_EQ(li.department, "sales");
  EXPECT_EQ(li.channels.at("feishu"), "ou_123");
  EXPECT_EQ(li.attributes.at("cost_center"), "0042") << "as written";
  ASSERT_EQ(li.away.size(), 1U);
  EXPECT_EQ(format_rfc3339(li.away[0].from), "2026-03-01T16:00:00Z") << "midnight in Shanghai";
  EXPECT_EQ(format_rfc3339(li.away[0].until), "2026-03-06T16:00:00Z") << "the last day is included";
  EXPECT_EQ(li.away[0].stand_in, PersonId("zhang.wei"));
  const auto& zhang = *people->find(PersonId("zhang.wei"));
  EXPECT_EQ(zhang.locale, "en");
  EXPECT_EQ(zhang.approval_limit, Decimal::parse("50000.50").value());
  EXPECT_FALSE(zhang.active);
  EXPECT_EQ(people->find_group("legal")->title, "Legal department");
  EXPECT_TRUE(people->is_member(PersonId("li.na"), "sales"));
}

TEST(PeopleLoader, APersonsOwnZoneIsThatOfTheirDays) {
  const auto yaml = load_directory("people.yaml", R"(
people:
  - id: li.na
    name: Li Na
    zone: Europe/Berlin
    calendar: office
    away: [{from: 2026-03-02, until: 2026-03-06}]
)");
  ASSERT_NE(yaml, nullptr);
  const auto& li = *yaml->find(PersonId("li.na"));
  EXPECT_EQ(li.zone, "Europe/Berlin");
  EXPECT_EQ(format_rfc3339(li.away[0].from), "2026-03-01T23:00:00Z") << "midnight in Berlin";
  const auto csv = load_directory("people.csv", "id,name,calendar,zone\nli.na,Li Na,office,Europe/Berlin\n");
  ASSERT_NE(csv, nullptr);
  EXPECT_EQ(csv->people()[0].zone, "Europe/Berlin");
  const auto elsewhere =
      load_directory("people.csv", "id,name,calendar,zone\nli.na,Li Na,office,Asia/Tokyo\n");
  EXPECT_NE(csv->revision(), elsewhere->revision());
}

TEST(PeopleLoader, AZoneThatDoesNotExistIsRefusedWithTheNearestName) {
  for (const auto& [file, text] :
       {std::pair("people.yaml", "people: [{id: a, name: A, zone: Europe/Berlni}]\n"),
        std::pair("people.csv", "id,name,zone\na,A,Europe/Berlni\n")}) {
    Diagnostics diagnostics;
    EXPECT_EQ(load_people(file, text, shanghai(), diagnostics), nullptr);
    EXPECT_NE(diagnostics.to_text().find("there is no time zone 'Europe/Berlni'"), std::string::npos)
        << diagnostics.to_text();
    EXPECT_NE(diagnostics.to_text().find("Europe/Berlin'"), std::string::npos) << diagnostics.to_text();
  }
}

TEST(PeopleLoader, ReadsCsvAsSpreadsheetsWriteIt) {
  const auto people =
      load_directory("people.CSV",
                     "\xef\xbb\xbfgroups,id,name,manager,channel.feishu,attribute.room,active\r\n"
                     "sales; employees,li.na,\"李娜, \"\"Nana\"\"\",zhang.wei,ou_123,7,\r\n"
                     "employees,zhang.wei,张伟,,,,false\r\n\r\n");
  ASSERT_NE(people, nullptr);
  const auto& li = *people->find(PersonId("li.na"));
  EXPECT_EQ(li.name, "李娜, \"Nana\"");
  EXPECT_EQ(li.manager, PersonId("zhang.wei"));
  EXPECT_EQ(li.channels.at("feishu"), "ou_123");
  EXPECT_EQ(li.attributes.at("room"), "7");
  EXPECT_TRUE(li.active);
  const auto& zhang = *people->find(PersonId("zhang.wei"));
  EXPECT_FALSE(zhang.active);
  EXPECT_FALSE(zhang.manager.has_value());
  EXPECT_TRUE(zhang.channels.empty());
  EXPECT_TRUE(people->is_member(PersonId("li.na"), "sales"));
  EXPECT_TRUE(people->is_member(PersonId("zhang.wei"), "employees"));
  EXPECT_FALSE(people->is_member(PersonId("zhang.wei"), "sales"));
}

TEST(PeopleLoader, TheSamePeopleHaveTheSameRevisionFromBothForms) {
  const auto yaml = load_directory("p.yaml", "people: [{id: a, name: A, mail: a@b.de}]\ngroups: {g: [a]}\n");
  const auto csv = load_directory("p.csv", "id,name,mail,groups\na,A,a@b.de,g\n");
  ASSERT_TRUE(yaml && csv);
  EXPECT_EQ(yaml->revision(), csv->revision());
}

TEST(PeopleLoader, TakesACompanyOfTwentyThousand) {
  std::string text = "people:\n";
  for (int i = 0; i < 20'000; ++i) {
    text += fmt::format(
        "  - {{id: p{0}, name: Person {0}, mail: p{0}@example.com, manager: p{1}, locale: zh-CN}}\n", i,
        i == 0 ? 0 : (i - 1) / 10);
    if (i == 0) text = "people:\n  - {id: p0, name: Person 0}\n";
  }
  const auto people = load_directory("people.yaml", text);
  ASSERT_NE(people, nullptr);
  EXPECT_EQ(people->people().size(), 20'000U);
}

TEST(PeopleLoader, RefusesBytesThatAreNoText) {
  for (const auto* file : {"people.yaml", "people.csv"}) {
    Diagnostics diagnostics;
    EXPECT_EQ(load_people(file, "id,name\n\xff\xfe,x\n", shanghai(), diagnostics), nullptr);
    EXPECT_NE(diagnostics.to_text().find("CS001"), std::string::npos) << diagnostics.to_text();
  }
}

}  // namespace
}  // namespace countersign
