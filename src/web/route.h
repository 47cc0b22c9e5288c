#pragma once
// A row of the table of routes, and a request that reached its row.

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "web/access.h"
#include "web/http_message.h"

namespace countersign::web {

struct Route;

// The pattern's names and what stood there, unescaped.
using PathNames = std::vector<std::pair<std::string, std::string>>;

struct Call {
  const Route* route = nullptr;
  HttpRequest request;
  PathNames path;
  std::optional<Principal> principal;  // absent where the route is for everyone
  std::shared_ptr<BodySink> sink;
  Respond respond;

  // "" where the pattern has no such name.
  const std::string& at(std::string_view name) const;
};

// What answers: on the server's thread, must not block.
using RouteAction = std::function<void(Call)>;

struct Route {
  std::string method;   // GET answers HEAD too
  std::string pattern;  // "/api/v1/instances/{id}/events"
  Scope scope = Scope::everyone;
  std::string summary;                     // for the description of the API
  std::size_t body_bytes_max = 0;          // 0: takes no body
  std::vector<std::string> content_types;  // of the body; "*" for any (a signature decides first)
  std::string body;                        // the schema's name in the description; "" for none
  std::string answer;
  std::vector<std::string> query;  // names of parameters that are understood; others are refused
  RouteAction action;
  // Where the body is to be taken as it comes, instead of being collected: called on the server's thread,
  // must not block; nullptr: this one is collected all the same.
  std::function<std::shared_ptr<BodySink>(const HttpRequest& head, const PathNames& path)> make_sink =
      nullptr;
  std::size_t streamed_bytes_max = 0;  // of a body that a sink takes; 0: body_bytes_max
};

inline constexpr std::size_t kJsonBytesMax = 1 << 20;

}  // namespace countersign::web
