#include "core/directory.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace countersign {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Person person(std::string id, std::string manager = {}, std::string limit = {}) {
  Person made;
  made.id = PersonId(id);
  made.name = id;
  made.mail = id + "@example.com";
  if (!manager.empty()) made.manager = PersonId(manager);
  if (!limit.empty()) made.approval_limit = Decimal::parse(limit).value();
  return made;
}

Group group(std::string id, std::vector<std::string> members) {
  Group made{std::move(id), {}, {}};
  for (auto& member : members) made.members.emplace_back(std::move(member));
  return made;
}

std::vector<Person> staff() {
  return {person("li.na", "zhang.wei"), person("zhang.wei", "chen.jie", "50000"),
          person("chen.jie", "", "1000000.00"), person("wang.fang", "chen.jie"),
          person("zhao.lei", "wang.fang")};
}
std::vector<Group> teams() {
  return {group("finance", {"wang.fang", "zhao.lei"}), group("board", {"chen.jie", "wang.fang"})};
}

std::shared_ptr<const Directory> built(std::vector<Person> people, std::vector<Group> groups) {
  auto directory = Directory::build(std::move(people), std::move(groups));
  if (!directory) throw std::runtime_error(directory.error().front().message);
  return *directory;
}
std::vector<Error> problems(std::vector<Person> people, std::vector<Group> groups = {}) {
  auto directory = Directory::build(std::move(people), std::move(groups));
  EXPECT_FALSE(directory);
  return directory ? std::vector<Error>{} : directory.error();
}

PersonId id(std::string text) {
  return PersonId(std::move(text));
}

TEST(Directory, FindsPeopleByIdAndMail) {
  const auto directory = built(staff(), teams());
  ASSERT_NE(directory->find(id("li.na")), nullptr);
  EXPECT_EQ(directory->find(id("li.na"))->mail, "li.na@example.com");
  EXPECT_EQ(directory->find(id("Li.Na")), nullptr) << "ids are exact";
  ASSERT_NE(directory->find_by_mail("LI.NA@Example.COM"), nullptr);
  EXPECT_EQ(directory->find_by_mail("LI.NA@Example.COM")->id, id("li.na"));
  EXPECT_EQ(directory->find_by_mail(""), nullptr);
  EXPECT_EQ(directory->person("zhang.wei@example.com").value()->id, id("zhang.wei"));
  const auto unknown = directory->person("zang.wei");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
  EXPECT_EQ(unknown.error().message,
            "there is nobody called 'zang.wei' in the directory (did you mean 'zhang.wei'?)");
}

TEST(Directory, KnowsGroups) {
  const auto directory = built(staff(), teams());
  EXPECT_THAT(directory->members("finance").value(), ElementsAre(id("wang.fang"), id("zhao.lei")));
  EXPECT_THAT(directory->groups_of(id("wang.fang")), ElementsAre("finance", "board"));
  EXPECT_THAT(directory->groups_of(id("li.na")), IsEmpty());
  EXPECT_TRUE(directory->is_member(id("zhao.lei"), "finance"));
  EXPECT_FALSE(directory->is_member(id("zhao.lei"), "board"));
  EXPECT_FALSE(directory->is_member(id("nobody"), "board"));
  const auto unknown = directory->members("finanse");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message,
            "there is no group 'finanse' in the directory (did you mean 'finance'?)");
}

TEST(Directory, ClimbsTheManagers) {
  const auto directory = built(staff(), {});
  EXPECT_THAT(directory->managers(id("li.na"), 1), ElementsAre(id("zhang.wei")));
  EXPECT_THAT(directory->managers(id("li.na"), 5), ElementsAre(id("zhang.wei"), id("chen.jie")));
  EXPECT_THAT(directory->managers(id("li.na"), 0), IsEmpty());
  EXPECT_THAT(directory->managers(id("chen.jie"), 3), IsEmpty());
  EXPECT_THAT(directory->managers(id("nobody"), 3), IsEmpty());
}

TEST(Directory, ClimbsToTheFirstManagerWhoMayApproveTheAmount) {
  const auto directory = built(staff(), {});
  const auto up_to = [&](std::string from, std::string_view amount) {
    return directory->managers_up_to(id(std::move(from)), Decimal::parse(amount).value());
  };
  EXPECT_THAT(up_to("li.na", "50000.00").value(), ElementsAre(id("zhang.wei")));
  EXPECT_THAT(up_to("li.na", "50000.01").value(), ElementsAre(id("zhang.wei"), id("chen.jie")));
  EXPECT_THAT(up_to("zhao.lei", "1").value(), ElementsAre(id("wang.fang"), id("chen.jie")))
      << "without a limit nothing may be approved by rank";
  const auto too_much = up_to("li.na", "2000000");
  ASSERT_FALSE(too_much);
  EXPECT_EQ(too_much.error().code, ErrorCode::not_found);
  EXPECT_EQ(too_much.error().message,
            "no manager of li.na may approve 2000000: approval_limit is lower for zhang.wei, chen.jie");
  EXPECT_THAT(up_to("chen.jie", "1").error().message, HasSubstr("there is no manager"));
  EXPECT_FALSE(up_to("nobody", "1"));
}

