#include "web/problem.h"

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
  document["instance"] = instance;
  if (!errors.empty()) {
    json::array list;
    for (const Problem& error : errors)
      list.push_back({{"pointer", error.pointer}, {"detail", error.detail}});
    document["errors"] = std::move(list);
  }
  return document;
}

HttpReply problem(int status, std::string detail, std::string_view instance,
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
