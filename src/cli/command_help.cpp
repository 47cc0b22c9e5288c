// The help texts of commands, by hand so that they read the same in a terminal and in docs/command-line.md.

#include <algorithm>

#include "base/text.h"
#include "cli/command.h"
#include "cli/text_width.h"

namespace countersign::cli {
namespace {

constexpr std::size_t kLineMax = 96;
constexpr std::size_t kColumnMax = 26;

// `text` in lines that end before kLineMax, each behind `indent` spaces but the first.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::string lines;
  std::size_t column = indent;
  bool fresh = true;
  for (const std::string& word : split(text, ' ')) {
    const std::size_t width = display_width(word);
    if (!fresh && column + 1 + width > kLineMax) {
      lines += "\n" + std::string(indent, ' ');
      column = indent;
      fresh = true;
    }
    if (!fresh) {
      lines += ' ';
      ++column;
    }
    lines += word;
    column += width;
    fresh = false;
  }
  return lines;
}

std::string entry_lines(const std::string& spelling, const std::string& help, std::size_t column) {
  std::string line = "  " + spelling;
  if (spelling.size() + 4 > column) {
    line += "\n" + std::string(column, ' ');
  } else {
    line.append(column - line.size(), ' ');
  }
  return line + wrapped(help, column) + "\n";
}

std::size_t column_of(const std::vector<Command::Entry>& entries) {
  std::size_t widest = 0;
  for (const auto& entry : entries) widest = std::max(widest, entry.spelling.size());
  return std::min(widest + 4, kColumnMax);
}

}  // namespace

std::string Command::usage() const {
  std::string line = path_;
  if (!commands_.empty()) line += " COMMAND";
  line += arguments_;
  if (has_options_) line += " [options]";
  return line;
}

std::string Command::help(Shared shared) const {
  std::string text = path_ + ": " + summary_ + "\n\nUsage: " + usage() + "\n";
  for (const std::string& paragraph : split(description_, '\n')) {
    if (!paragraph.empty()) text += "\n" + wrapped(paragraph, 0) + "\n";
  }
  if (!commands_.empty()) {
    std::vector<Entry> entries;
    for (const auto& command : commands_) {
      entries.push_back({command->path().substr(path_.size() + 1), command->summary()});
    }
    text += "\nCommands:\n";
    for (const Entry& entry : entries) text += entry_lines(entry.spelling, entry.help, column_of(entries));
  }
  for (const Section& section : sections_) {
    if (section.entries.empty()) continue;
    if (section.shared && shared == Shared::mentioned) {
      std::string names;
      for (const Entry& entry : section.entries)
        names += " " + entry.spelling.substr(0, entry.spelling.find(' '));
      text += "\n" + section.title + ":\n  " + wrapped(names.substr(1), 2) + "\n";
      continue;
    }
    text += "\n" + section.title + ":\n";
    for (const Entry& entry : section.entries) {
      text += entry_lines(entry.spelling, entry.help, column_of(section.entries));
    }
  }
  if (!examples_.empty()) text += "\nExamples:\n";
  for (const Example& example : examples_) {
    if (!example.what.empty()) text += "  # " + example.what + "\n";
    text += "  " + example.line + "\n";
  }
  return text;
}

}  // namespace countersign::cli
