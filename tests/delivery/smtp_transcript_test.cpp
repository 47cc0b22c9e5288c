#include "delivery/smtp_transcript.h"

#include <gtest/gtest.h>

namespace countersign {
namespace {

// Lines from the server begin with three digits, all others are commands.
SmtpTranscript transcript(std::initializer_list<const char*> lines) {
  SmtpTranscript transcript;
  for (const std::string_view line : lines) {
    if (line[0] >= '0' && line[0] <= '9') {
      transcript.reply_line(line);
    } else {
      transcript.command(line);
    }
  }
  return transcript;
}

TEST(SmtpTranscript, GivesEachRecipientItsReply) {
  const SmtpTranscript heard =
      transcript({"220 hello\r\n", "EHLO x\r\n", "250-sink\r\n", "250 SIZE\r\n", "MAIL FROM:<a@b>\r\n",
                  "250 ok\r\n", "RCPT TO:<1@b>\r\n", "550-5.1.1 no\r\n", "550 5.1.1 such mailbox\r\n",
                  "RCPT TO:<2@b>\r\n", "251 ok\r\n", "DATA\r\n", "354 go on\r\n", "250 taken\r\n"});
  EXPECT_EQ(heard.outcome(0).verdict, SmtpVerdict::permanent);
  EXPECT_EQ(heard.outcome(0).text, "5.1.1 no 5.1.1 such mailbox");
  EXPECT_EQ(heard.outcome(1).verdict, SmtpVerdict::accepted);
  EXPECT_EQ(heard.outcome(1).text, "taken");
}

TEST(SmtpTranscript, AppliesARefusedSenderToEverybody) {
  const SmtpTranscript heard =
      transcript({"220 hello", "EHLO x", "250 sink", "MAIL FROM:<a@b>", "553 not you"});
  EXPECT_EQ(heard.outcome(0).verdict, SmtpVerdict::permanent);
  EXPECT_EQ(heard.outcome(1).code, 553);
}

TEST(SmtpTranscript, AppliesARefusedMessageOnlyToAcceptedRecipients) {
  const SmtpTranscript heard =
      transcript({"220 hello", "EHLO x", "250 sink", "MAIL FROM:<a@b>", "250 ok", "RCPT TO:<1@b>",
                  "450 later", "RCPT TO:<2@b>", "250 ok", "DATA", "354 go", "554 spam"});
  EXPECT_EQ(heard.outcome(0).verdict, SmtpVerdict::temporary);
  EXPECT_EQ(heard.outcome(1).verdict, SmtpVerdict::permanent);
}

TEST(SmtpTranscript, HasNoVerdictWithoutAReply) {
  const SmtpTranscript heard = transcript({"220 hello", "EHLO x", "250 sink", "MAIL FROM:<a@b>", "250 ok",
                                           "RCPT TO:<1@b>", "250 ok", "DATA", "354 go"});
  EXPECT_EQ(heard.outcome(0).verdict, SmtpVerdict::failed);
  EXPECT_EQ(heard.outcome(0).code, 0);
  EXPECT_EQ(transcript({}).outcome(0).verdict, SmtpVerdict::failed);
}

TEST(SmtpTranscript, BlamesNoRecipientForALogin) {
  for (const char* reply : {"535 5.7.8 wrong", "454 4.7.0 later"}) {
    const SmtpTranscript heard =
        transcript({"220 hello", "EHLO x", "250 AUTH PLAIN", "AUTH PLAIN", "334 ", "AGEAYg==", reply});
    EXPECT_EQ(heard.outcome(0).verdict, SmtpVerdict::failed) << reply;
    EXPECT_NE(heard.outcome(0).code, 0) << reply;
  }
}

TEST(SmtpTranscript, SurvivesOddReplies) {
  SmtpTranscript heard = transcript({"220 hello", "MAIL FROM:<a@b>"});
  heard.reply_line("");
  heard.reply_line("abc");
  heard.reply_line("25");
  heard.reply_line("451");
  EXPECT_EQ(heard.outcome(0).code, 451);
  heard.command("MAIL FROM:<a@b>");
  heard.reply_line("550 " + std::string(5000, 'x') + "\x01\x7f");
  EXPECT_EQ(heard.outcome(0).text.size(), 500U);
  heard.command("MAIL FROM:<a@b>");
  heard.reply_line("550 k\xc3\xb6nig \xff");
  EXPECT_EQ(heard.outcome(0).text, "k??nig ?") << "not UTF-8, and it is to be stored as text";
}

}  // namespace
}  // namespace countersign
