#pragma once
// Where this checkout stands, for tests that read its files. Known to one source file only, so that compiler
// caches serve every checkout.

#include <string>

namespace countersign {

const std::string& source_folder();

}  // namespace countersign
