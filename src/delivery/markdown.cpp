#include "delivery/markdown.h"

#include <array>
#include <cstdlib>
#include <vector>

#include <cmark-gfm-core-extensions.h>

#include "base/text.h"
#include "delivery/markdown_tree.h"

namespace countersign {

namespace {

constexpr std::array kExtensions{"table", "strikethrough"};
constexpr int kMarkdownDepthMax = 100;

std::vector<cmark_node*> nodes_in_order(cmark_node* root) {
  std::vector<cmark_node*> nodes;
  const std::unique_ptr<cmark_iter, decltype(&cmark_iter_free)> iterator(cmark_iter_new(root),
                                                                         cmark_iter_free);
  while (cmark_iter_next(iterator.get()) != CMARK_EVENT_DONE) {
    if (cmark_iter_get_event_type(iterator.get()) == CMARK_EVENT_ENTER) {
      nodes.push_back(cmark_iter_get_node(iterator.get()));
    }
  }
  return nodes;
}

bool is_too_deep(cmark_node* root) {
  const std::unique_ptr<cmark_iter, decltype(&cmark_iter_free)> iterator(cmark_iter_new(root),
                                                                         cmark_iter_free);
  int depth = 0;
  while (cmark_iter_next(iterator.get()) != CMARK_EVENT_DONE) {
    const bool is_leaf = cmark_node_first_child(cmark_iter_get_node(iterator.get())) == nullptr;
    if (is_leaf) continue;
    depth += cmark_iter_get_event_type(iterator.get()) == CMARK_EVENT_ENTER ? 1 : -1;
    if (depth > kMarkdownDepthMax) return true;
  }
  return false;
}

void replace(cmark_node* old, cmark_node* replacement) {
  cmark_node_replace(old, replacement);
  cmark_node_free(old);
}

cmark_node* text_node(const char* literal) {
  cmark_node* node = cmark_node_new(CMARK_NODE_TEXT);
  cmark_node_set_literal(node, literal);
  return node;
}

// Nobody nests this deeply on purpose, and what walks the tree may recurse.
MarkdownTree as_plain_paragraph(std::string_view text) {
  cmark_node* document = cmark_node_new(CMARK_NODE_DOCUMENT);
  cmark_node* paragraph = cmark_node_new(CMARK_NODE_PARAGRAPH);
  cmark_node_append_child(document, paragraph);
  cmark_node_append_child(paragraph, text_node(std::string(text).c_str()));
  return MarkdownTree(document);
}

// What somebody typed between < and > is shown, not swallowed.
void show_html_as_text(cmark_node* node) {
  cmark_node* text = text_node(cmark_node_get_literal(node));
  if (cmark_node_get_type(node) == CMARK_NODE_HTML_BLOCK) {
    cmark_node* paragraph = cmark_node_new(CMARK_NODE_PARAGRAPH);
    cmark_node_append_child(paragraph, text);
    text = paragraph;
  }
  replace(node, text);
}

void make_image_a_link(cmark_node* image) {
  cmark_node* link = cmark_node_new(CMARK_NODE_LINK);
  cmark_node_set_url(link, cmark_node_get_url(image));
  cmark_node_set_title(link, cmark_node_get_title(image));
  while (cmark_node* child = cmark_node_first_child(image)) {
    cmark_node_unlink(child);
    cmark_node_append_child(link, child);
  }
  if (cmark_node_first_child(link) == nullptr)
    cmark_node_append_child(link, text_node(cmark_node_get_url(image)));
  replace(image, link);
}

bool is_harmless_target(std::string_view url) {
  const std::string start = lower_ascii(url.substr(0, 8));
  return start.starts_with("http://") || start.starts_with("https://") || start.starts_with("mailto:");
}

void escape_into(std::string& html, char c) {
  switch (c) {
    case '&':
      html += "&amp;";
      break;
    case '<':
      html += "&lt;";
      break;
    case '>':
      html += "&gt;";
      break;
    case '"':
      html += "&quot;";
      break;
    case '\'':
      html += "&#39;";
      break;
    default:
      html += c;
  }
}

}  // namespace

MarkdownTree parse_markdown(std::string_view text) {
  static const bool registered = [] {
    cmark_gfm_core_extensions_ensure_registered();
    return true;
  }();
  static_cast<void>(registered);
  const std::unique_ptr<cmark_parser, decltype(&cmark_parser_free)> parser(cmark_parser_new(kMarkdownOptions),
                                                                           cmark_parser_free);
  for (const char* name : kExtensions) {
    if (cmark_syntax_extension* extension = cmark_find_syntax_extension(name)) {
      cmark_parser_attach_syntax_extension(parser.get(), extension);
    }
  }
  cmark_parser_feed(parser.get(), text.data(), text.size());
  MarkdownTree tree(cmark_parser_finish(parser.get()));
  if (is_too_deep(tree.get())) return as_plain_paragraph(text);
  for (cmark_node* node : nodes_in_order(tree.get())) {
    const cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE) show_html_as_text(node);
    if (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE) {
      const char* url = cmark_node_get_url(node);
      if (url == nullptr || !is_harmless_target(url)) cmark_node_set_url(node, "");
    }
    if (type == CMARK_NODE_IMAGE) make_image_a_link(node);
  }
  return tree;
}

std::string markdown_to_html(std::string_view text) {
  if (text.size() > kMarkdownBytesMax) return "<pre>" + html_escape(text) + "</pre>\n";
  const MarkdownTree tree = parse_markdown(text);
  const std::unique_ptr<char, decltype(&std::free)> html(
      cmark_render_html(tree.get(), kMarkdownOptions, nullptr), &std::free);
  return html ? std::string(html.get()) : std::string();
}

std::string html_escape(std::string_view text) {
  std::string html;
  html.reserve(text.size() + text.size() / 8);
  for (const char c : text) escape_into(html, c);
  return html;
}

std::string markdown_escape(std::string_view text) {
  constexpr std::string_view kPunctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
  constexpr std::string_view kBlank = " \t";
  std::string markdown;
  bool at_line_start = true;
  bool break_pending = false;
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      break_pending = !markdown.empty();
      at_line_start = true;
      continue;
    }
    // Four blanks would begin a code block, an empty line a new one of any kind.
    if (at_line_start && kBlank.find(c) != std::string_view::npos) continue;
    if (break_pending) markdown += "  \n";
    break_pending = at_line_start = false;
    if (kPunctuation.find(c) != std::string_view::npos) markdown += '\\';
    markdown += c;
  }
  return markdown;
}

}  // namespace countersign
