#pragma once
// Errors as problem documents (RFC 9457), and the one place where an ErrorCode becomes a status. Pure,
// thread-safe.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "runtime/requests.h"
#include "web/http_message.h"

namespace countersign::web {

// invalid_input is 422: what could be read but is refused. What cannot be read at all is problem(400, ...).
int status_of(ErrorCode code);

// `instance`: the path that was asked for. The type is "urn:countersign:problem:" and a word for the status.
HttpReply problem(int status, const std::string& detail, std::string_view instance,
                  const std::vector<Problem>& errors = {});
HttpReply problem_of(const Error& error, std::string_view instance);
HttpReply problem_of(const Refusal& refusal, std::string_view instance);
// The document alone, for an answer that holds several.
json::object problem_document(int status, std::string_view detail, std::string_view instance,
                              const std::vector<Problem>& errors);

}  // namespace countersign::web
