#pragma once
// Markdown (GitHub's dialect: tables, strikethrough) for comments, messages and mails, by cmark-gfm.
// Pure functions, thread-safe.

#include <string>
#include <string_view>

namespace countersign {

// HTML that is safe to place into a page or mail: HTML in the source is shown as text, links other than http,
// https and mailto lose their target, images become links (nothing is loaded from elsewhere). Text over 256
// KiB is escaped and not interpreted. Invalid UTF-8 is replaced.
std::string markdown_to_html(std::string_view text);

// A readable plain text: links as "label: url", lists with dashes or numbers, code indented. Ends with a
// newline unless empty.
std::string markdown_to_text(std::string_view text);

// & < > " ' as entities.
std::string html_escape(std::string_view text);
// Escapes a value so that it stays text when it is placed inside a markdown paragraph; line breaks stay line
// breaks, blank lines and indentation are lost.
std::string markdown_escape(std::string_view text);

}  // namespace countersign
