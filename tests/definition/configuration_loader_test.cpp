#include "definition/configuration_loader.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "definition/secrets.h"

namespace countersign {
namespace {

std::optional<Configuration> settings_of(std::string_view file, std::string_view text) {
  Diagnostics diagnostics;
  const auto none = [](const std::string& path) -> Result<std::string> {
    return fail(ErrorCode::not_found, "cannot read " + path);
  };
  auto configuration = load_configuration(file, text, none, diagnostics);
  EXPECT_EQ(diagnostics.to_text(), "");
  return configuration;
}

TEST(ConfigurationLoader, EverythingHasADefault) {
  const auto configuration = settings_of("/etc/countersign/countersign.yaml", "log: {}\n");
  ASSERT_TRUE(configuration.has_value());
  EXPECT_EQ(configuration->listen_host, "127.0.0.1");
  EXPECT_EQ(configuration->listen_port, 8080);
  EXPECT_EQ(configuration->public_url, "http://127.0.0.1:8080");
  EXPECT_EQ(configuration->data, "/etc/countersign/var/countersign");
  EXPECT_EQ(configuration->workflows, std::vector<std::string>{"/etc/countersign/workflows"});
  EXPECT_EQ(configuration->people, "/etc/countersign/people.yaml");
  EXPECT_EQ(configuration->mail.connector, "email");
  ASSERT_TRUE(configuration->calendars.contains(""));
  EXPECT_TRUE(configuration->calendars.at("")->is_working_day(parse_day("2026-03-02").value()));
  EXPECT_EQ(default_configuration().data, "var/countersign");
  EXPECT_TRUE(default_configuration().calendars.contains(""));
}

TEST(ConfigurationLoader, ReadsWhatIsWritten) {
  const auto configuration = settings_of("countersign.yaml", R"(
listen: "[::1]:9090"
public_url: https://approve.example.com/flow/
data: /srv/countersign
workflows: [workflows, ../more]
mail: {connector: smtp, from: Approvals <approvals@example.com>}
calendar: plant
calendars:
  office: {zone: Asia/Shanghai, hours: {mon-fri: ["09:00-12:00", "13:30-18:00"]}, holidays: [2026-03-03]}
  plant: {zone: UTC, hours: {mon-sun: "00:00-24:00"}}
ledgers:
  sales/travel: {currency: CNY, year: 2026, amount: 200000.50, spending: [paid, settled]}
  差旅: {currency: JPY, amount: 7, kind: soft}
outbound: {allow: [10.1.2.0/24, "fd00::/8", 192.168.0.7]}
limits: {body_bytes_max: 2048, idle_timeout: 2 minutes}
stop_within: 5 seconds
log: {level: debug}
)");
  ASSERT_TRUE(configuration.has_value());
  ASSERT_EQ(configuration->ledgers.size(), 2U);
  EXPECT_EQ(configuration->ledgers[0].name, "sales/travel");
  EXPECT_EQ(configuration->ledgers[0].year, 2026U);
  EXPECT_EQ(configuration->ledgers[0].amount.to_text(), "200000.50");
  EXPECT_EQ(configuration->ledgers[0].spending, (std::vector<std::string>{"paid", "settled"}));
  EXPECT_TRUE(configuration->ledgers[0].strict);
  EXPECT_FALSE(configuration->ledgers[1].strict);
  EXPECT_EQ(configuration->listen_host, "::1");
  EXPECT_EQ(configuration->listen_port, 9090);
  EXPECT_EQ(configuration->public_url, "https://approve.example.com/flow");
  EXPECT_EQ(configuration->data, "/srv/countersign");
  EXPECT_EQ(configuration->workflows, (std::vector<std::string>{"workflows", "../more"}));
  EXPECT_EQ(configuration->mail.from, "Approvals <approvals@example.com>");
  EXPECT_EQ(configuration->default_calendar, "plant");
  EXPECT_TRUE(configuration->calendars.at("")->is_working_day(parse_day("2026-03-01").value())) << "a Sunday";
  EXPECT_FALSE(configuration->calendars.at("office")->is_working_day(parse_day("2026-03-03").value()));
  EXPECT_EQ(configuration->allowed_networks.size(), 3U);
  EXPECT_EQ(configuration->limits.body_bytes_max, 2048U);
  EXPECT_EQ(configuration->limits.idle_timeout, std::chrono::minutes(2));
  EXPECT_EQ(configuration->stop_within, std::chrono::seconds(5));
  EXPECT_EQ(configuration->log_level, "debug");
}

class SecretsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              ("secrets_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, std::string_view content, std::filesystem::perms mode) {
    std::ofstream(folder_ / name, std::ios::binary) << content;
    std::filesystem::permissions(folder_ / name, mode);
  }
  Secrets secrets() const { return Secrets(folder_.string()); }

