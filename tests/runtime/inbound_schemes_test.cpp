// What connector files may name as a scheme is what the verifiers check.
#include <gtest/gtest.h>

#include "core/connector.h"
#include "delivery/verifier.h"

namespace countersign {
namespace {

TEST(InboundSchemes, ConnectorsNameThemAsVerifiersDo) {
  std::vector<std::string> names;
  for (const auto& scheme : inbound_schemes()) names.emplace_back(scheme.name);
  EXPECT_EQ(names, known_schemes());
}

TEST(InboundSchemes, OptionsAreThoseOfTheVerifiers) {
  for (const auto& scheme : inbound_schemes()) {
    VerifierSettings settings;
    settings.secrets = {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
    for (const auto option : scheme.required_options) settings.options[std::string(option)] = "x";
    for (const auto option : scheme.other_options) settings.options[std::string(option)] = "/x";
    const auto made = make_verifier(scheme.name, settings);
    // A value may be malformed; an option must not be unknown and none must be missing.
    const auto message = made ? std::string() : made.error().message;
    EXPECT_EQ(message.find("unknown"), std::string::npos) << scheme.name << ": " << message;
    EXPECT_EQ(message.find("is required"), std::string::npos) << scheme.name << ": " << message;
  }
}

}  // namespace
}  // namespace countersign
