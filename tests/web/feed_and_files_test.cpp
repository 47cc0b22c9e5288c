// The feed as pages and as a stream; files that are uploaded and downloaded.

#include <filesystem>

#include <gtest/gtest.h>

#include "tests/web/site_fixture.h"
#include "web/file_store.h"
#include "web/json_views.h"

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

// Numbers of a stored event went through a double: 0.10 was shown as 1E-1.
TEST(Feed, ShowsNumbersOfEventsWithTheirDigits) {
  EventRow row;
  row.type = "event_received";
  row.payload =
      R"({"rate":0.10,"total":12345678901234567890.123,"count":3,"money":{"$money":["1280.50","CNY"]}})";
  EXPECT_EQ(write_json(*find(row_json(row), "data")), row.payload);
  row.payload = "";
  EXPECT_TRUE(find(row_json(row), "data")->is_null()) << "what was erased";
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
  EXPECT_EQ(back.header("Content-Security-Policy"), "default-src 'none'; sandbox");
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
  // A refused upload is removed when the connection lets go of it, which may be just after the answer.
  const auto is_left = [&] {
    const std::string incoming = site.folder() + "/files/incoming";
    return std::filesystem::exists(incoming) && !std::filesystem::is_empty(incoming);
  };
  for (int looks = 0; looks < 200 && is_left(); ++looks) site.get("/healthz");
  EXPECT_FALSE(is_left());
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

// Every key with the scope read could download every file whose id it knew.
TEST(Files, AreGivenToWhoMaySeeTheRequestThatNamesThem) {
  SiteFixture site;
  const std::string file = string_at(json_of(upload(site, "invoice.pdf", "%PDF-1 invoice")), "id");
  const auto reads = [&](const std::string& person) {
    return site.get("/api/v1/files/" + file, site.key({"read"}, person)).status;
  };
  EXPECT_EQ(reads("li.na"), 200) << "who has uploaded it";
  EXPECT_EQ(reads("zhang.wei"), 404) << "nobody else, before a request names it";
  EXPECT_EQ(site.get("/api/v1/files/" + file, site.key({"read", "admin"}, "adm")).status, 200);
  const std::string instance =
      site.start_expense(R"({"purpose":"Train","amount":"1","invoice":")" + file + R"("})");
  EXPECT_EQ(reads("li.na"), 200) << "who asks";
  EXPECT_EQ(reads("zhang.wei"), 200) << "who is asked";
  EXPECT_EQ(reads("wang.fang"), 404) << "finance has no turn yet";
  ASSERT_EQ(site.post("/api/v1/work-items/" + site.open_item(instance) + "/decision",
                      R"({"outcome":"approved","version":1})", site.key({"decide"}, "zhang.wei"))
                .status,
            200);
  EXPECT_EQ(reads("wang.fang"), 200);
}

// What a person may not see they could make their own by naming it in a request of theirs.
TEST(Files, OfOthersCannotBeNamedInAFormByWhoMayNotSeeThem) {
  SiteFixture site;
  const std::string file = string_at(json_of(upload(site, "invoice.pdf", "%PDF-1 invoice")), "id");
  const std::string form = R"({"form":{"purpose":"Train","amount":"1","invoice":")" + file + R"("}})";
  const auto names_it = [&](const std::string& person) {
    return site.post_once("/api/v1/workflows/expense/instances", form, site.key({"start"}, person)).status;
  };
  EXPECT_EQ(names_it("wang.fang"), 422);
  EXPECT_EQ(names_it("li.na"), 201);
  EXPECT_EQ(names_it("wang.fang"), 422) << "nor what a request holds that they do not see";
}

TEST(Files, ThatASystemHasUploadedAreNamedByAnybodyUntilARequestHoldsThem) {
  SiteFixture site;
  const std::string file =
      string_at(json_of(site.post("/api/v1/files?name=invoice.pdf", "%PDF-1 from a system",
                                  site.key({"start"}), {{"Content-Type", "application/octet-stream"}})),
                "id");
  const std::string form = R"({"form":{"purpose":"Train","amount":"1","invoice":")" + file + R"("}})";
  const auto names_it = [&](const std::string& person) {
    return site.post_once("/api/v1/workflows/expense/instances", form, site.key({"start"}, person)).status;
  };
  EXPECT_EQ(names_it("li.na"), 201);
  EXPECT_EQ(names_it("wang.fang"), 422) << "it is what li.na's request shows now";
  EXPECT_EQ(names_it("zhang.wei"), 201) << "who is asked in it";
}

TEST(Files, AreKnownByWhatTheyHold) {
  EXPECT_EQ(sniffed_type("\x89PNG\r\n\x1a\n....", "x.txt"), "image/png");
  EXPECT_EQ(sniffed_type("\xff\xd8\xff\xe0", "x"), "image/jpeg");
  const auto archive = [](const std::string& entry, const std::string& content) {
    std::string bytes("PK\x03\x04" + std::string(22, '\0'));
    bytes += std::string(1, static_cast<char>(entry.size())) + std::string(3, '\0');
    return bytes + entry + content;
  };
  constexpr const char* kSheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  EXPECT_EQ(sniffed_type(archive("[Content_Types].xml", "<Types/>"), "Plan.XLSX"), kSheet);
  EXPECT_EQ(sniffed_type(archive("xl/workbook.xml", "<x/>"), "plan.xlsx"), kSheet);
  const std::string text_type = "application/vnd.oasis.opendocument.text";
  EXPECT_EQ(sniffed_type(archive("mimetype", text_type + "PK"), "letter.odt"), text_type);
  EXPECT_EQ(sniffed_type(archive("mimetype", text_type + "PK"), "letter.ods"), std::nullopt);
  EXPECT_EQ(sniffed_type(archive("setup.exe", "MZ"), "letter.docx"), std::nullopt)
      << "an archive is no document because it is called one";
  EXPECT_EQ(sniffed_type("PK\x03\x04....", "cut.docx"), std::nullopt);
  EXPECT_EQ(sniffed_type("PK\x03\x04....", "archive.zip"), std::nullopt);
  EXPECT_EQ(sniffed_type("plain words\n", "notes.txt"), "text/plain");
  EXPECT_EQ(sniffed_type(" \n<svg onload=x>", "x.png"), std::nullopt);
  EXPECT_EQ(sniffed_type(std::string_view("MZ\x90\0", 4), "x.pdf"), std::nullopt);
}

// A picture could be handed in as the PDF that a field wants: only the name was looked at.
TEST(Files, AreRefusedWhereTheirContentIsNotWhatTheirNameSays) {
  SiteFixture site;
  const json::value png = json_of(upload(site, "invoice.pdf", "\x89PNG\r\n\x1a\n picture"));
  const ClientReply reply =
      site.post("/api/v1/workflows/expense/instances",
                R"({"form":{"purpose":"Train","amount":"1","invoice":")" + string_at(png, "id") + R"("}})",
                site.key({"start"}, "li.na"));
  EXPECT_EQ(reply.status, 422) << reply.body;
  EXPECT_NE(reply.body.find("'invoice.pdf' is not what its name says: it holds image/png"), std::string::npos)
      << reply.body;
}

// Uploads that no form named stayed on disk for ever.
TEST(Files, ThatNobodyNamedAreSweptAfterADay) {
  SiteFixture site;
  const auto stored_at = [&](const ClientReply& reply) {
    return stored_path(site.folder() + "/files", string_at(json_of(reply), "sha256"));
  };
  const auto until_gone = [&](const std::string& path) {
    for (int i = 0; i < 200 && std::filesystem::exists(path); ++i) {
      site.clock().advance(std::chrono::seconds(3));
      site.start_expense();
    }
    return !std::filesystem::exists(path);
  };
  const ClientReply named = upload(site, "named.pdf", "%PDF-1 named");
  const ClientReply twin = upload(site, "twin.pdf", "%PDF-1 named");
  const ClientReply lost = upload(site, "lost.pdf", "%PDF-1 lost");
  const std::string key = site.key({"read"});
  const auto found = [&](const ClientReply& file) {
    return site.get("/api/v1/files/" + string_at(json_of(file), "id"), key).status;
  };
  site.start_expense(R"({"purpose":"Train","amount":"1","invoice":")" + string_at(json_of(named), "id") +
                     R"("})");
  site.clock().advance(std::chrono::hours(23));
  const ClientReply young = upload(site, "young.pdf", "%PDF-1 young");
  for (int i = 0; i < 5; ++i) {
    site.clock().advance(std::chrono::seconds(3));
    site.start_expense();
  }
  EXPECT_EQ(found(lost), 200) << "a form may still be filled in";
  site.clock().advance(std::chrono::hours(1));
  EXPECT_TRUE(until_gone(stored_at(lost)));
  EXPECT_EQ(found(lost), 404);
  EXPECT_EQ(found(twin), 404) << "its row is gone";
  EXPECT_TRUE(std::filesystem::exists(stored_at(named))) << "but another row has the same content";
  EXPECT_EQ(found(named), 200);
  EXPECT_EQ(found(young), 200);
  site.clock().advance(std::chrono::hours(48));
  EXPECT_TRUE(until_gone(stored_at(young)));
  EXPECT_EQ(found(named), 200) << "what an instance names is never swept";
}

TEST(Files, AreNotRemovedWhileTheSameIsUploadedAgain) {
  SiteFixture site;
  const std::string files = site.folder() + "/files";
  const std::string hash = string_at(json_of(upload(site, "a.pdf", "%PDF-1 again")), "sha256");
  const Instant day_later = site.clock().now() + std::chrono::hours(24);
  site.clock().set(day_later);
  upload(site, "b.pdf", "%PDF-1 again");
  EXPECT_FALSE(remove_stored(files, hash, day_later));
  EXPECT_TRUE(std::filesystem::exists(stored_path(files, hash)));
  EXPECT_TRUE(remove_stored(files, hash, day_later + std::chrono::hours(1)));
  EXPECT_FALSE(std::filesystem::exists(stored_path(files, hash)));
  EXPECT_TRUE(remove_stored(files, hash, day_later)) << "there is nothing left to remove";
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
