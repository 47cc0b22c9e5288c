// TransferClient against real SMTP servers (aiosmtpd), with TLS, logins and every fault of a bad day.

#include <cstdlib>
#include <filesystem>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "delivery/mail.h"
#include "delivery/transfer.h"
#include "tests/delivery/child_process.h"
#include "tests/source_folder.h"

namespace countersign {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using tests::ChildProcess;
using namespace std::chrono_literals;

class SmtpSink {
 public:
  explicit SmtpSink(json::object settings)
      : process_(
            {"/usr/bin/python3", source_folder() + "/tests/delivery/smtp_sink.py", json::serialize(settings)},
            ChildProcess::Errors::dropped) {
    const std::string line = process_.line();
    if (line.starts_with("PORT ")) port = std::stoi(line.substr(5));
  }
  json::object next_message() { return json::parse(process_.line()).as_object(); }
  // Ends the server: what it had taken before, and not yet told.
  std::string remaining_messages() {
    process_.close_input();
    return process_.rest();
  }
  int port = 0;

 private:
  ChildProcess process_;
};

// A folder with a certificate for "localhost" and one for another name, each its own authority.
class Certificates {
 public:
  Certificates() {
    std::string pattern = (std::filesystem::temp_directory_path() / "countersign-tls-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    make("good", "DNS:localhost,IP:127.0.0.1");
    make("other", "DNS:mail.example.test");
  }
  ~Certificates() { std::filesystem::remove_all(folder_); }
  std::string pem(const std::string& name) const { return (folder_ / (name + ".pem")).string(); }
  std::string key(const std::string& name) const { return (folder_ / (name + ".key")).string(); }

 private:
  void make(const std::string& name, const std::string& names) {
    ChildProcess openssl({"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                          "ec_paramgen_curve:P-256", "-nodes", "-keyout", key(name), "-out", pem(name),
                          "-days", "2", "-subj", "/CN=" + name, "-addext", "subjectAltName=" + names},
                         ChildProcess::Errors::dropped);
    EXPECT_EQ(openssl.wait(), 0);
  }
  std::filesystem::path folder_;
};

class SmtpTransfer : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    certificates_ = new Certificates;
    has_server_ = SmtpSink({{"mode", "plain"}}).port != 0;
  }
  static void TearDownTestSuite() {
    delete certificates_;
    certificates_ = nullptr;
  }
  void SetUp() override {
    if (!has_server_) GTEST_SKIP() << "python3-aiosmtpd is not installed";
  }
  SmtpOutcome send(TransferClient& client, SmtpMessage message) {
    std::optional<SmtpOutcome> outcome;
    client.smtp(std::move(message), [&](SmtpOutcome given) { outcome = std::move(given); });
    while (!outcome) {
      io_.restart();
      if (io_.run_one_for(20s) == 0) break;
    }
    EXPECT_TRUE(outcome) << "nothing happens any more";
    return outcome.value_or(SmtpOutcome{});
  }
  SmtpOutcome send(SmtpMessage message) { return send(client_, std::move(message)); }

  static json::object tls_settings(const std::string& mode, const std::string& certificate = "good") {
    return {
        {"mode", mode}, {"cert", certificates_->pem(certificate)}, {"key", certificates_->key(certificate)}};
  }
  static SmtpMessage message_to(int port, SmtpTls tls = SmtpTls::none,
                                const std::string& certificate = "good") {
    SmtpMessage message;
    message.server = {
        "localhost", port, tls, "", "", tls == SmtpTls::none ? "" : certificates_->pem(certificate), ""};
    message.envelope_from = "approvals@example.test";
    message.recipients = {"dana@example.test"};
    message.bytes = "Subject: hello\r\n\r\nA line\r\n.a line with a point\r\n.\r\nthe end\r\n";
    message.timeouts = {10s, 10s, 20s};
    return message;
  }

  static Certificates* certificates_;
  static bool has_server_;
  boost::asio::io_context io_;
  TransferClient client_{io_, *AddressPolicy::parse({"127.0.0.0/8"})};
};

