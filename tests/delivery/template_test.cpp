#include "delivery/template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace countersign {
namespace {

using testing::HasSubstr;

std::string rendered(std::string_view text, const json::value& data, Escape escape = Escape::none) {
  Result<std::string> result = render(text, data, escape);
  return result ? *result : result.error().message;
}

TEST(Template, PlacesValuesOfEveryKind) {
  const json::value data =
      *parse_json(R"({"name":"Dana","n":0,"price":12.50,"yes":true,"no":false,"nothing":null,
                                           "who":{"mail":"d@example.test"}})");
  EXPECT_EQ(rendered("{{name}} {{n}} {{price}} {{yes}} [{{no}}{{nothing}}{{missing}}] {{who.mail}}", data),
            "Dana 0 12.50 true [] d@example.test");
}

TEST(Template, RepeatsAndLeavesOutSections) {
  const json::value data =
      json::parse(R"({"items":[{"t":"a"},{"t":"b"}],"none":[],"empty":"","text":"x","zero":0})");
  EXPECT_EQ(rendered("{{#items}}<{{t}}>{{/items}}{{^items}}no{{/items}}", data), "<a><b>");
  EXPECT_EQ(rendered("{{#none}}yes{{/none}}{{^none}}no{{/none}}", data), "no");
  EXPECT_EQ(
      rendered("{{#empty}}yes{{/empty}}{{#text}}has {{text}}{{/text}}{{#zero}}, {{zero}}{{/zero}}", data),
      "has x, 0");
  EXPECT_EQ(rendered("a\n{{#text}}\nb\n{{/text}}\nc{{! remark }}", data), "a\nb\nc");
}

TEST(Template, EscapesForWhatIsAroundTheValue) {
  const json::value data{{"v", "<b>*x*</b>"}};
  EXPECT_EQ(rendered("{{v}}", data, Escape::html), "&lt;b&gt;*x*&lt;/b&gt;");
  EXPECT_EQ(rendered("{{v}}", data, Escape::markdown), "\\<b\\>\\*x\\*\\<\\/b\\>");
  EXPECT_EQ(rendered("{{v}}", data, Escape::none), "<b>*x*</b>");
  EXPECT_EQ(rendered("{{{v}}}{{&v}}", data, Escape::html), "<b>*x*</b><b>*x*</b>");
}

TEST(Template, NeverExpandsValues) {
  const json::value data{{"v", "{{secret}} {{{secret}}} {{#v}}x{{/v}} ${secret}"}, {"secret", "geheim"}};
  EXPECT_EQ(rendered("{{v}}", data), "{{secret}} {{{secret}}} {{#v}}x{{/v}} ${secret}");
  EXPECT_EQ(rendered("{{#l}}{{.}}{{/l}}", {{"l", {"{{secret}}"}}, {"secret", "geheim"}}), "{{secret}}");
}

TEST(Template, NamesLineAndColumnOfAnError) {
  const std::pair<const char*, const char*> broken[] = {
      {"a\nb {{name", "line 2, column 3"},      {"{{#a}}\n{{#b}}\n{{/a}}", "line 1, column 1"},
      {"x\n\n{{/a}}", "line 3, column 1"},      {"{{#open}} text", "line 1, column 1"},
      {"\n {{> partial}}", "line 2, column 2"}, {"{{=<% %>=}}", "line 1, column 1"},
  };
  for (const auto& [text, where] : broken) {
    const Result<std::string> result = render(text, json::object{}, Escape::none);
    ASSERT_FALSE(result) << text;
    EXPECT_THAT(result.error().message, HasSubstr(where)) << text;
    EXPECT_FALSE(check_template(text)) << text;
  }
  EXPECT_TRUE(check_template("{{#a}}{{b}}{{/a}}"));
}

TEST(Template, SurvivesOddTemplates) {
  for (const char* text : {"", "{", "}}", "{{}}", "{{{}}}", "{{#}}{{/}}", "{{", "{{{", "{{/", "{{{a}}",
                           "{{#a}}{{/a}}{{/a}}", "{{&}}", "{{^}}", "{{!", "{{ }}"}) {
    const Result<std::string> result = render(text, json::object{}, Escape::html);
    const std::string message = result ? "" : result.error().message;
    EXPECT_TRUE(result || message.find("line 1") != std::string::npos) << text << ": " << message;
  }
}

}  // namespace
}  // namespace countersign
