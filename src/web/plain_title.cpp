#include "web/plain_title.h"

#include "base/text.h"

namespace countersign::web {

std::string plain_title(const LocalText& text, std::string_view locale) {
  std::string title;
  if (const Prose* prose = text.in(locale)) {
    for (const Prose::Part& part : prose->parts) title += part.text;
  }
  return title;
}

std::string workflow_title(const Definition& definition, std::string_view locale) {
  std::string title(trimmed(plain_title(definition.title, locale)));
  return title.empty() ? definition.id.value : title;
}

}  // namespace countersign::web
