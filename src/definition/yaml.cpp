// The one place that knows yaml-cpp. Its event interface is used, not its nodes: it keeps both of two equal
// keys, tells plain from quoted scalars, and lets depth and size be limited while reading.
#include "definition/yaml.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "base/text.h"
#include "definition/yaml_mending.h"

namespace countersign {
namespace {

// Ends the reading; what is wrong has been reported.
struct Stop {};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const SourceText& source, Diagnostics& diagnostics, const YamlLimits& limits)
      : source_(source), diagnostics_(diagnostics), limits_(limits) {}

  bool has_root() const { return has_root_; }
  YamlNode take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (!has_root_) return;
    diagnostics_.error(Code::document_count, source_.span(place(mark), place(mark)),
                       "a second document starts here; a file holds one");
    throw Stop{};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlNode node = start_node(YamlNode::Kind::null_, mark);
    const std::string_view rest = std::string_view(source_.text()).substr(node.begin);
    const bool written = rest.starts_with('~') || lower_ascii(rest.substr(0, 4)) == "null";
    if (!written && !open_.empty() && open_.back().has_key) {
      // The mark of a value that is not there is that of what follows; the key is the better place.
      node.at = open_.back().key_at;
    }
    finish_node(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchored_.find(anchor);
    if (found == anchored_.end()) {
      diagnostics_.error(Code::yaml_feature, source_.span(place(mark), place(mark)),
                         "the alias stands inside the value that it names");
      throw Stop{};
    }
    count_tree(found->second, open_.size());
    YamlNode copy = found->second;
    finish_node(std::move(copy), 0);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node = start_node(YamlNode::Kind::scalar, mark);
    node.text = value;
    const std::string& text = source_.text();
    const char first = node.begin < text.size() ? text[node.begin] : ' ';
    node.style = first == '\''  ? YamlNode::Style::single_quoted
                 : first == '"' ? YamlNode::Style::double_quoted
                 : first == '|' ? YamlNode::Style::literal
                 : first == '>' ? YamlNode::Style::folded
                                : YamlNode::Style::plain;
    if ((first == '\'' || first == '"') && !closed(node.begin)) {
      diagnostics_.error(Code::yaml_syntax, source_.span(node.begin, node.begin),
                         "this quote is never closed");
      throw Stop{};
    }
    const std::vector<std::size_t> places = align_scalar(text, node);
    if (!places.empty() && places.back() > node.begin) {
      const bool closing = first == '\'' || first == '"';
      node.end = std::min(
          text.size(), (value.empty() ? node.begin + 1 : places[value.size() - 1] + 1) + (closing ? 1 : 0));
      node.at = source_.span(node.begin, node.end);
    }
    finish_node(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open_node(YamlNode::Kind::sequence, mark, anchor, style);
  }
  void OnSequenceEnd() override { close_node(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open_node(YamlNode::Kind::map, mark, anchor, style);
  }
  void OnMapEnd() override { close_node(); }

 private:
  struct Open {
    YamlNode node;
    YAML::anchor_t anchor = 0;
    bool has_key = false;
    bool drop_value = false;  // of a key that was refused
    std::string key;
    SourceSpan key_at;
    std::map<std::string, SourceSpan, std::less<>> seen;
  };

  // yaml-cpp lets a quoted text run on to the end of the file.
  bool closed(std::size_t quote) const {
    const std::string& text = source_.text();
    for (std::size_t i = quote + 1; i < text.size(); ++i) {
      if (text[i] == '\\' && text[quote] == '"') {
        ++i;
      } else if (text[i] == text[quote]) {
        if (text[quote] == '"' || i + 1 >= text.size() || text[i + 1] != '\'') return true;
        ++i;
      }
    }
    return false;
  }

  std::size_t place(const YAML::Mark& mark) const {
    return std::min(static_cast<std::size_t>(std::max(0, mark.pos)), source_.text().size());
  }

  void count(std::size_t nodes) {
    nodes_ += nodes;
    if (nodes_ <= limits_.nodes_max) return;
    diagnostics_.error(
        Code::limit, {},
        fmt::format("the file has more than {} values after its aliases are expanded", limits_.nodes_max));
    throw Stop{};
  }

  void check_depth(std::size_t depth, SourceSpan at) {
    if (depth <= limits_.depth_max) return;
    diagnostics_.error(Code::limit, at,
                       fmt::format("values are nested more than {} levels deep", limits_.depth_max));
    throw Stop{};
  }

  void count_tree(const YamlNode& node, std::size_t depth) {
    count(1);
    check_depth(depth + 1, node.at);
    for (const YamlNode& item : node.items) count_tree(item, depth + 1);
    for (const YamlNode::Entry& entry : node.entries) count_tree(entry.value, depth + 1);
  }

  // A node whose properties (an anchor, or a tag, which is refused) are skipped, so that it begins at its
  // content.
  YamlNode start_node(YamlNode::Kind kind, const YAML::Mark& mark) {
    count(1);
    const std::string& text = source_.text();
    std::size_t at = place(mark);
    bool tagged = false;
    while (at < text.size() && (text[at] == '&' || text[at] == '!')) {
      std::size_t end = at;
      while (end < text.size() && text[end] != ' ' && text[end] != '\n' && text[end] != '\t') ++end;
      if (text[at] == '!') {
        refuse_tag(at, end);
        tagged = true;
      }
      while (end < text.size() && (text[end] == ' ' || text[end] == '\t')) ++end;
      at = end;
    }
    YamlNode node;
    node.refused = tagged;
    node.kind = kind;
    node.begin = at;
    node.end = std::min(at + 1, text.size());
    node.at = source_.span(node.begin, node.end);
    return node;
  }

  void refuse_tag(std::size_t begin, std::size_t end) {
    const SourceSpan at = source_.span(begin, end);
    // `!form.urgent` is an expression, `!!str` never is.
    const bool tag = source_.text().substr(begin, 2) == "!!" || source_.text().substr(begin, 2) == "!<";
    if (!tag && report_mending(source_, at.line, diagnostics_)) return;
    diagnostics_.error(
        Code::yaml_feature, at,
        fmt::format(
            "the tag '{}' is not allowed: take it away; what it stands before is read by where it stands",
            source_.text().substr(begin, end - begin)));
  }

  void open_node(YamlNode::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor,
                 YAML::EmitterStyle::value style) {
    Open open;
    open.node = start_node(kind, mark);
    open.node.flow = style == YAML::EmitterStyle::Flow;
    open.anchor = anchor;
    check_depth(open_.size() + 1, open.node.at);
    open_.push_back(std::move(open));
  }

  void close_node() {
    Open closed = std::move(open_.back());
    open_.pop_back();
    finish_node(std::move(closed.node), closed.anchor);
  }

  void finish_node(YamlNode node, YAML::anchor_t anchor) {
    if (anchor != 0) {
      count_tree(node, open_.size());
      anchored_[anchor] = node;
    }
    if (open_.empty()) {
      root_ = std::move(node);
      has_root_ = true;
      return;
    }
    Open& parent = open_.back();
    if (parent.node.is_sequence()) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.has_key) {
      take_key(parent, node);
    } else {
      parent.has_key = false;
      if (parent.drop_value) return;
      parent.node.entries.push_back({std::move(parent.key), parent.key_at, std::move(node)});
    }
  }

  void take_key(Open& parent, const YamlNode& key) {
    parent.has_key = true;
    parent.drop_value = false;
    parent.key = key.text;
    parent.key_at = key.at;
    if (!key.is_scalar()) {
      diagnostics_.error(Code::yaml_feature, key.at,
                         fmt::format("a key must be text, found {}", key.describe()));
      parent.drop_value = true;
      return;
    }
    if (key.text == "<<" && !key.quoted()) {
      diagnostics_.error(Code::yaml_feature, key.at, "the merge key '<<' is not allowed; write the keys out");
      parent.drop_value = true;
      return;
    }
    const auto [first, fresh] = parent.seen.emplace(key.text, key.at);
    if (!fresh) {
      diagnostics_.error(
          Code::duplicate_key, key.at,
          fmt::format("the key '{}' stands here twice (first in line {}): take one of them away", key.text,
                      first->second.line));
      parent.drop_value = true;
    }
  }

  const SourceText& source_;
  Diagnostics& diagnostics_;
  const YamlLimits& limits_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, YamlNode> anchored_;
  std::size_t nodes_ = 0;
  bool has_root_ = false;
  YamlNode root_;
};

// yaml-cpp's messages in words that help whoever writes the file.
std::string in_plain_words(const std::string& message) {
  static const std::map<std::string, std::string, std::less<>> kWords = {
      {"end of map not found", "this does not belong to the map above: check the indentation and the quotes"},
      {"end of sequence not found", "this does not belong to the list above: check the indentation"},
      {"end of map flow not found", "the '{' is not closed by a '}'"},
      {"end of sequence flow not found", "the '[' is not closed by a ']'"},
      {"illegal map value",
       "a ': ' may not stand here: check the indentation of the line, or quote the value"},
      {"illegal map key", "a key may not stand here"},
      {"illegal block entry", "a list item '- ' may not stand here"},
      {"illegal flow end", "a bracket closes here that was not opened"},
      {"illegal EOF in scalar", "the text ends before its closing quote"},
      {"illegal tab when looking for indentation", "indentation is written with blanks, not with tabs"},
      {"illegal document indicator in scalar", "a '---' or '...' stands inside a quoted text"},
      {"unknown token", "this character cannot begin a value"},
      {"the referenced anchor is not defined", "the alias names no anchor of this file"},
  };
  const auto found = kWords.find(message);
  return found != kWords.end() ? found->second : message;
}

// The last bracket before `end` that nothing closes; `end` where there is none.
std::size_t unclosed_bracket(std::string_view text, std::size_t end) {
  std::vector<std::size_t> open;
  char quote = 0;
  for (std::size_t i = 0; i < end && i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') quote = 0;
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '#' && (i == 0 || text[i - 1] == ' ')) {
      while (i + 1 < end && text[i + 1] != '\n') ++i;
    } else if (c == '[' || c == '{') {
      open.push_back(i);
    } else if ((c == ']' || c == '}') && !open.empty()) {
      open.pop_back();
    }
  }
  return open.empty() ? end : open.back();
}