Certificates* SmtpTransfer::certificates_ = nullptr;
bool SmtpTransfer::has_server_ = false;

TEST_F(SmtpTransfer, DeliversTheBytesAsTheyAre) {
  SmtpSink sink({{"mode", "plain"}});
  SmtpMessage message = message_to(sink.port);
  message.server.ehlo_name = "approvals.example.test";
  const SmtpOutcome outcome = send(message);
  EXPECT_FALSE(outcome.failure) << outcome.message;
  ASSERT_EQ(outcome.recipients.size(), 1U);
  EXPECT_EQ(outcome.recipients[0].verdict, SmtpVerdict::accepted);
  EXPECT_EQ(outcome.recipients[0].code, 250);
  EXPECT_EQ(outcome.recipients[0].text, "2.0.0 taken");
  const json::object taken = sink.next_message();
  EXPECT_EQ(taken.at("from"), "approvals@example.test");
  EXPECT_EQ(taken.at("to"), (json::array{"dana@example.test"}));
  EXPECT_EQ(taken.at("ehlo"), "approvals.example.test");
  EXPECT_EQ(from_base64(taken.at("content").as_string()), message.bytes);
}

TEST_F(SmtpTransfer, SendsTheNullSender) {
  SmtpSink sink({{"mode", "plain"}});
  SmtpMessage message = message_to(sink.port);
  message.envelope_from = "";
  EXPECT_FALSE(send(message).failure);
  EXPECT_EQ(sink.next_message().at("from"), "<>");
}

TEST_F(SmtpTransfer, UsesOneConnectionForManyMessages) {
  SmtpSink sink({{"mode", "plain"}});
  for (int i = 0; i < 4; ++i) {
    EXPECT_FALSE(send(message_to(sink.port)).failure);
    EXPECT_EQ(sink.next_message().at("connection"), 1);
  }
}

TEST_F(SmtpTransfer, TriesAgainWhereTheServerHadClosedTheIdleConnection) {
  SmtpSink sink({{"mode", "plain"}, {"closes_idle", true}});
  for (int i = 1; i <= 3; ++i) {
    const SmtpOutcome outcome = send(message_to(sink.port));
    EXPECT_FALSE(outcome.failure) << outcome.message;
    EXPECT_EQ(sink.next_message().at("connection"), i);
  }
}

TEST_F(SmtpTransfer, TellsTheRecipientsApart) {
  SmtpSink sink({{"mode", "plain"}});
  SmtpMessage message = message_to(sink.port);
  message.recipients = {"reject-me@example.test", "dana@example.test", "later-me@example.test",
                        "kim@example.test"};
  const SmtpOutcome outcome = send(message);
  EXPECT_FALSE(outcome.failure) << outcome.message;
  ASSERT_EQ(outcome.recipients.size(), 4U);
  EXPECT_EQ(outcome.recipients[0].verdict, SmtpVerdict::permanent);
  EXPECT_EQ(outcome.recipients[0].code, 550);
  EXPECT_EQ(outcome.recipients[0].text, "5.1.1 no such mailbox");
  EXPECT_EQ(outcome.recipients[1].verdict, SmtpVerdict::accepted);
  EXPECT_EQ(outcome.recipients[2].verdict, SmtpVerdict::temporary);
  EXPECT_EQ(outcome.recipients[2].code, 451);
  EXPECT_EQ(outcome.recipients[3].verdict, SmtpVerdict::accepted);
  EXPECT_EQ(sink.next_message().at("to"), (json::array{"dana@example.test", "kim@example.test"}));
}