  static constexpr auto kOwnerOnly = std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;
  std::filesystem::path folder_;
};

TEST_F(SecretsTest, AFileLosesItsLineEnd) {
  write("token", "s3cret\n", kOwnerOnly);
  EXPECT_EQ(secrets().find("token").value(), "s3cret");
  write("token", "changed\r\n", kOwnerOnly);
  EXPECT_EQ(secrets().find("token").value(), "changed") << "read again each time";
}

TEST_F(SecretsTest, AFileThatEverybodyReadsIsNotUsed) {
  write("token", "s3cret", kOwnerOnly | std::filesystem::perms::others_read);
  const auto found = secrets().find("token");
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, ErrorCode::forbidden);
  EXPECT_NE(found.error().message.find("chmod 600"), std::string::npos);
  EXPECT_EQ(found.error().message.find("s3cret"), std::string::npos);
  write("token", "s3cret", kOwnerOnly | std::filesystem::perms::group_read);
  EXPECT_TRUE(secrets().find("token").has_value()) << "the service's group may read it";
}

TEST_F(SecretsTest, TheEnvironmentServesWithoutAFile) {
  EXPECT_EQ(Secrets::variable_of("hubspot-client.secret"), "COUNTERSIGN_SECRET_HUBSPOT_CLIENT_SECRET");
  ASSERT_EQ(::setenv("COUNTERSIGN_SECRET_FROM_ENVIRONMENT", "value", 1), 0);
  EXPECT_EQ(secrets().find("from-environment").value(), "value");
  ::unsetenv("COUNTERSIGN_SECRET_FROM_ENVIRONMENT");
  const auto missing = secrets().find("from-environment");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
}

TEST_F(SecretsTest, NamesNeverLeaveTheFolder) {
  for (const auto* name : {"", "../token", "a/b", ".hidden", "a b"}) {
    const auto found = secrets().find(name);
    ASSERT_FALSE(found.has_value()) << name;
    EXPECT_EQ(found.error().code, ErrorCode::invalid_input) << name;
  }
  write("empty", "\n", kOwnerOnly);
  EXPECT_FALSE(secrets().find("empty").has_value());
}

TEST(Listen, TakesAnAddressAndLinksFollowIt) {
  Configuration configuration = default_configuration();
  EXPECT_FALSE(set_listen(configuration, "[::1]:9000"));
  EXPECT_EQ(configuration.listen_host, "::1");
  EXPECT_EQ(configuration.public_url, "http://[::1]:9000");
  EXPECT_FALSE(set_listen(configuration, "localhost:9001"));
  EXPECT_EQ(configuration.public_url, "http://127.0.0.1:9001");
  configuration.named.insert("public_url");
  configuration.public_url = "https://approve.example.com";
  EXPECT_FALSE(set_listen(configuration, "0.0.0.0:9000"));
  EXPECT_EQ(configuration.public_url, "https://approve.example.com");
}

TEST(Listen, RefusesWhatIsNoAddressAndLinksThatLeadNowhere) {
  Configuration configuration = default_configuration();
  for (const char* text :
       {"9000", "host:9000", "::1:8591", "[127.0.0.1]:80", "127.0.0.1:", "127.0.0.1:70000"}) {
    const auto fault = set_listen(configuration, text);
    ASSERT_TRUE(fault) << text;
    EXPECT_NE(fault->find("is no address to listen on"), std::string::npos) << *fault;
  }
  const auto fault = set_listen(configuration, "0.0.0.0:9000");
  ASSERT_TRUE(fault);
  EXPECT_NE(fault->find("'public_url' is needed"), std::string::npos) << *fault;
}

}  // namespace
}  // namespace countersign