// Gives the line of a collision of YAML and an expression, for which it is known how to write it.
std::optional<std::uint32_t> report_syntax_error(const SourceText& source, const YAML::Exception& failure,
                                                 Diagnostics& diagnostics) {
  const std::size_t at =
      std::min(static_cast<std::size_t>(std::max(0, failure.mark.pos)), source.text().size());
  const SourceSpan span = source.span(at, at + 1);
  const std::string_view line = source.line(span.line);
  if (trimmed(line.substr(0, line.find_first_not_of(" \t"))).empty() &&
      line.substr(0, line.find_first_not_of(" \t")).find('\t') != std::string_view::npos) {
    diagnostics.error(Code::yaml_syntax, span, "indentation is written with blanks, not with tabs");
    return std::nullopt;
  }
  // The cause of a collision stands in the line of the error or in the one with content before it.
  if (report_mending(source, span.line, diagnostics)) return span.line;
  std::uint32_t before = span.line;
  while (before > 1 && trimmed(source.line(--before)).empty()) continue;
  if (before != span.line && report_mending(source, before, diagnostics)) return before;
  if (failure.msg.find("flow not found") != std::string::npos) {
    const std::size_t bracket = unclosed_bracket(source.text(), at);
    diagnostics.error(Code::yaml_syntax, source.span(bracket, bracket), in_plain_words(failure.msg));
    return std::nullopt;
  }
  diagnostics.error(Code::yaml_syntax, span, in_plain_words(failure.msg));
  return std::nullopt;
}

