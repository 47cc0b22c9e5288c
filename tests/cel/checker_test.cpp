// Static types: what the checker deduces, and what it says.

#include <gtest/gtest.h>

#include "tests/cel/evaluate.h"

namespace countersign::cel {
namespace {

std::string type_of(std::string_view source) {
  const Compilation compilation = compile(source, product_environment());
  return compilation.issues.empty() ? compilation.program.type().to_text()
                                    : "issue: " + compilation.issues.front().message;
}

std::string expecting(std::string_view source, Type expected) {
  CompileOptions options;
  options.expected = std::move(expected);
  return issues_of(source, product_environment(), options);
}

TEST(Checker, UnknownNamesComeWithASuggestion) {
  EXPECT_EQ(product_issues("form.amonut > 5"),
            "5-11: unknown field 'amonut' of form (did you mean 'amount'?)");
  EXPECT_EQ(product_issues("frm.amount > 5"), "0-3: unknown name 'frm' (did you mean 'form'?)");
  EXPECT_EQ(product_issues("sise(form.lines)"), "0-4: unknown function 'sise' (did you mean 'size'?)");
  EXPECT_EQ(product_issues("requester.manger"),
            "10-16: unknown field 'manger' of person (did you mean 'manager'?)");
  EXPECT_EQ(product_issues("form.lines.map(l, l.cst)"),
            "20-23: unknown field 'cst' of line (did you mean 'cost'?)");
  EXPECT_EQ(product_issues("form.?amonut"), "6-12: unknown field 'amonut' of form (did you mean 'amount'?)");
  EXPECT_EQ(product_issues("has(form.amonut)"),
            "9-15: unknown field 'amonut' of form (did you mean 'amount'?)");
  EXPECT_EQ(product_issues("size"), "0-4: 'size' is a function: arguments in parentheses are missing");
}

TEST(Checker, AllIssuesComeAtOnceInOrder) {
  EXPECT_EQ(product_issues("form.amonut > 5 && frm.x == 1"),
            "5-11: unknown field 'amonut' of form (did you mean 'amount'?)\n19-22: unknown name 'frm' (did "
            "you mean 'form'?)");
}

TEST(Checker, OperandsThatDoNotFitAreExplained) {
  EXPECT_EQ(product_issues("form.title + 1"),
            "0-14: '+' does not combine string and int; convert to text with string(...)");
  EXPECT_EQ(product_issues("form.title == null"),
            "0-18: '==' does not compare string and null; whether a field is filled is tested with has(...)");
  EXPECT_EQ(product_issues("form.rate * form.factor"),
            "0-23: '*' does not combine decimal and double; convert the double with decimal(...)");
  EXPECT_EQ(product_issues("form.day + 3"),
            "0-12: '+' does not combine date and int; days are added as days(...)");
  EXPECT_EQ(product_issues("requester == 'li.na'"),
            "0-20: '==' does not compare person and string; a person's id is .id");
  EXPECT_EQ(product_issues("form.title && true"),
            "0-10: what stands beside '&&' must be true or false (bool), not string");
  EXPECT_EQ(product_issues("form.count ? 1 : 2"),
            "0-10: the condition before '?' must be true or false (bool), not int");
  EXPECT_EQ(product_issues("true ? 1 : 'a'"),
            "0-14: both sides of ':' must have one type; here are int and string");
  EXPECT_EQ(product_issues("form.title.contains(1)"),
            "0-22: contains() does not take (int) on string; it is string.contains(string)");
  EXPECT_EQ(product_issues("form.count.map(x, x)"), "0-10: map() runs over lists and maps, not int");
  EXPECT_EQ(product_issues("'a' in 5"), "0-8: 'in' does not find string in int");
  EXPECT_EQ(product_issues("form[0]"),
            "0-7: form has no elements to be found by int; its fields are selected by name");
  EXPECT_EQ(product_issues("form['titel']"), "5-12: unknown field 'titel' of form (did you mean 'title'?)");
}

TEST(Checker, CurrenciesNeverMeet) {
  EXPECT_EQ(product_issues("form.amount + form.fee"),
            "0-22: '+' does not combine money(CNY) and money(EUR): the currencies differ");
  EXPECT_EQ(product_issues("form.amount > form.fee"),
            "0-22: '>' does not compare money(CNY) and money(EUR): the currencies differ");
  EXPECT_EQ(product_issues("form.amount == form.fee"),
            "0-23: '==' does not compare money(CNY) and money(EUR): the currencies differ");
  EXPECT_EQ(product_issues("form.amount * form.fee"),
            "0-22: '*' does not combine money(CNY) and money(EUR): the currencies differ");
  EXPECT_EQ(product_issues("form.amount > money('3', 'EUR')"),
            "0-31: '>' does not compare money(CNY) and money(EUR): the currencies differ");
}

TEST(Checker, VariablesNeverConvertToMoney) {
  EXPECT_EQ(product_issues("form.amount > form.count"),
            "0-24: '>' does not compare money(CNY) and int; an amount is written money(\"12.50\", \"CNY\")");
  EXPECT_EQ(
      product_issues("form.amount + form.rate"),
      "0-23: '+' does not combine money(CNY) and decimal; an amount is written money(\"12.50\", \"CNY\")");
  EXPECT_EQ(product_issues("form.count / form.amount"), "0-24: '/' does not combine int and money(CNY)");
}

TEST(Checker, DeducesTypes) {
  EXPECT_EQ(type_of("form.amount * 2"), "money(CNY)");
  EXPECT_EQ(type_of("form.amount / 2.5"), "money(CNY)");
  EXPECT_EQ(type_of("form.amount / form.amount"), "decimal");
  EXPECT_EQ(type_of("form.amount + 5"), "money(CNY)");
  EXPECT_EQ(type_of("5 - form.amount"), "money(CNY)");
  EXPECT_EQ(type_of("form.amount.amount"), "decimal");
  EXPECT_EQ(type_of("form.lines.map(l, l.cost).sum()"), "money(CNY)");
  EXPECT_EQ(type_of("form.rate + form.count"), "decimal");
  EXPECT_EQ(type_of("form.day - today"), "int");
  EXPECT_EQ(type_of("form.day + months(1)"), "date");
  EXPECT_EQ(type_of("requester.manager.name"), "string");
  EXPECT_EQ(type_of("finance.?cost_center"), "optional_type(string)");
  EXPECT_EQ(type_of("finance.?by.manager.name.orValue('nobody')"), "string");
  EXPECT_EQ(type_of("[form.amount, 0]"), "list(money(CNY))");
  EXPECT_EQ(type_of("group('sales').map(p, p.name)"), "list(string)");
  EXPECT_EQ(type_of("event.anything.at.all"), "dyn");
  EXPECT_EQ(type_of("[1, 'a']"), "list(dyn)");
  EXPECT_EQ(type_of("5 * 1000"), "int");
  EXPECT_EQ(type_of("form.count * 1.5"), "decimal");
  EXPECT_EQ(type_of("math.greatest(form.rate, 1, 2)"), "decimal");
}

TEST(Checker, ExpectedTypesAreCompared) {
  using Tag = Type::Tag;
  EXPECT_EQ(expecting("5", Type::money("CNY")), "");
  EXPECT_EQ(expecting("form.count > 3 ? 5 : 6.5", Type::scalar(Tag::decimal)), "");
  EXPECT_EQ(expecting("form.count", Type::money("CNY")), "0-10: money(CNY) is wanted here, not int");
  EXPECT_EQ(expecting("form.fee", Type::money("CNY")), "0-8: money(CNY) is wanted here, not money(EUR)");
  EXPECT_EQ(expecting("'x'", Type::scalar(Tag::bool_)), "0-3: bool is wanted here, not string");
  EXPECT_EQ(expecting("requester", Type::list(Type::scalar(Tag::person))), "");
  EXPECT_EQ(expecting("[requester.manager]", Type::list(Type::scalar(Tag::person))), "");
  EXPECT_EQ(expecting("event.x", Type::scalar(Tag::bool_)), "");
}

TEST(Checker, ConstantsThatCannotBeAreIssues) {
  EXPECT_EQ(product_issues("today < date('2026-02-30')"),
            "8-26: '2026-02-30' is no date: write it like '2026-03-02'");
  EXPECT_EQ(product_issues("form.title.matches('(')"), "19-22: '(' is no pattern (RE2): missing ): (");
  EXPECT_EQ(product_issues("now > timestamp('yesterday')"),
            "6-28: 'yesterday' is no time of the years 1 to 9999: write it like '2026-03-02T10:14:00Z'");
}

// ---- fields that may be left empty, and texts that something can never be

Environment form_environment(bool filled) {
  RecordField kind{Type::scalar(Type::Tag::string), false, true, {"travel", "meals"}};
  RecordField many{Type::list(Type::scalar(Type::Tag::string)), false, false, {"red", "blue"}};
  Environment environment;
  environment.filled = filled;
  environment.variables = {
      {"form", Type::record("form", {{"count", {Type::scalar(Type::Tag::int_), false, true}},
                                     {"day", {Type::scalar(Type::Tag::date), false, true}},
                                     {"kind", kind},
                                     {"many", many}})}};
  return environment;
}

std::vector<Issue> issues_in_form(std::string_view text, bool filled = true) {
  return compile(text, form_environment(filled)).issues;
}

TEST(UnfilledFields, AreRefusedWhereNothingMayBeEmptyUnlessGuarded) {
  const auto issues = issues_in_form("form.count > 1");
  ASSERT_EQ(issues.size(), 1U);
  EXPECT_EQ(issues[0].about, Issue::About::unfilled);
  EXPECT_EQ(issues[0].replacement, "form.?count.orValue(0)");
  EXPECT_EQ(issues_in_form("form.day > date('2026-01-01')").at(0).replacement, "")
      << "no day stands for none";
  EXPECT_TRUE(issues_in_form("form.count > 1", false).empty()) << "where nothing follows from nothing";
  EXPECT_TRUE(issues_in_form("has(form.count) && form.count > 1").empty());
  EXPECT_TRUE(issues_in_form("form.?count.hasValue() && form.count > 1").empty());
  EXPECT_TRUE(issues_in_form("!has(form.count) || form.count > 1").empty());
  EXPECT_TRUE(issues_in_form("form.?count.orValue(0) > 1").empty());
  Environment guarded = form_environment(true);
  guarded.guards = {"form.count"};
  EXPECT_TRUE(compile("form.count > 1", guarded).issues.empty()) << "somebody outside has asked";
}

TEST(UnfilledFields, AConditionSaysWhatItHasAskedFor) {
  const auto guards = [](std::string_view text) {
    Environment environment = form_environment(false);
    environment.words = false;
    return compile(text, environment).program.guards();
  };
  EXPECT_EQ(guards("has(form.count) && has(form.day)"), (std::vector<std::string>{"form.count", "form.day"}));
  EXPECT_TRUE(guards("has(form.count) || has(form.day)").empty());
  EXPECT_TRUE(guards("!has(form.count)").empty());
  for (const char* filled :
       {"form.kind != ''", "'' != form.kind", "!(form.kind == '')", "form.kind > ''", "'' < form.kind"})
    EXPECT_EQ(guards(filled), std::vector<std::string>{"form.kind"}) << filled;
  for (const char* filled : {"size(form.many) > 0", "size(form.many) >= 1", "0 < size(form.many)",
                             "form.many.size() != 0", "1 <= size(form.many)", "size(form.many) == 2"})
    EXPECT_EQ(guards(filled), std::vector<std::string>{"form.many"}) << filled;
  for (const char* open :
       {"size(form.many) >= 0", "size(form.many) < 2", "form.kind == ''", "form.kind == 'meals'",
        "form.kind != 'meals'", "form.?kind.orValue('') != ''", "size(form.many) > -1"})
    EXPECT_TRUE(guards(open).empty()) << open;
}

TEST(Words, ATextBesideSomethingThatIsNeverItIsRefused) {
  const auto refused = [](std::string_view text) {
    const auto issues = issues_in_form(text, false);
    return issues.size() == 1 && issues[0].about == Issue::About::word ? issues[0].suggestion : "accepted";
  };
  EXPECT_EQ(refused("form.kind == 'travl'"), "\"travel\"");
  EXPECT_EQ(refused("'travl' != form.kind"), "\"travel\"");
  EXPECT_EQ(refused("form.kind in ['meals', 'travl']"), "\"travel\"");
  EXPECT_EQ(refused("'rad' in form.many"), "\"red\"");
  EXPECT_EQ(refused("form.many.exists(m, m == 'rad')"), "\"red\"");
  EXPECT_EQ(refused("form.many[0] == 'rad'"), "\"red\"");
  EXPECT_EQ(refused("form.?kind.orValue('none') == 'nona'"), "\"none\"");
  EXPECT_EQ(refused("form.kind == 'something else'"), "") << "nothing is near";
  EXPECT_EQ(refused("form.kind == ''"), "") << "an empty choice is absent";
  for (const char* fine :
       {"form.kind == 'travel'", "form.?kind.orValue('') == ''", "'red' in form.many",
        "form.?kind.orValue('none') == 'none'", "form.kind == 'tra' + 'vl'", "form.kind.startsWith('trv')"}) {
    EXPECT_EQ(refused(fine), "accepted") << fine;
  }
}

TEST(Numbers, NothingExactIsDividedByZero) {
  const char* const refused = "this divides by zero, which never gives anything";
  for (const char* text :
       {"form.count / 0", "form.count % 0", "5 / 0 > 1", "form.amount / 0", "form.rate / 0.0"})
    EXPECT_NE(product_issues(text).find(refused), std::string::npos) << text;
  for (const char* fine : {"form.factor / 0.0", "form.count / 1", "0 / form.count"})
    EXPECT_EQ(product_issues(fine), "") << fine;
  Environment lenient = product_environment();
  lenient.words = false;
  EXPECT_TRUE(compile("form.count / 0", lenient).issues.empty()) << "what was let pass before";
}

TEST(Numbers, WordsBehindThemAreExplained) {
  const auto fix = [](std::string_view text) {
    return compile(text, product_environment()).issues.at(0).replacement;
  };
  EXPECT_EQ(fix("form.amount > 5000 CNY"), "5000");
  EXPECT_EQ(fix("form.amount > 5,000"), "5000");
  EXPECT_EQ(fix("today + 3 days"), "days(3)");
  EXPECT_EQ(fix("now + 2 hours"), "duration(\"2h\")");
  EXPECT_EQ(fix("form.amount > 5 apples"), "");
}

TEST(MaybeFields, AreRefusedUnlessGuarded) {
  const std::string refused =
      "'cost_center' of the result of finance may be missing here, because what sets it may not have run; "
      "guard it with "
      "has(finance.cost_center) or read it as finance.?cost_center";
  EXPECT_EQ(product_issues("finance.cost_center == 'A'"), "0-19: " + refused);
  EXPECT_EQ(product_issues("finance.outcome == 'approved'"), "");
  EXPECT_EQ(product_issues("finance.?cost_center.orValue('') == 'A'"), "");
  EXPECT_EQ(product_issues("has(finance.cost_center) && finance.cost_center == 'A'"), "");
  EXPECT_EQ(product_issues("finance.cost_center == 'A' && has(finance.cost_center)"), "");
  EXPECT_EQ(product_issues("has(finance.cost_center) ? finance.cost_center : ''"), "");
  EXPECT_EQ(product_issues("!has(finance.cost_center) ? '' : finance.cost_center"), "");
  EXPECT_EQ(product_issues("!has(finance.cost_center) || finance.cost_center == 'A'"), "");
  EXPECT_EQ(product_issues("has(finance.cost_center) && (form.count > 1 && finance.cost_center == 'A')"), "");
  EXPECT_EQ(product_issues("has(finance.by.manager) && has(finance.by) && finance.by.name == 'x'"), "");
  // Guards of something else, of the other case, or outside their reach.
  EXPECT_EQ(product_issues("has(finance.by) && finance.cost_center == 'A'"), "19-38: " + refused);
  EXPECT_EQ(product_issues("has(finance.cost_center) ? '' : finance.cost_center"), "32-51: " + refused);
  EXPECT_EQ(product_issues("has(finance.cost_center) || finance.cost_center == 'A'"), "28-47: " + refused);
  EXPECT_EQ(product_issues("(has(finance.cost_center) && true) == (finance.cost_center == 'A')"),
            "39-58: " + refused);
}

TEST(References, AreTheChainsThatStartAtVariables) {
  const auto program =
      compile(
          "form.amount > 5 && has(finance.cost_center) && form.lines.exists(l, l.item == form.title) && "
          "form.lines[0].cost > 1 && requester.manager in group('sales') && event.?x.y.hasValue() && "
          "form.amount < 9",
          product_environment())
          .program;
  ASSERT_TRUE(program);
  const std::vector<std::vector<std::string>> expected = {{"event", "x", "y"}, {"finance", "cost_center"},
                                                          {"form", "amount"},  {"form", "lines"},
                                                          {"form", "title"},   {"requester", "manager"}};
  EXPECT_EQ(program.references(), expected);
}

TEST(Types, ReadBackWhatTheyWrite) {
  for (const char* text :
       {"dyn", "int", "list(int)", "map(string, dyn)", "optional_type(list(bool))", "money(CNY)", "money",
        "google.protobuf.Timestamp", "tuple(int, T)", "type(int)", "type", "date"}) {
    const auto type = Type::parse(text, {"T"});
    ASSERT_TRUE(type.has_value()) << text;
    const std::string expected = std::string_view(text) == "type" ? "type(dyn)" : text;
    EXPECT_EQ(type->to_text(), expected);
  }
  EXPECT_FALSE(Type::parse("list(").has_value());
  EXPECT_FALSE(Type::parse("list(int) x").has_value());
  EXPECT_FALSE(Type::parse("").has_value());
}

}  // namespace
}  // namespace countersign::cel
