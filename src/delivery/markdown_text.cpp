// The plain text part of a mail, from the same markdown as its HTML part.

#include <algorithm>
#include <string>

#include "delivery/markdown.h"
#include "delivery/markdown_tree.h"

namespace countersign {

namespace {

std::string_view view(const char* text) {
  return text == nullptr ? std::string_view{} : std::string_view(text);
}

bool is_a(cmark_node* node, std::string_view type) {
  return cmark_node_get_type_string(node) == type;
}

// Blocks are written line by line behind a prefix ("> ", indentation); an empty line is owed between two of
// them.
class TextWriter {
 public:
  std::string write(cmark_node* document) {
    children(document);
    return std::move(text_);
  }

 private:
  void children(cmark_node* parent) {
    for (cmark_node* node = cmark_node_first_child(parent); node != nullptr; node = cmark_node_next(node))
      block(node);
  }

  void block(cmark_node* node) {
    switch (cmark_node_get_type(node)) {
      case CMARK_NODE_BLOCK_QUOTE:
        return indented("> ", "> ", node);
      case CMARK_NODE_LIST:
        return list(node);
      case CMARK_NODE_CODE_BLOCK:
        return lines("    ", view(cmark_node_get_literal(node)));
      case CMARK_NODE_HEADING:
        return heading(node);
      case CMARK_NODE_THEMATIC_BREAK:
        return lines("", "----");
      case CMARK_NODE_PARAGRAPH:
        return lines("", inlines(node));
      default:
        if (is_a(node, "table")) return table(node);
        return children(node);
    }
  }

  void heading(cmark_node* node) {
    const std::string title = inlines(node);
    lines("", title);
    if (cmark_node_get_heading_level(node) > 2 || title.empty()) return;
    gap_owed_ = false;
    lines("", std::string(std::min<std::size_t>(title.size(), 60),
                          cmark_node_get_heading_level(node) == 1 ? '=' : '-'));
  }

  void list(cmark_node* node) {
    int number = cmark_node_get_list_start(node);
    const bool ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
    const bool tight = cmark_node_get_list_tight(node) != 0;
    for (cmark_node* item = cmark_node_first_child(node); item != nullptr; item = cmark_node_next(item)) {
      const std::string mark = ordered ? std::to_string(number++) + ". " : "- ";
      if (tight && item != cmark_node_first_child(node)) gap_owed_ = false;
      inside_tight_list_ += tight ? 1 : 0;
      indented(mark, std::string(mark.size(), ' '), item);
      inside_tight_list_ -= tight ? 1 : 0;
    }
    gap_owed_ = inside_tight_list_ == 0;
  }

  void table(cmark_node* node) {
    for (cmark_node* row = cmark_node_first_child(node); row != nullptr; row = cmark_node_next(row)) {
      std::string line;
      for (cmark_node* cell = cmark_node_first_child(row); cell != nullptr; cell = cmark_node_next(cell)) {
        if (!line.empty()) line += " | ";
        line += inlines(cell);
      }
      if (row != cmark_node_first_child(node)) gap_owed_ = false;
      lines("", line);
    }
  }

  void indented(const std::string& first, const std::string& rest, cmark_node* node) {
    const std::string outer_first = first_prefix_, outer_rest = rest_prefix_;
    if (gap_owed_ && !text_.empty()) {
      add_line(trimmed_end(outer_rest));  // the gap stands before the block and not in it
      gap_owed_ = false;
    }
    first_prefix_ = outer_first + first;
    rest_prefix_ = outer_rest + rest;
    const std::size_t before = text_.size();
    if (cmark_node_first_child(node) == nullptr) lines("", "");
    children(node);
    const bool wrote = text_.size() != before;
    first_prefix_ = wrote ? outer_rest : outer_first;
    rest_prefix_ = outer_rest;
  }

  void lines(std::string_view indent, std::string_view content) {
    while (content.ends_with('\n')) content.remove_suffix(1);
    if (gap_owed_ && !text_.empty()) add_line(trimmed_end(rest_prefix_));
    do {
      const std::string_view line = content.substr(0, content.find('\n'));
      content.remove_prefix(std::min(line.size() + 1, content.size()));
      add_line(trimmed_end(first_prefix_ + std::string(line.empty() ? "" : indent) + std::string(line)));
      first_prefix_ = rest_prefix_;
    } while (!content.empty());
    gap_owed_ = inside_tight_list_ == 0;
  }

  static std::string trimmed_end(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
  }
  void add_line(const std::string& line) { text_ += line + "\n"; }

  std::string inlines(cmark_node* parent) {
    std::string text;
    for (cmark_node* node = cmark_node_first_child(parent); node != nullptr; node = cmark_node_next(node)) {
      text += inline_text(node);
    }
    return text;
  }

  std::string inline_text(cmark_node* node) {
    switch (cmark_node_get_type(node)) {
      case CMARK_NODE_TEXT:
      case CMARK_NODE_CODE:
        return std::string(view(cmark_node_get_literal(node)));
      case CMARK_NODE_SOFTBREAK:
      case CMARK_NODE_LINEBREAK:
        return "\n";
      case CMARK_NODE_LINK:
        return link(node);
      default:
        return inlines(node);
    }
  }

  std::string link(cmark_node* node) {
    const std::string label = inlines(node);
    std::string_view url = view(cmark_node_get_url(node));
    if (url.empty()) return label;
    if (url.starts_with("mailto:")) url.remove_prefix(7);
    if (label.empty() || label == url) return std::string(url);
    return label + ": " + std::string(url);
  }

  std::string text_;
  std::string first_prefix_, rest_prefix_;
  int inside_tight_list_ = 0;
  bool gap_owed_ = false;
};

}  // namespace

std::string markdown_to_text(std::string_view text) {
  if (text.size() > kMarkdownBytesMax) return std::string(text);
  return TextWriter().write(parse_markdown(text).get());
}

}  // namespace countersign