// Whoever has more of them than that has one cause.
constexpr int kMendingsMax = 20;

// The text as it would be with that line mended, so that what stands behind it is read, too; nullopt where it
// is mended already.
std::optional<SourceText> with_mended_line(const SourceText& source, std::uint32_t number) {
  const std::string_view line = source.line(number);
  const std::optional<Mending> mending = mend_line(line);
  if (!mending || mend_line(mending->line)) return std::nullopt;
  const std::size_t begin = source.line_begin(number);
  const std::size_t indent =
      line.size() - line.substr(std::min(line.find_first_not_of(' '), line.size())).size();
  std::string text = source.text();
  text.replace(begin + indent, line.size() - indent, mending->line);
  return SourceText(source.file(), std::move(text));
}

// Byte order mark removed, CRLF made LF. Refuses what is no text, with the place of the first such byte.
std::optional<SourceText> readable(std::string_view file, std::string_view text, Diagnostics& diagnostics,
                                   const YamlLimits& limits) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.size() > limits.bytes_max) {
    diagnostics.set_source(SourceText(std::string(file), ""));
    diagnostics.error(Code::limit, {},
                      fmt::format("the file has {} bytes, more than {}", text.size(), limits.bytes_max));
    return std::nullopt;
  }
  std::string clean;
  clean.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    clean += text[i];
  }
  std::size_t bad = 0;
  const auto is_control = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f;
  };
  while (bad < clean.size() && !is_control(clean[bad])) ++bad;
  const bool valid = is_valid_utf8(std::string_view(clean).substr(0, bad));
  if (bad == clean.size() && valid) {
    SourceText source(std::string(file), std::move(clean));
    diagnostics.set_source(source);
    return source;
  }
  std::string what = "a control character stands here";
  if (!valid) {
    // The longest valid beginning is found line by line, then byte by byte.
    const std::string_view all = clean;
    std::size_t good = 0;
    for (std::size_t line_end = all.find('\n');
         line_end < bad && is_valid_utf8(all.substr(good, line_end + 1 - good));
         line_end = all.find('\n', good)) {
      good = line_end + 1;
    }
    std::size_t length = 0;
    for (std::size_t tried = 1; tried <= 4 && good + length + tried <= bad;) {
      if (is_valid_utf8(all.substr(good + length, tried))) {
        length += tried;
        tried = 1;
      } else {
        ++tried;
      }
    }
    bad = good + length;
    what = "this is no UTF-8: save the file as UTF-8";
  } else if (clean[bad] == '\0') {
    what = "a NUL byte stands here";
  }
  clean.resize(bad);
  SourceText source(std::string(file), std::move(clean));
  diagnostics.set_source(source);
  diagnostics.error(Code::unreadable_text, source.span(bad, bad), what);
  return std::nullopt;
}

}  // namespace

std::optional<YamlDocument> read_yaml(std::string_view file, std::string_view text, Diagnostics& diagnostics,
                                      const YamlLimits& limits) {
  std::optional<SourceText> source = readable(file, text, diagnostics, limits);
  if (!source) return std::nullopt;
  for (int mendings = 0;; ++mendings) {
    TreeBuilder builder(*source, diagnostics, limits);
    try {
      std::istringstream in(source->text());
      YAML::Parser parser(in);
      while (parser.HandleNextDocument(builder)) continue;
    } catch (const Stop&) {
      return std::nullopt;
    } catch (const YAML::Exception& failure) {
      const auto collision = report_syntax_error(*source, failure, diagnostics);
      if (!collision || mendings == kMendingsMax) return std::nullopt;
      source = with_mended_line(*source, *collision);
      if (!source) return std::nullopt;
      continue;
    }
    if (!builder.has_root()) {
      diagnostics.error(Code::document_count, {}, "the file is empty");
      return std::nullopt;
    }
    YamlNode root = builder.take_root();
    return YamlDocument{std::move(*source), std::move(root)};
  }
}

}  // namespace countersign
