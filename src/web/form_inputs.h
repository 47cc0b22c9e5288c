#pragma once
// Inputs of an HTML form for fields, as plain HTML that works without script. Pure.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "runtime/presentation.h"
#include "runtime/requests.h"

namespace countersign::web {

struct InputPlace {
  std::string prefix;        // of the names: "f." for the form, "a." for answers
  std::string pointer;       // where problems point: "/form", "/answers"
  const json::value* typed;  // what somebody typed before (from_form_encoded's JSON); nullptr: nothing
  const std::vector<Problem>& problems;
  std::string locale;
  std::string files_base;  // the address below which files are: FILES_BASE/ID
  // Files that were sent with what is `typed` and stand in no form yet, by id.
  const std::map<std::string, PresentedFile>* uploads = nullptr;
  std::string file_size_max;  // "20 MB"
};

// Whether something is a file, so that the form has to be sent as multipart/form-data.
bool takes_files(const std::vector<PresentedInput>& inputs);

std::string inputs_html(const std::vector<PresentedInput>& inputs, const InputPlace& place);

}  // namespace countersign::web
