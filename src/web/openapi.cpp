#include "web/openapi.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"

namespace countersign::web {

namespace {

// Named in rows, but no JSON.
constexpr std::array<std::string_view, 5> kOtherBodies{"FileBytes", "Page", "PageForm", "Text", "Any"};

const json::object& schemas() {
  static const json::object kAll = [] {
    json::object all;
    for (const std::string_view part : {schemas_of_work(), schemas_of_administration()}) {
      const json::value schemas = json::parse({part.data(), part.size()});
      for (const auto& [name, schema] : schemas.as_object()) all.emplace(name, schema);
    }
    return all;
  }();
  return kAll;
}

std::string_view media_type_of(std::string_view schema) {
  if (schema == "Page") return "text/html";
  if (schema == "PageForm") return "application/x-www-form-urlencoded";
  if (schema == "Text") return "text/plain";
  if (schema == "FileBytes") return "application/octet-stream";
  if (schema == "Any") return "*/*";
  return "application/json";
}

json::object content(std::string_view schema) {
  json::object media;
  if (schemas().contains(schema)) media["schema"] = {{"$ref", "#/components/schemas/" + std::string(schema)}};
  return {{media_type_of(schema), std::move(media)}};
}

// "post_api_v1_instances_id_cancel"
std::string operation_id(const Route& route) {
  std::string id = lower_ascii(route.method);
  for (const char c : route.pattern) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (is_plain) {
      id += c;
    } else if (id.back() != '_') {
      id += '_';
    }
  }
  while (id.ends_with('_')) id.pop_back();
  return id;
}

json::array parameters(const Route& route) {
  json::array list;
  for (const std::string& segment : split(route.pattern, '/')) {
    if (!segment.starts_with('{')) continue;
    list.push_back({{"name", segment.substr(1, segment.size() - 2)},
                    {"in", "path"},
                    {"required", true},
                    {"schema", {{"type", "string"}}}});
  }
  for (const std::string& name : route.query) {
    list.push_back(
        {{"name", name}, {"in", "query"}, {"schema", {{"type", name == "limit" ? "integer" : "string"}}}});
  }
  if (route.method == "POST" && route.scope != Scope::everyone) {
    list.push_back({{"name", "Idempotency-Key"}, {"in", "header"}, {"schema", {{"type", "string"}}}});
  }
  if (route.scope != Scope::everyone) {
    list.push_back({{"name", "Countersign-Actor"}, {"in", "header"}, {"schema", {{"type", "string"}}}});
  }
  return list;
}

std::string_view success_of(const Route& route) {
  if (route.answer == "Started" || route.answer == "File" || route.answer == "CreatedKey") return "201";
  return route.answer == "HookAnswer" ? "202" : "200";
}

json::object operation(const Route& route) {
  json::object responses;
  responses[success_of(route)] = {{"description", route.summary}, {"content", content(route.answer)}};
  responses["default"] = {
      {"description", "a problem document (RFC 9457)"},
      {"content", {{"application/problem+json", {{"schema", {{"$ref", "#/components/schemas/Problem"}}}}}}}};
  json::object shown{{"operationId", operation_id(route)}, {"summary", route.summary}};
  if (json::array list = parameters(route); !list.empty()) shown["parameters"] = std::move(list);
  if (!route.body.empty()) shown["requestBody"] = {{"required", true}, {"content", content(route.body)}};
  shown["responses"] = std::move(responses);
  if (route.scope == Scope::everyone) {
    shown["security"] = json::array();
  } else {
    shown["security"] = json::array{json::object{{"key", json::array()}}};
    shown["description"] = "Scope of the key: " + std::string(to_string(route.scope)) + ".";
  }
  return shown;
}

}  // namespace

bool is_schema_name(std::string_view name) {
  return schemas().contains(name) ||
         std::find(kOtherBodies.begin(), kOtherBodies.end(), name) != kOtherBodies.end();
}

json::object openapi(std::span<const Route> routes, std::string_view public_url) {
  json::object paths;
  for (const Route& route : routes) {
    if (!paths.contains(route.pattern)) paths[route.pattern] = json::object();
    paths[route.pattern].as_object()[lower_ascii(route.method)] = operation(route);
  }
  return {
      {"openapi", "3.1.0"},
      {"info",
       {{"title", "Countersign"},
        {"version", "1"},
        {"description", "Approval workflows: starting, reading, deciding. Times are RFC 3339 in UTC."}}},
      {"servers", json::array{json::object{{"url", public_url}}}},
      {"paths", std::move(paths)},
      {"components",
       {{"schemas", schemas()}, {"securitySchemes", {{"key", {{"type", "http"}, {"scheme", "bearer"}}}}}}}};
}

}  // namespace countersign::web