// The chain ended at a manager who had left, so that those below, whose limit was too small, approved alone.
TEST(Directory, ClimbsPastAManagerWhoHasLeftWhateverTheirLimitWas) {
  std::vector<Person> people = staff();
  for (Person& person : people) {
    if (person.id == id("zhang.wei")) person.active = false;
  }
  const auto chain = built(people, {})->managers_up_to(id("li.na"), Decimal::parse("10").value());
  EXPECT_THAT(chain.value(), ElementsAre(id("zhang.wei"), id("chen.jie")));
}

TEST(Directory, KnowsWhoIsAway) {
  auto people = staff();
  const Instant monday = from_unix_ms(1'772'409'600'000);
  const Duration day = std::chrono::hours(24);
  people[1].away = {{monday, monday + day, id("wang.fang")},
                    {monday + day / 2, monday + 3 * day, id("chen.jie")}};
  const auto directory = built(people, {});
  EXPECT_FALSE(directory->is_away(id("zhang.wei"), monday - Duration(1)));
  EXPECT_TRUE(directory->is_away(id("zhang.wei"), monday));
  EXPECT_EQ(directory->absence_at(id("zhang.wei"), monday)->stand_in, id("wang.fang"));
  EXPECT_EQ(directory->absence_at(id("zhang.wei"), monday + day * 3 / 4)->stand_in, id("chen.jie"))
      << "ends last";
  EXPECT_FALSE(directory->is_away(id("zhang.wei"), monday + 3 * day));
  EXPECT_FALSE(directory->is_away(id("li.na"), monday));
  EXPECT_FALSE(directory->is_away(id("nobody"), monday));
}

TEST(DirectoryBuild, ReportsAllProblemsAtOnce) {
  auto people = staff();
  people[0].manager = id("zang.wei");
  people[3].id = id("chen.jie");
  people[4].mail = "ZHANG.WEI@example.com";
  people[4].away = {{from_unix_ms(10), from_unix_ms(10), id("zhao.lei")}};
  people.push_back(person(""));
  const auto found = problems(
      people, {group("finance", {"zhao.lei", "lina", "zhao.lei"}), group("finance", {}), group("", {})});
  std::vector<std::string> lines;
  for (const auto& error : found) lines.push_back(error.pointer + " " + error.message);
  EXPECT_THAT(
      lines,
      ::testing::UnorderedElementsAre(
          "/people/0/manager the manager of 'li.na' is 'zang.wei', who is not in the directory (did you mean "
          "'zhang.wei'?)",
          "/people/3/id two people have the id 'chen.jie'",
          "/people/4/manager the manager of 'zhao.lei' is 'wang.fang', who is not in the directory",
          "/people/4/mail 'zhang.wei' and 'zhao.lei' have the same mail ZHANG.WEI@example.com",
          "/people/4/away/0 an absence of 'zhao.lei' ends at 1970-01-01T00:00:00.010Z, before it begins",
          "/people/4/away/0/stand_in 'zhao.lei' cannot stand in for themselves",
          "/people/5/id a person has no id",
          "/groups/0/members/1 a member of the group 'finance' is 'lina', who is not in the directory (did "
          "you "
          "mean 'li.na'?)",
          "/groups/0/members/2 'zhao.lei' is listed twice in the group 'finance'",
          "/groups/1/id two groups have the id 'finance'", "/groups/2/id a group has no id"));
}

TEST(DirectoryBuild, FindsEachCircleOfManagersOnce) {
  const auto found = problems({person("a.a", "b.b"), person("b.b", "c.c"), person("c.c", "b.b"),
                               person("d.d", "d.d"), person("e.e", "a.a"), person("f.f")});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].message, "the managers go in a circle: b.b -> c.c -> b.b");
  EXPECT_EQ(found[1].message, "the managers go in a circle: d.d -> d.d");
}

TEST(DirectoryBuild, RefusesWhatWouldBreakAMailHeader) {
  auto people = staff();
  people[0].mail = "li.na@example.com\r\nBcc: x@example.org";
  people[1].mail = "nowhere";
  EXPECT_EQ(problems(people).size(), 2U);
}

TEST(DirectoryRevision, ChangesWithTheContentOnly) {
  const std::string revision = built(staff(), teams())->revision();
  EXPECT_EQ(revision.size(), 32U);
  EXPECT_EQ(built(staff(), teams())->revision(), revision);

  auto reordered = staff();
  std::ranges::reverse(reordered);
  EXPECT_EQ(built(reordered, teams())->revision(), revision);

  auto left = staff();
  left[0].active = false;
  EXPECT_NE(built(left, teams())->revision(), revision);
  auto richer = staff();
  richer[1].approval_limit = Decimal::from_int(60000);
  EXPECT_NE(built(richer, teams())->revision(), revision);
  auto away = staff();
  away[0].away = {{from_unix_ms(0), from_unix_ms(1), std::nullopt}};
  EXPECT_NE(built(away, teams())->revision(), revision);
  auto other_teams = teams();
  std::ranges::reverse(other_teams[0].members);
  EXPECT_NE(built(staff(), other_teams)->revision(), revision) << "the order of members is content";
}

TEST(Directory, HandlesAChainOfTenThousand) {
  std::vector<Person> people;
  for (int i = 0; i < 10'000; ++i)
    people.push_back(person("p" + std::to_string(i), i > 0 ? "p" + std::to_string(i - 1) : ""));
  const auto directory = built(people, {});
  EXPECT_EQ(directory->managers(id("p9999"), 20'000).size(), 9'999U);
}

}  // namespace
}  // namespace countersign
