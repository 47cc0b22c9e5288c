#include "definition/yaml.h"

#include <gtest/gtest.h>

#include "definition/yaml_mending.h"

namespace countersign {
namespace {

YamlNode read(std::string_view text) {
  Diagnostics diagnostics;
  const std::optional<YamlDocument> document = read_yaml("a.yaml", text, diagnostics);
  EXPECT_EQ(diagnostics.to_text(), "");
  return document ? document->root : YamlNode{};
}

YamlNode value_of(std::string_view scalar) {
  return *read("a: " + std::string(scalar) + "\n").find("a");
}

std::string first_message(std::string_view text) {
  Diagnostics diagnostics;
  read_yaml("a.yaml", text, diagnostics);
  const std::vector<Diagnostic> all = diagnostics.all();
  return all.empty() ? "" : all.front().message;
}

TEST(YamlScalar, FollowsTheCoreSchemaOfYaml12) {
  for (const char* text : {"yes", "no", "on", "off", "y", "n", "2026-03-02", "12:30:45", "0b11", "1_000"}) {
    const YamlNode node = value_of(text);
    EXPECT_TRUE(node.is_scalar()) << text;
    EXPECT_FALSE(node.as_boolean()) << text;
    EXPECT_FALSE(node.as_integer()) << text;
    EXPECT_FALSE(node.as_decimal()) << text;
    EXPECT_EQ(node.text, text);
  }
  EXPECT_EQ(value_of("true").as_boolean(), true);
  EXPECT_EQ(value_of("FALSE").as_boolean(), false);
  EXPECT_FALSE(value_of("'true'").as_boolean());
  EXPECT_TRUE(value_of("~").is_null());
  EXPECT_TRUE(value_of("null").is_null());
  EXPECT_TRUE(value_of("").is_null());
  EXPECT_FALSE(value_of("''").is_null());
}

TEST(YamlScalar, ReadsDecimalOctalAndHexadecimalIntegers) {
  EXPECT_EQ(value_of("010").as_integer(), 10);
  EXPECT_EQ(value_of("0o17").as_integer(), 15);
  EXPECT_EQ(value_of("0xff").as_integer(), 255);
  EXPECT_EQ(value_of("+7").as_integer(), 7);
  EXPECT_EQ(value_of("-7").as_integer(), -7);
  EXPECT_FALSE(value_of("9223372036854775808").as_integer());
  EXPECT_FALSE(value_of("0x-1").as_integer());
  EXPECT_FALSE(value_of("'7'").as_integer());
}

TEST(YamlScalar, ReadsNumbersExactly) {
  EXPECT_EQ(value_of("0.10").as_decimal()->to_text(), "0.10");
  EXPECT_EQ(value_of(".5").as_decimal()->to_text(), "0.5");
  EXPECT_EQ(value_of("5.").as_decimal()->to_text(), "5");
  EXPECT_EQ(value_of("-1.5e3").as_decimal(), *Decimal::parse("-1500"));
  EXPECT_FALSE(value_of(".inf").as_decimal());
  EXPECT_FALSE(value_of("1.2.3").as_decimal());
}

TEST(YamlReader, AcceptsAByteOrderMarkAndCrLf) {
  const YamlNode root = read(
      "\xEF\xBB\xBF"
      "a: 1\r\nb:\r\n  - x\r\n");
  EXPECT_EQ(root.find("a")->text, "1");
  EXPECT_EQ(root.find("b")->items.at(0).at, (SourceSpan{3, 5, 1}));
}

TEST(YamlReader, CountsColumnsInCharacters) {
  const YamlNode root = read("报销: {名称: 费用, amount: 5}\n");
  EXPECT_EQ(root.find("报销")->find("amount")->at, (SourceSpan{1, 22, 1}));
}

TEST(YamlReader, PlacesScalarsWithTheirLength) {
  const YamlNode root = read("a: plain text # comment\nb: 'it''s'\nc: \"q\\\"q\"\nd: |\n  block\n  text\n");
  EXPECT_EQ(root.find("a")->at, (SourceSpan{1, 4, 10}));
  EXPECT_EQ(root.find("b")->at, (SourceSpan{2, 4, 7}));
  EXPECT_EQ(root.find("b")->text, "it's");
  EXPECT_EQ(root.find("c")->at, (SourceSpan{3, 4, 6}));
  EXPECT_EQ(root.find("d")->text, "block\ntext\n");
}

TEST(YamlReader, FindsThePlaceOfAnyPartOfAScalar) {
  Diagnostics diagnostics;
  const auto document = read_yaml(
      "a.yaml", "a: form.amount > 5\nb: 'x == ''y'' && z'\nc: >\n  one &&\n  two\nd: \"a\\\"b c\"\n",
      diagnostics);
  ASSERT_TRUE(document);
  const YamlNode& root = document->root;
  EXPECT_EQ(document->span_in(*root.find("a"), 5, 11), (SourceSpan{1, 9, 6}));
  EXPECT_EQ(document->span_in(*root.find("b"), 12, 13), (SourceSpan{2, 19, 1}));
  EXPECT_EQ(document->span_in(*root.find("c"), 7, 10), (SourceSpan{5, 3, 3}));
  EXPECT_EQ(document->span_in(*root.find("d"), 4, 5), (SourceSpan{6, 10, 1}));
}

TEST(YamlReader, CopiesAliasesAndLimitsWhatTheyExpandTo) {
  const YamlNode root = read("a: &x {b: 1}\nc: *x\n");
  EXPECT_EQ(root.find("c")->find("b")->text, "1");
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 8; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) bomb += (j > 0 ? ", *a" : "*a") + std::to_string(i - 1);
    bomb += "]\n";
  }
  EXPECT_EQ(first_message(bomb), "the file has more than 100000 values after its aliases are expanded");
}

