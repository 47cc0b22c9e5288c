#pragma once
// Percent-escapes, queries and forms (WHATWG URL, "application/x-www-form-urlencoded"). Pure functions,
// thread-safe.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::web {

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

// nullopt for a malformed escape, an escaped NUL, or what is not UTF-8 once unescaped.
std::optional<std::string> unescape(std::string_view text);
// The names and values of a query or form in their order; a repeated name stays repeated. nullopt as
// unescape().
std::optional<NamedTexts> parse_named_texts(std::string_view text);
// The segments of an absolute path, unescaped: "/a/b%20c" is {"a", "b c"}. nullopt as unescape().
std::optional<std::vector<std::string>> path_segments(std::string_view path);
// Everything but letters, digits and -._~ as %XX.
std::string escape_segment(std::string_view text);
// The path of an absolute URL without a slash at the end: "/flow" of "https://host/flow", "" where there is
// none.
std::string path_of_url(std::string_view url);
// "https://host:port" of an absolute URL, as browsers write it into Origin.
std::string origin_of_url(std::string_view url);

}  // namespace countersign::web
