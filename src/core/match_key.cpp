#include "core/match_key.h"

#include <memory>

#include <glib.h>

namespace countersign {
namespace {

using Owned = std::unique_ptr<gchar, decltype(&g_free)>;

bool is_visible(gunichar character) {
  if (g_unichar_isspace(character)) return false;
  switch (g_unichar_type(character)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_SPACE_SEPARATOR:
      return false;
    default:
      return true;
  }
}

}  // namespace

std::string match_key(std::string_view text) {
  const auto size = static_cast<gssize>(text.size());
  const Owned normal(g_utf8_normalize(text.data(), size, G_NORMALIZE_ALL_COMPOSE), &g_free);
  if (normal == nullptr) return std::string(text);
  const Owned folded(g_utf8_casefold(normal.get(), -1), &g_free);
  std::string key;
  for (const gchar* at = folded.get(); *at != '\0'; at = g_utf8_next_char(at)) {
    if (is_visible(g_utf8_get_char(at))) key.append(at, static_cast<std::size_t>(g_utf8_next_char(at) - at));
  }
  return key;
}

}  // namespace countersign
