#include "delivery/mail.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/delivery/child_process.h"

namespace countersign {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

Mail sample() {
  Mail mail;
  mail.from = {"Approvals", "approvals@example.test"};
  mail.to = {"Dana Doe", "dana@example.test"};
  mail.subject = "Please approve PR-1042";
  mail.text = "Please decide.\n";
  mail.html = "<p>Please decide.</p>\n";
  mail.message_id = "i_01-3@approvals.example.test";
  mail.date = *parse_rfc3339("2026-03-02T10:14:00Z");
  return mail;
}

std::string composed(const Mail& mail) {
  const Result<std::string> bytes = compose_mail(mail);
  EXPECT_TRUE(bytes) << bytes.error().message;
  return bytes.value_or("");
}

// What Python's parser, which has nothing to do with ours, reads in a message.
json::object read_back(const std::string& bytes) {
  constexpr const char* kProgram = R"(
import email, email.policy, json, sys
message = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
def part(kind):
    found = message.get_body(preferencelist=(kind,))
    return found.get_content().replace("\r\n", "\n") if found else None
address = lambda name: [[a.display_name, a.addr_spec] for a in message[name].addresses] if message[name] else []
print(json.dumps({
    "headers": {name.lower(): str(value) for name, value in message.items()},
    "from": address("From"), "to": address("To"), "reply_to": address("Reply-To"),
    "type": message.get_content_type(),
    "plain": part("plain"), "html": part("html"),
    "defects": [str(d) for p in message.walk() for d in p.defects]
               + [str(d) for v in message.values() for d in getattr(v, "defects", [])],
})))";
  tests::ChildProcess python({"/usr/bin/python3", "-c", kProgram});
  python.write(bytes);
  python.close_input();
  const std::string answer = python.rest();
  EXPECT_EQ(python.wait(), 0) << bytes;
  return json::parse(answer).as_object();
}

TEST(Mail, IsReadBackByAnotherParser) {
  Mail mail = sample();
  mail.from.name = "审批 & Co";
  mail.to.name = "Zoë \"Zed\" Müller, Dr.";
  mail.reply_to = MailAddress{"", "approvals+token@example.test"};
  mail.subject =
      "会签: Vertragsprüfung „Nord“ – bitte bis Freitag entscheiden, sonst wird es zu spät 🪑 PR-1042";
  mail.text = "Grüße\n\n请审批 PR-1042\n.\nFrom here on\n" + std::string(2000, 'x') + "\n";
  mail.html = "<p>Grüße</p>\n<p>请审批</p>\n";
  mail.in_reply_to = "i_01-1@approvals.example.test";
  mail.references = {"i_01-0@approvals.example.test", "i_01-1@approvals.example.test"};
  mail.list_id = "approvals.example.test";
  const std::string bytes = composed(mail);
  const json::object read = read_back(bytes);
  EXPECT_EQ(read.at("defects"), json::array{}) << bytes;
  const json::object& headers = read.at("headers").as_object();
  EXPECT_EQ(headers.at("subject"), json::value(mail.subject));
  // As JSON text: g++ and clang read json::array{json::array{...}} differently.
  EXPECT_EQ(read.at("from"), json::parse(R"([["审批 & Co", "approvals@example.test"]])"));
  EXPECT_EQ(read.at("to"), json::parse(R"([["Zoë \"Zed\" Müller, Dr.", "dana@example.test"]])"));
  EXPECT_EQ(read.at("reply_to"), json::parse(R"([["", "approvals+token@example.test"]])"));
  EXPECT_EQ(headers.at("message-id"), "<i_01-3@approvals.example.test>");
  EXPECT_EQ(headers.at("in-reply-to"), "<i_01-1@approvals.example.test>");
  EXPECT_EQ(headers.at("references"), "<i_01-0@approvals.example.test> <i_01-1@approvals.example.test>");
  EXPECT_EQ(headers.at("date"), "Mon, 02 Mar 2026 10:14:00 +0000");
  EXPECT_EQ(headers.at("auto-submitted"), "auto-generated");
  EXPECT_EQ(headers.at("x-auto-response-suppress"), "All");
  EXPECT_EQ(headers.at("list-id"), "<approvals.example.test>");
  EXPECT_EQ(headers.at("mime-version"), "1.0");
  EXPECT_EQ(read.at("type"), "multipart/alternative");
  EXPECT_EQ(read.at("plain"), json::value(mail.text));
  EXPECT_EQ(read.at("html"), json::value(mail.html));
}

TEST(Mail, IsReadBackInEveryEncoding) {
  for (const std::string& text :
       {std::string("plain ASCII\n"), std::string("mostly ASCII with one ü in it, and = and ?\n"),
        std::string("全部都是中文，没有别的\n第二行\n"), "long " + std::string(5000, 'a') + "\n",
        std::string("trailing space \n\ttab\n"), std::string("bell \x07 inside\n")}) {
    Mail mail = sample();
    mail.text = text;
    mail.html = "";
    const std::string bytes = composed(mail);
    const json::object read = read_back(bytes);
    EXPECT_EQ(read.at("plain"), json::value(text));
    EXPECT_EQ(read.at("type"), "text/plain");
    EXPECT_EQ(read.at("defects"), json::array{});
  }
}

