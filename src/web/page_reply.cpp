#include "web/page_reply.h"

#include <spdlog/spdlog.h>

#include "delivery/template.h"
#include "web/page_assets.h"
#include "web/page_phrases.h"
#include "web/page_templates.h"
#include "web/problem.h"

namespace countersign::web {

HttpReply page(int status, const PageFrame& frame, std::string_view template_text, json::object data) {
  data["t"] = page_phrases(frame.locale);
  Result<std::string> body = render(template_text, data, Escape::html);
  if (body) {
    const json::object around{{"lang", frame.locale},
                              {"title", frame.title},
                              {"base", frame.base},
                              {"style", style_sheet_name()},
                              {"body", *body}};
    body = render(frame_template(), around, Escape::html);
  }
  if (!body) {
    spdlog::error("cannot render a page: {}", body.error().message);
    return problem(500, "the page could not be made; the daemon's log says why", "");
  }
  HttpReply reply;
  reply.status = status;
  reply.content_type = "text/html; charset=utf-8";
  reply.headers = {
      {"Content-Security-Policy",
       std::string(
           "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
           "frame-ancestors 'none'") +
           (frame.runs_script ? "; script-src 'self'; connect-src 'self'" : "")},
      {"Referrer-Policy", "no-referrer"},
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "DENY"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"X-Robots-Tag", "noindex, nofollow"},
      {"Cache-Control", "no-store"}};
  reply.body = std::move(*body);
  return reply;
}

}  // namespace countersign::web
