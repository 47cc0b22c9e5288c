#include "tests/source_folder.h"

namespace countersign {

const std::string& source_folder() {
  static const std::string kFolder = COUNTERSIGN_SOURCE_DIR;
  return kFolder;
}

}  // namespace countersign