TEST_F(SmtpTransfer, ReportsTheOnlyRecipientsRefusal) {
  SmtpSink sink({{"mode", "plain"}});
  SmtpMessage message = message_to(sink.port);
  message.recipients = {"reject-me@example.test"};
  const SmtpOutcome permanent = send(message);
  EXPECT_FALSE(permanent.failure) << permanent.message;
  EXPECT_EQ(permanent.recipients[0].verdict, SmtpVerdict::permanent);
  message.recipients = {"later-me@example.test"};
  EXPECT_EQ(send(message).recipients[0].verdict, SmtpVerdict::temporary);
  // And the next one goes through.
  EXPECT_EQ(send(message_to(sink.port)).recipients[0].verdict, SmtpVerdict::accepted);
}

TEST_F(SmtpTransfer, DoesNotWaitForAnAnswerToQuit) {
  SmtpSink sink({{"mode", "plain"}, {"hang_on_quit", true}});
  SmtpMessage message = message_to(sink.port);
  message.recipients = {"reject-me@example.test"};
  message.timeouts = {20s, 20s, 20s};
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(send(message).recipients[0].verdict, SmtpVerdict::permanent);
  {
    TransferClient shortlived(io_, *AddressPolicy::parse({"127.0.0.0/8"}));
    EXPECT_FALSE(send(shortlived, message_to(sink.port)).failure);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
}

TEST_F(SmtpTransfer, ReportsWhatIsSaidToTheMessage) {
  SmtpSink busy({{"mode", "plain"}, {"data_reply", "452 4.3.1 disk full"}});
  const SmtpOutcome temporary = send(message_to(busy.port));
  EXPECT_EQ(temporary.recipients[0].verdict, SmtpVerdict::temporary) << temporary.message;
  EXPECT_EQ(temporary.recipients[0].code, 452);
  EXPECT_FALSE(temporary.failure);
  SmtpSink strict({{"mode", "plain"}, {"data_reply", "554 5.7.1 looks like spam"}});
  const SmtpOutcome permanent = send(message_to(strict.port));
  EXPECT_EQ(permanent.recipients[0].verdict, SmtpVerdict::permanent);
  EXPECT_EQ(permanent.recipients[0].text, "5.7.1 looks like spam");
}

TEST_F(SmtpTransfer, ReportsAConnectionLostAfterTheMessage) {
  SmtpSink sink({{"mode", "plain"}, {"data_reply", "drop"}});
  const SmtpOutcome outcome = send(message_to(sink.port));
  EXPECT_EQ(outcome.recipients[0].verdict, SmtpVerdict::failed);
  EXPECT_EQ(outcome.failure, TransferFailure::disconnected) << outcome.message;
}

TEST_F(SmtpTransfer, TakesARefusalInTheGreetingAsTemporaryOrFailed) {
  SmtpSink busy({{"mode", "plain"}, {"greeting_fault", "421 4.3.2 too busy"}});
  const SmtpOutcome temporary = send(message_to(busy.port));
  EXPECT_EQ(temporary.recipients[0].verdict, SmtpVerdict::temporary) << temporary.message;
  EXPECT_EQ(temporary.recipients[0].code, 421);
  SmtpSink closed({{"mode", "plain"}, {"greeting_fault", "554 5.3.2 no mail here"}});
  const SmtpOutcome failed = send(message_to(closed.port));
  EXPECT_EQ(failed.recipients[0].verdict, SmtpVerdict::failed) << "not the recipient's fault";
  EXPECT_EQ(failed.recipients[0].text, "5.3.2 no mail here");
  EXPECT_TRUE(failed.failure);
}

TEST_F(SmtpTransfer, GivesUpOnAServerThatNeverGreets) {
  SmtpSink sink({{"mode", "silent"}});
  SmtpMessage message = message_to(sink.port);
  message.timeouts.connect = 200ms;
  const SmtpOutcome outcome = send(message);
  EXPECT_EQ(outcome.failure, TransferFailure::timeout) << outcome.message;
  EXPECT_EQ(outcome.recipients[0].verdict, SmtpVerdict::failed);
}

TEST_F(SmtpTransfer, EncryptsWithStartTls) {
  SmtpSink sink(tls_settings("starttls"));
  const SmtpOutcome outcome = send(message_to(sink.port, SmtpTls::starttls));
  EXPECT_FALSE(outcome.failure) << outcome.message;
  EXPECT_EQ(sink.next_message().at("tls"), true);
}

TEST_F(SmtpTransfer, EncryptsFromTheFirstByte) {
  SmtpSink sink(tls_settings("implicit"));
  for (int i = 0; i < 2; ++i) {
    const SmtpOutcome outcome = send(message_to(sink.port, SmtpTls::implicit));
    EXPECT_FALSE(outcome.failure) << outcome.message;
    const json::object taken = sink.next_message();
    EXPECT_EQ(taken.at("tls"), true);
    EXPECT_EQ(taken.at("connection"), 1);
  }
}

TEST_F(SmtpTransfer, NeverFallsBackToPlainText) {
  SmtpSink plain({{"mode", "plain"}});
  EXPECT_EQ(send(message_to(plain.port, SmtpTls::starttls)).failure, TransferFailure::tls);
  EXPECT_EQ(send(message_to(plain.port, SmtpTls::implicit)).failure, TransferFailure::tls);
  EXPECT_EQ(plain.remaining_messages(), "");
}

TEST_F(SmtpTransfer, DoesNotSendOverAnIdlePlainConnectionWhatAsksForTls) {
  SmtpSink sink(tls_settings("starttls"));
  EXPECT_FALSE(send(message_to(sink.port, SmtpTls::none)).failure);
  EXPECT_EQ(sink.next_message().at("tls"), false);
  EXPECT_FALSE(send(message_to(sink.port, SmtpTls::starttls)).failure);
  EXPECT_EQ(sink.next_message().at("tls"), true);
}

TEST_F(SmtpTransfer, RefusesACertificateOfAnotherNameOrAuthority) {
  for (const std::string mode : {"starttls", "implicit"}) {
    const SmtpTls tls = mode == "starttls" ? SmtpTls::starttls : SmtpTls::implicit;
    SmtpSink other_name(tls_settings(mode, "other"));
    EXPECT_EQ(send(message_to(other_name.port, tls, "other")).failure, TransferFailure::tls) << mode;
    EXPECT_EQ(other_name.remaining_messages(), "");
    SmtpSink other_authority(tls_settings(mode, "good"));
    EXPECT_EQ(send(message_to(other_authority.port, tls, "other")).failure, TransferFailure::tls) << mode;
    EXPECT_EQ(other_authority.remaining_messages(), "");
  }
}

TEST_F(SmtpTransfer, RefusesHttpsTargetsOfAnotherAuthorityOrWithoutTls) {
  SmtpSink sink(tls_settings("implicit"));
  SmtpSink plain({{"mode", "plain"}});
  const auto failure_with = [&](int port, const std::string& authority) {
    HttpRequest request;
    request.url = "https://localhost:" + std::to_string(port) + "/";
    request.ca_file = certificates_->pem(authority);
    std::optional<HttpOutcome> outcome;
    client_.http(request, [&](HttpOutcome given) { outcome = std::move(given); });
    io_.restart();
    while (!outcome && io_.run_one_for(20s) > 0) {
    }
    return outcome->failure;
  };
  EXPECT_EQ(failure_with(sink.port, "other"), TransferFailure::tls);
  EXPECT_EQ(failure_with(plain.port, "good"), TransferFailure::tls);
  EXPECT_EQ(failure_with(sink.port, "good"), TransferFailure::protocol)
      << "TLS was good, but this is no HTTP";
}

TEST_F(SmtpTransfer, LogsInOverTls) {
  json::object settings = tls_settings("starttls");
  settings["user"] = "approvals";
  settings["password"] = "k\xc3\xb6nig: geheim";
  SmtpSink sink(settings);
  SmtpMessage message = message_to(sink.port, SmtpTls::starttls);
  message.server.user = "approvals";
  message.server.password = "k\xc3\xb6nig: geheim";
  const SmtpOutcome outcome = send(message);
  EXPECT_FALSE(outcome.failure) << outcome.message;
  EXPECT_EQ(sink.next_message().at("authenticated"), true);
}

TEST_F(SmtpTransfer, ReportsARefusedLoginWithoutThePassword) {
  json::object settings = tls_settings("starttls");
  settings["user"] = "approvals";
  settings["password"] = "right";
  SmtpSink sink(settings);
  SmtpMessage message = message_to(sink.port, SmtpTls::starttls);
  message.server.user = "approvals";
  message.server.password = "wrong-geheim";
  const SmtpOutcome outcome = send(message);
  EXPECT_EQ(outcome.failure, TransferFailure::login) << outcome.message;
  EXPECT_EQ(outcome.recipients[0].verdict, SmtpVerdict::failed);
  EXPECT_EQ(outcome.recipients[0].code, 535);
  EXPECT_EQ(outcome.message.find("geheim"), std::string::npos);
  EXPECT_EQ(sink.remaining_messages(), "");
}

TEST_F(SmtpTransfer, RefusesALoginInPlainTextExceptOnLoopback) {
  SmtpMessage message = message_to(25);
  message.server.user = "approvals";
  message.server.host = "mail.example.test";
  const SmtpOutcome outcome = send(message);
  EXPECT_EQ(outcome.failure, TransferFailure::invalid_request);
  EXPECT_THAT(outcome.message, HasSubstr("plain text"));
  SmtpSink sink({{"mode", "plain"}, {"user", "approvals"}, {"password", "p"}});
  message = message_to(sink.port);
  message.server.user = "approvals";
  message.server.password = "p";
  EXPECT_FALSE(send(message).failure);
}

TEST_F(SmtpTransfer, KeepsToTheAddressPolicy) {
  SmtpSink sink({{"mode", "plain"}});
  TransferClient strict(io_, AddressPolicy{});
  const SmtpOutcome outcome = send(strict, message_to(sink.port));
  EXPECT_EQ(outcome.failure, TransferFailure::refused_address) << outcome.message;
  EXPECT_EQ(sink.remaining_messages(), "");
}

TEST_F(SmtpTransfer, RefusesInjectionBeforeConnecting) {
  SmtpSink sink({{"mode", "plain"}});
  SmtpMessage message = message_to(sink.port);
  message.recipients = {"dana@example.test>\r\nRCPT TO:<other@example.test"};
  EXPECT_EQ(send(message).failure, TransferFailure::invalid_request);
  message = message_to(sink.port);
  message.envelope_from = "a@example.test\r\nDATA";
  EXPECT_EQ(send(message).failure, TransferFailure::invalid_request);
  message = message_to(sink.port);
  message.server.host = "localhost/x";
  EXPECT_EQ(send(message).failure, TransferFailure::invalid_request);
  message = message_to(sink.port);
  message.server.ehlo_name = "x\r\nMAIL FROM:<>";
  EXPECT_EQ(send(message).failure, TransferFailure::invalid_request);
  message = message_to(sink.port);
  message.recipients.clear();
  EXPECT_EQ(send(message).failure, TransferFailure::invalid_request);
  EXPECT_EQ(sink.remaining_messages(), "");
}

TEST_F(SmtpTransfer, CarriesAComposedMailUnchanged) {
  SmtpSink sink({{"mode", "plain"}});
  Mail mail;
  mail.from = {"Approvals", "approvals@example.test"};
  mail.to = {"李娜", "li.na@example.test"};
  mail.subject = "会签 PR-1042";
  mail.text = "请审批\n.\n..two points\n";
  mail.html = "<p>请审批</p>";
  mail.message_id = "m-1@approvals.example.test";
  SmtpMessage message = message_to(sink.port);
  message.bytes = *compose_mail(mail);
  EXPECT_FALSE(send(message).failure);
  EXPECT_EQ(from_base64(sink.next_message().at("content").as_string()), message.bytes);
}

}  // namespace
}  // namespace countersign