TEST(YamlReader, LimitsBytesAndDepth) {
  EXPECT_EQ(first_message("a: " + std::string(1 << 20, 'x')),
            "the file has 1048579 bytes, more than 1048576");
  EXPECT_EQ(first_message(std::string(65, '[') + std::string(65, ']')),
            "values are nested more than 64 levels deep");
  EXPECT_EQ(first_message(std::string(64, '[') + std::string(64, ']')), "");
  EXPECT_NE(first_message(std::string(5000, '[')), "");
}

TEST(YamlReader, RefusesTextThatIsNone) {
  EXPECT_EQ(first_message("a: b\xff\n"), "this is no UTF-8: save the file as UTF-8");
  EXPECT_EQ(first_message(std::string_view("a: \0b\n", 6)), "a NUL byte stands here");
  EXPECT_EQ(first_message("a: \x1b[0m\n"), "a control character stands here");
  EXPECT_EQ(first_message("a: b\rc: d\n"), "a control character stands here");
  EXPECT_EQ(first_message("a: b\n...\n---\nc: d\n"), "a second document starts here; a file holds one");
}

TEST(YamlReader, ReportsEverythingThatDoesNotEndTheReading) {
  Diagnostics diagnostics;
  const auto document = read_yaml("a.yaml", "a: 1\na: 2\nb: !x y\n<<: {c: 1}\n", diagnostics);
  ASSERT_TRUE(document);
  ASSERT_EQ(diagnostics.all().size(), 3U);
  EXPECT_EQ(diagnostics.all()[0].code, "CS004");
  EXPECT_EQ(document->root.find("a")->text, "1");
}

struct MendingCase {
  const char* line;
  const char* mended;  // nullptr: YAML reads the line as it stands
};
class Mendings : public ::testing::TestWithParam<MendingCase> {};

TEST_P(Mendings, QuoteWhatYamlTakesForItsOwn) {
  const std::optional<Mending> mending = mend_line(GetParam().line);
  EXPECT_EQ(mending ? mending->line : "as it stands", GetParam().mended ? GetParam().mended : "as it stands");
}

INSTANTIATE_TEST_SUITE_P(
    SixPlaces, Mendings,
    ::testing::Values(
        MendingCase{"  when: !form.urgent", "when: '!form.urgent'"},
        MendingCase{"from: \"sales/\" + form.category", "from: '\"sales/\" + form.category'"},
        MendingCase{"due: form.urgent ? days(1) : days(2)", "due: 'form.urgent ? days(1) : days(2)'"},
        MendingCase{"when: form.code == \"a #b\"", "when: 'form.code == \"a #b\"'"},
        MendingCase{"subject: Paid: your claim", "subject: 'Paid: your claim'"},
        MendingCase{"- {when: form.kind in [1, 2], go: x}", "- {when: 'form.kind in [1, 2]', go: x}"},
        MendingCase{"approve: {by: managers(requester, 2), need: all}",
                    "approve: {by: 'managers(requester, 2)', need: all}"},
        MendingCase{"by: [requester.manager, managers(requester, 2)]",
                    "by: [requester.manager, 'managers(requester, 2)']"},
        MendingCase{"- set: {vars.c: second.?comment}", "- set: {vars.c: 'second.?comment'}"},
        MendingCase{"- size([1, 2]) > 1", nullptr}, MendingCase{"a: [1, 2]", nullptr},
        MendingCase{"a: \"quoted\" # comment", nullptr}, MendingCase{"a: b # c: d", nullptr},
        MendingCase{"a: {b: [1, 2], c: 'x, y'}", nullptr}, MendingCase{"when: |", nullptr},
        MendingCase{"text: it's: fine", "text: \"it's: fine\""}));

}  // namespace
}  // namespace countersign
