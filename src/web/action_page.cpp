#include "web/action_page.h"

#include <algorithm>

#include "base/text.h"
#include "web/absence_page.h"
#include "web/action_post.h"
#include "web/action_show.h"
#include "web/file_reply.h"
#include "web/page_assets.h"
#include "web/page_upload.h"
#include "web/readers_page.h"

namespace countersign::web {

namespace {

constexpr std::size_t kFormBytesMax = 1 << 20;
constexpr std::size_t kViewBytesMax = 4 << 10;
// A page's form may hold several files; what is more than a file may have is read and said on the page.
constexpr std::size_t kFilesOfAForm = 4;

HttpReply open_page(const PageSettings& settings, const Call& call) {
  const auto opened = open_link(settings.around, call, Opens::readers_too);
  if (!opened) return opened.error();
  if (opened->is_readers()) return show_readers_page(settings.around, *opened, 200, {}, false);
  return show_page(settings, *opened, 200, nullptr, {}, false);
}

// Only what the page shows: a link is no key to other files.
HttpReply download(const Surroundings& around, const Call& call) {
  const auto opened = open_link(around, call, Opens::readers_too);
  if (!opened) return opened.error();
  const Presentation shown =
      opened->is_readers() ? readers_presentation_of(around, *opened) : presentation_of(around, *opened);
  const std::string& id = call.at("id");
  const auto names_it = [&id](const std::vector<PresentedFile>& files) {
    return std::ranges::find(files, id, &PresentedFile::id) != files.end();
  };
  bool is_shown = false;
  for (const PresentedField& field : shown.fields) is_shown = is_shown || names_it(field.files);
  for (const PresentedInput& input : shown.edits) is_shown = is_shown || names_it(input.files);
  if (!is_shown || (!opened->is_readers() && shown.item_status != ItemStatus::open)) {
    return message_page(404, opened->base, opened->locale, "unknown_title", "unknown_text");
  }
  return file_reply(around, id, call.request.path);
}

HttpReply asset_reply(const Call& call) {
  const bool is_script = call.at("name") == view_script_name();
  if (!is_script && call.at("name") != style_sheet_name())
    return problem(404, "there is no such file", call.request.path);
  HttpReply reply;
  reply.content_type = is_script ? "text/javascript; charset=utf-8" : "text/css; charset=utf-8";
  reply.headers = {{"Cache-Control", "public, max-age=31536000, immutable"},
                   {"X-Content-Type-Options", "nosniff"}};
  reply.body = is_script ? view_script() : style_sheet();
  return reply;
}

}  // namespace

std::vector<Route> page_routes(const Surroundings& around, std::size_t file_bytes_max) {
  const PageSettings settings{around, file_bytes_max};
  std::vector<Route> routes;
  routes.push_back({"GET",
                    "/a/{token}",
                    Scope::everyone,
                    "The page of a link in a message; changes nothing",
                    0,
                    {},
                    "",
                    "Page",
                    {},
                    on_pool(around, [settings](const Call& call) { return open_page(settings, call); })});
  Route post{"POST",
             "/a/{token}",
             Scope::everyone,
             "Decides, with what the page's form sends",
             kFormBytesMax,
             {"application/x-www-form-urlencoded", "multipart/form-data"},
             "PageForm",
             "Page",
             {},
             [settings](Call call) {
               const Respond respond = call.respond;
               const std::string path = call.request.path;
               const bool taken = settings.around.pool.run(
                   [settings, held = std::move(call)] { post_page(settings, held); });
               if (!taken) respond(problem(503, "too much comes in at once; try again in a moment", path));
             }};
  post.streamed_bytes_max = kFormBytesMax + kFilesOfAForm * file_bytes_max;
  post.make_sink = [settings](const HttpRequest& head, const PathNames& path) -> std::shared_ptr<BodySink> {
    const std::string type(first_header(head.headers, "Content-Type").value_or(""));
    if (!lower_ascii(trimmed(type)).starts_with("multipart/")) return nullptr;
    return std::make_shared<PageUpload>(settings.around, path.empty() ? std::string() : path.front().second,
                                        type, settings.file_bytes_max);
  };
  routes.push_back(std::move(post));
  routes.push_back({"POST",
                    "/a/{token}/view",
                    Scope::everyone,
                    "Says that the link's person has looked at its page",
                    kViewBytesMax,
                    {"application/x-www-form-urlencoded"},
                    "PageForm",
                    "Nothing",
                    {},
                    [settings](Call call) {
                      const Respond respond = call.respond;
                      const std::string path = call.request.path;
                      const bool taken = settings.around.pool.run(
                          [settings, held = std::move(call)] { post_view(settings, held); });
                      if (!taken)
                        respond(problem(503, "too much comes in at once; try again in a moment", path));
                    }});
  for (Route& route : absence_page_routes(around)) routes.push_back(std::move(route));
  routes.push_back({"GET",
                    "/a/{token}/files/{id}",
                    Scope::everyone,
                    "A file that the link's page shows",
                    0,
                    {},
                    "",
                    "FileBytes",
                    {},
                    on_pool(around, [&around](const Call& call) { return download(around, call); })});
  routes.push_back({"GET",
                    "/assets/{name}",
                    Scope::everyone,
                    "What pages load",
                    0,
                    {},
                    "",
                    "Text",
                    {},
                    [](const Call& call) { call.respond(asset_reply(call)); }});
  return routes;
}

}  // namespace countersign::web
