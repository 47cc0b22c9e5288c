// What people see when an expression cannot be read.

#include <gtest/gtest.h>

#include "tests/cel/evaluate.h"

namespace countersign::cel {
namespace {

TEST(ParserIssues, NameThePlaceAndTheWayOut) {
  EXPECT_EQ(product_issues(""), "0-0: the expression is empty");
  EXPECT_EQ(product_issues("1 +"), "2-3: something is missing behind '+'");
  EXPECT_EQ(product_issues("(1 + 2"), "0-1: this '(' is never closed: ')' is missing");
  EXPECT_EQ(product_issues("[1, 2"), "0-1: this '[' is never closed: ']' is missing");
  EXPECT_EQ(product_issues("size([1]"), "4-5: this '(' is never closed: ')' is missing");
  EXPECT_EQ(product_issues("1 2"), "2-3: the end of the expression is expected here, not '2'");
  EXPECT_EQ(product_issues("form."),
            "5-5: a field's name is expected behind '.', not the end of the expression");
  EXPECT_EQ(product_issues("true ? 1"),
            "8-8: ':' and what holds otherwise is expected here, not the end of the expression");
  EXPECT_EQ(product_issues("{\"a\" 1}"), "5-6: ':' and the value of the key is expected here, not '1'");
  EXPECT_EQ(product_issues("while"), "0-5: 'while' is a reserved word and cannot be a name");
  EXPECT_EQ(product_issues("Point{x: 1}"),
            "5-6: messages cannot be made here; a map is written {\"key\": value}");
}

TEST(ParserIssues, KnowTheOperatorsOfOtherLanguages) {
  EXPECT_EQ(product_issues("form.count = 3"),
            "11-12: '=' is no operator; to compare, write '==' (did you mean '=='?)");
  EXPECT_EQ(product_issues("true and false"), "5-8: 'and' is no operator; write '&&' (did you mean '&&'?)");
  EXPECT_EQ(product_issues("true or false"), "5-7: 'or' is no operator; write '||' (did you mean '||'?)");
  EXPECT_EQ(product_issues("not true"), "0-3: 'not' is no operator; write '!' (did you mean '!'?)");
  EXPECT_EQ(product_issues("true & false"),
            "5-6: '&' is no operator; a condition is joined with '&&' (did you mean '&&'?)");
}

TEST(ParserIssues, DescribeTexts) {
  EXPECT_EQ(product_issues("'abc"), "0-1: this text is never closed: ' is missing");
  EXPECT_EQ(product_issues("'a\nb'"), "0-2: this text is not closed on its line: ' is missing");
  EXPECT_EQ(product_issues(R"("a\qb")"),
            R"(2-4: unknown escape '\q': write '\\' for a backslash, or a raw string r"...")");
  EXPECT_EQ(product_issues(R"("\u12")"), "1-5: an escape needs 4 hexadecimal digits here");
  EXPECT_EQ(product_issues(R"("\ud800")"), "1-7: the escape stands for no character");
  EXPECT_EQ(product_issues(R"(b"\u0041")"),
            R"(2-4: '\u' stands for a character and cannot be used in bytes)");
  EXPECT_EQ(product_issues("\"\xff\""), "0-3: this text is no valid UTF-8");
  EXPECT_EQ(product_issues("\xe2\x80\x9chi\xe2\x80\x9d"),
            "0-3: '\xe2\x80\x9c' only looks like '\"' (did you mean '\"'?)");
}

TEST(ParserIssues, NameTheSignThatWasMeant) {
  EXPECT_EQ(product_issues("form.count \uff1e 3"), "11-14: '\uff1e' only looks like '>' (did you mean '>'?)");
  EXPECT_EQ(product_issues("form.count \u2265 3"),
            "11-14: '\u2265' only looks like '>=' (did you mean '>='?)");
  EXPECT_EQ(product_issues("size\uff08form.title\uff09 > 3"),
            "4-7: '\uff08' only looks like '(' (did you mean '('?)");
  EXPECT_EQ(
      product_issues("form.count\u00a0> 3"),
      "10-12: a blank that is none stands here (of another width, or one that does not break): write a plain "
      "blank");
  EXPECT_EQ(product_issues("${form.count} > 3"),
            "0-2: '${ }' belongs into texts; here the expression stands alone");
  EXPECT_EQ(product_issues("form.count # 3"), "11-12: unexpected character '#'; text belongs in quotes");
}

TEST(ParserIssues, DescribeNumbers) {
  EXPECT_EQ(product_issues("12abc"), "0-5: '12abc' is neither a number nor a name");
  EXPECT_EQ(product_issues("9223372036854775808"), "0-19: the number is too large for an int (64 bits)");
  EXPECT_EQ(product_issues("-9223372036854775808 < 0"), "");
  EXPECT_EQ(product_issues("1e999"), "0-5: the number is too large for a double");
}

TEST(ParserIssues, MacrosSayWhatTheyTake) {
  EXPECT_EQ(product_issues("has(form)"),
            "4-8: has() takes the selection of a field, such as has(form.amount)");
  EXPECT_EQ(product_issues("[1].map(1, 2)"),
            "8-9: map() takes a name for the element first, such as map(x, ...)");
}

TEST(ParserLimits, RefuseLongExpressions) {
  Environment environment;
  environment.source_bytes_max = 10;
  EXPECT_EQ(issues_of("1 + 1 + 1 + 1", environment),
            "10-13: the expression has 13 bytes; at most 10 are allowed");
}

TEST(ParserLimits, RefuseDeepNestingOfEveryKind) {
  const Environment environment;
  const auto repeated = [](std::string_view text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
  };
  for (const std::string& deep :
       {repeated("(", 500) + "1" + repeated(")", 500), repeated("[", 500) + repeated("]", 500),
        repeated("!", 500) + "true", "1" + repeated("+1", 500), "x" + repeated(".a", 500),
        repeated("true?1:", 500) + "1", repeated("size(", 500), "[1]" + repeated("[0]", 500)}) {
    EXPECT_NE(issues_of(deep, environment).find("nested more than 100 levels deep"), std::string::npos)
        << deep.substr(0, 20);
  }
  // Long conditions are flat.
  EXPECT_EQ(issues_of("true" + repeated("&& true", 500), environment), "");
}

TEST(Parser, ReadsCommentsAndQuotedNames) {
  EXPECT_EQ(core("1 + // one\n 2"), "3");
  EXPECT_EQ(core("{'content-type': 1}.`content-type`"), "1");
  EXPECT_EQ(core("-5.abs"), R"(issue: 3-6: int has no fields, so there is no 'abs')");
}

TEST(Quote, MakesALiteralThatReadsBack) {
  const std::string text = "say \"hi\"\n\\ \a\t\xe4\xbc\x9a";
  const auto program = compile(quote(text), Environment{}).program;
  ASSERT_TRUE(program);
  Cost cost;
  const auto value = program.evaluate(Variables(), no_host(), cost);
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(value->as_string(), text);
}

}  // namespace
}  // namespace countersign::cel
