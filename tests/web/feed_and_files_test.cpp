// The feed as pages and as a stream; files that are uploaded and downloaded.

#include <filesystem>

#include <gtest/gtest.h>

#include "tests/web/site_fixture.h"
#include "web/file_store.h"

namespace countersign::web {
namespace {

std::string stream_request(const std::string& key, const std::string& more = {}) {
  return "GET /api/v1/events HTTP/1.1\r\nHost: h\r\nAccept: text/event-stream\r\nAuthorization: Bearer " +
         key + "\r\n" + more + "\r\n";
}

std::string last_id(const std::string& text) {
  const std::size_t at = text.rfind("id: ");
  return at == std::string::npos ? "" : text.substr(at + 4, text.find('\n', at) - at - 4);
}

TEST(Feed, GoesOnWhereACursorStands) {
  SiteFixture site;
  const std::string key = site.key({"read"});
  site.start_expense();
  const json::value first = json_of(site.get("/api/v1/events?limit=2", key));
  ASSERT_EQ(find(first, "events")->as_array().size(), 2U);
  std::size_t rest = 0;
  std::string cursor = string_at(first, "cursor");
  while (true) {
    const json::value page = json_of(site.get("/api/v1/events?limit=3&after=" + cursor, key));
    const std::size_t here = find(page, "events")->as_array().size();
    if (here == 0) break;
    rest += here;
    cursor = string_at(page, "cursor");
  }
  EXPECT_EQ(rest + 2, site.reader().feed("", 1000)->rows.size());
  site.start_expense();
  const json::value news = json_of(site.get("/api/v1/events?after=" + cursor, key));
  EXPECT_EQ(string_at(find(news, "events")->as_array()[0], "type"), "started");
}

TEST(Feed, StreamsWhatHappensAndResumesWhereItStopped) {
  SiteFixture site;
  const std::string key = site.key({"read"});
  site.start_expense();
  std::string seen;
  {
    Connection stream(site.port());
    stream.send(stream_request(key));
    EXPECT_NE(stream.read_until("\r\n\r\n").find("Content-Type: text/event-stream"), std::string::npos);
    seen = stream.read_until("event: started");
    const std::string second = site.start_expense();  // the stream sleeps or reads: either way it must come
    seen += stream.read_until(second);
    seen += stream.read_until("\n\n");
  }
  const std::string resumed_from = last_id(seen);
  ASSERT_NE(resumed_from, "");
  const std::string third = site.start_expense();
  Connection again(site.port());
  again.send(stream_request(key, "Last-Event-ID: " + resumed_from + "\r\n"));
  again.read_until("\r\n\r\n");
  const std::string news = again.read_until(third);
  EXPECT_NE(news.find(third), std::string::npos);
  EXPECT_EQ(news.find("EXP-2026-1\""), std::string::npos) << "what was seen before does not come again";
}

TEST(Feed, SaysNowAndThenThatNothingHappens) {
  SiteOptions options;
  options.heartbeat = Duration(20);
  SiteFixture site("https://approve.example.com", options);
  Connection stream(site.port());
  stream.send(stream_request(site.key({"read"})));
  stream.read_until(": nothing new");
  EXPECT_NE(stream.read_until(": nothing new").find(": nothing new"), std::string::npos);
}

TEST(Feed, DoesNotHoldUpAStop) {
  SiteFixture site;
  Connection stream(site.port());
  stream.send(stream_request(site.key({"read"})));
  stream.read_until(": nothing new");
  site.site().stop(std::chrono::seconds(60));
  EXPECT_TRUE(stream.read_to_end().has_value());
}

ClientReply upload(SiteFixture& site, const std::string& name, const std::string& bytes) {
  return site.post("/api/v1/files?name=" + name, bytes, site.key({"start"}, "li.na"),
                   {{"Content-Type", "application/octet-stream"}});
}

TEST(Files, KeepTheirContentAndComeBackAsAttachments) {
  SiteFixture site;
  const std::string pdf = "%PDF-1.7\n" + std::string(300'000, 'x');
  const ClientReply stored = upload(site, "../../Rechnung%20%C3%A4.pdf", pdf);
  ASSERT_EQ(stored.status, 201) << stored.body;
  const json::value file = json_of(stored);
  EXPECT_EQ(string_at(file, "type"), "application/pdf");
  EXPECT_EQ(find(file, "size")->as_int64(), static_cast<std::int64_t>(pdf.size()));
  EXPECT_TRUE(std::filesystem::exists(stored_path(site.folder() + "/files", string_at(file, "sha256"))));
  EXPECT_TRUE(std::filesystem::is_empty(site.folder() + "/files/incoming"));
  const ClientReply back = site.get("/api/v1/files/" + string_at(file, "id"), site.key({"read"}));
  EXPECT_EQ(back.status, 200);
  EXPECT_EQ(back.body, pdf);
  EXPECT_EQ(back.header("Content-Disposition"), "attachment; filename*=UTF-8''Rechnung%20%C3%A4.pdf");
  EXPECT_EQ(back.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(site.get("/api/v1/files/f_none", site.key({"read"})).status, 404);
}

TEST(Files, AreRefusedByContentAndSizeAndLeaveNothingBehind) {
  SiteOptions options;
  options.file_bytes_max = 100'000;
  SiteFixture site("https://approve.example.com", options);
  EXPECT_EQ(upload(site, "page.pdf", "<html><script>alert(1)</script>").status, 422);
  EXPECT_EQ(upload(site, "program.pdf",
                   std::string("\x7f"
                               "ELF\x02\x01\x01\0\0",
                               9))
                .status,
            422);
  EXPECT_EQ(upload(site, "big.pdf", "%PDF-" + std::string(100'000, 'x')).status, 413);
  EXPECT_EQ(upload(site, "empty.pdf", "").status, 422);
  EXPECT_TRUE(!std::filesystem::exists(site.folder() + "/files/incoming") ||
              std::filesystem::is_empty(site.folder() + "/files/incoming"));
}

TEST(Files, AreSeenThroughALinkOnlyWhereItsPageShowsThem) {
  SiteFixture site;
  const std::string shown = string_at(json_of(upload(site, "invoice.pdf", "%PDF-1 invoice")), "id");
  const std::string other = string_at(json_of(upload(site, "other.pdf", "%PDF-1 other")), "id");
  const std::string instance =
      site.start_expense(R"({"purpose":"Train","amount":"1","invoice":")" + shown + R"("})");
  const std::string token = site.link_to(site.open_item(instance), "zhang.wei");
  EXPECT_NE(site.get("/a/" + token).body.find("/flow/a/" + token + "/files/" + shown), std::string::npos);
  EXPECT_EQ(site.get("/a/" + token + "/files/" + shown).body, "%PDF-1 invoice");
  EXPECT_EQ(site.get("/a/" + token + "/files/" + other).status, 404);
}

TEST(Files, AreKnownByWhatTheyHold) {
  EXPECT_EQ(sniffed_type("\x89PNG\r\n\x1a\n....", "x.txt"), "image/png");
  EXPECT_EQ(sniffed_type("\xff\xd8\xff\xe0", "x"), "image/jpeg");
  EXPECT_EQ(sniffed_type("PK\x03\x04....", "Plan.XLSX"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
  EXPECT_EQ(sniffed_type("PK\x03\x04....", "archive.zip"), std::nullopt);
  EXPECT_EQ(sniffed_type("plain words\n", "notes.txt"), "text/plain");
  EXPECT_EQ(sniffed_type(" \n<svg onload=x>", "x.png"), std::nullopt);
  EXPECT_EQ(sniffed_type(std::string_view("MZ\x90\0", 4), "x.pdf"), std::nullopt);
}

TEST(Files, HaveNamesWithoutFoldersAndControlCharacters) {
  EXPECT_EQ(safe_file_name("C:\\tmp\\a\r\nb\".pdf"), "ab.pdf");
  EXPECT_EQ(safe_file_name("../../.bashrc"), "bashrc");
  EXPECT_EQ(safe_file_name("发票.pdf"), "发票.pdf");
  EXPECT_EQ(safe_file_name("\xff\xfe"), "file");
  EXPECT_EQ(safe_file_name(""), "file");
}

}  // namespace
}  // namespace countersign::web
