#include "definition/message_loader.h"

#include <fmt/format.h>

namespace countersign {
namespace {

std::string folder_of(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  return slash == std::string::npos ? "" : file.substr(0, slash + 1);
}

// A message as a document of one literal scalar, so that expressions in it are placed as in any other text.
YamlDocument as_document(const std::string& file, std::string_view text) {
  std::string clean;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') clean += text[i];
  }
  YamlDocument document{SourceText(file, clean), YamlNode{}};
  document.root.kind = YamlNode::Kind::scalar;
  document.root.text = std::move(clean);
  document.root.end = document.root.text.size();
  document.root.at = document.source.span(0, 1);
  return document;
}

void read_message(Loading& loading, const std::string& name, const std::string& locale,
                  const std::string& text, const Spot& spot, MessageTemplate& out) {
  const std::string file =
      fmt::format("{}messages/{}.{}.md", folder_of(loading.source().file()), name, locale);
  const YamlDocument document = as_document(file, text);
  const SourceText workflow = loading.diagnostics.source();
  loading.diagnostics.set_source(document.source);
  if (!is_valid_utf8(document.root.text)) {
    loading.diagnostics.error(Code::unreadable_text, {}, "the message is no UTF-8: save the file as UTF-8");
  } else {
    const std::string& all = document.root.text;
    const std::size_t line_end = std::min(all.find('\n'), all.size());
    std::size_t body = line_end;
    while (body < all.size() && all[body] == '\n') ++body;
    if (trimmed(std::string_view(all).substr(0, line_end)).empty()) {
      loading.diagnostics.error(Code::bad_value, document.source.span(0, 1),
                                "the first line of a message is its subject");
    }
    Prose subject = read_prose_part(loading, document, document.root, 0, line_end, spot);
    Prose content = read_prose_part(loading, document, document.root, body, all.size(), spot);
    out.by_locale.insert_or_assign(locale, std::pair(std::move(subject), std::move(content)));
  }
  loading.diagnostics.set_source(workflow);
}

}  // namespace

void read_messages(Loading& loading) {
  for (const auto& [name, users] : loading.message_users) {
    MessageTemplate message;
    bool found = false;
    for (const auto& [key, text] : loading.message_texts) {
      if (key.first != name) continue;
      found = true;
      Spot spot{.place = Place::step};
      spot.steps = &users;
      read_message(loading, name, key.second, text, spot, message);
    }
    if (found) {
      loading.definition.messages.emplace(name, std::move(message));
      continue;
    }
    std::vector<std::string> known;
    for (const auto& [key, text] : loading.message_texts) known.push_back(key.first);
    loading.diagnostics.error(Code::unknown_message, loading.message_places.at(name),
                              fmt::format("there is no file messages/{}.LANG.md beside the workflow", name),
                              nearest_of(name, known));
  }
}

}  // namespace countersign
