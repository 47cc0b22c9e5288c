// Files that the requester sends with the page of a returned request, without script, as browsers do it.
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/web/site_fixture.h"

namespace countersign::web {
namespace {

constexpr const char* kBoundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW";

struct Control {
  std::string name, value;
  std::optional<std::string> file_name = std::nullopt;
};

std::string multipart(const std::vector<Control>& controls) {
  std::string body;
  for (const Control& control : controls) {
    body +=
        std::string("--") + kBoundary + "\r\nContent-Disposition: form-data; name=\"" + control.name + "\"";
    if (control.file_name) {
      body += "; filename=\"" + *control.file_name + "\"\r\nContent-Type: application/octet-stream";
    }
    body += "\r\n\r\n" + control.value + "\r\n";
  }
  return body + "--" + kBoundary + "--\r\n";
}

class PageUploads : public testing::Test {
 protected:
  explicit PageUploads(SiteOptions options = {}) : site("https://approve.example.com/flow", options) {}

  // A request of li.na's that was sent back to her; the token of her page.
  std::string returned() {
    instance = site.start_expense(R"({"purpose":"Train","amount":"10"})");
    const std::string manager = site.link_to(site.open_item(instance), "zhang.wei");
    const std::string page = site.get("/a/" + manager).body;
    const ClientReply sent = site.post("/a/" + manager,
                                       form_body({{"csrf", hidden_value(page, "csrf")},
                                                  {"version", hidden_value(page, "version")},
                                                  {"outcome", "returned"},
                                                  {"comment", "Where is the invoice?"}}),
                                       {}, {{"Content-Type", "application/x-www-form-urlencoded"}});
    EXPECT_EQ(sent.status, 200) << sent.body;
    return site.link_to(site.open_item(instance), "li.na");
  }
  ClientReply send(const std::string& token, std::vector<Control> controls, bool with_csrf = true) {
    const std::string page = site.get("/a/" + token).body;
    std::vector<Control> all;
    if (with_csrf) all.push_back({"csrf", hidden_value(page, "csrf")});
    all.push_back({"version", hidden_value(page, "version")});
    all.insert(all.end(), controls.begin(), controls.end());
    return site.post("/a/" + token, multipart(all), {},
                     {{"Content-Type", std::string("multipart/form-data; boundary=") + kBoundary}});
  }
  std::vector<Control> resubmission(const std::string& amount, std::vector<Control> files) const {
    std::vector<Control> controls{{"f.purpose", "Train"}, {"f.amount", amount}, {"outcome", "resubmitted"}};
    controls.insert(controls.end(), files.begin(), files.end());
    return controls;
  }
  State state() { return **site.reader().instance(InstanceId(instance)); }
  std::size_t files_on_disk() const {
    std::size_t count = 0;
    if (!std::filesystem::exists(site.folder() + "/files")) return 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(site.folder() + "/files")) {
      count += entry.is_regular_file() ? 1 : 0;
    }
    return count;
  }

