#include "definition/secrets.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <sys/stat.h>

#include "core/address_syntax.h"
#include "definition/workflow_files.h"

namespace countersign {
namespace {

constexpr std::size_t kSecretBytesMax = 64 * 1024;

bool is_name_of_secret(std::string_view name) {
  return !name.empty() && name.front() != '.' && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

}  // namespace

std::string Secrets::variable_of(std::string_view name) {
  std::string variable = "COUNTERSIGN_SECRET_";
  for (const char c : name) {
    if (c >= 'a' && c <= 'z') {
      variable += static_cast<char>(c - 'a' + 'A');
    } else {
      variable += (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_';
    }
  }
  return variable;
}

Result<std::string> Secrets::find(const std::string& name) const {
  if (!is_name_of_secret(name)) {
    return fail(ErrorCode::invalid_input, fmt::format("'{}' cannot be the name of a secret", excerpt(name)));
  }
  std::string secret;
  const auto path = folder_ + "/" + name;
  struct stat status{};
  if (::stat(path.c_str(), &status) == 0) {
    if ((status.st_mode & (S_IRWXO | S_IWGRP)) != 0) {
      return fail(ErrorCode::forbidden,
                  fmt::format("the secret '{}' is not used: others may read or change {} "
                              "(chmod 600 it)",
                              name, path));
    }
    auto content = read_file(path, kSecretBytesMax);
    if (!content) return std::unexpected(std::move(content.error()));
    secret = std::move(*content);
  } else if (const char* value = std::getenv(variable_of(name).c_str()); value != nullptr) {
    secret = value;
  } else {
    return fail(ErrorCode::not_found,
                fmt::format("there is no secret '{}': neither a file {} nor a variable {}", name, path,
                            variable_of(name)));
  }
  if (secret.ends_with('\n')) secret.pop_back();
  if (secret.ends_with('\r')) secret.pop_back();
  if (secret.empty()) return fail(ErrorCode::invalid_input, fmt::format("the secret '{}' is empty", name));
  return secret;
}

}  // namespace countersign
