#pragma once
// Finds a request's row, checks that the key may use it, that the body is of a declared type, and hands it
// on. What has no row is refused. Built once, then immutable and thread-safe.

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/key_ring.h"
#include "runtime/library.h"
#include "web/route.h"

namespace countersign::web {

class Router {
 public:
  // `prefix`: the public address's path ("/flow", "" for none); requests come with it or with it already
  // taken off.
  Router(std::vector<Route> routes, std::string prefix, const KeyRing& keys, const Library& library,
         const Clock& clock);

  Intake intake(const HttpRequest& head) const;
  std::span<const Route> routes() const { return routes_; }

 private:
  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literal;
    std::unique_ptr<Node> any;
    std::string name;  // what the pattern calls that segment
    std::map<std::string, const Route*, std::less<>> by_method;
  };
  struct Match {
    const Node* node = nullptr;
    std::vector<std::pair<std::string, std::string>> path;
  };
  Match find(std::string_view path) const;

  std::vector<Route> routes_;
  std::string prefix_;
  const KeyRing& keys_;
  const Library& library_;
  const Clock& clock_;
  Node root_;
};

}  // namespace countersign::web
