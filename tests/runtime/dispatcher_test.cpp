#include "runtime/dispatcher.h"

#include <algorithm>
#include <map>
#include <set>

#include "runtime/breakers.h"
#include "tests/runtime/engine_fixture.h"

namespace countersign::testing {
namespace {

constexpr const char* kApproval = R"(workflow: purchase
start:
  - form:
form:
  note: {type: text}
statuses: [approved, rejected]
steps:
  - approve: {by: requester.manager}
  - end: approved
)";
// More than the dispatcher has under way, and more than it reads ahead.
constexpr int kMessages = 500;

using DispatcherTest = EngineFixture;

TEST_F(DispatcherTest, SendsEveryMessageOnceHoweverManyWait) {
  load(kApproval);
  for (int i = 0; i < kMessages; ++i) start("purchase");

  Mailbox mailbox;
  DispatcherSettings settings;
  settings.mailbox = &mailbox;
  const DispatcherFigures figures = dispatch(settings);

  std::set<std::string> mails;
  for (const MailboxMessage& message : mailbox.list()) mails.insert(message.raw);
  EXPECT_EQ(mailbox.list().size(), static_cast<std::size_t>(kMessages));
  EXPECT_EQ(mails.size(), static_cast<std::size_t>(kMessages));
  EXPECT_EQ(figures.sent, static_cast<std::uint64_t>(kMessages));
}

constexpr const char* kRobot = R"(connector: robot
outbound:
  base: https://robot.example.com
  actions:
    tell:
      input: {to: {type: text}, subject: {type: text}, text: {type: long_text}}
      request: {json: {who: input.to, what: input.subject + " " + input.text}}
)";

class Channels : public EngineFixture {
 protected:
  Channels() {
    load(kApproval);
    load_connector("robot", kRobot);
  }
  void give_boss(const std::string& mail, std::map<std::string, std::string> channels) {
    auto next = std::make_shared<Snapshot>(*library->current());
    std::vector<Person> people(next->directory->people().begin(), next->directory->people().end());
    for (Person& person : people) {
      if (person.id.value != "boss") continue;
      person.mail = mail;
      person.channels = channels;
    }
    std::vector<Group> groups(next->directory->groups().begin(), next->directory->groups().end());
    next->directory = *Directory::build(std::move(people), std::move(groups));
    library->replace(next);
  }
  // Everything that waits, sent into a mailbox.
  std::vector<MailboxMessage> sent() {
    Mailbox mailbox;
    DispatcherSettings settings;
    settings.mailbox = &mailbox;
    dispatch(settings);
    return mailbox.list();
  }
};

TEST_F(Channels, TellAPersonWhatAMailTellsWithALinkOfItsOwn) {
  give_boss("boss@example.com", {{"robot", "ou_1"}, {"nothing-like-it", "x"}});
  start("purchase");
  std::map<std::string, MailboxMessage> by_channel;
  for (const MailboxMessage& message : sent()) by_channel[message.channel] = message;
  ASSERT_EQ(by_channel.size(), 2U);
  const MailboxMessage& mail = by_channel["mail"];
  const MailboxMessage& chat = by_channel["http:robot"];
  EXPECT_EQ(chat.to, "ou_1");
  EXPECT_EQ(chat.subject, mail.subject);
  const auto link = [](const std::string& text) {
    const std::size_t at = text.find("/flow/a/");
    return at == std::string::npos ? std::string() : text.substr(at + 8, 22);
  };
  ASSERT_NE(link(chat.text), "");
  EXPECT_NE(link(chat.text), link(mail.text));
  const auto row = store->reader().link(Links::hash(link(chat.text)));
  ASSERT_TRUE(row && *row);
  EXPECT_EQ((*row)->person, PersonId("boss"));
  EXPECT_EQ((*row)->sent_to, "robot ou_1");
}

// The mail that left after the address was there led nowhere.
TEST_F(Channels, AMailThatHadNoAddressLeadsToItsPageOnceItIsRetried) {
  give_boss("", {});
  start("purchase");
  const auto rows = outbox();
  const auto dead = std::ranges::find(rows, "request", &OutboxRow::kind);
  ASSERT_NE(dead, rows.end());
  ASSERT_EQ(dead->status, OutboxStatus::dead);
  give_boss("boss@example.com", {});
  ASSERT_EQ(ask(OutboxAct{dead->id, OutboxAct::Act::retry}, by("boss")).status, 200);
  const auto messages = sent();
  ASSERT_EQ(messages.size(), 1U);
  const std::size_t at = messages.front().text.find("/flow/a/");
  ASSERT_NE(at, std::string::npos) << messages.front().text;
  const auto row = store->reader().link(Links::hash(messages.front().text.substr(at + 8, 22)));
  ASSERT_TRUE(row && *row);
  EXPECT_EQ((*row)->person, PersonId("boss"));
}

TEST_F(Channels, TellThatNothingIsLeftToDoToo) {
  give_boss("", {{"robot", "ou_1"}});
  const std::string id = start("purchase");
  EXPECT_EQ(count_kind(outbox(), "request"), 1) << "no dead letter for want of a mail address";
  // As if the request had left before.
  EXPECT_EQ(ask(WithdrawRequest{InstanceId(id), "not needed"}, by("rep", "w")).status, 200);
  const auto messages = sent();
  std::vector<std::string> subjects;
  for (const MailboxMessage& message : messages) {
    if (message.channel == "http:robot") subjects.push_back(message.subject);
  }
  ASSERT_EQ(subjects.size(), 1U) << "the request is not needed any more";
  EXPECT_NE(subjects.front().find("(settled)"), std::string::npos) << subjects.front();
}

TEST(RetryDelay, DoublesFromTenSecondsToAnHour) {
  EXPECT_EQ(retry_delay(0, 0.5), std::chrono::seconds(10));
  EXPECT_EQ(retry_delay(3, 0.5), std::chrono::seconds(80));
  EXPECT_EQ(retry_delay(9, 0.5), std::chrono::hours(1));
  EXPECT_EQ(retry_delay(4'000'000, 0.5), std::chrono::hours(1));
}

TEST(RetryDelay, SpreadsByAFifthEitherWay) {
  EXPECT_EQ(retry_delay(0, 0), std::chrono::seconds(8));
  EXPECT_GT(retry_delay(0, 0.999), std::chrono::milliseconds(11'900));
  EXPECT_LT(retry_delay(0, 0.999), std::chrono::seconds(12));
}

}  // namespace
}  // namespace countersign::testing
