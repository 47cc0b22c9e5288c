#pragma once
// From an action's input to the HTTP request, and from the answer to the action's output. Pure, thread-safe.

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "core/connector.h"
#include "core/directory.h"
#include "core/state.h"

namespace countersign {

// The secret of that name; an Error where there is none.
using SecretLookup = std::function<Result<std::string>(const std::string& name)>;

struct HttpCall {
  std::string method;
  std::string url;  // may hold a secret: never logged
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // What is left to do with each attempt, as it needs the time and the message's id: none, standard_webhooks
  // (over the body as it is), dingtalk_sign (adds to the URL), feishu_sign (adds members to the JSON body).
  OutboundAuth::Kind sign = OutboundAuth::Kind::none;
  std::vector<std::string> sign_secrets;
  Duration timeout{};
};

// Reads `input` by the action's fields, so that an action never sees a value of another type. Values in the
// path are one segment each, "." and ".." refused; values in query and form are percent-encoded; a control
// character in a header, a value that is no JSON, or an address that is no http(s) URL is invalid_input. An
// unknown action is not_found, a missing secret what the lookup says.
Result<HttpCall> build_request(const Outbound& outbound, std::string_view action, const Fields& input,
                               const SecretLookup& secrets, const Directory& directory);

// A form encoded or JSON body that is signed by adding members has them added here: {"timestamp", "sign"}.
Result<std::string> with_members(std::string_view json_body,
                                 const std::vector<std::pair<std::string, std::string>>& members);

struct HttpReply {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

// The output where the answer is ok. Else an Error with the status and the beginning of the answer:
// `unavailable` where another try may help (status 408, 425, 429, 500 and above, or `retry_when`),
// invalid_input where it will not. An answer that is ok but does not hold what `output` reads is
// invalid_input too.
Result<Fields> read_reply(const Action& action, const Fields& input, const HttpReply& reply,
                          const Directory& directory);

// Percent-encodes everything but the unreserved characters of RFC 3986, section 2.3.
std::string percent_encoded(std::string_view text);

}  // namespace countersign
