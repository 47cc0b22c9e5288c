#include "web/multipart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace countersign::web {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Parts final : public PartReceiver {
 public:
  Result<void> begin_part(const PartHead& head) override {
    parts.push_back(head.name + (head.file_name ? "(" + *head.file_name + ")" : "") + "=");
    return {};
  }
  Result<void> part_bytes(std::string_view bytes) override {
    parts.back() += bytes;
    return {};
  }
  Result<void> end_part() override {
    parts.back() += ";";
    return {};
  }
  std::vector<std::string> parts;
};

// Fed in pieces of that size.
Result<std::vector<std::string>> read(const std::string& body, std::size_t piece = 1 << 20,
                                      MultipartLimits limits = {}, const std::string& boundary = "b0") {
  Parts parts;
  MultipartReader reader(boundary, parts, limits);
  for (std::size_t at = 0; at < body.size(); at += piece) {
    if (auto good = reader.read(std::string_view(body).substr(at, piece)); !good)
      return std::unexpected(good.error());
  }
  if (auto good = reader.finish(); !good) return std::unexpected(good.error());
  return parts.parts;
}

std::string part(const std::string& disposition, const std::string& body) {
  return "--b0\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + body + "\r\n";
}

TEST(Multipart, GivesPartsAndTheirBytesInOrderWhateverThePieces) {
  const std::string body = part("name=\"csrf\"", "abc") +
                           part("name=\"f.invoice\"; filename=\"发票.pdf\"\r\nContent-Type: application/pdf",
                                "%PDF\r\n--b\r\n--b1\r\n\r\n") +
                           part("name=\"empty\"", "") + "--b0--\r\nepilogue";
  for (std::size_t piece = 1; piece < body.size() + 1; ++piece) {
    const auto parts = read(body, piece);
    ASSERT_TRUE(parts) << piece << ": " << parts.error().message;
    EXPECT_THAT(*parts,
                ElementsAre("csrf=abc;", "f.invoice(发票.pdf)=%PDF\r\n--b\r\n--b1\r\n\r\n;", "empty=;"))
        << piece;
  }
}

TEST(Multipart, ReadsNamesAsBrowsersAndOtherClientsWriteThem) {
  EXPECT_THAT(*read(part("name=\"a\"; filename=\"x %22y%22 100%.pdf\"", "1") + "--b0--"),
              ElementsAre("a(x \"y\" 100%.pdf)=1;"));
  EXPECT_THAT(*read(part("name=\"a\"; filename=\"x \\\"y\\\".pdf\"", "1") + "--b0--"),
              ElementsAre("a(x \"y\".pdf)=1;"));
  EXPECT_THAT(*read(part("name=a; filename=b.txt", "1") + "--b0--"), ElementsAre("a(b.txt)=1;"));
  EXPECT_THAT(*read(part("name=\"a\"; filename*=UTF-8''evil.exe", "1") + "--b0--"), ElementsAre("a=1;"))
      << "filename* is not for forms";
  EXPECT_THAT(*read("--b0 \t\r\ncontent-disposition: FORM-DATA; NAME=\"a\"\r\n\r\n1\r\n--b0--"),
              ElementsAre("a=1;"));
}

TEST(Multipart, SkipsAShortPreamble) {
  EXPECT_THAT(*read("This is MIME.\r\n" + part("name=\"a\"", "1") + "--b0--"), ElementsAre("a=1;"));
  EXPECT_FALSE(read(std::string(2000, 'x') + "\r\n" + part("name=\"a\"", "1") + "--b0--"));
}

TEST(Multipart, RefusesWhatIsMalformed) {
  const auto why = [](const std::string& body) {
    const auto parts = read(body);
    return parts ? std::string("taken") : parts.error().message;
  };
  EXPECT_THAT(why(""), HasSubstr("ends before its last delimiter"));
  EXPECT_THAT(why(part("name=\"a\"", "1")), HasSubstr("ends before"));
  EXPECT_THAT(why("--b0\r\n\r\nx\r\n--b0--"), HasSubstr("no head"));
  EXPECT_THAT(why("--b0\r\nX: y\r\n\r\nx\r\n--b0--"), HasSubstr("no Content-Disposition"));
  EXPECT_THAT(why(part("filename=\"a\"", "1") + "--b0--"), HasSubstr("no name"));
  EXPECT_THAT(why(part("name=\"a", "1") + "--b0--"), HasSubstr("no name"));
  EXPECT_THAT(why(part("name=\"a\"; name=\"b\"", "1") + "--b0--"), HasSubstr("two names"));
  EXPECT_THAT(why(part("name=\"\xff\"", "1") + "--b0--"), HasSubstr("not UTF-8"));
  EXPECT_THAT(why(part("name=\"a\"\r\nContent-Transfer-Encoding: base64", "1") + "--b0--"),
              HasSubstr("transfer encoding"));
  EXPECT_THAT(why("--b0xyz\r\n\r\n"), HasSubstr("does not end its line"));
}

TEST(Multipart, HoldsItsLimits) {
  EXPECT_EQ(read(part("name=\"a\"", "1") + part("name=\"b\"", "2") + "--b0--", 3, {1, 100}).error().code,
            ErrorCode::too_large);
  EXPECT_EQ(read(part("name=\"" + std::string(200, 'a') + "\"", "1"), 7, {10, 100}).error().code,
            ErrorCode::too_large);
}

// A head of just the allowed length was refused where its empty line came in pieces.
TEST(Multipart, TheLimitOfAHeadDoesNotDependOnThePieces) {
  const std::string line = "Content-Disposition: form-data; name=a";
  const std::string body = "--b0\r\n" + line + "\r\n\r\n1\r\n--b0--";
  for (std::size_t piece = 1; piece < body.size(); ++piece) {
    EXPECT_TRUE(read(body, piece, {10, line.size()})) << piece;
    EXPECT_FALSE(read(body, piece, {10, line.size() - 1})) << piece;
  }
}

TEST(Multipart, KnowsItsBoundary) {
  EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=----WebKitFormBoundaryAbC"),
            "----WebKitFormBoundaryAbC");
  EXPECT_EQ(multipart_boundary("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\""), "a b");
  for (const char* bad : {"multipart/form-data", "multipart/form-data; boundary=",
                          "multipart/mixed; boundary=x", "multipart/form-data; boundary=a; boundary=b",
                          "multipart/form-data; boundary=\"a\x01\"", "application/x-www-form-urlencoded"}) {
    EXPECT_EQ(multipart_boundary(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=" + std::string(71, 'a')), std::nullopt);
}

}  // namespace
}  // namespace countersign::web
