#include "core/address_syntax.h"

#include <gtest/gtest.h>

namespace countersign {
namespace {

TEST(AddressSyntax, PlainMailboxesAreAccepted) {
  for (const auto* text :
       {"li.na@example.com", "a+b@sub.example.co", "dev@localhost", "李娜@例子.中国", "x@1.2.3"}) {
    EXPECT_FALSE(mail_address_fault(text).has_value()) << text;
  }
}

TEST(AddressSyntax, OtherMailboxesAreRefusedWithAReason) {
  EXPECT_EQ(mail_address_fault("li.na"), "'li.na' has no @");
  EXPECT_EQ(mail_address_fault("a@b@c.de"), "'a@b@c.de' has more than one @");
  EXPECT_EQ(mail_address_fault("@example.com"), "'@example.com' has nothing in front of the @");
  EXPECT_EQ(mail_address_fault("a@example"),
            "'a@example' has a domain without a point (expected name@example.com)");
  for (const auto* text :
       {"", "a@", "a@-b.de", "a@b..de", "a..b@c.de", ".a@b.de", "a b@c.de", "a@b.de\r\nBcc: x@y.de",
        "Li Na <li@na.de>", "<li@na.de>", "\"a b\"@c.de", "a,b@c.de", "a@b.de,c@d.de", "a@[1.2.3.4]"}) {
    EXPECT_TRUE(mail_address_fault(text).has_value()) << text;
  }
  EXPECT_TRUE(mail_address_fault(std::string(65, 'a') + "@b.de").has_value());
  EXPECT_TRUE(mail_address_fault("a@" + std::string(250, 'b') + ".de").has_value());
}

TEST(AddressSyntax, HttpUrlsAreAccepted) {
  for (const auto* text : {"https://example.com", "http://example.com:8080/a?b=c#d", "HTTPS://EXAMPLE.com/",
                           "http://[2001:db8::1]:80/x", "https://例子.中国/路", "http://127.0.0.1"}) {
    EXPECT_FALSE(web_address_fault(text).has_value()) << text;
  }
}

TEST(AddressSyntax, OtherUrlsAreRefused) {
  for (const auto* text :
       {"", "example.com", "ftp://example.com", "javascript:alert(1)", "https://", "https:///x",
        "https://user@example.com", "https://bank.example@evil.example/", "https://a b.de",
        "https://a.de/x y", "https://a.de/\r\nX: y", "http://a.de:x", "http://a.de:99999", "http://[::1",
        "http://[x]", "http://[::1]x", "//example.com", "https://a..de"}) {
    EXPECT_TRUE(web_address_fault(text).has_value()) << text;
  }
}

TEST(AddressSyntax, ExcerptsAreShortAndHarmless) {
  EXPECT_EQ(excerpt("a\nb"), "a?b");
  EXPECT_EQ(excerpt(std::string(60, 'x')), std::string(60, 'x'));
  EXPECT_EQ(excerpt(std::string(61, 'x')), std::string(60, 'x') + "...");
  std::string chinese;
  for (int i = 0; i < 61; ++i) chinese += "会";
  EXPECT_EQ(excerpt(chinese), chinese.substr(0, 180) + "...");
}

}  // namespace
}  // namespace countersign
