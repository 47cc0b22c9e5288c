#include "web/by_reference.h"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "web/instance_reading.h"
#include "web/reading_right.h"

namespace countersign::web {
namespace {

constexpr std::string_view kActsOnInstances = "/api/v1/instances/{id}/";

std::string& id_in(PathNames& path) {
  return std::ranges::find(path, "id", &PathNames::value_type::first)->second;
}

// The reply that ends it; nullopt where the call now names the instance by its id.
std::optional<HttpReply> resolve(const Surroundings& around, Call& call) {
  std::string& name = id_in(call.path);
  const auto id = instance_named(around.backend, name);
  if (!id) return problem_of(id.error(), call.request.path);
  if (!ReadingRight(around.backend, *call.principal).covers(*id))
    return problem(404, fmt::format("there is no instance '{}'", name), call.request.path);
  name = id->value;
  return std::nullopt;
}

RouteAction by_reference(const Surroundings& around, RouteAction act) {
  return [&around, act = std::move(act)](Call call) {
    if (is_instance_id(id_in(call.path))) return act(std::move(call));
    const Respond respond = call.respond;
    const std::string path = call.request.path;
    const bool taken = around.pool.run([&around, act, held = std::move(call)]() mutable {
      std::optional<HttpReply> reply;
      try {
        reply = resolve(around, held);
      } catch (const std::exception& exception) {
        spdlog::error("cannot look up {}: {}", held.request.path, exception.what());
        reply = problem(500, "the request met an error of the daemon; its log says more", held.request.path);
      }
      if (reply) return held.respond(std::move(*reply));
      act(std::move(held));
    });
    if (!taken) respond(problem(503, "too much is being read already; try again in a moment", path));
  };
}

}  // namespace

void accept_references(const Surroundings& around, std::vector<Route>& routes) {
  for (Route& route : routes) {
    if (route.method == "GET" || !route.pattern.starts_with(kActsOnInstances)) continue;
    route.action = by_reference(around, std::move(route.action));
  }
}

}  // namespace countersign::web
