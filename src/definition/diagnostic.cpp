#include "definition/diagnostic.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace countersign {
namespace {

// Characters that a terminal shows two columns wide (East Asian wide and full-width forms), so that the caret
// stands below what it means in Chinese text too.
bool is_wide(std::uint32_t c) {
  return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
         (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe4f) || (c >= 0xff00 && c <= 0xff60) ||
         (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);
}

// Decodes the character at the front of valid UTF-8 and removes it.
std::uint32_t take_character(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  std::uint32_t c = size == 1 ? first : first & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size && i < text.size(); ++i) {
    c = (c << 6) | (static_cast<unsigned char>(text[i]) & 0x3fU);
  }
  text.remove_prefix(std::min(size, text.size()));
  return c;
}

// What was probably meant, where the mistake is. A value that begins with a quote is one of YAML's.
std::string fix_by_suggestion(const Diagnostic& diagnostic, const SourceText& source) {
  if (diagnostic.suggestion.empty()) return {};
  const SourceSpan at{diagnostic.line, diagnostic.column, diagnostic.length};
  const std::string before = source.line_with({at.line, at.column, 100'000}, "");
  const bool whole = before.empty() || before.ends_with(':') || before.ends_with('-');
  const bool quoted = diagnostic.suggestion.starts_with('"') && whole;
  return source.line_with(at, quoted ? "'" + diagnostic.suggestion + "'" : diagnostic.suggestion);
}

// The caret line below `line`: blanks up to the column (tabs stay tabs), then ^~~~ over `length` characters.
std::string caret_line(std::string_view line, std::uint32_t column, std::uint32_t length) {
  std::string out;
  for (std::uint32_t i = 1; i < column; ++i) {
    if (line.empty()) {
      out += ' ';
      continue;
    }
    const std::uint32_t c = take_character(line);
    out += c == '\t' ? "\t" : is_wide(c) ? "  " : " ";
  }
  std::size_t width = 0;
  for (std::uint32_t i = 0; i < length && !line.empty(); ++i) width += is_wide(take_character(line)) ? 2 : 1;
  out += '^';
  if (width > 1) out.append(width - 1, '~');
  return out;
}

// Whoever has that many errors has one cause.
constexpr std::size_t kShownMax = 1000;

// Lines of foreign files may be very long; the place meant is what is shown of them.
constexpr std::size_t kLineShownMax = 400;

}  // namespace

void Diagnostics::set_source(SourceText source) {
  source_ = std::make_shared<const SourceText>(std::move(source));
}

void Diagnostics::error(Code code, SourceSpan at, std::string message, std::string suggestion,
                        std::string fix) {
  add(Severity::error, code, at, std::move(message), std::move(suggestion), std::move(fix));
}

void Diagnostics::warning(Code code, SourceSpan at, std::string message, std::string suggestion,
                          std::string fix) {
  add(Severity::warning, code, at, std::move(message), std::move(suggestion), std::move(fix));
}

void Diagnostics::add(Severity severity, Code code, SourceSpan at, std::string message,
                      std::string suggestion, std::string fix) {
  if (severity == Severity::error) ++reported_errors_;
  if (entries_.size() >= kShownMax) {
    // It says that there are more, and of what kind.
    if (severity == Severity::error) entries_.back().diagnostic.severity = severity;
    return;
  }
  if (entries_.size() == kShownMax - 1) {
    message = fmt::format("there are {} or more problems; the rest is not shown", kShownMax);
    suggestion.clear();
    fix.clear();
  }
  Diagnostic diagnostic{source_->file(),    at.line,
                        at.column,          at.length,
                        severity,           std::string(info_of(code).number),
                        std::move(message), std::move(suggestion),
                        std::move(fix)};
  entries_.push_back({std::move(diagnostic), source_});
}

std::vector<Diagnostics::Entry> Diagnostics::sorted() const {
  // By index, so that reports at one place keep their order.
  std::vector<std::size_t> order(entries_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) {
    const Diagnostic& a = entries_[i].diagnostic;
    const Diagnostic& b = entries_[j].diagnostic;
    return std::tie(a.file, a.line, a.column, i) < std::tie(b.file, b.line, b.column, j);
  });
  std::vector<Entry> out;
  out.reserve(order.size());
  for (const std::size_t i : order) out.push_back(entries_[i]);
  const auto last = std::unique(out.begin(), out.end(),
                                [](const Entry& a, const Entry& b) { return a.diagnostic == b.diagnostic; });
  out.erase(last, out.end());
  return out;
}

std::size_t Diagnostics::count(Severity severity) const {
  const std::vector<Diagnostic> shown = all();
  return static_cast<std::size_t>(std::ranges::count(shown, severity, &Diagnostic::severity));
}

std::vector<Diagnostic> Diagnostics::all() const {
  std::vector<Diagnostic> out;
  for (Entry& entry : sorted()) out.push_back(std::move(entry.diagnostic));
  return out;
}

void Diagnostics::append(const Diagnostics& other) {
  entries_.insert(entries_.end(), other.entries_.begin(), other.entries_.end());
  reported_errors_ += other.reported_errors_;
}

std::string Diagnostics::to_text() const {
  std::string out;
  for (const auto& [d, source] : sorted()) {
    out += d.file;
    if (d.line != 0) out += fmt::format(":{}:{}", d.line, d.column);
    out +=
        fmt::format(": {}[{}]: {}", d.severity == Severity::error ? "error" : "warning", d.code, d.message);
    if (!d.suggestion.empty()) out += fmt::format(" (did you mean '{}'?)", d.suggestion);
    out += '\n';
    if (d.line != 0) {
      const std::string_view line = source->line(d.line);
      if (line.size() <= kLineShownMax) {
        const std::string number = std::to_string(d.line);
        out += fmt::format("  {} | {}\n", number, line);
        out +=
            fmt::format("  {} | {}\n", std::string(number.size(), ' '), caret_line(line, d.column, d.length));
      }
    }
    if (!d.fix.empty()) out += fmt::format("  write: {}\n", d.fix);
  }
  return out;
}

json::value Diagnostics::to_json() const {
  json::array out;
  for (const auto& [d, source] : sorted()) {
    json::object entry{{"file", d.file},
                       {"line", d.line},
                       {"column", d.column},
                       {"length", d.length},
                       {"end_line", d.line},
                       {"end_column", d.line == 0 ? 0 : d.column + std::max<std::uint32_t>(d.length, 1)},
                       {"severity", d.severity == Severity::error ? "error" : "warning"},
                       {"code", d.code},
                       {"message", d.message}};
    if (!d.suggestion.empty()) entry["suggestion"] = d.suggestion;
    const std::string fix = d.fix.empty() ? fix_by_suggestion(d, *source) : d.fix;
    if (!fix.empty()) entry["fix"] = fix;
    out.push_back(std::move(entry));
  }
  return out;
}

}  // namespace countersign
