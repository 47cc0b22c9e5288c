#include "runtime/links.h"

#include <set>

#include <gtest/gtest.h>

#include "base/digest.h"
#include "runtime/mailbox.h"

namespace countersign {
namespace {

TEST(Links, GiveEachPersonItemAndRoundATokenOfItsOwn) {
  const Links links(std::string(32, 'k'), "https://host/flow/");
  const Links others(std::string(32, 'o'), "https://host/flow");
  const InstanceId instance("i_1");
  const PersonId person("li.na");
  const std::set<std::string> tokens{links.token(instance, 1, 1, person, "n"),
                                     links.token(InstanceId("i_11"), 1, 1, person, "n"),
                                     links.token(instance, 2, 1, person, "n"),
                                     links.token(instance, 1, 2, person, "n"),
                                     links.token(instance, 1, 1, PersonId("li.n"), "an"),
                                     links.token(instance, 1, 1, person, "m"),
                                     others.token(instance, 1, 1, person, "n")};
  EXPECT_EQ(tokens.size(), 7U);
  for (const std::string& token : tokens) {
    EXPECT_EQ(token.size(), 22U);
    EXPECT_EQ(from_base64url(token)->size(), 16U);
  }
  EXPECT_EQ(links.token(instance, 1, 1, person, "n"), links.token(instance, 1, 1, person, "n"));
}

TEST(Links, AreBuiltFromThePublicAddress) {
  const Links links(std::string(32, 'k'), "https://host/flow/");
  EXPECT_EQ(links.public_url(), "https://host/flow");
  EXPECT_EQ(links.url("TOKEN"), "https://host/flow/a/TOKEN");
}

TEST(Links, KeepOnlyAHashThatIsNotTheToken) {
  EXPECT_EQ(Links::hash("token").size(), 32U);
  EXPECT_NE(Links::hash("token"), Links::hash("tokens"));
  SeededRandom random(3);
  EXPECT_EQ(Links::new_nonce(random).size(), 16U);
  EXPECT_NE(Links::new_nonce(random), Links::new_nonce(random));
}

TEST(Mailbox, ListsNewestFirstForOneRecipientOrAll) {
  Mailbox mailbox;
  MailboxMessage message;
  message.to = "a@example.com";
  mailbox.put(message);
  message.to = "b@example.com";
  mailbox.put(message);
  ASSERT_EQ(mailbox.list().size(), 2U);
  EXPECT_EQ(mailbox.list().front().id, 2U);
  ASSERT_EQ(mailbox.list("a@example.com").size(), 1U);
  EXPECT_EQ(mailbox.find(1)->to, "a@example.com");
  EXPECT_FALSE(mailbox.find(3).has_value());
}

TEST(Mailbox, KeepsTheLastMessagesOnly) {
  Mailbox mailbox;
  for (std::size_t i = 0; i < Mailbox::kMessagesMax + 5; ++i) mailbox.put({});
  EXPECT_EQ(mailbox.list().size(), Mailbox::kMessagesMax);
  EXPECT_FALSE(mailbox.find(5).has_value());
  EXPECT_TRUE(mailbox.find(6).has_value());
}

}  // namespace
}  // namespace countersign
