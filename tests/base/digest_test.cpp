#include "base/digest.h"

#include <gtest/gtest.h>

namespace countersign {
namespace {

// The examples of FIPS 180-4.
TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(to_hex(as_text(sha256(""))), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(as_text(sha256("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(as_text(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, PiecesAreTheirLengthsAndBytes) {
  const std::string input("\0\0\0\0\0\0\0\1d\0\0\0\0\0\0\0\2ab\0\0\0\0\0\0\0\0", 27);
  EXPECT_EQ(sha256_pieces("d", {"ab", ""}), sha256(input));
  EXPECT_NE(sha256_pieces("d", {"ab", "c"}), sha256_pieces("d", {"a", "bc"}));
  EXPECT_NE(sha256_pieces("d", {"ab"}), sha256_pieces("d", {"ab", ""}));
  EXPECT_NE(sha256_pieces("d", {}), sha256_pieces("e", {}));
}

// A format of its own: the length of each piece as eight bytes, big-endian, before it.
TEST(Sha256, HashesLongPiecesAsShortOnes) {
  const auto framed = [](std::string_view piece) {
    std::string bytes(6, '\0');
    bytes += static_cast<char>(piece.size() / 256);
    bytes += static_cast<char>(piece.size() % 256);
    return bytes.append(piece);
  };
  for (const std::size_t size : {1000U, 1007U, 1008U, 1016U, 1024U, 1025U, 5000U}) {
    const std::string large(size, 'x');
    EXPECT_EQ(sha256_pieces("d", {large, "ab", large}),
              sha256(framed("d") + framed(large) + framed("ab") + framed(large)))
        << size;
  }
}

// RFC 4231, test cases 1, 2 and 6; RFC 2202, test cases 1 and 2.
TEST(Hmac, GivesThePublishedDigests) {
  EXPECT_EQ(to_hex(as_text(hmac_sha256(std::string(20, '\x0b'), "Hi There"))),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(as_text(hmac_sha256("Jefe", "what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(as_text(hmac_sha256(std::string(131, '\xaa'),
                                       "Test Using Larger Than Block-Size Key - Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(to_hex(hmac_sha1(std::string(20, '\x0b'), "Hi There")),
            "b617318655057264e28bc0b6fb378c8ef146be00");
  EXPECT_EQ(to_hex(hmac_sha1("Jefe", "what do ya want for nothing?")),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(to_hex(as_text(hmac_sha256({}, {}))),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(ConstantTimeCompare, ComparesLengthAndBytes) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("token", "token"));
  EXPECT_FALSE(equal_in_constant_time("token", "tokem"));
  EXPECT_FALSE(equal_in_constant_time("token", "Token"));
  EXPECT_FALSE(equal_in_constant_time("token", "token1"));
  EXPECT_FALSE(equal_in_constant_time("token", ""));
  EXPECT_FALSE(equal_in_constant_time(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
}

TEST(Hex, ReadsBothCasesAndWritesLowercase) {
  EXPECT_EQ(to_hex(std::string_view("\x00\xff\x1a", 3)), "00ff1a");
  EXPECT_EQ(from_hex("00FF1a"), std::string("\x00\xff\x1a", 3));
  EXPECT_EQ(from_hex(""), "");
  EXPECT_EQ(from_hex("0"), std::nullopt);
  EXPECT_EQ(from_hex("0g"), std::nullopt);
}

// RFC 4648, section 10.
TEST(Base64, GivesThePublishedExamples) {
  const std::pair<const char*, const char*> examples[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : examples) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes);
  }
}

TEST(Base64, IsStrict) {
  for (const auto* text : {"Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zm8==", "Zh==", "Zm9=", "Zm9v\n",
                           "Zm 9", "Zm-_", "Z=g="}) {
    EXPECT_EQ(from_base64(text), std::nullopt) << text;
  }
}

TEST(Base64Url, HasItsOwnAlphabetAndNoPadding) {
  const std::string bytes = "\xfb\xff\xfe\x01";
  EXPECT_EQ(to_base64url(bytes), "-__-AQ");
  EXPECT_EQ(to_base64(bytes), "+//+AQ==");
  EXPECT_EQ(from_base64url("-__-AQ"), bytes);
  for (const auto* text : {"-__-AQ==", "+//+AQ", "-__-AR", "-", "-__-A"}) {
    EXPECT_EQ(from_base64url(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace countersign
