#include "web/answering.h"

#include <charconv>
#include <exception>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/digest.h"
#include "web/uri_text.h"

namespace countersign::web {

namespace {

constexpr std::size_t kIdempotencyKeyMax = 200;

// Keys are compared byte by byte, so only what every client writes the same way is accepted.
bool is_good_key(std::string_view key) {
  if (key.empty() || key.size() > kIdempotencyKeyMax) return false;
  for (const char c : key) {
    if (c < 0x21 || c > 0x7e) return false;
  }
  return true;
}

}  // namespace

HttpReply json_reply(int status, const json::value& value) {
  HttpReply reply;
  reply.status = status;
  reply.headers = {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}};
  reply.body = write_json(value);
  return reply;
}

RouteAction on_pool(const Surroundings& around, std::function<HttpReply(const Call&)> read) {
  return [&around, read = std::move(read)](Call call) {
    const Respond respond = call.respond;
    const std::string path = call.request.path;
    const bool taken = around.pool.run([read, held = std::move(call)] {
      HttpReply reply;
      try {
        reply = read(held);
      } catch (const std::exception& exception) {
        spdlog::error("cannot answer {} {}: {}", held.request.method, held.route->pattern, exception.what());
        reply = problem(500, "the request met an error of the daemon; its log says more", held.request.path);
      }
      held.respond(std::move(reply));
    });
    if (!taken) respond(problem(503, "too much is being read already; try again in a moment", path));
  };
}

std::optional<json::value> read_json(const Call& call) {
  auto parsed = parse_json(call.request.body);
  if (parsed) return std::move(*parsed);
  if (parsed.error().code == ErrorCode::too_large) {
    call.respond(problem_of(parsed.error(), call.request.path));
  } else {
    call.respond(problem(400, "the body is no JSON: " + parsed.error().message, call.request.path));
  }
  return std::nullopt;
}

Result<Caller> caller_of(const Call& call, const Actor& actor) {
  Caller caller;
  caller.actor = actor;
  caller.admin = call.principal && call.principal->has("admin");
  caller.route = call.route->method + " " + call.route->pattern;
  if (first_header(call.request.headers, "Idempotency-Key")) {
    const auto key = only_header(call.request.headers, "Idempotency-Key");
    if (!key || !is_good_key(*key)) {
      return fail(ErrorCode::invalid_input,
                  "Idempotency-Key must be given once and hold 1 to 200 visible ASCII characters");
    }
    caller.idempotency_key = *key;
    caller.request_hash =
        to_hex(as_text(sha256_pieces("countersign request", {call.request.path, call.request.body})));
  }
  return caller;
}

void submit(const Surroundings& around, Caller caller, Request request, std::function<void(Answer)> done) {
  around.backend.submit(std::move(request), std::move(caller),
                        [&around, done = std::move(done)](Answer answer) {
                          const bool stored = answer.has_value();
                          done(std::move(answer));
                          if (stored && around.committed) around.committed();
                        });
}

bool is_repeatable(const Call& call, const Caller& caller, bool has_version) {
  if (has_version || !caller.idempotency_key.empty()) return true;
  call.respond(
      problem(428,
              "send an Idempotency-Key, or where it is about a work item its \"version\" as you have "
              "seen it, so that nothing is done twice",
              call.request.path));
  return false;
}

void submit(const Surroundings& around, Call call, Caller caller, Request request) {
  submit(around, std::move(caller), std::move(request),
         [respond = std::move(call.respond), path = std::move(call.request.path)](const Answer& answer) {
           respond(reply_of(answer, path));
         });
}

HttpReply reply_of(const Answer& answer, std::string_view path) {
  if (!answer) return problem_of(answer.error(), path);
  HttpReply reply;
  reply.status = answer->status;
  reply.headers = {{"Cache-Control", "no-store"}};
  reply.body = answer->body;
  return reply;
}

std::string query_text(const Call& call, std::string_view name) {
  const auto given = parse_named_texts(call.request.query);
  if (!given) return {};
  for (const auto& [key, value] : *given) {
    if (key == name) return value;
  }
  return {};
}

Result<std::size_t> query_number(const Call& call, std::string_view name, std::size_t otherwise,
                                 std::size_t at_most) {
  const std::string text = query_text(call, name);
  if (text.empty()) return otherwise;
  std::size_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size() || value == 0 || value > at_most) {
    return fail(ErrorCode::invalid_input,
                fmt::format("the parameter '{}' must be a number from 1 to {}", name, at_most));
  }
  return value;
}

Result<ItemName> parse_item_id(std::string_view id) {
  const std::size_t point = id.rfind('.');
  ItemName name;
  if (point != std::string_view::npos && point > 0) {
    const std::string_view digits = id.substr(point + 1);
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), name.number);
    if (fault == std::errc() && end == digits.data() + digits.size() && name.number > 0 && digits[0] != '0') {
      name.instance = InstanceId(std::string(id.substr(0, point)));
      return name;
    }
  }
  return fail(ErrorCode::not_found, fmt::format("'{}' is no work item's id (INSTANCE.NUMBER)", id));
}

}  // namespace countersign::web
