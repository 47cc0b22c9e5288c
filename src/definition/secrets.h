#pragma once
// Where names of secrets lead: a file of that name in the secrets folder, else the environment. Files are
// read each time, so that a changed secret holds without a restart. Thread-safe.

#include <string>
#include <string_view>

#include "base/error.h"

namespace countersign {

class Secrets {
 public:
  explicit Secrets(std::string folder) : folder_(std::move(folder)) {}

  // The secret without one line end at its end. FOLDER/NAME comes first, then the environment's
  // COUNTERSIGN_SECRET_NAME (see variable_of). not_found says where it was looked for; forbidden where the
  // file can be read by everybody or written by others than its owner; invalid_input for an empty secret, one
  // over 64 KiB and what is no name. Messages never show a secret.
  Result<std::string> find(const std::string& name) const;

  // "hubspot-token" -> "COUNTERSIGN_SECRET_HUBSPOT_TOKEN"
  static std::string variable_of(std::string_view name);

 private:
  std::string folder_;
};

}  // namespace countersign
