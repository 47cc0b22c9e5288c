#pragma once
// The repository's files as text.

#include <string>
#include <string_view>
#include <vector>

namespace countersign::test {

struct SourceFile {
  std::string path;  // below the root: "src/core/event.h"
  std::string text;

  std::string name() const;    // "event.h"
  std::string ending() const;  // "h"
  std::string module() const;  // of a file below src or tests: "core"
  std::vector<std::string_view> lines() const;
};

// Every file below `folder` whose name ends with one of `endings` (any file where there is none), sorted by
// path.
std::vector<SourceFile> files_below(std::string_view folder, const std::vector<std::string>& endings = {});
// Empty where there is no such file.
std::string file_text(std::string_view path);

}  // namespace countersign::test
