#pragma once
// The vectors of schemes beside the repository, where they exist.

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#include <boost/json.hpp>

#include "delivery/verifier.h"
#include "tests/source_folder.h"

namespace countersign::tests {

inline std::filesystem::path vectors_folder() {
  return std::filesystem::path(source_folder()) / ".." / "shared" / "webhooks" / "vectors";
}

inline std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline boost::json::value read_vectors(const std::string& name) {
  return boost::json::parse(file_text(vectors_folder() / (name + ".json")));
}

inline InboundRequest request_of(const boost::json::value& vector_case) {
  const boost::json::object& request = vector_case.at("request").as_object();
  InboundRequest inbound;
  inbound.method = request.at("method").as_string();
  inbound.url = request.at("url").as_string();
  for (const auto& [name, value] : request.at("headers").as_object()) {
    inbound.headers.emplace_back(name, value.as_string());
  }
  inbound.body = request.at("body").as_string();
  return inbound;
}

}  // namespace countersign::tests
