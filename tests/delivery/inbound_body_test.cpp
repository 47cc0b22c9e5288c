#include "delivery/inbound_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "delivery/xml.h"

namespace countersign {
namespace {

using testing::HasSubstr;

std::string parsed(std::string_view type, std::string_view body) {
  const Result<json::value> value = parse_inbound_body(type, body);
  return value ? canonical_json(*value) : "error: " + value.error().message;
}

TEST(InboundBody, IsReadByItsDeclaredType) {
  EXPECT_EQ(parsed("application/json; charset=utf-8", R"({"a":[1,"b"]})"), R"({"a":[1,"b"]})");
  EXPECT_EQ(parsed("application/cloudevents+json", "{}"), "{}");
  EXPECT_EQ(parsed("", "{}"), "{}");
  EXPECT_EQ(parsed("Application/X-WWW-Form-Urlencoded", "a=1&b=x+y%26%C3%BC&c=&d"),
            R"({"a":"1","b":"x y&ü","c":"","d":""})");
  EXPECT_EQ(parsed("application/x-www-form-urlencoded", "payload=%7B%22a%22%3A1%7D"), R"({"a":1})");
  EXPECT_EQ(parsed("application/x-www-form-urlencoded", "payload=text"), R"({"payload":"text"})");
  EXPECT_EQ(parsed("text/xml", "<x><A>1</A><B><C>2</C></B><A>3</A></x>"), R"({"A":["1","3"],"B":{"C":"2"}})");
  EXPECT_THAT(parsed("text/html", "<p>"), HasSubstr("text/html"));
  EXPECT_THAT(parsed("application/json", "a=1"), HasSubstr("error"));
  EXPECT_THAT(parsed("application/json", "{\"a\":1,\"a\":2}"), HasSubstr("error"));
}

TEST(InboundBody, RefusesAmbiguousAndMalformedForms) {
  EXPECT_THAT(parsed("application/x-www-form-urlencoded", "a=1&a=2"), HasSubstr("\"a\" is given twice"));
  for (const char* body : {"a=%", "a=%1", "a=%zz", "%f=1", "a=%ff"}) {
    EXPECT_THAT(parsed("application/x-www-form-urlencoded", body), HasSubstr("error")) << body;
  }
}

// Whatever is read is kept as JSON and read again, perhaps after a restart.
TEST(InboundBody, KeepsNothingThatCouldNotBeReadAgain) {
  EXPECT_THAT(parsed("application/x-www-form-urlencoded", "%24number=text"), HasSubstr("reserved"));
  const auto large = parse_inbound_body("application/json", "11111111111111111111111111111111111");
  ASSERT_TRUE(large);
  EXPECT_TRUE(parse_json(write_json(*large)));
}

TEST(Xml, ReadsElementsAttributesAndText) {
  const Result<XmlElement> root = parse_xml(
      "<?xml version='1.0' encoding='UTF-8'?><!-- c --><n:a xmlns:n='u' n:k='1 &lt; "
      "2'>x<b/>y<![CDATA[<&]]>&#65;&#x4f1a;"
      "<b>second</b></n:a>\n");
  ASSERT_TRUE(root) << root.error().message;
  EXPECT_EQ(root->name, "a");
  ASSERT_EQ(root->attributes.size(), 1U);
  EXPECT_EQ(*root->attribute("k"), "1 < 2");
  EXPECT_EQ(root->text, "xy<&A会");
  ASSERT_EQ(root->children.size(), 2U);
  EXPECT_EQ(root->children[1].text, "second");
  EXPECT_EQ(root->child("c"), nullptr);
}

TEST(Xml, RefusesWhatIsNotWellFormed) {
  for (const char* text : {"",
                           "text",
                           "<a>",
                           "<a></b>",
                           "</a>",
                           "<a/><b/>",
                           "<a/>x",
                           "x<a/>",
                           "<a b></a>",
                           "<a b=c/>",
                           "<a b='<'/>",
                           "<a>&x;</a>",
                           "<a>&</a>",
                           "<a>&#0;</a>",
                           "<a>&#xd800;</a>",
                           "<a>&#99999999;</a>",
                           "<a><!-- </a>",
                           "<a><![CDATA[ </a>",
                           "<?xml",
                           "<a",
                           "<a b='",
                           "< a/>",
                           "<a>\x01</a>",
                           "<a>\xff</a>",
                           "<?xml version='1.0' encoding='latin-1'?><a/>",
                           "<a/",
                           "<>",
                           "</>"}) {
    const Result<XmlElement> root = parse_xml(text);
    EXPECT_FALSE(root) << text;
  }
}

TEST(Xml, RefusesDocumentTypesAndExcess) {
  EXPECT_THAT(parse_xml("<!DOCTYPE a><a/>").error().message, HasSubstr("document type"));
  EXPECT_THAT(parse_xml("<a><!ENTITY x 'y'></a>").error().message, HasSubstr("document type"));
  std::string deep, wide = "<a>";
  for (int i = 0; i < 100; ++i) deep += "<a>";
  for (int i = 0; i < 30'000; ++i) wide += "<b/>";
  EXPECT_THAT(parse_xml(deep).error().message, HasSubstr("deep"));
  EXPECT_THAT(parse_xml(wide + "</a>").error().message, HasSubstr("too many"));
  EXPECT_EQ(parse_xml(std::string((1 << 20) + 1, ' ')).error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace countersign
