#include "delivery/markdown.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace countersign {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(MarkdownToHtml, MakesOrdinaryHtml) {
  EXPECT_EQ(markdown_to_html("# Title\n\nsome **bold** text\n"),
            "<h1>Title</h1>\n<p>some <strong>bold</strong> text</p>\n");
  EXPECT_EQ(markdown_to_html("- a\n- b\n"), "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n");
  EXPECT_THAT(markdown_to_html("[Open](https://example.test/a?x=1&y=2)"),
              HasSubstr("<a href=\"https://example.test/a?x=1&amp;y=2\">Open</a>"));
  EXPECT_THAT(markdown_to_html("|a|b|\n|-|-|\n|1|2|\n"), HasSubstr("<td>1</td>"));
  EXPECT_EQ(markdown_to_html(""), "");
}

TEST(MarkdownToHtml, ShowsHtmlAsText) {
  EXPECT_EQ(markdown_to_html("a <script>alert(1)</script> b"),
            "<p>a &lt;script&gt;alert(1)&lt;/script&gt; b</p>\n");
  EXPECT_THAT(markdown_to_html("<div onclick=x>\nhello\n</div>\n"), HasSubstr("&lt;div onclick=x&gt;"));
  EXPECT_THAT(markdown_to_html("<img src=x onerror=y>"), Not(HasSubstr("<img")));
}

TEST(MarkdownToHtml, TakesTheTargetFromDangerousLinks) {
  for (const char* link :
       {"[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](data:text/html,x)", "[x](/relative)",
        "[x](vbscript:y)", "[x](\tjavascript:z)", "<javascript:alert(1)>", "[x](//evil.example)"}) {
    EXPECT_THAT(markdown_to_html(link), Not(HasSubstr("href=\"j"))) << link;
    EXPECT_THAT(markdown_to_html(link), Not(HasSubstr("href=\"d"))) << link;
    EXPECT_THAT(markdown_to_html(link), Not(HasSubstr("href=\"/"))) << link;
  }
  EXPECT_THAT(markdown_to_html("[x](mailto:a@example.test)"), HasSubstr("href=\"mailto:a@example.test\""));
}

TEST(MarkdownToHtml, LoadsNothingFromElsewhere) {
  const std::string html = markdown_to_html("![tracker](https://evil.example/pixel.png)");
  EXPECT_EQ(html, "<p><a href=\"https://evil.example/pixel.png\">tracker</a></p>\n");
  EXPECT_THAT(markdown_to_html("![](https://evil.example/pixel.png)"),
              HasSubstr(">https://evil.example/pixel.png</a>"));
}

TEST(MarkdownToHtml, SurvivesAnyBytes) {
  EXPECT_THAT(markdown_to_html("bad \xff utf-8"), HasSubstr("bad"));
  EXPECT_NE(markdown_to_html(std::string(50'000, '>')), "");
  EXPECT_NE(markdown_to_html(std::string(50'000, '[')), "");
  EXPECT_NE(markdown_to_text(std::string(50'000, '>') + "x"), "");
  std::string nested_list;
  for (int i = 0; i < 300; ++i) nested_list += std::string(static_cast<std::size_t>(2 * i), ' ') + "- x\n";
  EXPECT_NE(markdown_to_text(nested_list), "");
  const std::string huge = "<b>" + std::string(300'000, 'a');
  EXPECT_TRUE(markdown_to_html(huge).starts_with("<pre>&lt;b&gt;aaa"));
}

TEST(MarkdownToText, ReadsWell) {
  EXPECT_EQ(
      markdown_to_text(
          "# Approve PR-1042\n\nAmount: **1,280.50 EUR**\n\n[Open the request](https://a.example/1)\n"),
      "Approve PR-1042\n===============\n\nAmount: 1,280.50 EUR\n\nOpen the request: https://a.example/1\n");
  EXPECT_EQ(markdown_to_text("one\ntwo  \nthree\n"), "one\ntwo\nthree\n");
  EXPECT_EQ(markdown_to_text("- a\n- b\n  - c\n\n1. x\n2. y\n"), "- a\n- b\n  - c\n\n1. x\n2. y\n");
  EXPECT_EQ(markdown_to_text("> quoted\n> lines\n\nafter\n"), "> quoted\n> lines\n\nafter\n");
  EXPECT_EQ(markdown_to_text("before\n\n> quoted\n>\n> more\n"), "before\n\n> quoted\n>\n> more\n");
  EXPECT_EQ(markdown_to_text("```\ncode  here\n\nmore\n```\n"), "    code  here\n\n    more\n");
  EXPECT_EQ(markdown_to_text("|a|b|\n|-|-|\n|1|**2**|\n"), "a | b\n1 | 2\n");
  EXPECT_EQ(markdown_to_text("a\n\n---\n\nb\n"), "a\n\n----\n\nb\n");
  EXPECT_EQ(markdown_to_text("<https://a.example/1> and [x](mailto:d@example.test)\n"),
            "https://a.example/1 and x: d@example.test\n");
  EXPECT_EQ(markdown_to_text("- first\n\n  second\n\n- third\n"), "- first\n\n  second\n\n- third\n");
  EXPECT_EQ(markdown_to_text(""), "");
}

TEST(HtmlEscape, EscapesFiveCharacters) {
  EXPECT_EQ(html_escape("<a href=\"x\">'&'"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;");
}

TEST(MarkdownEscape, KeepsAValueText) {
  const std::string values[] = {"**bold** _it_ `code` [l](http://x) ![i](y) <b> &amp; ~~s~~ | a\\b",
                                "# heading",
                                "1. list",
                                "- list",
                                "+ list",
                                "> quote",
                                "===",
                                "---",
                                "    code",
                                "```",
                                "http://example.test",
                                "[ref]: http://x",
                                "a@example.test",
                                "{{braces}} ${dollar}",
                                "\ttab",
                                "* * *"};
  for (const std::string& value : values) {
    const std::string html = markdown_to_html(markdown_escape(value));
    const std::size_t start = value.find_first_not_of(" \t");
    EXPECT_EQ(html, "<p>" + std::string(html_escape(value.substr(start))) + "</p>\n") << value;
  }
}

TEST(MarkdownEscape, KeepsLineBreaksAndNothingElseOfTheLayout) {
  EXPECT_EQ(markdown_to_html("x " + markdown_escape("one\n\n    two\r\n# three\n")),
            "<p>x one<br />\ntwo<br />\n# three</p>\n");
  EXPECT_EQ(markdown_to_text("x " + markdown_escape("one\ntwo")), "x one\ntwo\n");
}

}  // namespace
}  // namespace countersign