  SiteFixture site;
  std::string instance;
  const std::string pdf = "%PDF-1.7\r\n--" + std::string(kBoundary).substr(0, 10) + "\r\nnot the end\r\n";
};

TEST_F(PageUploads, ThePageOffersToChooseFiles) {
  const std::string page = site.get("/a/" + returned()).body;
  EXPECT_NE(page.find("enctype=\"multipart/form-data\""), std::string::npos) << page;
  EXPECT_NE(page.find("<input type=\"file\" name=\"f.invoice\""), std::string::npos) << page;
  EXPECT_NE(page.find("at most 20 MB"), std::string::npos);
}

TEST_F(PageUploads, AFileIsStoredAndStandsInTheForm) {
  const std::string token = returned();
  const ClientReply reply =
      send(token, resubmission("12.00", {{"f.invoice", pdf, "C:\\Temp\\发票 %221%22.pdf"}}));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(state().status, "running");
  const json::value file = cel::to_plain_json(state().form.at("invoice"));
  EXPECT_EQ(string_at(file, "type"), "application/pdf");
  EXPECT_EQ(find(file, "size")->as_int64(), static_cast<std::int64_t>(pdf.size()));
  const auto row = site.reader().file(string_at(file, "id"));
  ASSERT_TRUE(row && *row);
  EXPECT_EQ((*row)->uploaded_by, PersonId("li.na"));
  const std::string key = site.key({"read"});
  EXPECT_EQ(site.get("/api/v1/files/" + (*row)->id, key).body, pdf) << "byte for byte";
}

TEST_F(PageUploads, AFormWithoutAChosenFileIsTakenToo) {
  const std::string token = returned();
  EXPECT_EQ(send(token, resubmission("12.00", {{"f.invoice", "", ""}})).status, 200);
  EXPECT_FALSE(state().form.contains("invoice"));
  EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(PageUploads, AFileIsNotLostWhereSomethingElseIsWrong) {
  const std::string token = returned();
  const ClientReply wrong = send(token, resubmission("twelve", {{"f.invoice", pdf, "invoice.pdf"}}));
  ASSERT_EQ(wrong.status, 422) << wrong.body;
  EXPECT_NE(wrong.body.find("invoice.pdf"), std::string::npos) << "the page says that it has it";
  const std::size_t at = wrong.body.find("name=\"f.invoice\" value=\"f_");
  ASSERT_NE(at, std::string::npos) << wrong.body;
  const std::string id = wrong.body.substr(at + 24, wrong.body.find('"', at + 24) - at - 24);
  EXPECT_EQ(send(token, resubmission("12.00", {{"f.invoice", id}, {"f.invoice", "", ""}})).status, 200);
  EXPECT_EQ(string_at(cel::to_plain_json(state().form.at("invoice")), "name"), "invoice.pdf");
}

TEST_F(PageUploads, AKindThatIsNotAcceptedIsSaidBesideTheField) {
  const std::string token = returned();
  const ClientReply reply = send(token, resubmission("12.00", {{"f.invoice", "<html>", "invoice.html"}}));
  EXPECT_EQ(reply.status, 422);
  EXPECT_NE(reply.body.find("<p class=\"wrong\">&#39;invoice.html&#39; is of no kind"), std::string::npos)
      << reply.body;
  EXPECT_EQ(state().status, "revising");
  EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(PageUploads, NothingIsWrittenBeforeThePagesTokenHasCome) {
  const std::string token = returned();
  EXPECT_EQ(send(token, resubmission("12.00", {{"f.invoice", pdf, "invoice.pdf"}}), false).status, 403);
  EXPECT_EQ(send(std::string(22, 'A'), resubmission("12.00", {{"f.invoice", pdf, "a.pdf"}})).status, 404);
  const ClientReply late = site.post(
      "/a/" + token,
      multipart({{"f.invoice", pdf, "a.pdf"}, {"csrf", hidden_value(site.get("/a/" + token).body, "csrf")}}),
      {}, {{"Content-Type", std::string("multipart/form-data; boundary=") + kBoundary}});
  EXPECT_EQ(late.status, 403);
  EXPECT_EQ(files_on_disk(), 0U);
  EXPECT_EQ(state().status, "revising");
}

TEST_F(PageUploads, AMalformedFormChangesNothing) {
  const std::string token = returned();
  const std::string good = multipart({{"csrf", hidden_value(site.get("/a/" + token).body, "csrf")},
                                      {"version", "1"},
                                      {"f.invoice", pdf, "a.pdf"}});
  for (const std::string& body : {good.substr(0, good.size() - 8), std::string("nonsense"), std::string()}) {
    const ClientReply reply =
        site.post("/a/" + token, body, {},
                  {{"Content-Type", std::string("multipart/form-data; boundary=") + kBoundary}});
    EXPECT_EQ(reply.status, 400) << reply.body;
  }
  EXPECT_EQ(site.post("/a/" + token, good, {}, {{"Content-Type", "multipart/form-data"}}).status, 400);
  EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(PageUploads, ADecidedItemShowsItsOutcomeInstead) {
  const std::string token = returned();
  ASSERT_EQ(send(token, resubmission("12.00", {})).status, 200);
  const ClientReply again = send(token, resubmission("13.00", {{"f.invoice", pdf, "a.pdf"}}));
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body.find("name=\"outcome\""), std::string::npos);
  EXPECT_EQ(again.body.find("multipart/form-data"), std::string::npos);
  EXPECT_EQ(files_on_disk(), 0U);
}

class SmallPageUploads : public PageUploads {
 protected:
  SmallPageUploads()
      : PageUploads([] {
          SiteOptions options;
          options.file_bytes_max = 1024;
          return options;
        }()) {}
};

TEST_F(SmallPageUploads, AFileThatIsTooLargeIsSaidBesideTheField) {
  const std::string token = returned();
  const ClientReply reply =
      send(token, resubmission("12.00", {{"f.invoice", "%PDF" + std::string(2000, 'x'), "big.pdf"}}));
  EXPECT_EQ(reply.status, 422) << reply.body;
  EXPECT_NE(reply.body.find("&#39;big.pdf&#39; is larger than 1 KB."), std::string::npos) << reply.body;
  EXPECT_EQ(files_on_disk(), 0U);
}

}  // namespace
}  // namespace countersign::web
