#pragma once
// How actions answer: from the database on the pool, or by a request to the engine.

#include <functional>
#include <optional>
#include <string>

#include "base/json.h"
#include "web/backend.h"
#include "web/blocking_pool.h"
#include "web/json_body.h"
#include "web/problem.h"
#include "web/route.h"

namespace countersign::web {

// What all routes share; outlives them.
struct Surroundings {
  const Backend& backend;
  BlockingPool& pool;
  // Called after a request was committed.
  std::function<void()> committed;
};

HttpReply json_reply(int status, const json::value& value);

// An action that computes its reply on the pool, where it may block. What it throws becomes a 500 without
// details.
RouteAction on_pool(const Surroundings& around, std::function<HttpReply(const Call&)> read);

// The JSON of the body; nullopt: `call` has been answered with 400.
std::optional<json::value> read_json(const Call& call);

// Who asks, for the engine. `actor` replaces the key's. Error: a malformed Idempotency-Key.
Result<Caller> caller_of(const Call& call, const Actor& actor);

// Whether a repeat of the request could be told from a second one: it has an Idempotency-Key, or names the
// version of the work item that its caller has seen. Where not, `call` has been answered with 428.
bool is_repeatable(const Call& call, const Caller& caller, bool has_version);

// Hands the request to the engine and answers with what it answers.
void submit(const Surroundings& around, Call call, Caller caller, Request request);
// As above with `done` for the answer.
void submit(const Surroundings& around, Caller caller, Request request, std::function<void(Answer)> done);

HttpReply reply_of(const Answer& answer, std::string_view path);

// So many entries stand in one page of a list at most.
inline constexpr std::size_t kListMax = 200;

// The parameter's value, "" where it is not given. The router has checked the query.
std::string query_text(const Call& call, std::string_view name);
// 1 to `at_most`, else Error; `otherwise` where it is not given.
Result<std::size_t> query_number(const Call& call, std::string_view name, std::size_t otherwise,
                                 std::size_t at_most);

// "i_01H...": the instance and the number of "i_01H....7". not_found where it is no such id.
struct ItemName {
  InstanceId instance;
  std::uint32_t number = 0;
};
Result<ItemName> parse_item_id(std::string_view id);

}  // namespace countersign::web
