#include "web/problem.h"

#include "web/uri_text.h"

namespace countersign::web {

namespace {

struct Kind {
  int status;
  std::string_view word;
  std::string_view title;
};

constexpr Kind kKinds[] = {
    {400, "malformed", "The request cannot be read"},
    {401, "unauthenticated", "Nobody in particular asks"},
    {403, "forbidden", "Not allowed"},
    {404, "not_found", "Not found"},
    {405, "method_not_allowed", "This method is not offered here"},
    {408, "timeout", "The request took too long"},
    {409, "conflict", "It changed meanwhile"},
    {410, "gone", "No longer in force"},
    {411, "length_required", "The length is missing"},
    {413, "too_large", "Too large"},
    {415, "unsupported_type", "This type of content is not accepted"},
    {417, "expectation", "The expectation cannot be met"},
    {422, "invalid_input", "The input is not acceptable"},
    {428, "precondition", "A version or an idempotency key is needed"},
    {431, "too_large", "The head of the request is too large"},
    {500, "internal", "An error of the daemon"},
    {501, "not_implemented", "Not offered"},
    {503, "unavailable", "Not available right now"},
    {505, "version", "This version of HTTP is not spoken here"},
};

const Kind& kind_of(int status) {
  for (const Kind& kind : kKinds) {
    if (kind.status == status) return kind;
  }
  static constexpr Kind kOther{500, "internal", "An error of the daemon"};
  return kOther;
}

// The path without what proves something: the end of a webhook's, the token of a link's. Replies are kept in
// logs and traces of whoever called, and an early one (405, 413) knows no more than the path. Segments are
// compared unescaped, as the router reads them.
std::string without_secrets(std::string_view path) {
  const auto segments = path_segments(path);
  if (!segments) return {};
  std::string shown;
  for (std::size_t i = 0; i < segments->size(); ++i) {
    const std::string& segment = (*segments)[i];
    shown += "/" + escape_segment(segment);
    if (segment == "a") return i + 1 == segments->size() ? shown : shown + "/...";
    if (segment != "hooks" || i + 1 == segments->size()) continue;
    shown += "/" + escape_segment((*segments)[i + 1]);
    return i + 2 == segments->size() ? shown : shown + "/...";
  }
  return shown;
}

bool may_hold_secret(std::string_view path) {
  return path.find("/a/") != std::string_view::npos || path.find("hooks") != std::string_view::npos ||
         path.find('%') != std::string_view::npos;
}

}  // namespace

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_input:
      return 422;
    case ErrorCode::unauthenticated:
      return 401;
    case ErrorCode::forbidden:
      return 403;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::conflict:
      return 409;
    case ErrorCode::precondition:
      return 428;
    case ErrorCode::too_large:
      return 413;
    case ErrorCode::unavailable:
      return 503;
    case ErrorCode::storage:
      return 503;
    case ErrorCode::corrupt:
      return 500;
    case ErrorCode::internal:
      return 500;
  }
  return 500;
}

json::object problem_document(int status, std::string_view detail, std::string_view instance,
                              const std::vector<Problem>& errors) {
  const Kind& kind = kind_of(status);
  json::object document;
  document["type"] = "urn:countersign:problem:" + std::string(kind.word);
  document["title"] = kind.title;
  document["status"] = status;
  document["detail"] = detail;
  document["instance"] = may_hold_secret(instance) ? without_secrets(instance) : std::string(instance);
  if (!errors.empty()) {
    json::array list;
    for (const Problem& error : errors)
      list.push_back({{"pointer", error.pointer}, {"detail", error.detail}});
    document["errors"] = std::move(list);
  }
  return document;
}

HttpReply problem(int status, const std::string& detail, std::string_view instance,
                  const std::vector<Problem>& errors) {
  HttpReply reply;
  reply.status = status;
  reply.content_type = "application/problem+json";
  reply.headers = {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}};
  if (status == 401) reply.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"countersign\"");
  if (status == 503) reply.headers.emplace_back("Retry-After", "1");
  reply.body = json::serialize(problem_document(status, detail, instance, errors));
  return reply;
}

HttpReply problem_of(const Error& error, std::string_view instance) {
  std::vector<Problem> errors;
  if (!error.pointer.empty()) errors.push_back({error.pointer, error.message});
  return problem(status_of(error.code), error.message, instance, errors);
}

HttpReply problem_of(const Refusal& refusal, std::string_view instance) {
  if (refusal.problems.empty()) return problem_of(refusal.error, instance);
  return problem(status_of(refusal.error.code), refusal.error.message, instance, refusal.problems);
}

}  // namespace countersign::web
