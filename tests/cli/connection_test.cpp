// Where the address and the key come from.

#include "cli/connection.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/command_run.h"
#include "tests/cli/fake_daemon.h"
#include "tests/store/temporary_folder.h"

namespace countersign::cli::test {
namespace {

using testing::HasSubstr;

class ConnectionTest : public testing::Test {
 protected:
  Outcome<ApiClient> connected(const Environment& environment) {
    std::istringstream in;
    std::ostringstream out, err;
    Console console{in, out, err, [&](const std::string& name) {
                      const auto found = environment.find(name);
                      return found == environment.end() ? std::string() : found->second;
                    }};
    return connect(console, connection);
  }
  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder.file(name)) << text;
    return folder.file(name);
  }

  TemporaryFolder folder;
  Connection connection;
};

TEST_F(ConnectionTest, OptionsWinOverTheEnvironment) {
  connection.url = "http://127.0.0.1:1/";
  connection.key = "csk_option";
  const auto client =
      connected({{"COUNTERSIGN_URL", "http://127.0.0.1:2"}, {"COUNTERSIGN_KEY", "csk_environment"}});
  ASSERT_TRUE(client) << client.error().message;
  EXPECT_EQ(client->settings().url, "http://127.0.0.1:1");
  EXPECT_EQ(client->settings().key, "csk_option");
}

TEST_F(ConnectionTest, TheEnvironmentWinsOverTheConfiguration) {
  connection.config = write("countersign.yaml", "listen: 127.0.0.1:9999\n");
  const auto client =
      connected({{"COUNTERSIGN_URL", "http://127.0.0.1:2"}, {"COUNTERSIGN_KEY", " csk_environment\n"}});
  ASSERT_TRUE(client) << client.error().message;
  EXPECT_EQ(client->settings().url, "http://127.0.0.1:2");
  EXPECT_EQ(client->settings().key, "csk_environment");
}

TEST_F(ConnectionTest, TheConfigurationGivesTheAddressAndTheFirstKey) {
  std::filesystem::create_directory(folder.file("data"));
  write("data/admin.key", "csk_admin\n");
  connection.config = write("countersign.yaml",
                            "listen: 0.0.0.0:9999\npublic_url: https://approve.example.com\ndata: data\n");
  const auto client = connected({});
  ASSERT_TRUE(client) << client.error().message;
  EXPECT_EQ(client->settings().url, "http://127.0.0.1:9999");
  EXPECT_EQ(client->settings().key, "csk_admin");
}

TEST_F(ConnectionTest, TheDataFolderCanBeNamedAlone) {
  write("admin.key", "csk_dev\n");
  connection.config = write("countersign.yaml", "data: elsewhere\n");
  connection.data = folder.path();
  const auto client = connected({});
  ASSERT_TRUE(client) << client.error().message;
  EXPECT_EQ(client->settings().key, "csk_dev");
}

TEST_F(ConnectionTest, TheKeyOfTheFileIsNeverSentElsewhere) {
  write("admin.key", "csk_admin\n");
  connection.config = write("countersign.yaml", "public_url: https://approve.example.com\n");
  connection.data = folder.path();
  connection.url = "https://approve.example.org";
  const auto client = connected({});
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, ExitCode::wrong_use);
  EXPECT_EQ(client.error().message,
            "no API key for https://approve.example.org: give one with --key, or in COUNTERSIGN_KEY");
  connection.url = "https://approve.example.com/";
  EXPECT_TRUE(connected({})) << "its own address";
}

TEST_F(ConnectionTest, SaysWhereItLookedForAKey) {
  connection.config = write("countersign.yaml", "data: data\n");
  const auto client = connected({});
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, ExitCode::wrong_use);
  EXPECT_THAT(client.error().message,
              HasSubstr("no API key: give one with --key, or in COUNTERSIGN_KEY (cannot read "));
  EXPECT_THAT(client.error().message, HasSubstr("data/admin.key"));
}

TEST_F(ConnectionTest, ABrokenConfigurationIsNamedWithItsFirstError) {
  connection.config = write("countersign.yaml", "lisen: 127.0.0.1:1\n");
  const auto client = connected({});
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, ExitCode::wrong_use);
  EXPECT_THAT(client.error().message, HasSubstr("countersign.yaml:1:1: "));
}

TEST_F(ConnectionTest, NeedsNeitherFileNorConfigurationWhereBothAreGiven) {
  connection.config = folder.file("nowhere.yaml");
  EXPECT_TRUE(connected({{"COUNTERSIGN_URL", "http://127.0.0.1:2"}, {"COUNTERSIGN_KEY", "csk_x"}}));
}

TEST_F(ConnectionTest, RefusesATimeoutOfNothing) {
  connection.timeout_seconds = 0;
  EXPECT_EQ(connected({{"COUNTERSIGN_URL", "http://127.0.0.1:2"}, {"COUNTERSIGN_KEY", "csk_x"}}).error().code,
            ExitCode::wrong_use);
}

TEST(ExitCodes, TheDaemonCannotBeReached) {
  std::string url;
  {
    const FakeDaemon gone(FakeReply{});
    url = gone.url();
  }
  const Ran ran = run({"list", "--url", url, "--key", "csk_x"});
  EXPECT_EQ(ran.code, 3);
  EXPECT_TRUE(ran.err.starts_with("countersign: cannot reach the daemon at " + url)) << ran.err;
}

}  // namespace
}  // namespace countersign::cli::test
