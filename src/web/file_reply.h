#pragma once
// An uploaded file as a download. Blocks: for pool threads.

#include <string_view>

#include "web/answering.h"

namespace countersign::web {

// The file as an attachment, or a problem document for `path`.
HttpReply file_reply(const Surroundings& around, std::string_view id, std::string_view path);

}  // namespace countersign::web
