#pragma once
// A parsed markdown document with what is dangerous in it already made harmless; used by markdown*.cpp only.

#include <memory>
#include <string_view>

#include <cmark-gfm-extension_api.h>
#include <cmark-gfm.h>

namespace countersign {

struct FreeNode {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
};
using MarkdownTree = std::unique_ptr<cmark_node, FreeNode>;

constexpr std::size_t kMarkdownBytesMax = 256 * 1024;
constexpr int kMarkdownOptions = CMARK_OPT_VALIDATE_UTF8;  // without CMARK_OPT_UNSAFE

// HTML has become text, images have become links, links elsewhere than http, https and mailto have lost their
// target. `text` has at most kMarkdownBytesMax bytes.
MarkdownTree parse_markdown(std::string_view text);

}  // namespace countersign
