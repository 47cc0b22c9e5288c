#include "delivery/address_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

namespace countersign {
namespace {

using testing::HasSubstr;

TEST(AddressPolicy, AllowsPublicAddressesOnly) {
  const AddressPolicy policy;
  for (const char* address :
       {"8.8.8.8", "93.184.216.34", "172.15.255.255", "172.32.0.1", "192.167.255.255", "100.63.0.1",
        "100.128.0.1", "169.253.1.1", "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8",
        "64:ff9b::808:808", "2002:808:808::1"}) {
    EXPECT_EQ(policy.refusal_of(address), std::nullopt) << address;
  }
  const std::pair<const char*, const char*> refused[] = {
      {"127.0.0.1", "loopback"},
      {"127.255.255.254", "loopback"},
      {"0.0.0.0", "unspecified"},
      {"0.1.2.3", "unspecified"},
      {"10.0.0.1", "private"},
      {"172.16.0.1", "private"},
      {"172.31.255.255", "private"},
      {"192.168.1.1", "private"},
      {"169.254.169.254", "metadata"},
      {"100.100.100.200", "metadata"},
      {"168.63.129.16", "metadata"},
      {"192.0.0.192", "reserved"},
      {"198.19.0.1", "benchmarking"},
      {"203.0.113.7", "documentation"},
      {"224.0.0.1", "multicast"},
      {"255.255.255.255", "broadcast"},
      {"::", "unspecified"},
      {"::1", "loopback"},
      {"fc00::1", "private"},
      {"fdff::1", "private"},
      {"fd00:ec2::254", "private"},
      {"fe80::1", "link-local"},
      {"febf::1", "link-local"},
      {"fec0::1", "private"},
      {"ff02::1", "multicast"},
      {"2001:db8::1", "documentation"},
      {"2001::1", "Teredo"},
      {"4000::1", "not a global unicast"},
      {"::ffff:127.0.0.1", "loopback"},
      {"::ffff:a9fe:a9fe", "metadata"},
      {"::127.0.0.1", "loopback"},
      {"::10.0.0.1", "private"},
      {"64:ff9b::7f00:1", "loopback"},
      {"64:ff9b::10.1.2.3", "private"},
      {"64:ff9b:1::1", "not a global unicast"},
      {"2002:7f00:1::", "loopback"},
      {"2002:c0a8:101::1", "private"},
  };
  for (const auto& [address, why] : refused) {
    const auto refusal = policy.refusal_of(address);
    ASSERT_TRUE(refusal) << address;
    EXPECT_THAT(*refusal, HasSubstr(why)) << address;
  }
}

TEST(AddressPolicy, RefusesTextThatIsNoAddress) {
  const AddressPolicy policy;
  for (const char* text :
       {"", "localhost", "2130706433", "8.8.8", "8.8.8.8 ", "[::1]", "8.8.8.8/8", "0x8.8.8.8"}) {
    EXPECT_TRUE(policy.refusal_of(text)) << text;
  }
}

TEST(AddressPolicy, AllowsConfiguredBlocksAndWhatLeadsThere) {
  const AddressPolicy policy = *AddressPolicy::parse({"10.1.0.0/16", "127.0.0.1", "fd00:1::/32"});
  EXPECT_FALSE(policy.refusal_of("10.1.255.1"));
  EXPECT_FALSE(policy.refusal_of("::ffff:10.1.2.3"));
  EXPECT_FALSE(policy.refusal_of("64:ff9b::10.1.2.3"));
  EXPECT_FALSE(policy.refusal_of("127.0.0.1"));
  EXPECT_FALSE(policy.refusal_of("fd00:1::5"));
  EXPECT_TRUE(policy.refusal_of("10.2.0.1"));
  EXPECT_TRUE(policy.refusal_of("127.0.0.2"));
  EXPECT_TRUE(policy.refusal_of("::1"));
  EXPECT_TRUE(policy.refusal_of("fd00:2::5"));
}

TEST(AddressPolicy, AllowsEverythingOfAFamilyWhereConfigured) {
  const AddressPolicy v4 = *AddressPolicy::parse({"0.0.0.0/0"});
  EXPECT_FALSE(v4.refusal_of("127.0.0.1"));
  EXPECT_TRUE(v4.refusal_of("::1"));
  const AddressPolicy v6 = *AddressPolicy::parse({"::/0"});
  EXPECT_FALSE(v6.refusal_of("::1"));
}

TEST(AddressPolicy, RefusesMalformedBlocksByNameAndIndex) {
  for (const std::string block : {"10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8x", "10.0.0.1/8",
                                  "fc00::/129", "fc00::1/7", "localhost", "", "/8", "10.0.0.0/8/8"}) {
    const Result<AddressPolicy> policy = AddressPolicy::parse({"192.168.0.0/16", block});
    ASSERT_FALSE(policy) << block;
    EXPECT_THAT(policy.error().message, HasSubstr("\"" + block + "\""));
    EXPECT_EQ(policy.error().pointer, "/1");
  }
}

TEST(AddressPolicy, JudgesSocketAddresses) {
  const AddressPolicy policy;
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_TRUE(policy.refusal(reinterpret_cast<const sockaddr&>(v4)));
  v4.sin_addr.s_addr = htonl(0x08080808);
  EXPECT_FALSE(policy.refusal(reinterpret_cast<const sockaddr&>(v4)));
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_addr = in6addr_loopback;
  EXPECT_TRUE(policy.refusal(reinterpret_cast<const sockaddr&>(v6)));
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  EXPECT_TRUE(policy.refusal(reinterpret_cast<const sockaddr&>(local)));
}

}  // namespace
}  // namespace countersign