TEST(Mail, HasCrlfShortLinesAndSevenBits) {
  Mail mail = sample();
  mail.subject = std::string(300, 'a') + " " + std::string(300, 'b') + " 会签";
  mail.to.name = "Zoë";
  mail.text = "mixed\r\nline\nends\rü" + std::string(3000, 'y');
  mail.html = "";
  for (int i = 0; i < 300; ++i) mail.html += "请审批";
  for (int i = 0; i < 40; ++i)
    mail.references.push_back("i_" + std::to_string(i) + "@approvals.example.test");
  const std::string bytes = composed(mail);
  std::size_t line = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    ASSERT_LT(byte, 0x80);
    if (bytes[i] == '\n') {
      ASSERT_EQ(bytes[i - 1], '\r') << "at " << i;
      ASSERT_LE(line, 999U);
    }
    if (bytes[i] == '\r') {
      ASSERT_EQ(bytes[i + 1], '\n') << "at " << i;
    }
    line = bytes[i] == '\n' ? 0 : line + 1;
  }
  EXPECT_THAT(read_back(bytes).at("plain").as_string().c_str(), HasSubstr("mixed\nline\nends\nü"));
}

TEST(Mail, IsTheSameEveryTime) {
  EXPECT_EQ(composed(sample()), composed(sample()));
}

TEST(Mail, LeavesOutWhatIsNotThere) {
  Mail mail = sample();
  mail.auto_generated = false;
  const std::string bytes = composed(mail);
  EXPECT_THAT(bytes, Not(HasSubstr("Auto-Submitted")));
  EXPECT_THAT(bytes, Not(HasSubstr("Reply-To")));
  EXPECT_THAT(bytes, Not(HasSubstr("In-Reply-To")));
  EXPECT_THAT(bytes, Not(HasSubstr("References")));
  EXPECT_THAT(bytes, Not(HasSubstr("List-Id")));
}

TEST(Mail, RefusesControlCharactersInEveryHeader) {
  const std::string injection = "x\r\nBcc: other@example.test";
  const auto refused = [](const Mail& mail, const std::string& header) {
    const Result<std::string> bytes = compose_mail(mail);
    ASSERT_FALSE(bytes) << header;
    EXPECT_THAT(bytes.error().message, HasSubstr(header));
    EXPECT_EQ(bytes.error().code, ErrorCode::invalid_input);
  };
  Mail mail = sample();
  mail.subject = injection;
  refused(mail, "Subject");
  mail = sample();
  mail.subject = "nul \0 byte" + std::string(1, '\0');
  refused(mail, "Subject");
  mail = sample();
  mail.subject = "not UTF-8 \xff";
  refused(mail, "Subject");
  mail = sample();
  mail.from.name = injection;
  refused(mail, "From");
  mail = sample();
  mail.from.address = "a@example.test\r\nBcc: other@example.test";
  refused(mail, "From");
  mail = sample();
  mail.to.name = "a\nb";
  refused(mail, "To");
  mail = sample();
  mail.to.address = "a@example.test, b@example.test";
  refused(mail, "To");
  mail = sample();
  mail.reply_to = MailAddress{"\x7f", "a@example.test"};
  refused(mail, "Reply-To");
  mail = sample();
  mail.message_id = "a@b>\r\nX: y";
  refused(mail, "Message-ID");
  mail = sample();
  mail.message_id = "";
  refused(mail, "Message-ID");
  mail = sample();
  mail.in_reply_to = "a b@c";
  refused(mail, "In-Reply-To");
  mail = sample();
  mail.references = {"good@example.test", "<bad@example.test>"};
  refused(mail, "References");
  mail = sample();
  mail.list_id = "a\nb";
  refused(mail, "List-Id");
}

TEST(MailAddress, IsReadWithAndWithoutName) {
  const auto read = [](std::string_view text) {
    return parse_mail_address(text).value_or(MailAddress{"?", "?"});
  };
  EXPECT_EQ(read("dana@example.test"), (MailAddress{"", "dana@example.test"}));
  EXPECT_EQ(read("  <dana@example.test> "), (MailAddress{"", "dana@example.test"}));
  EXPECT_EQ(read("Approvals <approvals@example.com>"), (MailAddress{"Approvals", "approvals@example.com"}));
  EXPECT_EQ(read("李娜 <li.na+x@example.com>"), (MailAddress{"李娜", "li.na+x@example.com"}));
  EXPECT_EQ(read(R"("Doe, \"D\" Dana" <dana@example.test>)"),
            (MailAddress{"Doe, \"D\" Dana", "dana@example.test"}));
  EXPECT_EQ(read("root@localhost"), (MailAddress{"", "root@localhost"}));
}

TEST(MailAddress, IsRefusedWithTheReason) {
  const std::pair<std::string, const char*> refused[] = {
      {"", "has no @"},
      {"dana", "has no @"},
      {"dana@", "domain"},
      {"@example.test", "in front of the @"},
      {"da na@example.test", "space"},
      {"dana@example.test\r\nBcc: x@example.test", "control character"},
      {"dana\t@example.test", "control character"},
      {"Name\n <dana@example.test>", "control character"},
      {"dana@@example.test", "@"},
      {"a@b@example.test", "@"},
      {"\"dana doe\"@example.test", ""},
      {"dana@[127.0.0.1]", "domain"},
      {".dana@example.test", ""},
      {"dana@-example.test", "domain"},
      {"dana@exa_mple.test", "domain"},
      {"Name <dana@example.test", "<"},
      {"Name <dana@example.test> tail", "<"},
      {"李娜@example.test", "outside of ASCII in front of the @"},
      {"dana@例子.test", "xn--"},
      {std::string(65, 'a') + "@example.test", "64"},
      {"a@" + std::string(250, 'b') + ".test", "254"},
  };
  for (const auto& [text, why] : refused) {
    const Result<MailAddress> address = parse_mail_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().code, ErrorCode::invalid_input);
    EXPECT_THAT(address.error().message, HasSubstr(why)) << text;
  }
}

}  // namespace
}  // namespace countersign
