#include "runtime/deliverability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "definition/configuration_loader.h"
#include "definition/connector_loader.h"

namespace countersign::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Deliverability : public ::testing::Test {
 protected:
  void SetUp() override {
    configuration.file = "countersign.yaml";
    snapshot.directory = *Directory::build({}, {});
  }
  void connect(const std::string& name, const std::string& yaml) {
    Diagnostics found;
    auto connector = load_connector("connectors/" + name + ".yaml", yaml, found);
    ASSERT_NE(connector, nullptr) << found.to_text();
    snapshot.connectors[name] = connector;
  }
  std::string text() const {
    return deliverability_of(configuration, snapshot,
                             [this](const std::string& name) -> Result<std::string> {
                               if (secrets.contains(name)) return "s3cret";
                               return fail(ErrorCode::not_found, "there is no secret '" + name + "'");
                             })
        .to_text();
  }
  static constexpr const char* kEmail =
      "connector: email\nkind: email\nhost: mail.example.com\ntls: starttls\nuser: approvals\n"
      "password: smtp-password\nfrom: a@example.com\n";

  Configuration configuration = default_configuration();
  Snapshot snapshot;
  std::set<std::string> secrets;
};

TEST_F(Deliverability, WarnsWhereNobodyCouldBeTold) {
  EXPECT_THAT(text(), HasSubstr("warning[CS170]: no mail can leave: there is no connector 'email'"));
  configuration.file.clear();
  EXPECT_EQ(text(), "") << "somebody tries it out";
}

TEST_F(Deliverability, ANamedConnectorThatIsNotThereIsAnError) {
  connect("email", kEmail);
  configuration.mail.connector = "emial";
  configuration.mail.connector_at = {3, 14, 5};
  EXPECT_THAT(text(), HasSubstr("error[CS023]: unknown connector 'emial' (did you mean 'email'?)"));
}

TEST_F(Deliverability, NamesTheSecretsThatAreMissingAndForWhat) {
  connect("email", kEmail);
  EXPECT_THAT(text(), HasSubstr("the connector 'email' cannot be used: there is no secret 'smtp-password'"));
  secrets.insert("smtp-password");
  EXPECT_EQ(text(), "");
}

TEST_F(Deliverability, ConnectorsThatNobodyUsesNeedNoSecrets) {
  connect("email", kEmail);
  connect("robot",
          "connector: robot\noutbound:\n  base: https://robot.example.com\n  auth: {bearer: robot-token}\n"
          "  actions:\n    send:\n      input: {text: {type: text}}\n      request: {json: {text: "
          "input.text}}\n");
  secrets.insert("smtp-password");
  EXPECT_EQ(text(), "");
  Person person;
  person.id = PersonId("mia");
  person.channels["robot"] = "mia";
  snapshot.directory = *Directory::build({person}, {});
  EXPECT_THAT(text(), HasSubstr("there is no secret 'robot-token'"));
}

TEST_F(Deliverability, AChannelThatNothingCanGoThroughIsSaidOnce) {
  connect("email", kEmail);
  secrets.insert("smtp-password");
  connect("robot",
          "connector: robot\noutbound:\n  base: https://robot.example.com\n  actions:\n    tell:\n      "
          "input: {to: "
          "{type: text}, subject: {type: text}, text: {type: text}}\n      request: {json: {text: "
          "input.text}}\n");
  Person mia{.id = PersonId("mia"), .name = "Mia", .channels = {{"robot", "1"}}};
  Person bob{.id = PersonId("bob"), .name = "Bob", .channels = {{"robto", "2"}}};
  Person eve{.id = PersonId("eve"), .name = "Eve", .channels = {{"robto", "3"}}};
  snapshot.directory = *Directory::build({mia}, {});
  EXPECT_EQ(text(), "");
  snapshot.directory = *Directory::build({mia, bob, eve}, {});
  EXPECT_THAT(text(), HasSubstr("over the channel 'robto', which bob has"));
  EXPECT_THAT(text(), Not(HasSubstr("eve")));
}

}  // namespace
}  // namespace countersign::testing
