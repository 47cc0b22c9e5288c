// Files: uploaded before the form that names them, downloaded as attachments.

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "base/digest.h"
#include "web/file_reply.h"
#include "web/file_store.h"
#include "web/reading_right.h"
#include "web/routes.h"
#include "web/seen_events.h"
#include "web/uri_text.h"

namespace countersign::web {

namespace {

void upload(const Surroundings& around, Call call) {
  const std::string name = safe_file_name(query_text(call, "name"));
  auto caller = caller_of(call, call.principal->actor);
  if (!caller) return call.respond(problem(400, caller.error().message, call.request.path));
  const Respond respond = call.respond;
  const std::string path = call.request.path;
  const bool taken =
      around.pool.run([&around, name, held = std::move(call), who = std::move(*caller)]() mutable {
        auto& file = static_cast<Upload&>(*held.sink);
        auto kept = file.keep(name);
        if (!kept) return held.respond(problem_of(kept.error(), held.request.path));
        if (!who.idempotency_key.empty()) {
          // The body went to disk: what identifies it is its content.
          who.request_hash = to_hex(as_text(sha256_pieces("countersign request", {name, kept->sha256})));
        }
        AddFile request{"f_" + sortable_id(around.backend.clock.now(), around.backend.random), kept->sha256,
                        name, kept->type, kept->size};
        submit(around, std::move(held), std::move(who), std::move(request));
      });
  if (!taken)
    respond(problem(503, "too much is being read and written already; try again in a moment", path));
}

constexpr std::size_t kUsesMax = 500;

// Whether the key's person may see the file: one that no request names yet whoever has uploaded it, else whom
// an event that names it shows it, with what the workflow hides from them taken out.
Result<bool> is_seen(const Backend& backend, const Principal& reader, const FileRow& file) {
  ReadingRight right(backend, reader);
  if (right.is_for_all()) return true;
  const auto uses = backend.reader.file_uses(file.id, kUsesMax);
  if (!uses) return std::unexpected(uses.error());
  if (uses->empty()) return file.uploaded_by == reader.actor.person;
  std::vector<EventRow> naming;
  for (const Reader::FileUse& use : *uses) {
    if (!right.covers(use.instance)) continue;
    auto events = backend.reader.events(use.instance, use.seq - 1, 1);
    if (!events) return std::unexpected(events.error());
    std::ranges::move(events->rows, std::back_inserter(naming));
  }
  const std::string seen = write_json(events_seen_by(backend, reader, naming, false));
  return seen.find(write_json(json::value(file.id))) != std::string::npos;
}

HttpReply download(const Surroundings& around, const Call& call) {
  const std::string& id = call.at("id");
  const auto row = around.backend.reader.file(id);
  if (!row) return problem_of(row.error(), call.request.path);
  if (row->has_value()) {
    const auto seen = is_seen(around.backend, *call.principal, **row);
    if (!seen) return problem_of(seen.error(), call.request.path);
    // As if it did not exist: ids tell nothing.
    if (!*seen) return problem(404, fmt::format("there is no file '{}'", id), call.request.path);
  }
  return file_reply(around, id, call.request.path);
}

}  // namespace

HttpReply file_reply(const Surroundings& around, std::string_view id, std::string_view path) {
  const auto row = around.backend.reader.file(id);
  if (!row) return problem_of(row.error(), path);
  if (!row->has_value()) return problem(404, fmt::format("there is no file '{}'", id), path);
  auto source = open_stored(around.backend.files_path, (*row)->sha256, around.pool);
  if (!source) return problem_of(source.error(), path);
  HttpReply reply;
  reply.content_type = (*row)->type;
  // Always an attachment, never sniffed, never run: nothing that was uploaded acts as a page of this site.
  reply.headers = {
      {"Content-Disposition", "attachment; filename*=UTF-8''" + escape_segment(safe_file_name((*row)->name))},
      {"X-Content-Type-Options", "nosniff"},
      {"Content-Security-Policy", "default-src 'none'; sandbox"},
      {"Referrer-Policy", "no-referrer"},
      {"Cache-Control", "no-store"}};
  reply.source = std::move(*source);
  return reply;
}

std::vector<Route> file_routes(const Surroundings& around, std::size_t file_bytes_max) {
  std::vector<Route> routes;
  Route add{"POST",         "/api/v1/files",
            Scope::start,   "Upload a file (its bytes as the body; ?name=NAME.pdf)",
            file_bytes_max, {"*"},
            "FileBytes",    "File",
            {"name"},       [&around](Call call) { upload(around, std::move(call)); }};
  add.make_sink = [&around](const HttpRequest&, const PathNames&) -> std::shared_ptr<BodySink> {
    return std::make_shared<Upload>(around.backend.files_path,
                                    sortable_id(around.backend.clock.now(), around.backend.random),
                                    around.backend.clock.now());
  };
  routes.push_back(std::move(add));
  routes.push_back({"GET",
                    "/api/v1/files/{id}",
                    Scope::read,
                    "Download a file",
                    0,
                    {},
                    "",
                    "FileBytes",
                    {},
                    on_pool(around, [&around](const Call& call) { return download(around, call); })});
  return routes;
}

}  // namespace countersign::web
