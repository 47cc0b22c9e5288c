#include "web/router.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "web/problem.h"
#include "web/uri_text.h"

namespace countersign::web {

namespace {

// "application/json; charset=utf-8" is application/json.
std::string media_type(std::string_view content_type) {
  return lower_ascii(trimmed(content_type.substr(0, content_type.find(';'))));
}

bool is_accepted(const Route& route, std::string_view type) {
  return std::any_of(route.content_types.begin(), route.content_types.end(),
                     [&](const std::string& accepted) {
                       return accepted == "*" || accepted == type ||
                              (accepted == "application/json" && type.ends_with("+json"));
                     });
}

// Whether the head announces a body (RFC 9112 section 6.3).
bool announces_body(const Headers& headers) {
  const auto length = first_header(headers, "Content-Length");
  return (length && *length != "0") || first_header(headers, "Transfer-Encoding").has_value();
}

}  // namespace

const std::string& Call::at(std::string_view name) const {
  static const std::string kNone;
  for (const auto& [key, value] : path) {
    if (key == name) return value;
  }
  return kNone;
}

Router::Router(std::vector<Route> routes, std::string prefix, const KeyRing& keys, const Library& library,
               const Clock& clock)
    : routes_(std::move(routes)), prefix_(std::move(prefix)), keys_(keys), library_(library), clock_(clock) {
  for (const Route& route : routes_) {
    Node* node = &root_;
    for (const std::string& segment : split(std::string_view(route.pattern).substr(1), '/')) {
      if (segment.starts_with('{')) {
        if (!node->any) {
          node->any = std::make_unique<Node>();
          node->name = segment.substr(1, segment.size() - 2);
        }
        COUNTERSIGN_INVARIANT(node->name == segment.substr(1, segment.size() - 2),
                              "two patterns call one segment by two names: " + route.pattern);
        node = node->any.get();
      } else {
        auto& next = node->literal[segment];
        if (!next) next = std::make_unique<Node>();
        node = next.get();
      }
    }
    const bool added = node->by_method.emplace(route.method, &route).second;
    COUNTERSIGN_INVARIANT(added, "two rows for " + route.method + " " + route.pattern);
  }
}

Router::Match Router::find(std::string_view path) const {
  Match match;
  if (!prefix_.empty() && path.starts_with(prefix_) &&
      (path.size() == prefix_.size() || path[prefix_.size()] == '/')) {
    path.remove_prefix(prefix_.size());
  }
  auto segments = path_segments(path);
  if (!segments) return match;
  const Node* node = &root_;
  for (std::string& segment : *segments) {
    if (const auto literal = node->literal.find(segment); literal != node->literal.end()) {
      node = literal->second.get();
    } else if (node->any && !segment.empty()) {
      match.path.emplace_back(node->name, std::move(segment));
      node = node->any.get();
    } else {
      return match;
    }
  }
  if (!node->by_method.empty()) match.node = node;
  return match;
}

Intake Router::intake(const HttpRequest& head) const {
  Intake intake;
  Match match = find(head.path);
  if (match.node == nullptr) {
    intake.refusal = problem(404, "there is nothing at this path", head.path);
    return intake;
  }
  auto found = match.node->by_method.find(head.method == "HEAD" ? "GET" : head.method);
  if (found == match.node->by_method.end()) {
    intake.refusal = problem(405, fmt::format("'{}' is not offered at this path", head.method), head.path);
    std::vector<std::string> allowed;
    for (const auto& [method, _] : match.node->by_method) {
      allowed.push_back(method);
      if (method == "GET") allowed.push_back("HEAD");
    }
    intake.refusal->headers.emplace_back("Allow", join(allowed, ", "));
    return intake;
  }
  const Route& route = *found->second;

  std::optional<Principal> principal;
  if (route.scope != Scope::everyone) {
    const auto snapshot = library_.current();
    auto known = authenticate(head.headers, route.scope, keys_, *snapshot->directory, clock_.now());
    if (!known) {
      intake.refusal = problem_of(known.error(), head.path);
      return intake;
    }
    principal = std::move(*known);
  }
  if (announces_body(head.headers)) {
    if (route.body_bytes_max == 0) {
      intake.refusal = problem(413, "this route takes no body", head.path);
      return intake;
    }
    const std::string type = media_type(first_header(head.headers, "Content-Type").value_or(""));
    if (!is_accepted(route, type)) {
      intake.refusal = problem(415,
                               fmt::format("the body's type '{}' is not accepted here, only {}", type,
                                           join(route.content_types, ", ")),
                               head.path);
      return intake;
    }
  }
  if (!head.query.empty() && route.scope != Scope::everyone) {
    const auto given = parse_named_texts(head.query);
    std::optional<std::string> fault;
    if (!given) fault = "the query is malformed";
    for (std::size_t i = 0; given && i < given->size() && !fault; ++i) {
      const std::string& name = (*given)[i].first;
      if (std::find(route.query.begin(), route.query.end(), name) == route.query.end()) {
        const auto meant = nearest(name, route.query);
        fault =
            fmt::format("unknown parameter '{}'{}", name, meant ? " (did you mean '" + *meant + "'?)" : "");
      }
      for (std::size_t j = 0; j < i; ++j) {
        if ((*given)[j].first == name) fault = fmt::format("the parameter '{}' is given twice", name);
      }
    }
    if (fault) {
      intake.refusal = problem(400, *fault, head.path);
      return intake;
    }
  }

  intake.body_bytes_max = route.body_bytes_max;
  if (route.make_sink) intake.sink = route.make_sink(head, match.path);
  if (intake.sink && route.streamed_bytes_max != 0) intake.body_bytes_max = route.streamed_bytes_max;
  intake.handle = [&route, path = std::move(match.path), principal = std::move(principal),
                   sink = intake.sink](HttpRequest request, Respond respond) mutable {
    route.action({&route, std::move(request), std::move(path), std::move(principal), std::move(sink),
                  std::move(respond)});
  };
  return intake;
}

}  // namespace countersign::web
