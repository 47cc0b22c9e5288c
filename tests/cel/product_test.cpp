// The product's types in expressions: decimals, money, dates, persons and groups, lists' helpers.

#include <gtest/gtest.h>

#include "tests/cel/evaluate.h"

namespace countersign::cel {
namespace {

TEST(Decimals, LiteralsBesideThemAreExact) {
  EXPECT_EQ(product("form.rate == 0.15"), "true");
  EXPECT_EQ(product("0.1 + form.rate == 0.25"), "true");
  EXPECT_EQ(product("form.rate * 3"), R"({"$decimal":"0.45"})");
  EXPECT_EQ(product("form.rate in [0.15, 1]"), "true");
  EXPECT_EQ(product("form.count > 5 ? form.rate : 1.10"), R"({"$decimal":"1.10"})");
  EXPECT_EQ(product("form.?rate.orValue(0)"), R"({"$decimal":"0.15"})");
  EXPECT_EQ(product("-form.rate < 0"), "true");
  EXPECT_EQ(product("decimal('1.50') + decimal(2)"), R"({"$decimal":"3.50"})");
  EXPECT_EQ(product("form.rate + form.count"), R"({"$decimal":"3.15"})");
  EXPECT_EQ(product("form.count == decimal('3.0')"), "true");
  EXPECT_EQ(product("(form.rate / 7).round(4)"), R"({"$decimal":"0.0214"})");
  EXPECT_EQ(product("form.rate / (form.rate - form.rate)"),
            "error: cannot evaluate 'form.rate / (form.rate - form.rate)': division by zero");
}

TEST(Decimals, LiteralsAreFoundInSumsAndProductsOfLiterals) {
  EXPECT_EQ(product("form.amount > 5 * 1000 + 1"), "true");
  EXPECT_EQ(product("form.rate * (2 + 3)"), R"({"$decimal":"0.75"})");
  EXPECT_EQ(product("form.amount + 2 * 0.25"), R"({"$money":["6001.00","CNY"]})");
  EXPECT_EQ(product("7 / 2 + form.count"), "6") << "a quotient of ints stays one";
  EXPECT_EQ(product("form.count * 1.5"), R"({"$decimal":"4.5"})");
  EXPECT_EQ(product("1 + 2"), "3");
}

TEST(Decimals, LiteralsBesideDynamicNumbersAreExactToo) {
  EXPECT_EQ(product("event.total == 12.5"), "true");
  EXPECT_EQ(product("event.total * 0.1"), R"({"$decimal":"1.25"})");
  EXPECT_EQ(product("event.count * 2"), "4");
  EXPECT_EQ(product("event.total > 12"), "true");
  EXPECT_EQ(product_unchecked("form.rate + 0.05"), R"({"$decimal":"0.20"})");
  EXPECT_EQ(product_unchecked("form.amount > 6000 && form.amount - 0.5 == 6000"), "true");
  EXPECT_EQ(product_unchecked("form.rate * form.factor"),
            "error: cannot evaluate 'form.rate * form.factor': '*' does not take decimal and double");
}

TEST(MoneyValues, KeepTheirCurrency) {
  EXPECT_EQ(product("form.amount > 5000"), "true");
  EXPECT_EQ(product("form.amount + 0.50"), R"({"$money":["6001.00","CNY"]})");
  EXPECT_EQ(product("form.amount * 2"), R"({"$money":["12001.00","CNY"]})");
  EXPECT_EQ(product("2 * form.fee"), R"({"$money":["6","EUR"]})");
  EXPECT_EQ(product("form.fee / 2"), R"({"$money":["1.5","EUR"]})");
  EXPECT_EQ(product("form.fee * form.rate"), R"({"$money":["0.45","EUR"]})");
  EXPECT_EQ(product("-form.fee"), R"({"$money":["-3","EUR"]})");
  EXPECT_EQ(product("form.fee / money('2', 'EUR')"), R"({"$decimal":"1.5"})");
  EXPECT_EQ(product("form.amount.amount == 6000.5 && form.amount.currency == 'CNY'"), "true");
  EXPECT_EQ(product("money('12.50', 'CNY') == form.amount"), "false");
  EXPECT_EQ(product("money('1', 'cny')"),
            "issue: 0-17: 'cny' is no currency: three capital letters are needed, such as 'CNY'");
  EXPECT_EQ(product("string(form.fee)"), R"("3 EUR")");
}

TEST(MoneyValues, OfTwoCurrenciesFailWhenOnlyEvaluationKnows) {
  EXPECT_EQ(
      product("any > form.fee"),
      "error: cannot evaluate 'any > form.fee': 10 JPY and 3 EUR cannot be compared: the currencies differ");
  EXPECT_EQ(
      product("any + form.fee"),
      "error: cannot evaluate 'any + form.fee': 10 JPY and 3 EUR cannot be combined: the currencies differ");
  EXPECT_EQ(product("any > 9.5"), "true");
  EXPECT_EQ(product("any + 5"), R"({"$money":["15","JPY"]})");
  EXPECT_EQ(product("any == form.fee"), "false");
}

TEST(Dates, MoveByDaysAndMonths) {
  EXPECT_EQ(product("form.day + days(1)"), R"({"$date":"2026-02-01"})");
  EXPECT_EQ(product("form.day + months(1)"), R"({"$date":"2026-02-28"})");
  EXPECT_EQ(product("date('2024-01-31') + months(1)"), R"({"$date":"2024-02-29"})");
  EXPECT_EQ(product("form.day - months(2)"), R"({"$date":"2025-11-30"})");
  EXPECT_EQ(product("form.day + (months(1) + days(1))"), R"({"$date":"2026-03-01"})");
  EXPECT_EQ(product("today - form.day"), "30");
  EXPECT_EQ(product("today > form.day && today >= date('2026-03-02')"), "true");
  EXPECT_EQ(product("today.getFullYear() * 100 + today.getMonth() + 1"), "202603");
  EXPECT_EQ(product("today.getDayOfWeek()"), "1");
  EXPECT_EQ(product("date(now, 'Asia/Shanghai')"), R"({"$date":"2026-03-03"})");
  EXPECT_EQ(product("date(now)"), R"({"$date":"2026-03-02"})");
  EXPECT_EQ(product("timestamp(today, 'Asia/Shanghai')"), R"({"$time":"2026-03-01T16:00:00Z"})");
  EXPECT_EQ(product("date('9999-12-31') + days(1)"),
            "error: cannot evaluate 'date('9999-12-31') + days(1)': the result is out of the range of date "
            "(years 1 to 9999)");
  EXPECT_EQ(product("now + days(1)"),
            "issue: 0-13: '+' does not combine timestamp and period; days and months are added to dates, "
            "durations to times");
}

TEST(Persons, HaveFieldsAndGroupsHaveMembers) {
  EXPECT_EQ(product("requester.name"), R"("Li Na")");
  EXPECT_EQ(product("requester.manager == person('zhang.wei')"), "true");
  EXPECT_EQ(product("requester.manager.manager"),
            "error: cannot evaluate 'requester.manager.manager': 'manager' of zhang.wei is empty");
  EXPECT_EQ(product("has(requester.manager) && !has(requester.manager.manager)"), "true");
  EXPECT_EQ(product("requester.?manager.?manager.hasValue()"), "false");
  EXPECT_EQ(product("requester.approval_limit < 6000"), "true");
  EXPECT_EQ(product("requester in group('sales')"), "true");
  EXPECT_EQ(product("requester.manager in group('sales')"), "false");
  EXPECT_EQ(product("requester in [person('li.na')]"), "true");
  EXPECT_EQ(product("size(group('all'))"), "2");
  EXPECT_EQ(product("requester in group('nobody')"),
            "error: cannot evaluate 'requester in group('nobody')': there is no group nobody");
  EXPECT_EQ(product("group('all').filter(p, has(p.manager))"), R"([{"$person":"li.na"}])");
  EXPECT_EQ(product("person('ghost').name"),
            "error: cannot evaluate 'person('ghost').name': nobody is called ghost");
}

TEST(Lists, HaveHelpers) {
  EXPECT_EQ(product("form.lines.map(l, l.cost).sum()"), R"({"$money":["820.25","CNY"]})");
  EXPECT_EQ(product("form.empty.map(l, l.cost).sum()"), R"({"$money":["0","CNY"]})");
  EXPECT_EQ(product("form.empty.map(l, l.cost).sum() == 0"), "true");
  EXPECT_EQ(product("[3, 1, 2].sort()"), "[1,2,3]");
  EXPECT_EQ(product("['b', 'a'].min() + ['b', 'a'].max()"), R"("ab")");
  EXPECT_EQ(product("form.lines.map(l, l.cost).max() > 500"), "true");
  EXPECT_EQ(product("form.lines.map(l, l.item).first() + form.lines.last().item"), R"("taxihotel")");
  EXPECT_EQ(
      product("form.empty.first()"),
      "error: cannot evaluate 'form.empty.first()': first() of an empty list; test size(...) > 0 first");
  EXPECT_EQ(product("form.empty.last()"),
            "error: cannot evaluate 'form.empty.last()': last() of an empty list; test size(...) > 0 first");
  EXPECT_EQ(product("[form.day, today].sort()[0] == form.day"), "true");
}

TEST(EmptyFields, AreAbsent) {
  EXPECT_EQ(product("form.note"),
            "error: cannot evaluate 'form.note': 'note' is empty or missing; has(...) asks for it");
  EXPECT_EQ(product("has(form.note)"), "false");
  EXPECT_EQ(product("form.?note.orValue('none')"), R"("none")");
  EXPECT_EQ(product("form.note == 'x' || form.count == 3"), "true");
  EXPECT_EQ(product("form.lines[9]"),
            "error: cannot evaluate 'form.lines[9]': index 9 is out of range (size 2)");
}

TEST(CoreCel, KnowsNothingOfTheProduct) {
  EXPECT_EQ(core("money('1', 'CNY')"), "issue: 0-5: unknown function 'money'");
  EXPECT_EQ(core("[1].sum()"), "issue: 4-7: unknown function 'sum'");
  EXPECT_EQ(core("0.1 + 0.2"), R"({"$double":"0.30000000000000004"})");
}

// A host was handed a number where its function takes a text, when the type was only known when evaluated,
// and ended the process.
TEST(HostFunctions, AreCalledWithArgumentsThatFitOnly) {
  EXPECT_NE(product("person(event.count).id").find("does not take"), std::string::npos)
      << product("person(event.count).id");
  EXPECT_NE(product("requester in group(event.total)").find("does not take"), std::string::npos);
  EXPECT_NE(product_unchecked("person(3)").find("does not take"), std::string::npos);
  EXPECT_NE(product_unchecked("person('a', 'b')").find("error"), std::string::npos);
}

TEST(Variables, WithoutAValueAreAnError) {
  EXPECT_EQ(outcome("form.count", product_environment(), Variables()),
            "error: cannot evaluate 'form': 'form' has no value here");
}

}  // namespace
}  // namespace countersign::cel
